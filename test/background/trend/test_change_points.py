"""Changes of level are found where they were made, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from tml_ros.background.condition import State
from tml_ros.background.series import Series
from tml_ros.background.trend.change_condition import change_condition
from tml_ros.background.trend.change_points import Kind, changes

HOUR_NS = 3_600_000_000_000
DAY_NS = 24 * HOUR_NS


def series(values, *, step_ns=HOUR_NS):
    stamps = np.arange(len(values), dtype=np.int64) * step_ns + 500 * DAY_NS
    return Series(stamps, values, values, values, "bar")


def slow_noise(count, *, seed, alike=0.7):
    rng = np.random.default_rng(seed)
    return signal.lfilter([1], [1, -alike], rng.normal(size=count + 50))[50:] * np.sqrt(
        1 - alike**2
    )


@pytest.mark.parametrize("seed", range(4))
def test_two_steps_are_two_changes_at_their_moments(seed):
    values = 20 + slow_noise(960, seed=seed)
    values[400:] += 5
    values[700:] -= 8
    found = changes(series(values))
    assert [change.kind for change in found] == [Kind.STEP, Kind.STEP]
    for change, at, before, after in zip(found, (400, 700), (20, 25), (25, 17), strict=True):
        at_ns = 500 * DAY_NS + at * HOUR_NS
        assert abs(change.stamp_ns - at_ns) <= 6 * HOUR_NS
        assert change.earliest_ns - 4 * HOUR_NS <= at_ns <= change.latest_ns + 4 * HOUR_NS
        assert change.before == pytest.approx(before, abs=0.6)
        assert change.after == pytest.approx(after, abs=0.6)
        assert change.sure > 4


def test_a_slope_between_two_levels_is_one_drift():
    values = 20 + 0.4 * slow_noise(960, seed=1) + np.clip((np.arange(960) - 300) / 30, 0, 10)
    (change,) = changes(series(values))
    assert change.kind is Kind.DRIFT
    assert change.before == pytest.approx(20, abs=0.7)
    assert change.after == pytest.approx(30, abs=0.7)


def test_slow_noise_daily_cycles_and_wrong_values_are_no_change():
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        values = slow_noise(960, seed=seed, alike=0.9)
        values += 4 * np.sin(2 * np.pi * np.arange(960) / 24)
        values[rng.choice(960, 30)] += 40
        found += len(changes(series(values)))
    assert found <= 2


def test_a_change_shows_through_daily_cycles_ten_times_as_large():
    values = slow_noise(960, seed=3) * 0.3 + 10 * np.sin(2 * np.pi * np.arange(960) / 24)
    values[600:] += 1.5
    (change,) = changes(series(values))
    assert abs(change.stamp_ns - 500 * DAY_NS - 600 * HOUR_NS) <= 12 * HOUR_NS


def test_a_long_series_is_divided_as_well():
    values = slow_noise(20_000, seed=4)
    values[12_000:] += 3
    (change,) = changes(series(values, step_ns=60_000_000_000))
    assert abs(change.stamp_ns - 500 * DAY_NS - 12_000 * 60_000_000_000) <= 2 * HOUR_NS


def test_the_condition_says_what_changed_when_and_by_how_much():
    values = 20 + slow_noise(960, seed=5) * 0.3
    values[840:] = values[840:] + 4
    judged = change_condition(series(values), machine="pump_1", quantity="pressure")
    assert judged.state is State.WATCH
    assert judged.method == "change_point"
    assert judged.sentence.startswith("Pressure changed from 20.")
    assert "5 days ago" in judged.sentence
    assert judged.figures["change"] == (pytest.approx(4, abs=0.3), "bar")
    assert judged.picture.startswith(b"\x89PNG")


def test_only_what_changed_since_then_counts_where_that_is_asked():
    values = 20 + slow_noise(960, seed=5) * 0.3
    values[300:] += 4
    since = 500 * DAY_NS + 900 * HOUR_NS
    judged = change_condition(series(values), since_ns=since, picture=False)
    assert judged.state is State.NORMAL
    assert "not changed" in judged.sentence
    assert change_condition(series(values), picture=False).state is State.WATCH


def test_too_little_data_is_said():
    judged = change_condition(series(np.arange(5.0)))
    assert judged.state is State.UNKNOWN
    assert "too little data" in judged.sentence
    assert changes(series(np.zeros(0))) == ()


def test_a_constant_that_changes_once_has_changed_once():
    values = np.where(np.arange(200) < 120, 7.0, 7.5)
    (change,) = changes(series(values))
    assert (change.before, change.after) == (7.0, 7.5)
