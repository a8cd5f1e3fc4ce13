"""Faults of a sensor, told from single readings as they come: stuck, spikes, dropouts, other unit.

How often it reads, how far readings lie apart and how long it shows one value is learned in the
first week, and slowly from then on. What it cannot tell: a machine that really holds a value from a
sensor that is stuck, where that value was held before; a blow that is over before the next reading
from a spike; and another unit whose numbers the machine shows at rest. Bounded memory: some
kilobytes. Owned by the thread that hands it the readings.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Any

from tml_ros.background.trend.even_series import DAY_NS, HOUR_NS, SECOND_NS
from tml_ros.background.trend.unit_jump import Conversion, conversions

LEARN_NS = 7 * DAY_NS
LEARN_READINGS = 150
_NEAR = 32
_SPIKE_MEMORY = 200.0
_SPIKES = 4.0
_FAR = 10.0
_PENDING = 4
_KNOWN = 16
_NUMBERS: dict[str, type[int] | type[float]] = {
    **dict.fromkeys(("_last_ns", "_run_ns", "_count", "_run", "_longest"), int),
    **dict.fromkeys(("_last", "_before", "_interval", "_apart", "_spikes", "_usual_spikes"), float),
    **dict.fromkeys(("_missing", "_came", "_usual_missing", "_lowest", "_highest"), float),
}
_QUEUES = ("_intervals", "_aparts", "_near")


class Fault(str, Enum):
    """What is wrong with a sensor."""

    STUCK = "stuck"
    SPIKES = "spikes"
    DROPOUTS = "dropouts"
    UNIT_JUMP = "unit_jump"
    DRIFT = "sensor_drift"
    """Against neighbours that measure the same; see `neighbours`."""


@dataclass(frozen=True, slots=True)
class SensorFault:
    """since_ns: when it began; stamp_ns: when that was seen. text: one clause with numbers."""

    fault: Fault
    since_ns: int
    stamp_ns: int
    text: str
    figure: float = 0.0


class SensorScreen:
    """Looks at each reading of one sensor."""

    def __init__(self, unit: str = "") -> None:
        """unit: as the readings say; "" where it is not known."""
        self._unit = unit
        self._conversions = conversions(unit)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.active: dict[Fault, SensorFault] = {}
        self._first_ns: int | None = None
        self._last_ns = self._run_ns = 0
        self._count = self._run = 0
        self._last = self._before = math.nan
        self._interval = self._apart = 0.0
        self._intervals: deque[float] = deque(maxlen=_NEAR)
        self._aparts: deque[float] = deque(maxlen=_NEAR)
        self._near: deque[float] = deque(maxlen=_NEAR)
        self._pending: list[tuple[int, float]] = []
        self._known: dict[float, int] = {}
        self._longest = 0
        self._spikes = self._usual_spikes = 0.0
        self._missing = self._came = self._usual_missing = 0.0
        self._lowest, self._highest = math.inf, -math.inf
        self._shown: Conversion | None = None

    @property
    def learned(self) -> bool:
        """Whether it judges: a week and 150 readings."""
        return (
            self._first_ns is not None
            and self._last_ns - self._first_ns >= LEARN_NS
            and self._count >= LEARN_READINGS
        )

    @property
    def trusted(self) -> bool:
        """Whether the values say anything of the machine: a sensor that may be stuck does not."""
        if Fault.STUCK in self.active:
            return False
        lasts = self._last_ns - self._run_ns
        usual = max(2 * self._longest, self._known.get(self._last, 0))
        return not (self.learned and self._run >= 4 and lasts > usual) or self._near_constant()

    def corrected(self, value: float) -> float:
        """The value in the unit it should be in, where the unit has jumped."""
        return value if self._shown is None else self._shown.back(value)

    def silence(self, now_ns: int) -> SensorFault | None:
        """A fault that begins because nothing has come until now."""
        waits = now_ns - self._last_ns
        if not self.learned or Fault.DROPOUTS in self.active:
            return None
        if waits <= max(10 * self._interval, 60 * SECOND_NS):
            return None
        text = f"has sent nothing for {waits / HOUR_NS:.1f} hours"
        return self._begin(Fault.DROPOUTS, self._last_ns, now_ns, text, 1.0)

    def add(self, stamp_ns: int, value: float) -> SensorFault | None:
        """Look at one reading; returns a fault that begins with it.

        A reading that is no number, or not later than the last, is left out.
        """
        if not math.isfinite(value):
            return None
        if self._first_ns is None:
            self._first_ns = self._run_ns = stamp_ns
        elif stamp_ns <= self._last_ns:
            return None
        begun = self._dropouts(stamp_ns) if self._count else None
        # From here on in the unit that it should be in.
        value = self.corrected(value)
        begun = self._stuck(stamp_ns, value) or begun
        begun = self._level(stamp_ns, value) or begun
        begun = self._spike(stamp_ns, value) or begun
        self._before, self._last, self._last_ns = self._last, value, stamp_ns
        self._count += 1
        return begun

    def facts(self) -> dict[str, object]:
        """All that it knows, for JSON."""
        saved: dict[str, object] = {name: str(getattr(self, name)) for name in _NUMBERS}
        saved |= {name: [float(x) for x in getattr(self, name)] for name in _QUEUES}
        saved["first_ns"] = self._first_ns
        saved["pending"] = [list(pair) for pair in self._pending]
        saved["known"] = [[value, lasted] for value, lasted in self._known.items()]
        saved["shown"] = None if self._shown is None else self._shown.unit
        saved["active"] = [
            [found.fault.value, found.since_ns, found.stamp_ns, found.text, found.figure]
            for found in self.active.values()
        ]
        return saved

    def restore(self, facts: Mapping[str, Any]) -> None:
        """Become the one that was saved. Raises ValueError where it was of another unit."""
        self.reset()
        try:
            for name, kind in _NUMBERS.items():
                setattr(self, name, kind(facts[name]))
            for name in _QUEUES:
                getattr(self, name).extend(facts[name])
            self._first_ns = facts["first_ns"]
            self._pending = [(int(stamp), float(value)) for stamp, value in facts["pending"]]
            self._known = {float(value): int(lasted) for value, lasted in facts["known"]}
            shown = facts["shown"]
            self._shown = (
                next(to for to in self._conversions if to.unit == shown) if shown else None
            )
            for name, since_ns, stamp_ns, text, figure in facts["active"]:
                self._begin(Fault(name), since_ns, stamp_ns, text, figure)
        except (KeyError, TypeError, StopIteration) as error:
            raise ValueError(f"no state of a sensor screen of {self._unit!r}: {error!r}") from error

    def _dropouts(self, stamp_ns: int) -> SensorFault | None:
        waited = stamp_ns - self._last_ns
        self._interval = _follow(self._interval, float(waited), self._intervals)
        missed = max(round(waited / self._interval) - 1, 0) if self._interval else 0
        fade = math.exp(-waited / DAY_NS)
        self._missing = min((self._missing + missed) * fade, 1e6)
        self._came = (self._came + 1) * fade
        share = self._missing / max(self._missing + self._came, 1.0)
        least = 0.3 + 2 * self._usual_missing
        if not self.learned:
            self._usual_missing += 0.02 * (share - self._usual_missing)
            return None
        if share < 0.5 * least:
            self.active.pop(Fault.DROPOUTS, None)
            self._usual_missing += 0.001 * (share - self._usual_missing)
        elif share > least and missed and Fault.DROPOUTS not in self.active:
            text = f"has lost {share:.0%} of its readings within a day"
            return self._begin(Fault.DROPOUTS, self._last_ns, stamp_ns, text, share)
        return None

    def _stuck(self, stamp_ns: int, value: float) -> SensorFault | None:
        if value != self._last:
            self._ran(self._last_ns - self._run_ns)
            self._run, self._run_ns = 1, stamp_ns
            self.active.pop(Fault.STUCK, None)
            return None
        self._run += 1
        if not self.learned or self._run < 12 or Fault.STUCK in self.active:
            return None
        lasts = stamp_ns - self._run_ns
        limit = max(4 * self._longest, 2 * self._known.get(value, 0), HOUR_NS)
        if lasts <= limit or self._near_constant():
            return None
        text = f"has shown exactly {value:.6g} {self._unit}".rstrip()
        text += f" for {lasts / HOUR_NS:.1f} hours"
        return self._begin(Fault.STUCK, self._run_ns, stamp_ns, text, lasts / SECOND_NS)

    def _ran(self, lasted: int) -> None:
        """What is normal: long runs are kept by their value, others by the longest."""
        if Fault.STUCK in self.active or self._run < 2:
            return
        if self._run < 12 or lasted < HOUR_NS:
            self._longest = max(self._longest, lasted)
            return
        self._known[self._last] = max(lasted, self._known.get(self._last, 0))
        if len(self._known) > _KNOWN:
            del self._known[min(self._known, key=self._known.__getitem__)]

    def _near_constant(self) -> bool:
        """It never showed much else: nobody can tell."""
        return self._highest <= self._lowest

    def _spike(self, stamp_ns: int, value: float) -> SensorFault | None:
        before, middle = self._before, self._last
        if value != middle and not math.isnan(middle):
            self._apart = _follow(self._apart, abs(value - middle), self._aparts)
        if math.isnan(before) or not self._apart:
            return None
        around = (before + value) / 2
        off = abs(middle - around)
        alone = off > 8 * self._apart and abs(value - before) < 3 * self._apart + off / 4
        self._spikes += alone - self._spikes / _SPIKE_MEMORY
        if not self.learned:
            self._usual_spikes = max(self._usual_spikes, self._spikes)
            return None
        if self._spikes < 1 + self._usual_spikes / 2:
            self.active.pop(Fault.SPIKES, None)
        elif self._spikes > _SPIKES + 2 * self._usual_spikes and Fault.SPIKES not in self.active:
            span = round(min(_SPIKE_MEMORY, self._count))
            text = f"has shown about {self._spikes:.0f} lone spikes in its last {span} readings"
            return self._begin(Fault.SPIKES, stamp_ns, stamp_ns, text, self._spikes)
        return None

    def _level(self, stamp_ns: int, value: float) -> SensorFault | None:
        """A jump that another unit explains."""
        if len(self._near) == _NEAR:
            level = median(self._near)
            if abs(value - level) > _FAR * max(self._apart, 1e-12 * abs(level)):
                margin = 0.25 * (self._highest - self._lowest)
                if self._lowest - margin <= value <= self._highest + margin:
                    # It has been there before.
                    self._pending.clear()
                else:
                    self._pending.append((stamp_ns, value))
                    return self._another_unit(level) if len(self._pending) == _PENDING else None
            else:
                self._pending.clear()
        self._near.append(value)
        if Fault.UNIT_JUMP not in self.active and (self._count % 7 == 0):
            # One reading in seven, so that a single wrong one hardly widens what is known.
            middle = median(list(self._near)[-5:])
            self._lowest = min(self._lowest, middle)
            self._highest = max(self._highest, middle)
        return None

    def _another_unit(self, level: float) -> SensorFault | None:
        shown = median(value for _, value in self._pending)
        since_ns, last_ns = self._pending[0][0], self._pending[-1][0]
        pending = [value for _, value in self._pending]
        self._pending.clear()
        levels = (level, median(list(self._near)[-6:]))
        if self._shown is not None and any(
            abs(self._shown.of(shown) - before) < 0.05 * abs(shown - before) for before in levels
        ):
            self._shown = None
            self.active.pop(Fault.UNIT_JUMP, None)
            return None
        if not self.learned:
            self._near.extend(pending * (_NEAR // 2 // _PENDING))
            return None
        fits = []
        for before in levels:
            far = abs(shown - before)
            for to in self._conversions:
                off = abs(shown - to.of(before))
                if off < 0.03 * far + min(3 * to.factor * self._apart, 0.3 * far):
                    fits.append((off / far, to, before))
        if self._shown is not None or not fits:
            # A new level, not another unit.
            self._near.extend(pending * (_NEAR // 2 // _PENDING))
            return None
        _, self._shown, level = min(fits, key=lambda fit: fit[0])
        text = (
            f"jumped from {level:.4g} to {shown:.4g} {self._unit}, which is what "
            f"{level:.4g} {self._unit} is in {self._shown.unit}"
        )
        return self._begin(Fault.UNIT_JUMP, since_ns, last_ns, text, shown)

    def _begin(
        self, fault: Fault, since_ns: int, stamp_ns: int, text: str, figure: float
    ) -> SensorFault:
        begun = SensorFault(fault, since_ns, stamp_ns, text, figure)
        self.active[fault] = begun
        return begun


def _follow(known: float, new: float, begin: deque[float]) -> float:
    """A running median: of the first values, then it moves by 2 % towards each (stochastic)."""
    if len(begin) < _NEAR:
        begin.append(new)
        return median(begin)
    return known * (1.02 if new > known else 0.98)
