"""Grids, hours at work and daily cycles: what is taken out before anything is judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.trend.daily_cycle import without_daily_cycle
from tml_ros.background.trend.even_series import (
    DAY_NS,
    HOUR_NS,
    EvenSeries,
    Readings,
    column_medians,
    even_series,
    in_order,
    spread,
)
from tml_ros.background.trend.work_hours import at_work, rest_limit

points = st.lists(
    st.tuples(st.integers(0, 10**6), st.floats(-1e9, 1e9) | st.just(np.nan)), max_size=40
)


@given(points, st.integers(100, 10**5))
def test_each_stretch_is_the_median_of_what_fell_into_it(found, step_ns):
    stamps = np.array([stamp for stamp, _ in found], np.int64)
    values = np.array([value for _, value in found], np.float64)
    even = even_series(Readings(stamps, values), step_ns=step_ns)
    finite = np.isfinite(values)
    assert np.count_nonzero(np.isfinite(even.values)) == len(set(stamps[finite] // step_ns))
    for place, value in enumerate(even.values[:50]):
        cell = even.start_ns // step_ns + place
        here = values[finite & (stamps // step_ns == cell)]
        assert np.isnan(value) if not len(here) else value == pytest.approx(np.median(here))


@given(points)
def test_in_order_means_later_and_finite(found):
    stamps = np.array([stamp for stamp, _ in found], np.int64)
    values = np.array([value for _, value in found], np.float64)
    readings = in_order(Readings(stamps, values))
    assert np.all(np.diff(readings.stamps_ns) > 0)
    assert np.isfinite(readings.mean).all()
    assert set(readings.stamps_ns) == set(stamps[np.isfinite(values)])


def test_only_the_newest_stretches_are_kept():
    readings = Readings(np.array([0, 10**15], np.int64), np.array([1.0, 2.0]))
    assert len(even_series(readings, step_ns=1, most=5).values) == 1


def test_medians_of_columns_do_not_count_gaps():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(9, 24))
    table[rng.random(table.shape) < 0.4] = np.nan
    table[:, 0] = np.nan
    expected = [np.nan, *np.nanmedian(table[:, 1:], axis=0)]
    assert np.allclose(column_medians(table), expected, equal_nan=True)


def test_spread_is_the_standard_deviation_whatever_a_third_of_the_values_do():
    rng = np.random.default_rng(2)
    values = rng.normal(size=3_000) * 4
    assert spread(values) == pytest.approx(4, rel=0.05)
    values[:600] = 1e6
    assert spread(values) < 6
    assert spread([1.0]) == 0


def test_stamps_without_values_are_a_mistake():
    with pytest.raises(ValueError, match="2 stamps for 1 values"):
        in_order(Readings(np.zeros(2, np.int64), np.zeros(1)))


def weeks(*, rest, swing=0.0, noise=1.0, seed=0):
    rng = np.random.default_rng(seed)
    hour = np.arange(28 * 24)
    values = 60 + swing * np.sin(2 * np.pi * hour / 24) + noise * rng.normal(size=len(hour))
    resting = hour % 168 >= 120
    return np.where(resting, rest + 0.1 * rng.normal(size=len(hour)), values), resting


@pytest.mark.parametrize(("rest", "swing"), [(20, 0), (20, 9), (45, 0), (52, 1)])
def test_rest_at_weekends_is_found(rest, swing):
    values, resting = weeks(rest=rest, swing=swing)
    limit = rest_limit(values)
    assert rest < limit < 60 - swing
    working = at_work(values, limit, settle=4)
    assert not working[resting].any()
    # Four hours after each of three rests are left out.
    assert np.count_nonzero(~working & ~resting) <= 3 * 4 + 4


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).normal(size=700),
        np.random.default_rng(2).uniform(size=700),
        np.sin(np.arange(700) / 24 * 2 * np.pi) * 5,
        np.where(np.arange(700) < 350, 10.0, 20.0)
        + np.random.default_rng(3).normal(size=700) * 0.5,
        np.full(700, 3.0),
        np.where(np.arange(700) == 77, 1e9, np.random.default_rng(4).normal(size=700)),
        np.full(700, np.nan),
    ],
    ids=["noise", "uniform", "daily cycle", "one step", "constant", "one wrong value", "nothing"],
)
def test_what_has_no_second_level_never_rests(values):
    assert rest_limit(values) == -np.inf


def test_a_cycle_of_any_shape_is_taken_out_and_a_trend_stays():
    rng = np.random.default_rng(5)
    hour = np.arange(30 * 24)
    shape = np.where((hour % 24 >= 6) & (hour % 24 < 14), 4.0, 0.0)
    values = 0.01 * hour + shape + 0.2 * rng.normal(size=len(hour))
    values[rng.choice(len(hour), 20)] += 100
    values[100:180] = np.nan
    clean, swing = without_daily_cycle(EvenSeries(5 * DAY_NS, HOUR_NS, values))
    assert swing == pytest.approx(4, rel=0.15)
    assert np.isnan(clean[100:180]).all()
    left = clean - 0.01 * hour
    common = np.abs(left - np.nanmedian(left)) < 20
    assert np.std(left[common]) < 0.7
    early, late = np.nanmedian(left[48:72]), np.nanmedian(left[-72:-48])
    assert late - early == pytest.approx(0, abs=0.3)


def test_noise_and_short_spans_have_no_cycle():
    values = np.random.default_rng(6).normal(size=60)
    clean, swing = without_daily_cycle(EvenSeries(0, HOUR_NS, values))
    assert swing == 0
    assert np.array_equal(clean, values)
