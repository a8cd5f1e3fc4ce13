"""Whether a quantity of a machine drifts, and when it will reach its limit.

Hours at rest and the cycle of the day are taken out first. Knows nothing of what the quantity means
or where it is kept. Pure; any thread.
"""

from __future__ import annotations

import numpy as np

from tml_ros.background.condition import Condition, State
from tml_ros.background.trend import duration_words
from tml_ros.background.trend.even_series import SECOND_NS, Points, median
from tml_ros.background.trend.prepared_series import Prepared, prepare
from tml_ros.background.trend.robust_trend import LEAST, recent_trend
from tml_ros.background.trend.time_to_limit import Outlook, time_to_limit
from tml_ros.background.trend.trend_view import TrendView

METHOD = "trend"


def trend_condition(
    series: Points,
    *,
    limit: float | None,
    below: bool = False,
    machine: str = "",
    quantity: str = "",
    unit: str = "",
    now_ns: int | None = None,
    watch_s: float = 90 * 86_400.0,
    confidence: float = 0.95,
    picture: bool = True,
) -> Condition:
    """Judge one quantity by its trend.

    series: anything with `stamps_ns` and `mean`; any order, gaps and NaN do no harm. limit: to stay
    under, or over with `below`; None where there is none. now_ns: of the cell's time, else the last
    stamp. watch_s: a limit expected sooner than this is worth watching. confidence: that what is
    called a trend is one, over all windows tried; the interval of the time holds 90 %.

    FAULT: the limit is reached. WATCH: it is expected within `watch_s`, or there is no limit and
    the quantity has moved by more than three times its noise. UNKNOWN: too little data. The figures
    hold `time_to_limit_s`, `time_to_limit_low_s` and `time_to_limit_high_s` where a time is
    expected, the last only where there is a latest. A limit that is not within a year is said so.
    Raises ValueError for parameters that mean nothing.
    """
    if limit is not None and not np.isfinite(limit):
        raise ValueError(f"limit={limit}")
    if not watch_s > 0 or not 0.5 <= confidence < 1:
        raise ValueError(f"watch_s={watch_s} confidence={confidence}")
    unit = unit or str(getattr(series, "unit", ""))
    prepared = prepare(series)
    even = prepared.even
    newest_ns = even.start_ns + len(even.values) * even.step_ns
    now = newest_ns if now_ns is None else now_ns
    name = duration_words.name(quantity)
    trend = recent_trend(prepared.times_s, prepared.levels, confidence=confidence)
    if trend is None:
        reached = _reached_already(prepared, limit, below=below)
        return _too_little(
            prepared, machine=machine, name=name, unit=unit, now_ns=now, reached=reached
        )
    ahead = None
    if limit is not None:
        now_s = (now - even.start_ns) / SECOND_NS
        ahead = time_to_limit(trend, limit, now_s=now_s, below=below)
    view = TrendView(prepared, trend, ahead, limit, machine, name, unit, now)
    state = _state(view, watch_s)
    return Condition(
        machine=machine,
        method=METHOD,
        state=state,
        stamp_ns=now,
        defect="drift" if state is not State.NORMAL and trend.steady else "",
        confidence=round(confidence if trend.steady or state is State.FAULT else 0.8, 2),
        grade=_grade(view, watch_s),
        sentence=view.sentence(),
        figures=view.figures(),
        picture=view.picture() if picture else b"",
    )


def _state(view: TrendView, watch_s: float) -> State:
    trend, ahead = view.trend, view.ahead
    if ahead is None:
        moved = abs(trend.slope) * (trend.last - trend.first)
        return State.WATCH if trend.steady and moved > 3 * trend.noise else State.NORMAL
    if ahead.outlook is Outlook.REACHED:
        return State.FAULT
    if ahead.outlook is Outlook.EXPECTED and ahead.seconds < watch_s:
        return State.WATCH
    return State.NORMAL


def _grade(view: TrendView, watch_s: float) -> int | None:
    """What is left of the way to the limit, or of the time, whichever is less."""
    ahead, limit = view.ahead, view.limit
    if ahead is None or limit is None:
        return None
    if ahead.outlook is Outlook.REACHED:
        return 0
    levels = view.prepared.levels
    begin = median(levels[: max(len(levels) // 4, LEAST)])
    way = (limit - view.trend.at(view.trend.last)) / (limit - begin) if limit != begin else 0.0
    if ahead.outlook is Outlook.EXPECTED:
        way = min(way, ahead.seconds / (2 * watch_s))
    return round(100 * min(max(way, 0.0), 1.0))


def _level(prepared: Prepared) -> float | None:
    """Of the last three points; None where there are none."""
    found = np.flatnonzero(np.isfinite(prepared.even.values))
    return float(np.median(prepared.even.values[found[-3:]])) if len(found) else None


def _reached_already(prepared: Prepared, limit: float | None, *, below: bool) -> float | None:
    """The limit, where the last readings are beyond it; no trend is needed for that."""
    level = _level(prepared)
    if limit is None or level is None:
        return None
    return limit if (level <= limit if below else level >= limit) else None


def _too_little(
    prepared: Prepared, *, machine: str, name: str, unit: str, now_ns: int, reached: float | None
) -> Condition:
    level = _level(prepared)
    if level is None:
        sentence = f"There are no readings of {name}."
        return Condition(machine, METHOD, State.UNKNOWN, now_ns, sentence=sentence)
    is_at = f"{name[:1].upper()}{name[1:]} is at {duration_words.value(level, unit)}"
    if reached is not None:
        return Condition(
            machine,
            METHOD,
            State.FAULT,
            now_ns,
            confidence=0.8,
            grade=0,
            sentence=f"{is_at}: the limit of {duration_words.value(reached, unit)} is reached.",
            figures={"level": (level, unit), "limit": (reached, unit)},
        )
    count = len(prepared.levels)
    return Condition(
        machine,
        METHOD,
        State.UNKNOWN,
        now_ns,
        sentence=f"{is_at}; too little data for a trend: {count} points of the {LEAST} it needs.",
        figures={"level": (level, unit)},
    )
