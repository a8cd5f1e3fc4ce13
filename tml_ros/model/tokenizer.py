"""Text as token ids and back: byte-level BPE, so that every text has ids and every id has bytes.

The shipped tokenizer.json is made by `tools/make_tokenizer.py`. Ids 0..3 are special, 4..259 the
bytes, the rest merges in the order in which they were learnt, so that a smaller vocabulary is a
prefix of the larger. Knows nothing of sessions or models. Immutable; any thread.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

HOLD = 0
"""Nothing in this slot, nor in the rest of the turn."""
DELEGATE = 1
"""Opens a delegation."""
ARGUMENT = 2
"""Stands between a delegation's kind and its question."""
END = 3
"""Closes a delegation, and ends a text."""
SPECIAL_TOKENS = ("<hold>", "<delegate>", "<argument>", "<end>")
SMALLEST = len(SPECIAL_TOKENS) + 256
"""Ids of a vocabulary without any merge."""

_SHIPPED = Path(__file__).with_name("tokenizer.json")
_PROBE = "  Über 12.5 mm/s,\n\t<end> 温\u0301\x00 "
_KIND_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")


class AllowedTokens(IntEnum):
    """Which tokens may come next: rows of `TextTokenizer.masks`."""

    NOTHING = 0
    """HOLD alone."""
    OPENING = 1
    """HOLD, or DELEGATE."""
    FREE = 2
    """Any text, HOLD, DELEGATE, or END."""
    KIND_BEGINS = 3
    """Text of a-z, 0-9 and _ that begins with a letter."""
    KIND = 4
    """Text of a-z, 0-9 and _, or ARGUMENT."""
    QUESTION = 5
    """Any text, or END."""


class TokenizerFileError(ValueError):
    """The file is not a tokenizer of ours; the message says what is wrong with it."""


class TextTokenizer:
    """Byte-level BPE over a vocabulary of fixed size."""

    def __init__(self, source: str, *, vocabulary: int | None = None) -> None:
        """source: JSON of the `tokenizers` library, as `tools/make_tokenizer.py` writes it.

        vocabulary: how many ids a model has room for, None for as many as there are. Where there
            are more, the last merges are left out; where there are fewer, the rest stands for
            nothing.

        Raises TokenizerFileError, and ValueError for a vocabulary below `SMALLEST`.
        """
        self._digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
        data = _checked(source)
        size = len(data["model"]["vocab"])
        self._vocabulary = size if vocabulary is None else vocabulary
        if self._vocabulary < SMALLEST:
            raise ValueError(f"a vocabulary must have at least {SMALLEST} ids, not {vocabulary}")
        kept = _cut(data, self._vocabulary)
        try:
            self._tokenizer = Tokenizer.from_str(json.dumps(kept))
        except Exception as error:  # the library raises nothing narrower
            raise TokenizerFileError(f"the tokenizers library refuses it: {error}") from error
        # Text that spells a special token is text.
        self._tokenizer.encode_special_tokens = True
        self._pieces = _pieces(kept["model"]["vocab"], self._vocabulary)
        if self.decode(self.encode(_PROBE)) != _PROBE:
            raise TokenizerFileError("it does not give back the text it is given")

    @property
    def vocabulary(self) -> int:
        """Ids are below this."""
        return self._vocabulary

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON, hexadecimal."""
        return self._digest

    def encode(self, text: str) -> list[int]:
        """Ids of any text, none of them special; half a surrogate pair counts as U+FFFD."""
        ids: list[int] = self._tokenizer.encode(sound_text(text), add_special_tokens=False).ids
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids; special ones say nothing; bytes that are no UTF-8 become U+FFFD.

        Raises ValueError for an id outside the vocabulary.
        """
        return b"".join(map(self.piece, ids)).decode("utf-8", "replace")

    def piece(self, token: int) -> bytes:
        """The bytes of one id, none for special ones. Raises ValueError outside the vocabulary."""
        if not 0 <= token < self._vocabulary:
            raise ValueError(f"token must be within 0..{self._vocabulary - 1}, not {token}")
        return self._pieces[token]

    @cached_property
    def masks(self) -> NDArray[np.bool_]:
        """bool [len(AllowedTokens), vocabulary], read-only: which ids each of these allows."""
        masks = np.zeros((len(AllowedTokens), self._vocabulary), np.bool_)
        masks[[AllowedTokens.NOTHING, AllowedTokens.OPENING, AllowedTokens.FREE], HOLD] = True
        masks[[AllowedTokens.OPENING, AllowedTokens.FREE], DELEGATE] = True
        masks[AllowedTokens.KIND, ARGUMENT] = True
        masks[[AllowedTokens.FREE, AllowedTokens.QUESTION], END] = True
        for token, piece in enumerate(self._pieces):
            if piece:
                masks[[AllowedTokens.FREE, AllowedTokens.QUESTION], token] = True
                masks[AllowedTokens.KIND, token] = _KIND_BYTES.issuperset(piece)
        masks[AllowedTokens.KIND_BEGINS] = masks[AllowedTokens.KIND]
        starts = [piece[:1] != b"" and piece[0] in _LETTERS for piece in self._pieces]
        masks[AllowedTokens.KIND_BEGINS] &= starts
        masks.flags.writeable = False
        return masks


