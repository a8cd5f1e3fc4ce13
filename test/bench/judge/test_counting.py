"""Counting aloud: which numbers a text names, and which are right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.judge.conduct import TimedWord, Utterance
from tml_ros.bench.judge.named_numbers import named_numbers
from tml_ros.bench.judge.outcome import Fault, Outcome
from tml_ros.sim.talk.numbers import number_words
from tml_ros.sim.truth.expectation import Expectation, Rule, Says

Judged = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Three.", (3,)),
        ("three, no, four", (3, 4)),
        ("That makes twenty one boxes", (21,)),
        ("one hundred and five, and then 12", (105, 12)),
        ("press_2: 3", (3,)),
        ("Press 2 has seen two", (2,)),
        ("none", ()),
        ("a tent and a freight", ()),
    ],
)
def test_numbers_are_found_in_words_and_digits(text: str, numbers: tuple[int, ...]) -> None:
    assert named_numbers(text, apart_from="press_2") == numbers


@given(st.lists(st.integers(0, 3600), max_size=4))
def test_numbers_in_words_are_found_again(numbers: list[int]) -> None:
    text = " boxes ".join(number_words(number) for number in numbers)
    assert named_numbers(text) == tuple(numbers)


def said(at: float, text: str) -> Utterance:
    return Utterance(at, at + 0.5, text)


@pytest.mark.parametrize(
    ("utterances", "fault"),
    [
        ([said(10.2, "three")], None),
        ([said(10.2, "that is 3 on conveyor 2")], None),
        ([said(10.2, "four")], Fault.OFF_BY_ONE),
        ([said(10.2, "two")], Fault.OFF_BY_ONE),
        ([said(10.2, "five")], Fault.SAID_OTHERWISE),
        ([said(10.2, "one two three four")], Fault.SAID_OTHERWISE),
        ([said(10.2, "three"), said(11.0, "four")], Fault.OFF_BY_ONE),
        ([said(10.0, "four"), said(11.0, "three")], None),
        ([said(10.2, "a box")], Fault.SAID_OTHERWISE),
        ([said(12.5, "three")], Fault.LATE),
        ([], Fault.SILENT),
    ],
)
def test_the_number_must_be_right_and_the_last_word(
    judged: Judged, utterances: list[Utterance], fault: Fault | None
) -> None:
    assert judged(Rule.COUNT, *utterances, number=3, about="conveyor_2").fault is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("three", None),
        ("four", None),
        ("twenty four", Fault.SAID_OTHERWISE),
        ("five", Fault.OFF_BY_ONE),
        ("two", Fault.OFF_BY_ONE),
        ("six", Fault.SAID_OTHERWISE),
        ("three or four", Fault.SAID_OTHERWISE),
    ],
)
def test_where_two_numbers_are_right_either_will_do(
    judged: Judged, text: str, fault: Fault | None
) -> None:
    either = Says((("three", "3", "four", "4"),))
    assert judged(Rule.COUNT, said(10.2, text), number=3, says=either).fault is fault


def test_a_count_that_goes_on_without_a_pause_is_right_word_by_word(judged: Judged) -> None:
    words = tuple(
        TimedWord(word, at, at + 0.4)
        for word, at in (("two", 9.0), ("three", 10.3), ("four", 12.6))
    )
    running = Utterance(9.0, 13.0, "two three four", words=words)
    following = [Expectation(Rule.COUNT, 12.2, 12.1, 14.0, number=4)]
    outcome = judged(Rule.COUNT, running, number=3, others=following)
    assert (outcome.fault, outcome.delay_s) == (None, pytest.approx(0.3))


def test_the_next_count_within_the_window_is_no_mistake(judged: Judged) -> None:
    following = [Expectation(Rule.COUNT, 11.0, 10.9, 13.0, number=4)]
    both = (said(10.2, "three"), said(11.2, "four"))
    assert judged(Rule.COUNT, *both, number=3, others=following).fault is None
