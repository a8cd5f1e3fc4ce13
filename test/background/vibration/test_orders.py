"""Patterns of the shaft's orders, and what they cannot tell apart."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.background.condition import State
from tml_ros.background.reading import Waveform
from tml_ros.background.vibration.orders import orders_condition
from tml_ros.background.vibration.velocity_limits import LIMITS

RATE, RPM = 5120.0, 1480.0


def turning(
    orders: dict[float, float], *, seconds: float = 8.0, rpm: float | None = RPM
) -> Waveform:
    """orders: velocity in mm/s RMS by order."""
    times = np.arange(round(seconds * RATE)) / RATE
    wave = 0.05 * np.random.default_rng(2).standard_normal(len(times))
    for order, velocity in orders.items():
        rate = 2 * np.pi * order * RPM / 60
        wave += np.sqrt(2) * velocity / 1000 * rate * np.sin(rate * times + 3 * order)
    return Waveform("fan", "DE", wave.astype(np.float32), RATE, "m/s2", 0, rpm)


@pytest.mark.parametrize(
    ("orders", "state", "defect", "alike"),
    [
        ({1: 5.0, 2: 0.4}, State.FAULT, "unbalance", "bent shaft"),
        ({1: 3.0, 2: 2.5, 3: 0.5}, State.WATCH, "misalignment", "axial vibration"),
        ({1: 2.0, 2: 3.5}, State.WATCH, "misalignment", "cracked shaft"),
        ({1: 2.5, 2: 1.2, 3: 1, 4: 1, 5: 0.9, 6: 0.8}, State.WATCH, "looseness", "rubbing"),
        ({0.5: 1.0, 1: 3.0, 1.5: 0.9, 2: 0.8, 2.5: 0.6}, State.WATCH, "looseness", "rubbing"),
        ({7.3: 6.0}, State.FAULT, "", "not from the shaft's orders"),
        ({1: 0.6, 2: 0.5}, State.NORMAL, "", "Nothing wrong"),
    ],
)
def test_the_pattern_names_the_cause_and_what_looks_the_same(
    orders: dict[float, float], state: State, defect: str, alike: str
) -> None:
    found = orders_condition(turning(orders))
    assert (found.state, found.defect) == (state, defect)
    assert alike in found.sentence
    for order in (1.0, 2.0, 3.0):
        name = f"order_{order:g}"
        assert found.figures[name][0] == pytest.approx(orders.get(order, 0.0), abs=0.05)


def test_how_bad_it_is_follows_from_the_limits_of_the_class() -> None:
    wave = turning({1: 2.0})
    assert orders_condition(wave, limits=LIMITS["group1_flexible"]).state is State.NORMAL
    assert orders_condition(wave, limits=LIMITS["small"]).state is State.WATCH


def test_a_speed_that_is_a_little_wrong_does_not_matter() -> None:
    block = turning({1: 4.0, 2: 0.5, 3: 0.4})
    wrong = Waveform("fan", "DE", block.samples, RATE, "m/s2", 0, 1.02 * RPM)
    found = orders_condition(wrong)
    assert found.defect == "unbalance"
    assert found.figures["speed"][0] == pytest.approx(RPM, rel=2e-3)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (turning({1: 4.0}, rpm=None), "speed is not known"),
        (turning({1: 4.0}, seconds=0.5), "20 are needed"),
        (turning({1: 4.0}, rpm=50_000.0), "three times the shaft's speed"),
        (Waveform("fan", "DE", np.zeros(9999, np.float32), RATE, "g", 0, RPM), "stands still"),
        (Waveform("fan", "DE", turning({}).samples, RATE, "", 0, RPM), "unit"),
    ],
)
def test_what_cannot_be_judged_is_unknown(block: Waveform, reason: str) -> None:
    found = orders_condition(block)
    assert found.state is State.UNKNOWN
    assert reason in found.sentence
