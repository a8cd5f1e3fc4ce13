"""Figures with the interval that so few histories allow: rates, shares and delays.

Knows nothing of what is counted. All intervals are of 95 %. Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

Figures = dict[str, float | int | str | None]


def rate(count: int, exposure: float) -> Figures:
    """Events per unit of exposure, with the exact Poisson interval (Garwood 1936)."""
    low = float(stats.chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    high = float(stats.chi2.ppf(0.975, 2 * count + 2)) / 2
    return {
        "count": count,
        "per_month": count / exposure,
        "low": low / exposure,
        "high": high / exposure,
    }


def share(count: int, total: int) -> Figures:
    """Of a total, with Wilson's interval."""
    if not total:
        return {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    found = stats.binomtest(count, total).proportion_ci(0.95, method="wilson")
    return {
        "count": count,
        "of": total,
        "share": count / total,
        "low": float(found.low),
        "high": float(found.high),
    }


def delays(days: Sequence[float], total: int) -> Figures:
    """Median and 90th percentile of a delay over all, those never found counting as endless.

    The median's interval is that of order statistics; None is endless.
    """
    ordered = np.sort(
        np.concatenate([np.asarray(days, np.float64), np.full(total - len(days), np.inf)])
    )
    if not total:
        return {"found": 0, "of": 0, "p50": None, "p50_low": None, "p50_high": None, "p90": None}
    low, high = (int(stats.binom.ppf(q, total, 0.5)) for q in (0.025, 0.975))
    places = {
        "p50": (total - 1) // 2,
        "p50_low": max(low - 1, 0),
        "p50_high": min(high, total - 1),
        "p90": min(int(np.ceil(0.9 * total)) - 1, total - 1),
    }
    figures: Figures = {"found": len(days), "of": total}
    for name, place in places.items():
        figures[name] = float(ordered[place]) if np.isfinite(ordered[place]) else None
    return figures
