"""Watches one quantity of one machine as its readings come, for months, in bounded memory.

Two cumulative sums (Page 1954), two-sided, of how far medians of 6 hours and of days lie from what
is normal, in the spread that such means normally have, so that weather and shifts count for what
they are; winsorised, so that one bad day is no change. Normal is learned from the last seven weeks
without the newest, so a season is followed and a change becomes normal after about a month. Sensor
faults are found first and said as such; what a stuck sensor shows is not judged. Nothing is judged
before four weeks. Its delay and its false alarms: docs/benchmarks.md. About 30 kB. Owned by the
thread that hands it the readings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.trend.even_series import HOUR_NS
from tml_ros.background.trend.learned_normal import (
    LONG_H,
    SETTLE_H,
    SHORT_H,
    LearnedNormal,
    learn_normal,
)
from tml_ros.background.trend.page_sum import PageSum
from tml_ros.background.trend.sensor_screen import SensorFault, SensorScreen

KEPT_H = 49 * 24
"""Hours that are remembered."""
LATEST_H = 7 * 24
"""The newest of them are not learned from."""
LEARN_H = 28 * 24
_READINGS = 64


@dataclass(frozen=True, slots=True)
class Shift:
    """The quantity has left its normal. upward: to higher values. stamp_ns: when that was seen.

    since_ns: since when, as far as the sum tells. by: how far the last day or the last six hours
    lie from normal, in the quantity's unit. slow: seen in days rather than in hours.
    """

    stamp_ns: int
    since_ns: int
    upward: bool
    by: float
    slow: bool


class SeriesWatch:
    """One quantity: `add` each reading; what begins with it comes back."""

    def __init__(self, unit: str = "", *, calm: float = 1.0, screened: bool = True) -> None:
        """unit: of the readings, as they say. calm: more than 1 for fewer and later alarms.

        screened: whether faults of the sensor are looked for; not in what is computed from several.
        Raises ValueError where calm is not between 0.1 and 100.
        """
        if not 0.1 <= calm <= 100:
            raise ValueError(f"calm={calm} is not between 0.1 and 100")
        self.screen = SensorScreen(unit)
        self._screened = screened
        self._slow = PageSum(allowance=2.5, limit=5.0 * calm, most=5.0, weight=1.0)
        self._fast = PageSum(allowance=3.0, limit=4.0 * calm, most=8.0, weight=2 / SHORT_H)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.screen.reset()
        self._slow.reset()
        self._fast.reset()
        self._hours = np.full(KEPT_H, np.nan)
        self._hour: int | None = None
        self._first = 0
        self._values: list[float] = []
        self._seen = 0
        self._left = np.full(LONG_H, np.nan)
        self._rested = 0
        self._normal: LearnedNormal | None = None
        self.shift: Shift | None = None
        self.off = 0.0
        """How far the last hours or the last day lay from normal, in the quantity's unit."""

    @property
    def judges(self) -> bool:
        """Whether enough has been learned."""
        return self._normal is not None

    @property
    def hourly(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Stamps of the middles and medians of the hours that are remembered, NaN where none."""
        newest = self._hour or 0
        ordinal = np.arange(newest - KEPT_H, newest, dtype=np.int64)
        return ordinal * HOUR_NS + HOUR_NS // 2, self._hours[ordinal % KEPT_H]

    def add(self, stamp_ns: int, value: float) -> tuple[Shift | SensorFault, ...]:
        """Take in one reading; returns what begins: a sensor fault, or a shift of the machine.

        No number, or one that is older than the hour before, is left out. A clock that jumps back
        by more than a day begins anew.
        """
        if not math.isfinite(value):
            return ()
        hour = stamp_ns // HOUR_NS
        if self._hour is None:
            self._hour = self._first = hour
        if hour < self._hour - 24:
            self.reset()
            self._hour = self._first = hour
        begun: list[Shift | SensorFault] = []
        if hour > self._hour:
            begun += self._until(hour)
        elif hour < self._hour:
            return ()
        fault = self.screen.add(stamp_ns, value) if self._screened else None
        if fault is not None:
            begun.append(fault)
        if self.screen.trusted:
            self._seen += 1
            held = self.screen.corrected(value)
            if len(self._values) < _READINGS:
                self._values.append(held)
            else:
                # Spread over the hour, whatever the rate.
                self._values[(self._seen * 37) % _READINGS] = held
        return tuple(begun)

    def advance(self, now_ns: int) -> tuple[Shift | SensorFault, ...]:
        """Without a reading: hours go by, and silence becomes a fault."""
        if self._hour is None:
            return ()
        fault = self.screen.silence(now_ns)
        begun: list[Shift | SensorFault] = [] if fault is None else [fault]
        if now_ns // HOUR_NS > self._hour:
            begun += self._until(now_ns // HOUR_NS)
        return tuple(begun)

    def _until(self, hour: int) -> list[Shift]:
        """Close the hours before this one."""
        assert self._hour is not None  # noqa: S101 - `add` has set it
        begun = []
        if hour - self._hour > KEPT_H:
            self._hours[:] = np.nan
            self._left[:] = np.nan
            self._first = self._hour = hour - 1
            self._normal = None
        while self._hour < hour:
            shift = self._close(self._hour, median(self._values) if self._values else math.nan)
            if shift is not None:
                begun.append(shift)
            self._values.clear()
            self._seen = 0
            self._hour += 1
        return begun

    def _close(self, hour: int, value: float) -> Shift | None:
        self._hours[hour % KEPT_H] = value
        self._left[hour % LONG_H] = self._residual(hour, value)
        shift = None
        if self._normal is not None:
            if hour % 24 == 23:
                shift = self._judge(hour, self._slow, LONG_H, self._normal.long)
            elif hour % 2 == 1:
                shift = self._judge(hour, self._fast, SHORT_H, self._normal.short)
        if hour % 24 == 23 and hour - self._first >= LEARN_H:
            self._learn(hour)
        return shift

    def _residual(self, hour: int, value: float) -> float:
        normal = self._normal
        if normal is None or math.isnan(value):
            return math.nan
        self._rested = SETTLE_H + 1 if value <= normal.rest else max(self._rested - 1, 0)
        return math.nan if self._rested else value - float(normal.profile[hour % 24])

    def _judge(self, hour: int, page: PageSum, hours: int, wide: float) -> Shift | None:
        recent = [self._left[(hour - back) % LONG_H] for back in range(hours)]
        found = [left for left in recent if not math.isnan(left)]
        if len(found) < hours / 3:
            return None
        off = self.off = float(median(found))
        stamp_ns = (hour + 1) * HOUR_NS
        was = self.shift
        direction = page.add(off / wide, stamp_ns)
        if not (self._slow.raised or self._fast.raised):
            self.shift = None
        elif direction and (was is None or was.upward != (direction > 0)):
            since_ns = min(page.since_ns, stamp_ns - hours * HOUR_NS // 2)
            self.shift = Shift(stamp_ns, since_ns, direction > 0, off, hours == LONG_H)
            return self.shift
        return None

    def _learn(self, hour: int) -> None:
        known = hour - self._first + 1
        newest = hour - LATEST_H if known >= LEARN_H + LATEST_H else hour
        oldest = max(self._first, hour - KEPT_H + 1)
        ordinal = np.arange(oldest, newest + 1)
        learned = learn_normal(self._hours[ordinal % KEPT_H], oldest)
        if learned is not None:
            self._normal = learned

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is kept in arrays: hours float64 [1176], left float64 [24]."""
        return {"hours": self._hours.copy(), "left": self._left.copy()}

    def facts(self) -> dict[str, object]:
        """All else, for JSON."""
        return {
            "hour": self._hour,
            "first": self._first,
            "values": list(self._values),
            "seen": self._seen,
            "rested": self._rested,
            "off": self.off,
            "slow": self._slow.facts(),
            "fast": self._fast.facts(),
            "screen": self.screen.facts(),
            "normal": None if self._normal is None else self._normal.facts(),
            "shift": None
            if self.shift is None
            else {name: getattr(self.shift, name) for name in Shift.__slots__},
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
        """Become the one that was saved. Raises ValueError naming what does not fit."""
        for name, shape in (("hours", (KEPT_H,)), ("left", (LONG_H,))):
            if name not in arrays or np.shape(arrays[name]) != shape:
                raise ValueError(f"{name} is no array of {shape}")
        try:
            self._hours = np.array(arrays["hours"], np.float64)
            self._left = np.array(arrays["left"], np.float64)
            self._hour, self._first = facts["hour"], int(facts["first"])
            self._values = [float(value) for value in facts["values"]]
            self._seen, self._rested = int(facts["seen"]), int(facts["rested"])
            self.off = float(facts["off"])
            self._slow.restore(facts["slow"])
            self._fast.restore(facts["fast"])
            self.screen.restore(facts["screen"])
            normal, shift = facts["normal"], facts["shift"]
            self._normal = None if normal is None else LearnedNormal.of(normal)
            self.shift = None if shift is None else Shift(**shift)
        except (KeyError, TypeError) as error:
            raise ValueError(f"no state of a watch: {error!r}") from error
