"""Cell time over clocks that step back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.cell_time import JUMP_NS, CellTime

S = 1_000_000_000


def test_a_small_step_back_is_waited_out() -> None:
    time = CellTime()
    assert [time.advance(now) for now in (5 * S, 5 * S - JUMP_NS, 6 * S)] == [5 * S, 5 * S, 6 * S]
    assert not time.jumps_back(6 * S - JUMP_NS)


def test_steady_time_goes_on_where_it_was_after_each_jump_back() -> None:
    time = CellTime()
    time.advance(100 * S)
    time.advance(110 * S)
    assert time.jumps_back(100 * S)
    time.restart()
    time.advance(100 * S)
    assert time.steady(100 * S) == 110 * S
    time.advance(105 * S)
    time.restart()
    time.advance(3 * S)
    assert time.steady(4 * S) == 116 * S


def test_a_restart_before_any_time_was_given_changes_nothing() -> None:
    time = CellTime()
    time.restart()
    assert time.advance(7) == 7
    assert time.steady(7) == 7


@given(st.lists(st.integers(0, 100 * S)))
def test_steady_time_never_steps_back(given_times: list[int]) -> None:
    time, newest = CellTime(), None
    for now_ns in given_times:
        if time.jumps_back(now_ns):
            time.restart()
        steady = time.steady(time.advance(now_ns))
        assert newest is None or steady >= newest
        newest = steady
