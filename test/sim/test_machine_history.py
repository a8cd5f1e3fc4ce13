"""Simulated histories and sounds are what they say they are."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.sim.machine_history import (
    HEALTHY_EVENTS,
    MACHINE_EVENTS,
    SENSOR_EVENTS,
    Event,
    Quantity,
    machine_history,
)
from tml_ros.sim.machine_sound import SoundFault, machine_sound, with_event

DAY_NS = 86_400_000_000_000


def made(event, *, quantity=Quantity.VIBRATION, seed=5, **how):
    return machine_history(quantity, event, seed=seed, months=4, step_s=3_600, **how)


@pytest.mark.parametrize("event", list(Event))
def test_a_history_is_the_same_every_time_and_truth_goes_with_it(event):
    first, again = made(event), made(event)
    assert np.array_equal(first.values, again.values)
    assert np.array_equal(first.stamps_ns, again.stamps_ns)
    assert np.isfinite(first.values).all()
    assert (first.event_ns is None) == (event in HEALTHY_EVENTS)
    assert len(first.neighbours) == (2 if event is Event.SENSOR_DRIFT else 0)
    assert (np.diff(first.stamps_ns) > 0).all() == (event is not Event.GAPS)
    assert set(HEALTHY_EVENTS + MACHINE_EVENTS + SENSOR_EVENTS) == set(Event)


@pytest.mark.parametrize("event", [Event.DRIFT, Event.STEP, Event.UNIT_JUMP, Event.STUCK])
def test_it_is_the_same_machine_until_something_happens(event):
    healthy, changed = made(Event.HEALTHY), made(event)
    until = changed.event_ns - 3_600_000_000_000
    days = until // DAY_NS
    for history in (healthy, changed):
        assert (history.stamps_ns < until).sum() > 40 * 23
    means = [
        np.median(history.values[history.stamps_ns < days * DAY_NS])
        for history in (healthy, changed)
    ]
    assert means[0] == pytest.approx(means[1], abs=0.1 * healthy.sigma)


def test_a_drift_reaches_its_limit_when_it_says():
    history = made(Event.DRIFT, quantity=Quantity.CURRENT, seed=2)
    assert history.limit_ns > history.event_ns
    near = np.abs(history.stamps_ns - history.limit_ns) < 3 * DAY_NS
    working = history.values[near][history.values[near] > history.limit / 2]
    assert np.median(working) == pytest.approx(history.limit, abs=1.5 * history.sigma)


def test_spans_out_of_range_are_refused():
    with pytest.raises(ValueError, match="months=1"):
        machine_history(Quantity.PRESSURE, Event.STEP, seed=1, months=1)


def test_a_machine_s_sound_is_the_same_every_time_and_a_fault_adds_to_it():
    quiet = machine_sound(machine=1, take=2, seconds=1.0)
    assert quiet.dtype == np.float32
    assert np.array_equal(quiet, machine_sound(machine=1, take=2, seconds=1.0))
    faulty = machine_sound(machine=1, take=2, seconds=1.0, fault=SoundFault.HISS, fault_db=0.0)
    assert np.std(faulty) > 1.2 * np.std(quiet)
    louder = machine_sound(machine=1, take=2, seconds=1.0, gain_db=6.0206)
    assert np.allclose(louder, 2 * quiet, atol=1e-5)
    assert np.abs(with_event(quiet, 16_000.0, take=1)).max() > 2 * np.abs(quiet).max()
