"""The pace of the listener's clock holds, whatever that clock shows."""

from __future__ import annotations

import pytest

from tml_ros.turn.stamp_clock import StampClock

SECOND = 1_000_000_000


def test_before_any_data_both_clocks_are_taken_for_one():
    assert StampClock().at(5 * SECOND) == 5 * SECOND


@pytest.mark.parametrize("delay_s", [-4, 0, 0.2, 4.9])
def test_on_one_clock_the_time_data_travelled_is_kept(delay_s):
    clock = StampClock()
    clock.saw(100 * SECOND)
    now_ns = 100 * SECOND + round(delay_s * SECOND)
    assert clock.at(now_ns) == now_ns


@pytest.mark.parametrize("distance_s", [-1_000, 6, 10**9])
def test_on_another_clock_time_goes_on_from_the_newest_stamp(distance_s):
    clock = StampClock()
    clock.saw(100 * SECOND)
    assert clock.at((100 + distance_s) * SECOND) == 100 * SECOND
    assert clock.at((103 + distance_s) * SECOND) == 103 * SECOND


@pytest.mark.parametrize("step_s", [-3_600, -2, 6, 10**9])
def test_setting_the_clock_while_nothing_comes_changes_nothing(step_s):
    clock = StampClock()
    clock.saw(100 * SECOND)
    clock.at(100 * SECOND)
    assert clock.at((100 + step_s) * SECOND) == 100 * SECOND
    assert clock.at((101 + step_s) * SECOND) == 101 * SECOND


def test_data_on_one_clock_again_end_the_distance():
    clock = StampClock()
    clock.saw(100 * SECOND)
    clock.at(500 * SECOND)
    clock.saw(501 * SECOND)
    assert clock.at(501 * SECOND) == 501 * SECOND
