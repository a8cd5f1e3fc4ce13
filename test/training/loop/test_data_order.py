"""Which lessons come when."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.training.loop.data_order import CourseShare, DataOrder


def order(*courses: CourseShare, seed: int = 0, begin: int = 0) -> DataOrder:
    return DataOrder(seed, begin, courses)


@given(
    rate=st.fractions(min_value=Fraction(1, 7), max_value=9, max_denominator=7),
    size=st.integers(1, 12),
    begin=st.integers(0, 5),
)
def test_each_lesson_comes_once_before_any_comes_again(
    rate: Fraction, size: int, begin: int
) -> None:
    made = order(CourseShare("talk", rate, size), begin=begin)
    taken = [
        pick.index
        for step in range(begin, begin + 40)
        for picks in made.picks(step)
        for pick in picks.lessons
    ]
    assert len(taken) == int(40 * rate)
    for first in range(0, len(taken) - size, size):
        assert sorted(taken[first : first + size]) == list(range(size))


def test_a_step_is_the_same_whoever_asks_and_in_which_order() -> None:
    courses = CourseShare("sight", Fraction(3), 50), CourseShare("talk", Fraction(1, 2), 7)
    forward = [list(order(*courses, seed=4).picks(step)) for step in range(20)]
    backward = [list(order(*courses, seed=4).picks(step)) for step in reversed(range(20))]
    assert forward == backward[::-1]
    assert forward != [list(order(*courses, seed=5).picks(step)) for step in range(20)]


def test_what_is_drawn_anew_is_drawn_anew_each_time() -> None:
    made = order(CourseShare("talk", Fraction(2), 3))
    seeds = Counter(
        pick.seed for picks in chain(*map(made.picks, range(30))) for pick in picks.lessons
    )
    assert set(seeds.values()) == {1}


@pytest.mark.parametrize(("rate", "size"), [(Fraction(1), 0), (Fraction(0), 5)])
def test_a_course_that_would_never_come_is_refused(rate: Fraction, size: int) -> None:
    with pytest.raises(ValueError, match="talk"):
        CourseShare("talk", rate, size)


def test_there_is_no_step_before_the_first() -> None:
    with pytest.raises(ValueError, match="begin at step 3"):
        list(order(CourseShare("talk", Fraction(1), 2), begin=3).picks(2))
