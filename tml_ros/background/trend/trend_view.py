"""How a trend is told: its sentence, its figures and its picture.

Knows nothing of how it was found or what state it means. Pure; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.trend import chart, duration_words
from tml_ros.background.trend.even_series import SECOND_NS
from tml_ros.background.trend.prepared_series import Prepared
from tml_ros.background.trend.robust_trend import Trend
from tml_ros.background.trend.time_to_limit import Outlook, TimeToLimit

_DAY_S, _HOUR_S = 86_400.0, 3_600.0


@dataclass(frozen=True, slots=True, eq=False)
class TrendView:
    """All that is told. name: of the quantity, as in a sentence. ahead, limit: None without one."""

    prepared: Prepared
    trend: Trend
    ahead: TimeToLimit | None
    limit: float | None
    machine: str
    name: str
    unit: str
    now_ns: int

    def sentence(self) -> str:
        """One sentence with numbers and units."""
        text = self._moves()
        if self.ahead is not None and self.limit is not None:
            bound = duration_words.value(self.limit, self.unit)
            level = duration_words.value(self.trend.at(self.trend.last), self.unit)
            if self.ahead.outlook is Outlook.REACHED:
                text = f"{self.name} is at {level}: the limit of {bound} is reached"
            elif self.ahead.outlook is Outlook.EXPECTED:
                soon = duration_words.duration(self.ahead.seconds)
                text += f"; at this pace it reaches {bound} in {soon} ({self._interval()})"
            elif self.ahead.outlook is Outlook.NOT_WITHIN_A_YEAR:
                text += f"; at this pace it does not reach {bound} within a year"
            elif self.ahead.outlook is Outlook.AWAY:
                text += f", away from the limit of {bound}"
            else:
                text += f"; the limit is {bound}"
        if self.trend.steady and 4 * _HOUR_S < self.prepared.span_s < 3 * _DAY_S:
            text += "; it may be the time of the day: three days are needed to tell"
        return f"{text[:1].upper()}{text[1:]}."

    def figures(self) -> dict[str, tuple[float, str]]:
        """Name -> value and unit; times only where there are any."""
        trend, unit = self.trend, self.unit
        figures = {
            "level": (trend.at(trend.last), unit),
            "slope_per_day": (trend.slope * _DAY_S, f"{unit}/day"),
            "slope_low_per_day": (trend.low * _DAY_S, f"{unit}/day"),
            "slope_high_per_day": (trend.high * _DAY_S, f"{unit}/day"),
            "noise": (trend.noise, unit),
            "window_s": (trend.last - trend.first, "s"),
            "daily_swing": (self.prepared.swing, unit),
        }
        if self.limit is not None:
            figures["limit"] = (self.limit, unit)
        if self.ahead is not None:
            spans = {"": self.ahead.seconds, "low_": self.ahead.low, "high_": self.ahead.high}
            for which, seconds in spans.items():
                if np.isfinite(seconds):
                    figures[f"time_to_limit_{which}s"] = (seconds, "s")
        return figures

    def picture(self) -> bytes:
        """PNG: the values, the line with its interval, the limit and when it is reached."""
        trend, start_ns = self.trend, self.prepared.even.start_ns
        until = (self.now_ns - start_ns) / SECOND_NS
        marks = []
        if self.ahead is not None and self.ahead.outlook is Outlook.EXPECTED:
            seconds = self.ahead.seconds
            # Not further ahead than the past that it rests on, else the past cannot be seen.
            shown = min(1.1 * seconds, self.prepared.span_s)
            until += shown
            if seconds <= shown:
                words = f"limit in {duration_words.duration(seconds)}"
                marks.append(chart.Mark(self.now_ns + round(seconds * SECOND_NS), words))
        times = np.linspace(trend.first, max(until, trend.last), 60)
        line = np.array([trend.at(when) for when in times])
        wide = 1.645 * np.array([trend.error(when) for when in times])
        stamps: NDArray[np.int64] = start_ns + np.asarray(times * SECOND_NS, np.int64)
        return chart.draw(
            chart.Plot(
                title=f"{self.machine} {self.name}".strip(),
                unit=self.unit,
                stamps_ns=self.prepared.even.middle_ns,
                values=self.prepared.clean,
                raw=self.prepared.even.values,
                limit=self.limit,
                band=chart.Band(stamps, line, line - wide, line + wide),
                marks=marks,
                now_ns=self.now_ns,
            )
        )

    def _moves(self) -> str:
        trend = self.trend
        level = duration_words.value(trend.at(trend.last), self.unit)
        span_s = trend.last - trend.first
        window = duration_words.duration(span_s)
        if not trend.steady:
            return f"{self.name} is at {level} and shows no trend over {window}"
        per, per_s = ("day", _DAY_S) if span_s > 2 * _DAY_S else ("hour", _HOUR_S)
        low, high = sorted((abs(trend.low), abs(trend.high)))
        pace = duration_words.value(abs(trend.slope) * per_s, self.unit, digits=2)
        way = "rising" if trend.slope > 0 else "falling"
        known = f"({low * per_s:.2g} to {high * per_s:.2g})"
        return (
            f"{self.name} has been {way} by {pace} a {per} {known} for {window} and is at {level}"
        )

    def _interval(self) -> str:
        assert self.ahead is not None  # noqa: S101 - only then there is an interval
        share = f"{self.ahead.confidence:.0%} interval"
        early = duration_words.duration(self.ahead.low)
        if np.isfinite(self.ahead.high):
            return f"{share} {early} to {duration_words.duration(self.ahead.high)}"
        return f"{share}: {early} at the earliest, no latest"
