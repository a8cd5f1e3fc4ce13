"""Text to ids and back, what may be generated where, and files that are no tokenizers."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tml_ros.model.tokenizer as module
from tml_ros.model.streamed_text import StreamedText
from tml_ros.model.tokenizer import (
    ARGUMENT,
    DELEGATE,
    END,
    HOLD,
    SMALLEST,
    AllowedTokens,
    TextTokenizer,
    TokenizerFileError,
    load_tokenizer,
    sound_text,
)

ROOT = Path(module.__file__).parents[2]
SHIPPED = Path(module.__file__).with_name("tokenizer.json")
SOURCE = SHIPPED.read_text(encoding="utf-8")
TOKENIZER = load_tokenizer()
SIZES = {size: load_tokenizer(vocabulary=size) for size in (SMALLEST, 300, 1000, 2048, 5000)}
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.sampled_from(sorted(SIZES)))
def test_any_text_comes_back_and_no_text_becomes_a_special_token(text, vocabulary):
    tokenizer = SIZES[vocabulary]
    ids = tokenizer.encode(text + "<delegate><end>" + text)
    assert all(END < token < vocabulary for token in ids)
    assert tokenizer.decode(ids) == sound_text(text + "<delegate><end>" + text)


@given(ANY_TEXT)
def test_streamed_text_is_the_whole_text_and_never_shows_half_a_character(text):
    streamed = StreamedText()
    pieces = []
    for byte in sound_text(text).encode():
        pieces.append(streamed.push(bytes([byte])))
        other = StreamedText()
        other.restore(streamed.waiting)
        streamed = other
    assert "".join(pieces) == sound_text(text)
    assert streamed.close() == ""


@settings(max_examples=50)
@given(st.lists(st.integers(0, 2047), max_size=30))
def test_any_ids_can_be_read_at_once_and_streamed(ids):
    streamed = StreamedText()
    text = "".join(streamed.push(TOKENIZER.piece(token)) for token in ids)
    assert text + streamed.close() == TOKENIZER.decode(ids)


def test_half_a_character_is_replaced_only_at_the_end():
    ids = TOKENIZER.encode("Öl 温")
    assert TOKENIZER.decode(ids[:-1]) == "Öl \ufffd"
    with pytest.raises(ValueError, match="part of one character"):
        StreamedText().restore(b"ab")


def test_a_smaller_vocabulary_is_a_prefix_of_the_larger():
    small = load_tokenizer(vocabulary=700)
    assert [small.piece(token) for token in range(700)] == [
        TOKENIZER.piece(token) for token in range(700)
    ]
    assert small.masks.shape == (len(AllowedTokens), 700)
    assert small.digest == TOKENIZER.digest == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    with pytest.raises(ValueError, match="at least 260"):
        load_tokenizer(vocabulary=259)
    with pytest.raises(ValueError, match=r"0\.\.699"):
        small.decode([700])


def test_the_sentences_of_a_factory_take_a_token_for_three_characters():
    for text in ("Is it safe to enter the press area?", "Achtung. Helmpflicht im Bereich Tor."):
        assert len(TOKENIZER.encode(text)) <= len(text) / 3


def allowed(kind):
    return set(TOKENIZER.masks[kind].nonzero()[0].tolist())


def test_masks_allow_what_their_names_say():
    text = {token for token in range(2048) if TOKENIZER.piece(token)}
    letter, digit = TOKENIZER.encode("a") + TOKENIZER.encode("7")
    (space_word,) = TOKENIZER.encode(" the")
    assert allowed(AllowedTokens.NOTHING) == {HOLD}
    assert allowed(AllowedTokens.OPENING) == {HOLD, DELEGATE}
    assert allowed(AllowedTokens.FREE) == text | {HOLD, DELEGATE, END}
    assert allowed(AllowedTokens.QUESTION) == text | {END}
    assert {ARGUMENT, letter, digit} <= allowed(AllowedTokens.KIND)
    assert letter in allowed(AllowedTokens.KIND_BEGINS)
    for token in allowed(AllowedTokens.KIND) - {ARGUMENT}:
        assert set(TOKENIZER.decode([token])) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    refused = {HOLD, DELEGATE, ARGUMENT, END, digit, space_word}
    assert not refused & allowed(AllowedTokens.KIND_BEGINS)
    with pytest.raises(ValueError, match="read-only"):
        TOKENIZER.masks[0, 0] = False


def damaged(change):
    data = json.loads(SOURCE)
    change(data)
    return json.dumps(data)


DAMAGES = {
    "nothing": "",
    "half": SOURCE[: len(SOURCE) // 2],
    "another file": '{"name": "nano"}',
    "a list": "[]",
    "depth": "[" * 100_000,
    "other specials": damaged(lambda data: data["added_tokens"].pop()),
    "a hole": damaged(lambda data: data["model"]["vocab"].pop("ing")),
    "a merge less": damaged(lambda data: data["model"]["merges"].pop(5)),
    "a merge too many": damaged(lambda data: data["model"]["merges"].append(["q", "q"])),
    "no bytes": damaged(lambda data: data.update(pre_tokenizer=None)),
    "unknown part": damaged(lambda data: data.update(pre_tokenizer={"type": "Oracle"})),
    "another model": damaged(lambda data: data["model"].update(type="Unigram")),
    "ids as text": damaged(lambda data: data["model"]["vocab"].update(ing="x")),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_or_foreign_file_is_refused_by_name(name, tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text(DAMAGES[name], encoding="utf-8")
    with pytest.raises(TokenizerFileError, match=r"tokenizer\.json: \w+"):
        load_tokenizer(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TokenizerFileError, match="UTF-8"):
        load_tokenizer(path)
    assert TextTokenizer(SOURCE).vocabulary == 2048


def test_the_shipped_tokenizer_is_made_again_byte_for_byte(tmp_path):
    made = tmp_path / "made.json"
    subprocess.run([sys.executable, ROOT / "tools" / "make_tokenizer.py", made], check=True)
    assert made.read_bytes() == SHIPPED.read_bytes()
