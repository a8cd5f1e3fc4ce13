from __future__ import annotations

from tml_ros.nodes.followed_clock import LONGEST_NS, FollowedClock

MS = 1_000_000


def test_it_is_zero_before_the_first_tick() -> None:
    assert FollowedClock().now_ns(123) == 0


def test_time_flows_between_ticks_and_stands_when_they_end() -> None:
    clock = FollowedClock()
    clock.tick(5_000 * MS, 100 * MS)
    assert clock.now_ns(100 * MS) == 5_000 * MS
    assert clock.now_ns(113 * MS) == 5_013 * MS
    assert clock.now_ns(9_000 * MS) == 5_000 * MS + LONGEST_NS
    clock.tick(5_020 * MS, 121 * MS)
    assert clock.now_ns(122 * MS) == 5_021 * MS


def test_who_asks_about_a_moment_before_the_tick_gets_the_tick() -> None:
    clock = FollowedClock()
    clock.tick(5_000 * MS, 100 * MS)
    assert clock.now_ns(90 * MS) == 5_000 * MS


def test_a_clock_that_starts_over_is_followed_back() -> None:
    clock = FollowedClock()
    clock.tick(5_000 * MS, 100 * MS)
    clock.tick(1_000 * MS, 120 * MS)
    assert clock.now_ns(121 * MS) == 1_001 * MS
