"""Which words of a text are heard in which part of its speech.

The speech was made with silence between the words. Some words are said as one ("in the"), some
are several when said ("120"); both are told by their lengths. Knows nothing of pace. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import SAMPLE_RATE

WORD_GAP_MS: Final = 200
"""Silence with which speech must be made to be cut here."""
_LEAST_GAP: Final = SAMPLE_RATE * 160 // 1000
"""A shorter silence is a consonant's."""
_STEP: Final = SAMPLE_RATE * 5 // 1000
_AUDIBLE: Final = 0.005
"""Share of the peak. Below it nothing is lost."""
_MARGIN: Final = SAMPLE_RATE * 10 // 1000
_DIGIT: Final = 5
"""Letters that a digit takes when it is said."""
_SIGN: Final = 8
"""And a sign such as "%"."""
_SHORT: Final = 3
"""Letters of words that may well be said with others as one."""
_WORD: Final = re.compile(r"\S*[^\W_]\S*")


@dataclass(frozen=True, slots=True)
class HeardWords:
    """One or more words that are said together. begins: character of the text with which they
    begin. sound: float32 [n], 16 kHz, with a margin of 10 ms about it.
    """

    begins: int
    sound: NDArray[np.float32]


def heard_words(text: str, speech: NDArray[np.float32]) -> tuple[HeardWords, ...]:
    """The speech of a text in parts, in order; nothing where nothing is said.

    speech: float32 [n], mono, 16 kHz, with `WORD_GAP_MS` between words.
    """
    words = list(_WORD.finditer(text))
    parts = sounding_parts(speech)
    if not words or not parts:
        return ()
    lengths = [end - begin for begin, end in parts]
    groups = _grouped([_spoken_letters(word.group()) for word in words], lengths)
    heard = []
    for word, (first, last) in groups:
        # Silence between parts of one word is part of it, but for most of the gap.
        pieces = [speech[begin:end] for begin, end in parts[first:last]]
        heard.append(HeardWords(words[word].start(), np.concatenate(pieces)))
    return tuple(heard)


def sounding_parts(speech: NDArray[np.float32]) -> list[tuple[int, int]]:
    """From which sample to which something is heard, between silences of at least 160 ms."""
    steps = np.abs(speech[: len(speech) // _STEP * _STEP]).reshape(-1, _STEP).max(axis=1)
    loud = np.flatnonzero(steps > _AUDIBLE * steps.max(initial=0.0))
    if not len(loud):
        return []
    ends = np.flatnonzero(np.diff(loud) > _LEAST_GAP // _STEP)
    begins = [loud[0], *(loud[ends + 1])]
    lasts = [*(loud[ends]), loud[-1]]
    return [
        (max(0, int(begin) * _STEP - _MARGIN), min(len(speech), int(last + 1) * _STEP + _MARGIN))
        for begin, last in zip(begins, lasts, strict=True)
    ]


def _spoken_letters(word: str) -> int:
    """How long a word is when said, in letters."""
    return sum(_weight(character) for character in word)


def _weight(character: str) -> int:
    if character.isdigit():
        return _DIGIT
    if character.isalpha():
        return 1
    return 0 if character in ".,;:!?'\"()-" else _SIGN


def _grouped(words: Sequence[int], parts: Sequence[int]) -> list[tuple[int, tuple[int, int]]]:
    """For each group its first word and from which part to which it is heard.

    words: letters of each. parts: samples of each. A group has one part and one or more words, or
    one word and one or more parts; of all ways the one in which lengths agree best.
    """
    per_letter = sum(parts) / max(1, sum(words))
    # A word of one letter is not as short as that.
    expected = [per_letter * (letters + 1) * 0.8 for letters in words]
    count, most = len(words), len(parts)
    best = np.full((count + 1, most + 1), np.inf)
    best[0, 0] = 0.0
    came: dict[tuple[int, int], tuple[int, int]] = {}
    for word in range(1, count + 1):
        for part in range(1, most + 1):
            ways = [(before, part - 1) for before in range(max(0, word - 4), word)]
            ways += [(word - 1, before) for before in range(max(0, part - 12), part - 1)]
            for way in ways:
                if not np.isfinite(best[way]):
                    continue
                told = sum(expected[way[0] : word])
                heard = sum(parts[way[1] : part])
                long = sum(letters > _SHORT for letters in words[way[0] : word])
                joined = (0.1 + 0.7 * (long > 0)) * (word - way[0] - 1) + 0.5 * (part - way[1] - 1)
                cost = best[way] + abs(np.log(heard / told)) + joined
                if cost < best[word, part]:
                    best[word, part] = cost
                    came[word, part] = way
    if (count, most) not in came:
        # Lengths do not agree at all: all of it is one group.
        return [(0, (0, most))]
    groups = []
    at = (count, most)
    while at != (0, 0):
        way = came[at]
        groups.append((way[0], (way[1], at[1])))
        at = way
    return groups[::-1]
