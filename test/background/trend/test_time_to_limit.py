"""Each outlook is reached; the interval is that of the line's crossing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.trend.robust_trend import Trend, quantile
from tml_ros.background.trend.time_to_limit import WIDER, Outlook, time_to_limit

DAY = 86_400.0
LINE = Trend(
    slope=1 / DAY,
    low=0.8 / DAY,
    high=1.2 / DAY,
    confidence=0.95,
    pivot=10 * DAY,
    level=50.0,
    level_error=0.2,
    noise=0.5,
    first=0.0,
    last=20 * DAY,
    points=20,
    effective=15.0,
)
FLAT = replace(LINE, low=-0.1 / DAY)
FALLING = replace(LINE, slope=-1 / DAY, low=-1.2 / DAY, high=-0.8 / DAY)


@pytest.mark.parametrize(
    ("trend", "limit", "below", "outlook"),
    [
        (LINE, 80.0, False, Outlook.EXPECTED),
        (LINE, 60.0, False, Outlook.REACHED),
        (LINE, 500.0, False, Outlook.NOT_WITHIN_A_YEAR),
        (FLAT, 80.0, False, Outlook.NO_TREND),
        (FALLING, 80.0, False, Outlook.AWAY),
        (FALLING, 20.0, True, Outlook.EXPECTED),
        (FALLING, 45.0, True, Outlook.REACHED),
        (LINE, 20.0, True, Outlook.AWAY),
        (None, 80.0, False, Outlook.TOO_LITTLE_DATA),
    ],
)
def test_the_outlook_is_what_the_line_says(trend, limit, below, outlook):
    ahead = time_to_limit(trend, limit, now_s=20 * DAY, below=below)
    assert ahead.outlook is outlook
    assert np.isfinite(ahead.seconds) == (outlook is Outlook.EXPECTED)


def test_rising_to_above_and_falling_to_below_take_equally_long():
    up = time_to_limit(LINE, 80.0, now_s=20 * DAY)
    down = time_to_limit(FALLING, 20.0, now_s=20 * DAY, below=True)
    assert up.seconds == pytest.approx(20 * DAY)
    assert (up.seconds, up.low, up.high) == pytest.approx((down.seconds, down.low, down.high))
    assert up.low < up.seconds < up.high


def test_the_interval_is_where_the_bounds_of_the_line_cross_the_limit():
    ahead = time_to_limit(LINE, 80.0, now_s=20 * DAY, confidence=0.9)
    times = np.linspace(0, 100, 200_001) * DAY
    away = times - LINE.pivot
    wide = WIDER * quantile(0.9) * np.hypot(LINE.level_error, LINE.slope_error * away)
    line = LINE.level + LINE.slope * away
    low = times[np.argmax(line + wide >= 80.0)] - 20 * DAY
    high = times[np.argmax(line - wide >= 80.0)] - 20 * DAY
    assert ahead.low == pytest.approx(low, abs=0.01 * DAY)
    assert ahead.high == pytest.approx(high, abs=0.01 * DAY)


def test_a_slope_that_is_hardly_known_has_no_latest_time():
    vague = replace(LINE, low=0.01 / DAY, high=2 / DAY)
    ahead = time_to_limit(vague, 80.0, now_s=20 * DAY, confidence=0.99)
    assert ahead.outlook is Outlook.EXPECTED
    assert ahead.low < ahead.seconds
    assert ahead.high == np.inf


@given(
    slope=st.floats(1e-9, 1e3),
    share=st.floats(0.001, 0.99),
    level=st.floats(-1e6, 1e6),
    left=st.floats(1e-6, 1e6),
    error=st.floats(0, 1e3),
    now=st.floats(0, 1e7),
)
def test_the_interval_always_holds_the_expectation(*, slope, share, level, left, error, now):
    line = replace(
        LINE,
        slope=slope,
        low=slope * (1 - share),
        high=slope * (1 + share),
        level=level,
        level_error=error,
        last=LINE.pivot,
    )
    ahead = time_to_limit(line, level + left, now_s=now)
    if ahead.outlook is Outlook.EXPECTED:
        assert 0 <= ahead.low <= ahead.seconds * (1 + 1e-6) + 1e-3
        assert ahead.high * (1 + 1e-6) + 1e-3 >= ahead.seconds


def test_what_means_nothing_raises():
    with pytest.raises(ValueError, match="limit=nan"):
        time_to_limit(LINE, float("nan"), now_s=0)
    with pytest.raises(ValueError, match=r"confidence=0\.2"):
        time_to_limit(LINE, 80, now_s=0, confidence=0.2)
