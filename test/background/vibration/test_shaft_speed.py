"""The shaft's speed is read from its own lines, and not from lines of something else."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.background.vibration.shaft_speed import shaft_speed

RATE = 12_000.0


def machine(rpm: float, *, seconds: float = 5.0, orders: int = 6, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    times = np.arange(round(seconds * RATE)) / RATE
    tones = sum(
        rng.uniform(0.05, 0.3) * np.sin(2 * np.pi * (k * rpm / 60 * times + rng.uniform()))
        for k in range(1, orders + 1)
    )
    return tones + rng.standard_normal(len(times))


@pytest.mark.parametrize("rpm", [620.0, 1487.0, 2950.0, 3590.0])
@pytest.mark.parametrize("wrong", [-0.028, -0.01, 0.0, 0.01, 0.028])
def test_a_speed_that_is_up_to_three_percent_wrong_is_put_right(rpm: float, wrong: float) -> None:
    found = shaft_speed(machine(rpm), RATE, rpm * (1 + wrong))
    assert found.found
    assert found.rpm == pytest.approx(rpm, rel=1e-3)


def test_without_lines_the_given_speed_is_taken() -> None:
    found = shaft_speed(machine(1500.0, orders=0), RATE, 1480.0)
    assert (found.rpm, found.found) == (1480.0, False)


def test_two_lines_are_too_few_to_overrule_a_tachometer() -> None:
    assert not shaft_speed(machine(1500.0, orders=2), RATE, 1480.0).found
