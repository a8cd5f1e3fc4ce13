"""Slopes agree with an independent computation, intervals hold, breaks are found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal, stats

from tml_ros.background.trend.robust_trend import line_through, recent_trend


def noise(rng, count, alike=0.0):
    return signal.lfilter([1], [1, -alike], rng.normal(size=count + 40))[40:]


def test_slope_and_interval_of_independent_values_are_those_of_theil_and_sen():
    rng = np.random.default_rng(1)
    times = np.sort(rng.uniform(0, 100, 80))
    values = 3 + 0.2 * times + rng.normal(size=80)
    # Neighbours that are less alike than chance are not held for independent twice over.
    line = line_through(times, values)
    slope, _, low, high = stats.theilslopes(values, times, alpha=0.95)
    assert line.slope == pytest.approx(slope)
    assert line.low == pytest.approx(low, rel=0.1)
    assert line.high == pytest.approx(high, rel=0.1)
    assert line.at(50.0) == pytest.approx(13, abs=0.5)


def test_a_quarter_of_wrong_values_hardly_moves_the_line():
    rng = np.random.default_rng(2)
    times = np.arange(100.0)
    values = 0.1 * times + rng.normal(size=100) * 0.1
    values[rng.choice(100, 25, replace=False)] += 50
    assert line_through(times, values).slope == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("alike", [0.0, 0.5])
def test_the_interval_holds_the_truth_as_often_as_it_says(alike):
    rng = np.random.default_rng(3)
    times = np.arange(40.0)
    held = 0
    for _ in range(200):
        line = line_through(times, 0.05 * times + noise(rng, 40, alike), confidence=0.95)
        held += line.low <= 0.05 <= line.high
    assert 0.90 <= held / 200 <= 0.99


def test_noise_is_seldom_called_a_trend():
    rng = np.random.default_rng(4)
    found = sum(recent_trend(np.arange(60.0), noise(rng, 60, 0.4)).steady for _ in range(100))
    assert found <= 13


def test_healthy_months_do_not_flatten_the_drift_after_them():
    rng = np.random.default_rng(5)
    times = np.arange(90.0)
    values = np.clip(times - 60, 0, None) * 0.3 + rng.normal(size=90) * 0.5
    trend = recent_trend(times, values)
    assert trend.first == pytest.approx(60, abs=8)
    assert trend.low <= 0.3 <= trend.high
    assert line_through(times, values).high < 0.3


def test_a_step_is_no_trend():
    rng = np.random.default_rng(6)
    times = np.arange(90.0)
    trend = recent_trend(times, 5.0 * (times >= 50) + rng.normal(size=90) * 0.5)
    assert trend.first == pytest.approx(50, abs=2)
    assert not trend.steady


def test_too_few_values_and_values_of_one_moment_give_no_line():
    assert line_through(np.arange(7.0), np.arange(7.0)) is None
    assert recent_trend(np.arange(0.0), np.arange(0.0)) is None
    assert line_through(np.zeros(20), np.arange(20.0)) is None


def test_a_constant_has_a_slope_of_nothing():
    line = recent_trend(np.arange(30.0), np.full(30, 7.0))
    assert (line.slope, line.low, line.high, line.noise) == (0, 0, 0, 0)
    assert not line.steady


def test_what_means_nothing_raises():
    with pytest.raises(ValueError, match="300 values"):
        line_through(np.arange(300.0), np.arange(300.0))
    with pytest.raises(ValueError, match="confidence 1"):
        line_through(np.arange(10.0), np.arange(10.0), confidence=1.0)
