"""A watch learns for four weeks, sees what changes, and is the same after a restart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tml_ros.background.condition import State
from tml_ros.background.trend.page_sum import PageSum
from tml_ros.background.trend.sensor_screen import Fault, SensorFault
from tml_ros.background.trend.series_watch import SeriesWatch, Shift
from tml_ros.background.trend.watch_condition import watch_condition
from tml_ros.sim.machine_history import Event, Quantity, machine_history

HOUR_NS = 3_600_000_000_000
DAY_NS = 24 * HOUR_NS


def hourly(days, *, seed=1, at=None, by=0.0, rest=False):
    rng = np.random.default_rng(seed)
    hour = np.arange(days * 24)
    values = 50 + 3 * np.sin(2 * np.pi * hour / 24) + 0.5 * rng.normal(size=len(hour))
    if at is not None:
        values = values + by * (hour >= at * 24)
    if rest:
        values = np.where(hour % 168 >= 120, 20 + 0.1 * rng.normal(size=len(hour)), values)
    return hour * HOUR_NS, values


def fed(watch, stamps, values):
    return [
        begun
        for stamp_ns, value in zip(stamps.tolist(), values.tolist(), strict=True)
        for begun in watch.add(stamp_ns, value)
    ]


@pytest.mark.parametrize(("by", "rest"), [(2.0, False), (-2.0, False), (2.0, True), (25.0, True)])
def test_a_step_is_seen_within_two_days(by, rest):
    watch = SeriesWatch("degC")
    (shift,) = fed(watch, *hourly(44, at=42, by=by, rest=rest))
    assert isinstance(shift, Shift)
    assert shift.upward == (by > 0)
    assert 42 * DAY_NS < shift.stamp_ns <= 44 * DAY_NS
    assert abs(shift.since_ns - 42 * DAY_NS) < (2 if rest else 1) * DAY_NS
    assert shift.by == pytest.approx(by, rel=0.4)


def test_nothing_happens_while_nothing_changes():
    for seed in range(3):
        assert fed(SeriesWatch(), *hourly(100, seed=seed, rest=seed == 1)) == []


def test_nothing_is_judged_before_four_weeks():
    watch = SeriesWatch()
    assert fed(watch, *hourly(27, at=20, by=20.0)) == []
    assert not watch.judges
    judged = watch_condition(watch, machine="m", quantity="speed", now_ns=27 * DAY_NS)
    assert judged.state is State.UNKNOWN
    assert "still being learned" in judged.sentence


def test_a_change_becomes_normal_with_time_and_going_back_is_a_change():
    watch = SeriesWatch()
    begun = fed(watch, *hourly(100, at=42, by=4.0))
    assert [shift.upward for shift in begun] == [True]
    assert watch.shift is None


def test_the_state_says_since_when_and_by_how_much():
    watch = SeriesWatch("degC")
    fed(watch, *hourly(46, at=42, by=4.0))
    judged = watch_condition(
        watch, machine="press_2", quantity="oil_temperature", now_ns=46 * DAY_NS, unit="degC"
    )
    assert (judged.state, judged.method) == (State.WATCH, "change_point")
    assert judged.sentence.startswith("Oil temperature has been above its normal for 4 days")
    assert judged.picture.startswith(b"\x89PNG")


def test_a_stuck_sensor_is_said_and_not_taken_for_the_machine():
    stamps, values = hourly(70)
    values[42 * 24 :] = values[42 * 24]
    watch = SeriesWatch("degC")
    begun = fed(watch, stamps, values)
    assert [fault.fault for fault in begun if isinstance(fault, SensorFault)] == [Fault.STUCK]
    assert len(begun) == 1
    judged = watch_condition(watch, machine="m", quantity="t", now_ns=70 * DAY_NS, picture=False)
    assert (judged.method, judged.state) == ("sensor", State.FAULT)


def test_old_wrong_and_repeated_readings_change_nothing():
    stamps, values = hourly(44, at=42, by=2.0)
    clean, messy = SeriesWatch("degC"), SeriesWatch("degC")
    expected = fed(clean, stamps, values)
    found = []
    for place, (stamp_ns, value) in enumerate(zip(stamps.tolist(), values.tolist(), strict=True)):
        found += messy.add(stamp_ns, value)
        found += messy.add(stamp_ns, float("nan"))
        if place > 3:
            found += messy.add(stamp_ns - 3 * HOUR_NS, 1e6)
    assert found == expected


def test_a_clock_that_jumps_back_begins_anew():
    watch = SeriesWatch()
    fed(watch, *hourly(40))
    assert watch.judges
    watch.add(0, 50.0)
    assert not watch.judges


def test_a_gap_of_a_year_is_not_walked_through_hour_by_hour_for_nothing():
    watch = SeriesWatch()
    fed(watch, *hourly(40))
    watch.add(400 * DAY_NS * 100, 50.0)
    assert not watch.judges
    stamps, values = watch.hourly
    assert len(stamps) == len(values) == 49 * 24


def test_silence_goes_by():
    watch = SeriesWatch()
    stamps, values = hourly(40)
    fed(watch, stamps, values)
    (fault,) = watch.advance(41 * DAY_NS)
    assert fault.fault is Fault.DROPOUTS
    assert watch.advance(42 * DAY_NS) == ()


def test_a_restored_watch_goes_on_as_the_one_that_was_saved():
    stamps, values = hourly(46, at=42, by=2.0, rest=True)
    cut = 42 * 24 + 9
    watch, other = SeriesWatch("degC"), SeriesWatch("degC")
    fed(watch, stamps[:cut], values[:cut])
    other.restore(watch.arrays(), json.loads(json.dumps(watch.facts())))
    begun = fed(watch, stamps[cut:], values[cut:])
    assert begun
    assert fed(other, stamps[cut:], values[cut:]) == begun
    assert other.facts() == watch.facts()
    for name, array in watch.arrays().items():
        assert np.array_equal(array, other.arrays()[name], equal_nan=True)


def test_a_state_that_does_not_fit_is_refused_by_name():
    watch = SeriesWatch()
    with pytest.raises(ValueError, match="hours is no array"):
        watch.restore({}, {})
    with pytest.raises(ValueError, match="no state of a watch"):
        watch.restore(watch.arrays(), {})


def test_its_memory_does_not_grow_with_age():
    watch = SeriesWatch()
    fed(watch, *hourly(60))
    young = len(json.dumps(watch.facts())) + sum(a.nbytes for a in watch.arrays().values())
    stamps, values = hourly(200, seed=2)
    fed(watch, stamps + 60 * DAY_NS, values)
    old = len(json.dumps(watch.facts())) + sum(a.nbytes for a in watch.arrays().values())
    assert old < young + 400


@pytest.mark.parametrize("event", [Event.HEALTHY, Event.DRIFT, Event.UNIT_JUMP])
def test_simulated_machines_are_told_apart(event):
    history = machine_history(Quantity.PRESSURE, event, seed=3, months=4, step_s=3_600)
    begun = fed(SeriesWatch(history.unit), history.stamps_ns, history.values)
    kinds = [found.fault if isinstance(found, SensorFault) else "shift" for found in begun]
    expected = {Event.HEALTHY: [], Event.DRIFT: ["shift"], Event.UNIT_JUMP: [Fault.UNIT_JUMP]}
    assert kinds == expected[event]


def test_a_sum_grows_by_what_exceeds_the_allowance_and_comes_back():
    page = PageSum(allowance=1.0, limit=4.0, most=3.0, weight=1.0)
    raised = [page.add(value, stamp) for stamp, value in enumerate([0, 2, 2, 9, 2, float("nan")])]
    assert raised == [0, 0, 0, 0, 1, 1]
    assert page.since_ns == 0
    assert [page.add(-9, stamp) for stamp in range(6, 9)] == [0, 0, -1]
    with pytest.raises(ValueError, match="allowance=3"):
        PageSum(allowance=3, limit=1, most=3, weight=1)
    with pytest.raises(ValueError, match="calm=0"):
        SeriesWatch(calm=0)
