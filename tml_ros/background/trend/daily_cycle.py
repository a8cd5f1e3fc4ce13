"""The cycle of the day in a quantity, and what is left without it.

Each hour's median of what stands out from the day around it, smoothed over neighbouring hours; no
shape is assumed, and a trend or single wrong values do not get into it. Knows nothing of machines,
nor of summer time: the hour is that of the cell's time. Pure functions; any thread.
"""

from __future__ import annotations

import numpy as np

from tml_ros.background.trend.even_series import (
    DAY_NS,
    HOUR_NS,
    EvenSeries,
    Floats,
    column_medians,
    median,
    spread,
)

DAYS = 3
"""Fewer than this say nothing of a cycle."""
WORTH = 0.97
"""A cycle is taken out where the spread falls below this part of what it was."""


def hourly_profile(table: Floats) -> Floats:
    """Each hour's median, smoothed; float64 [24].

    table: float64 [days, 24] with NaN. An hour that is hardly ever there gets the median of all.
    """
    profile = column_medians(table, least=3)
    profile = np.where(np.isfinite(profile), profile, median(profile))
    return np.asarray((np.roll(profile, 1) + 2 * profile + np.roll(profile, -1)) / 4)


def without_daily_cycle(even: EvenSeries) -> tuple[Floats, float]:
    """The values without their daily cycle, and the swing that was taken out (0: none).

    The stretches are to be three hours at most; of longer ones, and of fewer than three days,
    nothing is taken out.
    """
    values = even.values
    days = len(values) * even.step_ns / DAY_NS
    if days < DAYS or even.step_ns > 3 * HOUR_NS:
        return values, 0.0
    around = _day_around(even)
    stands_out = values - around
    hours = even.hour_of_day
    day = (even.middle_ns // DAY_NS).astype(np.int64)
    cells = (day - day[0]) * 24 + hours.astype(np.int64)
    table = np.full((int(day[-1] - day[0]) + 1) * 24, np.nan)
    order = np.argsort(stands_out, kind="stable")
    # Of several stretches within an hour one is as good as another.
    table[cells[order]] = stands_out[order]
    if even.step_ns > HOUR_NS:
        table = _spread_out(table, round(even.step_ns / HOUR_NS))
    profile = hourly_profile(table.reshape(-1, 24))
    if not np.isfinite(profile).all():
        return values, 0.0
    profile = profile - profile.mean()
    cycle = np.interp((hours - 0.5) % 24, np.arange(25), np.append(profile, profile[0]))
    without = stands_out - cycle
    if _reach(without) > WORTH * _reach(stands_out):
        return values, 0.0
    return values - cycle, float(profile.max() - profile.min())


def _reach(values: Floats) -> float:
    """From the lowest tenth to the highest; what is at work for a third of the day shows in it."""
    found = values[np.isfinite(values)]
    return float(np.subtract(*np.quantile(found, [0.9, 0.1]))) if len(found) else 0.0


def _day_around(even: EvenSeries) -> Floats:
    """The mean over the day around each stretch, so that every hour counts once."""
    finite = np.isfinite(even.values)
    width = max(round(DAY_NS / even.step_ns), 1)
    middle = median(even.values)
    wide = 8 * spread(even.values - middle)
    clipped = np.clip(np.where(finite, even.values - middle, 0.0), -wide, wide)
    kernel = np.ones(width)
    total = np.convolve(clipped, kernel, "same")
    count = np.convolve(finite.astype(np.float64), kernel, "same")
    around = np.full(len(total), np.nan)
    enough = count > width / 3
    around[enough] = middle + total[enough] / count[enough]
    return around


def _spread_out(table: Floats, hours: int) -> Floats:
    """A stretch of several hours stands for each of them."""
    filled: Floats = table.copy()
    for shift in range(-(hours // 2), hours - hours // 2):
        moved = np.roll(table, shift)
        filled[np.isnan(filled)] = moved[np.isnan(filled)]
    return filled
