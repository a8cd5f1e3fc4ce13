"""Faults of a sensor are named; what a healthy one does is none."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tml_ros.background.condition import State
from tml_ros.background.trend.even_series import Readings
from tml_ros.background.trend.neighbours import NeighbourWatch
from tml_ros.background.trend.sensor_condition import sensor_condition
from tml_ros.background.trend.sensor_screen import Fault, SensorScreen
from tml_ros.background.trend.unit_jump import conversions

MINUTE_NS = 60_000_000_000
DAY_NS = 1_440 * MINUTE_NS
STEP_NS = 15 * MINUTE_NS


def healthy(days=14, *, seed=1, base=50.0, step=0.01):
    rng = np.random.default_rng(seed)
    count = days * 96
    values = base + 2 * np.sin(2 * np.pi * np.arange(count) / 96) + 0.3 * rng.normal(size=count)
    return np.arange(count, dtype=np.int64) * STEP_NS, np.round(values / step) * step


def screened(stamps, values, unit="degC"):
    screen = SensorScreen(unit)
    begun = [
        found
        for stamp_ns, value in zip(stamps.tolist(), values.tolist(), strict=True)
        if (found := screen.add(stamp_ns, value)) is not None
    ]
    return screen, begun


def spoilt(kind):
    stamps, values = healthy()
    rng = np.random.default_rng(9)
    late = np.arange(len(values)) >= 12 * 96
    if kind is Fault.STUCK:
        values[late] = values[12 * 96]
    elif kind is Fault.SPIKES:
        values[late & (rng.random(len(values)) < 0.08)] += 25
    elif kind is Fault.DROPOUTS:
        kept = ~late | (rng.random(len(values)) < 0.3)
        stamps, values = stamps[kept], values[kept]
    else:
        values[late] = 1.8 * values[late] + 32
    return stamps, values


@pytest.mark.parametrize("kind", [Fault.STUCK, Fault.SPIKES, Fault.DROPOUTS, Fault.UNIT_JUMP])
def test_each_fault_is_named_once_and_no_other(kind):
    stamps, values = spoilt(kind)
    screen, begun = screened(stamps, values)
    assert [found.fault for found in begun] == [kind]
    (found,) = begun
    assert 12 * DAY_NS - STEP_NS <= found.since_ns <= found.stamp_ns
    assert found.stamp_ns < 13.5 * DAY_NS
    assert list(screen.active) == [kind]
    assert screen.trusted == (kind is not Fault.STUCK)


def test_a_healthy_sensor_has_no_fault():
    for seed in range(4):
        assert screened(*healthy(28, seed=seed, step=0.1))[1] == []


def test_a_machine_that_holds_a_value_every_night_is_not_stuck():
    stamps, values = healthy(28)
    night = np.arange(len(values)) % 96 < 40
    values[night] = 0.0
    assert screened(stamps, values)[1] == []


def test_a_quantity_that_never_moves_cannot_be_called_stuck():
    stamps, _ = healthy(28)
    assert screened(stamps, np.full(len(stamps), 6.0))[1] == []


def test_nothing_is_judged_before_a_week():
    stamps, values = healthy(6)
    values[300:] = values[300]
    screen, begun = screened(stamps, values)
    assert not screen.learned
    assert begun == []


def test_silence_is_a_fault_that_ends():
    stamps, values = healthy()
    screen, _ = screened(stamps[: 12 * 96], values[: 12 * 96])
    last_ns = int(stamps[12 * 96 - 1])
    assert screen.silence(last_ns + 2 * STEP_NS) is None
    found = screen.silence(last_ns + 5 * 4 * STEP_NS)
    assert found is not None
    assert "nothing for 5.0 hours" in found.text
    for stamp_ns, value in zip(stamps[12 * 96 + 20 :], values[12 * 96 + 20 :], strict=True):
        screen.add(int(stamp_ns), float(value))
    assert screen.active == {}


def test_another_unit_is_put_right_until_it_is_switched_back():
    stamps, values = spoilt(Fault.UNIT_JUMP)
    screen, (found,) = screened(stamps, values)
    assert "degF" in found.text
    assert screen.corrected(122.0) == pytest.approx(50)
    more, back = healthy(2, seed=4)
    for stamp_ns, value in zip(more + stamps[-1] + STEP_NS, back, strict=True):
        screen.add(int(stamp_ns), float(value))
    assert screen.active == {}
    assert screen.corrected(50.0) == 50.0


@pytest.mark.parametrize(
    ("unit", "to", "value", "shown"),
    [
        ("degC", "degF", 100, 212),
        ("degF", "degC", 212, 100),
        ("K", "degF", 273.15, 32),
        ("bar", "psi", 1, 14.5038),
        ("psi", "kPa", 14.5038, 100),
        ("mm/s", "in/s", 25.4, 1),
        ("g", "m/s2", 1, 9.80665),
    ],
)
def test_conversions_are_those_of_the_books_and_go_back(unit, to, value, shown):
    (conversion,) = (found for found in conversions(unit) if found.unit == to)
    assert conversion.of(value) == pytest.approx(shown, rel=1e-5)
    assert conversion.back(conversion.of(value)) == pytest.approx(value)


def test_a_step_of_the_machine_is_no_unit():
    stamps, values = healthy()
    values[12 * 96 :] += 30
    assert screened(stamps, values)[1] == []


def test_a_screen_goes_on_as_if_it_had_not_been_saved():
    stamps, values = spoilt(Fault.SPIKES)
    half = 12 * 96 + 10
    screen, _ = screened(stamps[:half], values[:half])
    other = SensorScreen("degC")
    other.restore(json.loads(json.dumps(screen.facts())))
    for stamp_ns, value in zip(stamps[half:].tolist(), values[half:].tolist(), strict=True):
        assert screen.add(stamp_ns, value) == other.add(stamp_ns, value)
    assert screen.facts() == other.facts()
    with pytest.raises(ValueError, match="no state"):
        other.restore({})


def test_a_fault_is_told_in_a_sentence_with_a_picture():
    stamps, values = spoilt(Fault.STUCK)
    judged = sensor_condition(Readings(stamps, values), quantity="temperature", unit="degC")
    assert (judged.state, judged.method, judged.defect) == (State.FAULT, "sensor", "stuck")
    assert judged.sentence.startswith("The sensor of temperature has shown exactly")
    assert judged.picture.startswith(b"\x89PNG")
    fine = sensor_condition(Readings(*healthy()), quantity="temperature", picture=False)
    assert fine.state is State.NORMAL
    short = sensor_condition(Readings(*healthy(3)), quantity="temperature", picture=False)
    assert short.state is State.UNKNOWN


def test_a_sensor_that_leaves_its_neighbours_is_told_from_a_machine_that_warms_up():
    stamps, own = healthy(28)
    others = [healthy(28, seed=seed)[1] for seed in (2, 3)]
    warm = np.clip(np.arange(len(own)) - 20 * 96, 0, None) / 96 * 1.0
    together = [Readings(stamps, values + warm) for values in (own, *others)]
    alone = Readings(stamps, own + warm)
    apart = [Readings(stamps, values) for values in others]
    same = sensor_condition(together[0], neighbours=together[1:], picture=False)
    moved = sensor_condition(alone, neighbours=apart, unit="degC", picture=False)
    assert same.state is State.NORMAL
    assert (moved.state, moved.defect) == (State.WATCH, "sensor_drift")
    assert "against its neighbours" in moved.sentence


def test_a_watch_against_neighbours_blames_the_one_that_moves():
    hours = np.arange(50 * 24)
    rng = np.random.default_rng(5)
    weather = np.cumsum(rng.normal(size=len(hours))) * 0.3
    sensors = [50 + weather + 0.2 * rng.normal(size=len(hours)) for _ in range(3)]
    sensors[0] = sensors[0] + np.clip(hours - 40 * 24, 0, None) / 24 * 0.4
    found = []
    for place in range(3):
        watch = NeighbourWatch(2, "degC")
        own, others = sensors[place], [s for at, s in enumerate(sensors) if at != place]
        begun = [
            watch.add(
                int(hour) * 60 * MINUTE_NS, float(own[hour]), [float(o[hour]) for o in others]
            )
            for hour in hours
        ]
        found.append([fault for fault in begun if fault is not None])
    assert [len(faults) for faults in found] == [1, 0, 0]
    assert found[0][0].fault is Fault.DRIFT
    with pytest.raises(ValueError, match="1 neighbours, not 2"):
        watch.add(0, 1.0, [1.0])
    with pytest.raises(ValueError, match="0 neighbours"):
        NeighbourWatch(0)