def load_tokenizer(path: Path | None = None, *, vocabulary: int | None = None) -> TextTokenizer:
    """The tokenizer of a file, or the shipped one, for a model's vocabulary.

    Raises TokenizerFileError for a file that is damaged or foreign, OSError for one that cannot be
    read, ValueError for a vocabulary below `SMALLEST`.
    """
    path = path or _SHIPPED
    try:
        source = path.read_bytes().decode("utf-8")
        return TextTokenizer(source, vocabulary=vocabulary)
    except UnicodeDecodeError as error:
        raise TokenizerFileError(f"{path} is no UTF-8: {error}") from error
    except TokenizerFileError as error:
        raise TokenizerFileError(f"{path}: {error}") from error


def sound_text(text: str) -> str:
    """The text with halves of surrogate pairs, which have no UTF-8, put together or as U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _checked(source: str) -> dict[str, Any]:
    """The JSON, with special tokens, bytes and merges where they belong."""
    try:
        data = json.loads(source)
        model, added = data["model"], data["added_tokens"]
        vocabulary, merges = model["vocab"], model["merges"]
        special = {token["content"]: token["id"] for token in added}
        results = ["".join(merge) for merge in merges if len(merge) == 2]
        ids = sorted(vocabulary.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TokenizerFileError(f"no tokenizer in JSON: {type(error).__name__} {error}") from error
    if model.get("type") != "BPE" or ids != list(range(len(ids))):
        raise TokenizerFileError("it must be BPE with ids 0, 1, 2 ... without holes")
    wanted = {token: number for number, token in enumerate(SPECIAL_TOKENS)}
    if special != wanted or any(vocabulary.get(token) != n for token, n in wanted.items()):
        raise TokenizerFileError(f"its special tokens are {special}, allowed: {wanted}")
    by_id = sorted(vocabulary, key=vocabulary.__getitem__)
    if sorted(by_id[len(wanted) : SMALLEST]) != sorted(_BYTE_OF):
        raise TokenizerFileError(f"ids {len(wanted)}..{SMALLEST - 1} must be the 256 bytes")
    if len(results) != len(merges) or list(dict.fromkeys(results)) != by_id[SMALLEST:]:
        raise TokenizerFileError("its merges do not make its ids in their order")
    checked: dict[str, Any] = data
    return checked


def _cut(data: dict[str, Any], vocabulary: int) -> dict[str, Any]:
    """Only the first ids, and the merges that make them."""
    model = data["model"]
    kept = {token: number for token, number in model["vocab"].items() if number < vocabulary}
    merges = [merge for merge in model["merges"] if "".join(merge) in kept]
    return {**data, "model": {**model, "vocab": kept, "merges": merges}}


def _pieces(vocab: dict[str, int], vocabulary: int) -> tuple[bytes, ...]:
    pieces = [b""] * vocabulary
    for token, number in vocab.items():
        if number >= len(SPECIAL_TOKENS):
            pieces[number] = bytes(_BYTE_OF[character] for character in token)
    return tuple(pieces)


def _byte_characters() -> dict[str, int]:
    """The characters that stand for bytes in byte-level BPE: what prints stands for itself."""
    prints = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    stand_ins = iter(range(0x100, 0x200))
    return {chr(byte if byte in prints else next(stand_ins)): byte for byte in range(256)}


_BYTE_OF = _byte_characters()
