"""Numbers in words, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.talk.numbers import LARGEST, number_of, number_words


def test_every_number_comes_back_from_its_words() -> None:
    words = [number_words(number) for number in range(LARGEST + 1)]
    assert [number_of(said) for said in words] == list(range(LARGEST + 1))
    assert len(set(words)) == LARGEST + 1


@given(number=st.integers(0, LARGEST))
def test_spelling_does_not_matter(number: int) -> None:
    words = number_words(number)
    assert number_of(words.title()) == number
    assert number_of(words.replace(" ", "-")) == number
    assert number_of(words.replace("hundred ", "hundred and ")) == number
    assert number_of(str(number)) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (45, "forty five"),
        (100, "one hundred"),
        (110, "one hundred ten"),
        (3600, "three thousand six hundred"),
        (1001, "one thousand one"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert number_words(number) == words


@pytest.mark.parametrize(
    "words",
    [
        *("", "and", "one one", "twenty eleven", "hundred", "five hundred thousand", "3601"),
        *("boxes", "nine thousand", "one hundred zero", "-5", "twenty and five", "thirty boxes"),
    ],
)
def test_what_is_no_number_is_none(words: str) -> None:
    assert number_of(words) is None


@given(text=st.text(max_size=30))
def test_any_text_is_a_number_in_range_or_none(text: str) -> None:
    number = number_of(text)
    assert number is None or 0 <= number <= LARGEST


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="from 0 to"):
        number_words(number)
