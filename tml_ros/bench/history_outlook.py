"""How well looking back and ahead over simulated histories is done: change points, time to a limit.

Knows nothing of how results are shown. Each history is looked at a few times, as if asked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.trend.change_points import changes
from tml_ros.background.trend.even_series import Readings
from tml_ros.background.trend.trend_condition import trend_condition
from tml_ros.bench.history_scores import Figures, delays, share
from tml_ros.sim.machine_history import Event, MachineHistory

_DAY_NS = 86_400_000_000_000
_BACK_NS = 90 * _DAY_NS
_LOOK_NS, _AFTER_NS = 42 * _DAY_NS, 14 * _DAY_NS
_WAYS_TO_LIMIT = (0.5, 0.7, 0.9)
"""Shares of the time from the beginning of a drift to its limit at which is asked."""


class OutlookTally:
    """Counts over histories; `figures` at the end."""

    def __init__(self) -> None:
        """Nothing counted."""
        self._asked: dict[str, int] = {}
        self._answered: dict[str, int] = {}
        self._held: dict[str, int] = {}
        self._off: dict[str, list[float]] = {}
        self._healthy_asked = self._healthy_soon = 0
        self._steps = self._windows = self._false = 0
        self._missed_by: list[float] = []
        self._as_drift = 0

    def add(self, history: MachineHistory) -> None:
        """Ask what can be asked of this one."""
        if history.event is Event.DRIFT and history.event_ns and history.limit_ns:
            for way in _WAYS_TO_LIMIT:
                self._ask_ahead(history, way)
        elif history.event in (Event.HEALTHY, Event.CYCLES):
            middle = int(history.stamps_ns[-1]) * 3 // 4
            judged = trend_condition(
                _part(history, middle, _BACK_NS), limit=history.limit, picture=False
            )
            self._healthy_asked += 1
            self._healthy_soon += judged.state.value != "normal"
            self._windows += 1
            self._false += bool(changes(_part(history, middle, _LOOK_NS)))
        elif history.event is Event.STEP and history.event_ns:
            self._ask_back(history, history.event_ns)

    def figures(self) -> dict[str, dict[str, Figures]]:
        """Groups of figures."""
        ahead: dict[str, Figures] = {}
        for name, asked in self._asked.items():
            answered = self._answered[name]
            held = share(self._held[name], answered)
            ahead[name] = {
                "asked": asked,
                "expected": answered,
                "interval_holds": held["share"],
                "low": held["low"],
                "high": held["high"],
                "off_p50": float(np.median(self._off[name])) if answered else None,
            }
        soon = share(self._healthy_soon, self._healthy_asked)
        back = delays(self._missed_by, self._steps)
        back["called_drift"] = self._as_drift
        return {
            "time_to_limit": ahead,
            "healthy_called_soon_at_limit": {"within_90_days": soon},
            "change_points": {"step, days off": back},
            "healthy_called_changed": {"in_42_days": share(self._false, self._windows)},
        }

    def _ask_ahead(self, history: MachineHistory, way: float) -> None:
        assert history.event_ns is not None  # noqa: S101
        assert history.limit_ns is not None  # noqa: S101
        now_ns = round(history.event_ns + way * (history.limit_ns - history.event_ns))
        kind = "accelerating" if history.accelerating else "linear"
        name = f"{kind} {way:.0%}"
        judged = trend_condition(
            _part(history, now_ns, _BACK_NS), limit=history.limit, now_ns=now_ns, picture=False
        )
        for counts in (self._asked, self._answered, self._held):
            counts.setdefault(name, 0)
        offs = self._off.setdefault(name, [])
        self._asked[name] += 1
        figures = judged.figures
        if "time_to_limit_s" not in figures:
            return
        left_s = (history.limit_ns - now_ns) / 1e9
        low = figures["time_to_limit_low_s"][0]
        high = figures.get("time_to_limit_high_s", (np.inf, ""))[0]
        self._answered[name] += 1
        self._held[name] += low <= left_s <= high
        offs.append(abs(figures["time_to_limit_s"][0] - left_s) / left_s)

    def _ask_back(self, history: MachineHistory, event_ns: int) -> None:
        found = changes(_part(history, event_ns + _AFTER_NS, _LOOK_NS))
        self._steps += 1
        near = [(abs(change.stamp_ns - event_ns) / _DAY_NS, change) for change in found]
        if near:
            off, change = min(near, key=lambda pair: pair[0])
            if off < 7:
                self._missed_by.append(off)
                self._as_drift += change.kind.value == "drift"


def _part(history: MachineHistory, until_ns: int, back_ns: int) -> Readings:
    stamps: NDArray[np.int64] = history.stamps_ns
    here = (stamps <= until_ns) & (stamps > until_ns - back_ns)
    return Readings(stamps[here], history.values[here])
