"""Whole numbers from 0 to 3600 in English words, and back.

As they are said on the shop floor and as recognisers spell them: small letters, no hyphens, no
"and". Knows nothing of what is counted. Pure functions.
"""

from __future__ import annotations

import re
from typing import Final

LARGEST: Final = 3600

_SMALL: Final = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES: Final = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}


def number_words(number: int) -> str:
    """The number in words: 125 is "one hundred twenty five".

    Raises ValueError outside of 0..LARGEST.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(f"a number from 0 to {LARGEST}, got {number}")
    words: list[str] = []
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            words += [_SMALL[number // size], name]
            number %= size
    if number >= 20:
        words.append(_TENS[number // 10 - 2])
        number %= 10
    if number or not words:
        words.append(_SMALL[number])
    return " ".join(words)


def number_of(words: str) -> int | None:
    """The number that the words or digits say, None where they say none from 0 to LARGEST.

    Hyphens, capitals and an "and" after a hundred or thousand do not matter.
    """
    text = words.strip().lower()
    if re.fullmatch(r"[0-9]{1,4}", text):
        return int(text) if int(text) <= LARGEST else None
    text = " ".join(text.replace("-", " ").split())
    bare = re.sub(r"(?<=hundred|housand) and (?=[a-z])", " ", text)
    value = _sum(bare.split())
    # Only what would be said so counts: "twenty eleven" and "one one" add up to nothing.
    if value is None or value > LARGEST or number_words(value) != bare:
        return None
    return value


def number_variants(number: int) -> tuple[str, ...]:
    """How a number may stand in a text: its words and its digits."""
    return (number_words(number), str(number))


def _sum(words: list[str]) -> int | None:
    total = part = 0
    for word in words:
        if word == "thousand":
            total, part = total + part * 1000, 0
        elif word == "hundred":
            part *= 100
        elif word in _VALUES:
            part += _VALUES[word]
        else:
            return None
    return total + part if words else None


def first_number(text: str) -> int | None:
    """The first number that stands in a text, in words or digits."""
    words = re.findall(r"[a-z]+|[0-9]+", text.lower())
    for begin in range(len(words)):
        for end in range(len(words), begin, -1):
            number = number_of(" ".join(words[begin:end]))
            if number is not None:
                return number
    return None
