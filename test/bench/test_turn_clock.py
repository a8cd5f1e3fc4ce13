"""Percentiles of steps, and which phase of a step a nanosecond belongs to."""

from __future__ import annotations

import pytest

from tml_ros.bench.turn_clock import StepTimes, percentile_ms
from tml_ros.bench.turn_phases import PhaseClock


@pytest.mark.parametrize(
    ("milliseconds", "percent", "expected"),
    [
        ([7], 50, 7.0),
        ([1, 3], 50, 2.0),
        ([1, 2, 3, 4], 50, 2.5),
        ([4, 1, 3, 2], 99, 3.97),
        (list(range(101)), 99, 99.0),
    ],
)
def test_a_percentile_lies_between_its_two_nearest_samples(milliseconds, percent, expected):
    nanoseconds = [value * 1_000_000 for value in milliseconds]
    assert percentile_ms(nanoseconds, percent) == pytest.approx(expected)


def test_without_a_step_there_is_no_percentile():
    with pytest.raises(ValueError, match="no times"):
        _ = StepTimes().p50_ms


def test_a_step_that_was_not_asked_for_is_forgotten_whole():
    times = StepTimes([1_000_000], [900_000])
    with times.step():
        sum(range(1000))
    assert len(times) == len(times.cpu) == 2
    times.forget_last()
    assert (times.wall, times.cpu) == ([1_000_000], [900_000])
    assert times.as_dict() == {
        "p50": 1.0, "p99": 1.0, "mean": 1.0, "cpu_p50": 0.9, "cpu_p99": 0.9, "turns": 1
    }  # fmt: skip


class Thing:
    """Works for so many ticks of a clock that the test owns."""

    def __init__(self, clock):
        self.clock = clock

    def inner(self, ticks):
        self.clock[0] += ticks
        return ticks

    def outer(self, before, inside, after):
        self.clock[0] += before
        self.inner(inside)
        self.clock[0] += after

    def fails(self):
        self.clock[0] += 5
        raise RuntimeError("inside")


@pytest.fixture
def clock(monkeypatch):
    now = [0]
    monkeypatch.setattr("tml_ros.bench.turn_phases.time.perf_counter_ns", lambda: now[0])
    return now


def test_a_phase_is_charged_with_its_own_time_only(clock):
    thing = Thing(clock)
    with PhaseClock() as phases:
        phases.watch(thing, "outer", "whole")
        phases.watch(thing, "inner", "part")
        thing.outer(3_000_000, 10_000_000, 1_000_000)
        assert thing.inner(2_000_000) == 2_000_000
        assert phases.means_ms(2) == {"part": 6.0, "whole": 2.0}


def test_afterwards_nothing_is_watched_even_where_a_phase_failed(clock):
    thing = Thing(clock)
    with PhaseClock() as phases:
        phases.watch(thing, "fails", "failing")
        with pytest.raises(RuntimeError, match="inside"):
            thing.fails()
        assert phases.means_ms(1) == {"failing": 5e-6}
    assert set(vars(thing)) == {"clock"}
