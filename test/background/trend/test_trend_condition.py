"""A quantity is judged by its trend: states, sentences, bad data, pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.background.condition import State
from tml_ros.background.series import Series
from tml_ros.background.trend.change_condition import change_condition
from tml_ros.background.trend.sensor_condition import sensor_condition
from tml_ros.background.trend.trend_condition import trend_condition

HOUR_NS = 3_600_000_000_000
DAY_NS = 24 * HOUR_NS


def series(values, *, step_ns=HOUR_NS, unit="degC", start_ns=1_000 * DAY_NS):
    values = np.asarray(values, np.float64)
    stamps = start_ns + np.arange(len(values), dtype=np.int64) * step_ns
    return Series(stamps, values, values, values, unit)


def hours(days, *, per_day=0.0, base=50.0, swing=0.0, noise=0.3, seed=1, rest=False):
    rng = np.random.default_rng(seed)
    day = np.arange(days * 24) / 24
    values = (
        base + per_day * day + swing * np.sin(2 * np.pi * day) + rng.normal(size=len(day)) * noise
    )
    if rest:
        values = np.where(day % 7 > 5, 20 + rng.normal(size=len(day)) * 0.1, values)
    return series(values)


def test_a_drift_towards_the_limit_is_watched_and_its_time_given():
    judged = trend_condition(
        hours(40, per_day=0.25, swing=3), limit=80.0, machine="press_2", quantity="temperature"
    )
    assert judged.state is State.WATCH
    assert judged.method == "trend"
    assert judged.defect == "drift"
    seconds, unit = judged.figures["time_to_limit_s"]
    assert unit == "s"
    assert seconds / 86_400 == pytest.approx(80, rel=0.1)
    low, high = (judged.figures[f"time_to_limit_{side}_s"][0] for side in ("low", "high"))
    assert low < seconds < high
    assert judged.figures["daily_swing"][0] == pytest.approx(6, rel=0.25)
    assert "rising by 0.25 degC a day" in judged.sentence
    assert "80.0 degC in" in judged.sentence


def test_a_daily_cycle_and_weekends_at_rest_are_no_trend():
    judged = trend_condition(hours(60, swing=4, rest=True), limit=80.0)
    assert judged.state is State.NORMAL
    assert "no trend" in judged.sentence
    assert judged.figures["level"][0] == pytest.approx(50, abs=0.5)


def test_a_drift_is_found_through_weekends_at_rest():
    judged = trend_condition(hours(60, per_day=0.2, rest=True), limit=70.0)
    assert judged.figures["slope_per_day"][0] == pytest.approx(0.2, rel=0.15)


@pytest.mark.parametrize(
    ("days", "per_day", "limit", "below", "state", "words"),
    [
        (40, 0.25, 55.0, False, State.FAULT, "the limit of 55.0 degC is reached"),
        (40, -0.25, 38.0, True, State.WATCH, "falling by 0.25 degC a day"),
        (40, -0.25, 80.0, False, State.NORMAL, "away from the limit"),
        (40, 0.02, 80.0, False, State.NORMAL, "not reach 80.0 degC within a year"),
        (40, 0.25, None, False, State.WATCH, "rising by 0.25 degC a day"),
        (40, 0.0, None, False, State.NORMAL, "no trend"),
        (1, 3.0, 60.0, False, State.WATCH, "three days are needed to tell"),
    ],
)
def test_the_sentence_says_what_the_state_means(*, days, per_day, limit, below, state, words):
    judged = trend_condition(hours(days, per_day=per_day), limit=limit, below=below)
    assert judged.state is state
    assert words in judged.sentence
    assert (judged.grade is None) == (limit is None)


def test_too_little_data_is_said_and_a_limit_that_is_reached_needs_no_trend():
    few = series([50.0, 50.1, 50.2])
    judged = trend_condition(few, limit=80.0, quantity="oil_pressure")
    assert judged.state is State.UNKNOWN
    assert "too little data" in judged.sentence
    assert trend_condition(few, limit=50.0).state is State.FAULT
    assert trend_condition(few, limit=60.0, below=True).state is State.FAULT
    empty = trend_condition(series([]), limit=80.0, quantity="oil_pressure")
    assert (empty.state, empty.sentence) == (
        State.UNKNOWN,
        "There are no readings of oil pressure.",
    )


def test_order_and_duplicates_do_not_matter():
    whole = hours(30, per_day=0.3)
    rng = np.random.default_rng(3)
    mixed = rng.permutation(np.concatenate([np.arange(720), np.arange(0, 720, 5)]))
    shuffled = Series(
        *(getattr(whole, name)[mixed] for name in ("stamps_ns", "mean", "low", "high"))
    )
    first = trend_condition(whole, limit=80.0, unit="degC", picture=False)
    second = trend_condition(shuffled, limit=80.0, unit="degC", picture=False)
    assert first == second


awkward = st.lists(
    st.tuples(
        st.integers(0, 400 * DAY_NS),
        st.one_of(
            st.floats(-1e12, 1e12),
            st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1.0, 5e-324, 1e300]),
        ),
    ),
    max_size=60,
)


@settings(max_examples=30, deadline=None)
@given(points=awkward, limit=st.one_of(st.none(), st.floats(-1e6, 1e6)))
@pytest.mark.filterwarnings("error")
def test_no_data_is_bad_enough_to_raise(points, limit):
    stamps = np.array([stamp for stamp, _ in points], np.int64)
    values = np.array([value for _, value in points], np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        odd = Series(stamps, values, values, values, "bar")
        for judged in (
            trend_condition(odd, limit=limit),
            change_condition(odd),
            sensor_condition(odd, neighbours=[odd]),
        ):
            assert judged.sentence.endswith(".")
            assert all(np.isfinite(value) for value, _ in judged.figures.values())


def test_parameters_that_mean_nothing_raise():
    with pytest.raises(ValueError, match="limit=inf"):
        trend_condition(hours(3), limit=float("inf"))
    with pytest.raises(ValueError, match="watch_s=0"):
        trend_condition(hours(3), limit=None, watch_s=0)
    with pytest.raises(ValueError, match="confidence=2"):
        trend_condition(hours(3), limit=None, confidence=2)


def test_the_picture_shows_line_limit_and_time():
    judged = trend_condition(hours(40, per_day=0.25), limit=60.0, machine="press_2")
    picture = cv2.imdecode(np.frombuffer(judged.picture, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (420, 960, 3)
    blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
    orange = (red > 200) & (green < 160) & (blue < 80)
    limit = (red > 150) & (green < 90) & (blue < 90)
    assert np.count_nonzero(orange) > 500
    assert np.count_nonzero(limit) > 400
    assert trend_condition(hours(40), limit=60.0, picture=False).picture == b""
