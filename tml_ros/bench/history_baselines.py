"""Two plain ways to watch a quantity, and how their limits are set: to compare with.

Both learn from the same first four weeks and know nothing of rest, days or sensors. Pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from tml_ros.background.trend.even_series import HOUR_NS, Floats, even_series, in_order
from tml_ros.sim.machine_history import MachineHistory

LEARN_NS = 28 * 24 * HOUR_NS
QUIET_NS = 24 * HOUR_NS
"""An alarm is over when its cause has been away for so long."""
MONTH_NS = 30.4375 * 24 * HOUR_NS
IN_A_ROW = 3
"""Readings beyond a fixed limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How far a baseline is out over time; it alarms above a factor. stamps_ns [n], out [n]."""

    stamps_ns: NDArray[np.int64]
    out: Floats

    def alarms(self, factor: float) -> NDArray[np.int64]:
        """Stamps at which it begins to alarm."""
        over = self.stamps_ns[self.out > factor]
        if not len(over):
            return over
        begins = np.concatenate([[True], np.diff(over) > QUIET_NS])
        return np.asarray(over[begins], np.int64)


Baseline = Callable[[MachineHistory], Course]


def fixed_limit(history: MachineHistory) -> Course:
    """Beyond the range of the first four weeks (without their rarest thousandth), in units of it.

    Three readings in a row.
    """
    readings = in_order(history)
    known = readings.stamps_ns < readings.stamps_ns[0] + LEARN_NS
    low, high = np.quantile(readings.mean[known], [0.001, 0.999])
    beyond = np.maximum(readings.mean - high, low - readings.mean) / max(high - low, 1e-12)
    together = np.lib.stride_tricks.sliding_window_view(beyond, IN_A_ROW).min(axis=1)
    out = np.concatenate([np.full(IN_A_ROW - 1, -np.inf), together])
    return Course(readings.stamps_ns[~known], out[~known])


def ewma(weight: float) -> Baseline:
    """Control chart (Roberts 1959) of hourly medians, in sigmas of the first four weeks."""

    def course(history: MachineHistory) -> Course:
        even = even_series(history, step_ns=HOUR_NS)
        here = np.isfinite(even.values)
        stamps, values = even.middle_ns[here] + HOUR_NS // 2, even.values[here]
        known = stamps < stamps[0] + LEARN_NS
        mean, sigma = float(values[known].mean()), max(float(values[known].std()), 1e-12)
        smooth = signal.lfilter([weight], [1, weight - 1], values - mean)
        out = np.abs(smooth) / (sigma * np.sqrt(weight / (2 - weight)))
        return Course(stamps[~known], np.asarray(out[~known]))

    return course


def factor_for(courses: Sequence[Course], *, per_month: float) -> float:
    """The least factor with at most so many alarms per month; all over these courses are false."""
    spans = [float(course.stamps_ns[-1] - course.stamps_ns[0]) for course in courses]
    months = sum(spans) / MONTH_NS
    highest = max(float(np.max(course.out)) for course in courses)
    for factor in np.geomspace(1e-3, max(highest, 2e-3), 160):
        found = sum(len(course.alarms(float(factor))) for course in courses)
        if found <= per_month * months:
            # Few alarms may also mean one that never ends.
            always = np.mean([np.mean(course.out > factor) for course in courses])
            if always < 0.02:
                return float(factor)
    return highest
