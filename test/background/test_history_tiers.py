"""Means of readings, of means, and of long stretches, against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.history_tiers import NOTHING, coarser, exact_mean, joined, of_readings

VALUES = st.floats(allow_nan=False, allow_infinity=False)
READINGS = st.lists(
    st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=80, unique_by=lambda one: one[0]
).map(sorted)


def _columns(readings):
    stamps, values = zip(*readings, strict=True)
    return np.array(stamps, np.int64), np.array(values, np.float64)


def _fraction_mean(values):
    return sum(map(Fraction, values)) / len(values)


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=60))
def test_a_mean_of_readings_is_the_exact_one_rounded_once(values):
    exact = float(_fraction_mean(values))
    assert exact_mean(values) == pytest.approx(exact, rel=3e-16, abs=5e-324)


@given(st.lists(VALUES, min_size=1, max_size=60))
def test_a_mean_never_leaves_its_values(values):
    assert min(values) <= exact_mean(values) <= max(values)


def test_a_sum_too_large_for_a_number_still_has_a_mean():
    assert exact_mean([1.7e308] * 4) == 1.7e308


@given(READINGS, st.integers(1, 3_000))
def test_readings_fall_into_the_stretches_they_are_in(readings, width):
    expected = {}
    for stamp, value in readings:
        expected.setdefault(stamp // width, []).append(value)
    found = of_readings(*_columns(readings), width)
    assert (found.start_ns // width).tolist() == sorted(expected)
    for index, number in enumerate(sorted(expected)):
        values = expected[number]
        assert found.count[index] == len(values)
        assert (found.low[index], found.high[index]) == (min(values), max(values))
        assert found.mean[index] == exact_mean(values)


@given(READINGS, st.integers(1, 100), st.integers(2, 40), st.integers(0, 50))
def test_merged_stretches_are_those_of_the_readings(readings, width, times, offset):
    fine = of_readings(*_columns(readings), width)
    origin = int(fine.start_ns[0]) - offset * width
    found = coarser(fine, width * times, origin_ns=origin)
    expected = {}
    for stamp, value in readings:
        expected.setdefault((stamp // width * width - origin) // (width * times), []).append(value)
    assert found.start_ns.tolist() == [origin + number * width * times for number in expected]
    for index, values in enumerate(expected.values()):
        assert found.count[index] == len(values)
        assert (found.low[index], found.high[index]) == (min(values), max(values))
        tolerance = 1e-14 * max(map(abs, values)) + 5e-324 * len(values)
        assert found.mean[index] == pytest.approx(
            float(_fraction_mean(values)), abs=tolerance, rel=0
        )


def test_nothing_stays_nothing():
    assert len(coarser(NOTHING, 60)) == 0
    assert len(joined([NOTHING, NOTHING])) == 0
    assert len(of_readings(np.zeros(0, np.int64), np.zeros(0), 60)) == 0
