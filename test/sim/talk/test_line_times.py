"""When lines may be spoken, beside who really decides it; windows and what is left of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.scenario.scenario import LinePart
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.line_times import line_times, merged, without
from tml_ros.sim.talk.waiting_lines import WaitingLines
from tml_ros.sim.truth.truth import SpokenLine

Times = st.floats(0.0, 60.0).map(lambda time: round(time, 2))
LINE = st.tuples(
    st.sampled_from(["at", "into"]),
    Times,
    st.floats(0.1, 4.0).map(lambda time: round(time, 2)),
    st.one_of(st.none(), Times),
)


@given(given_lines=st.lists(LINE, max_size=6), begins=st.lists(Times, max_size=12))
def test_a_line_is_said_when_it_may_be_said_or_never(
    given_lines: list[tuple[str, float, float, float | None]], begins: list[float]
) -> None:
    described = [
        LinePart(who="a", act=Act.STOP, at=at)
        if kind == "at"
        else LinePart(who="a", act=Act.STOP, into=seconds, after=after)
        for kind, at, seconds, after in given_lines
    ]
    spoken = [
        SpokenLine(i, "a", Act.STOP, "Stop.", 0.5 + seconds, line.at, line.into)
        for i, (line, (_, _, seconds, _)) in enumerate(zip(described, given_lines, strict=True))
    ]
    waiting = WaitingLines(described, spoken)
    for turn in range(1, 400):
        now = 0.2 * turn
        waiting.due(now, sorted(begin for begin in begins if begin <= now))
    times = line_times(spoken, {i: line.after or 0.0 for i, line in enumerate(described)})
    assert set(times) == set(range(len(spoken)))
    for index, start in waiting.starts.items():
        assert times[index].earliest_s - 1e-6 <= start <= times[index].latest_s + 1e-6
    assert all(time.fixed == (described[i].at is not None) for i, time in times.items())


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], [(0, 10)]),
        ([(2, 3)], [(0, 2), (3, 10)]),
        ([(-1, 3), (2, 4)], [(4, 10)]),
        ([(9, 12)], [(0, 9)]),
        ([(0, 10)], []),
        ([(10, 12), (-3, 0)], [(0, 10)]),
        ([(2, 3), (3, 4)], [(0, 2), (4, 10)]),
    ],
)
def test_what_is_taken_from_a_window_is_not_left(taken: list, left: list) -> None:
    assert without((0, 10), taken) == left


def test_windows_that_touch_are_one() -> None:
    assert merged([(5, 6), (0, 2), (2, 3), (2.5, 4), (8, 8)]) == [(0, 4), (5, 6)]
