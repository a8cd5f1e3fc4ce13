"""The numbers that a text names, in words or digits: "three, no, four" names 3 and 4. Pure."""

from __future__ import annotations

from tml_ros.sim.talk.numbers import number_of
from tml_ros.sim.truth.expectation import plain_words

LONGEST = 7
"""Words of a number: "three thousand five hundred and ninety nine"."""


def named_numbers(text: str, *, apart_from: str = "") -> tuple[int, ...]:
    """Those from 0 to 3600, in the text's order; as many words as can be are one number.

    apart_from: a name whose own numbers do not count, such as "press_2".
    """
    said, name = f" {plain_words(text)} ", plain_words(apart_from)
    words = (said.replace(f" {name} ", " . ") if name else said).split()
    found: list[int] = []
    place = 0
    while place < len(words):
        length, number = _number_at(words, place)
        found += [] if number is None else [number]
        place += length
    return tuple(found)


def _number_at(words: list[str], place: int) -> tuple[int, int | None]:
    """How many words the longest number takes that begins there, and the number."""
    for length in range(min(len(words) - place, LONGEST), 0, -1):
        number = number_of(" ".join(words[place : place + length]))
        if number is not None:
            return length, number
    return 1, None
