"""How sure a figure is: intervals of shares, rates and percentiles. Pure; what is drawn is seeded.

- Shares: Wilson's score interval (Wilson 1927, J. Am. Stat. Assoc. 22, 209).
- Rates: the exact Poisson interval (Garwood 1936, Biometrika 28, 437).
- Percentiles: bootstrap by clusters: whole scenarios are drawn again, not their events, as those of
  one scenario resemble each other (Davison and Hinkley 1997, 3.8); the percentile interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
DRAWS = 2000
_LARGEST_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval. low, high None: nothing can be said about how sure it is."""

    value: float
    low: float | None
    high: float | None


def share(count: int, total: int, *, confidence: float = CONFIDENCE) -> Estimate | None:
    """count of total, Wilson's interval; None of none.

    Raises ValueError where count is not within 0..total.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share")
    if total == 0:
        return None
    z = _z(confidence)
    found = count / total
    middle = (found + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(found * (1 - found) / total + z * z / (4 * total * total))
    half /= 1 + z * z / total
    return Estimate(
        found,
        0.0 if count == 0 else max(0.0, middle - half),
        1.0 if count == total else min(1.0, middle + half),
    )


def rate(count: int, hours: float, *, confidence: float = CONFIDENCE) -> Estimate | None:
    """Events per hour, Garwood's interval; None of no time.

    Raises ValueError for a negative count or time.
    """
    if count < 0 or hours < 0:
        raise ValueError(f"{count} in {hours} h is no rate")
    if hours == 0:
        return None
    tail = (1 - confidence) / 2
    low = float(stats.chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    high = float(stats.chi2.ppf(1 - tail, 2 * count + 2)) / 2
    return Estimate(count / hours, low / hours, high / hours)


def percentile(
    clusters: Sequence[Sequence[float]],
    percent: float,
    *,
    seed: int = 0,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
) -> Estimate | None:
    """The smallest value that at least `percent` of all do not exceed; None of no values.

    clusters: the values of each scenario; empty ones do not matter. With one cluster that has any
    there is no interval. The order of clusters matters to what is drawn, not that within them.
    """
    filled = [sorted(cluster) for cluster in clusters if len(cluster)]
    if not filled:
        return None
    values = np.array([value for cluster in filled for value in cluster])
    owners = np.repeat(np.arange(len(filled)), [len(cluster) for cluster in filled])
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    found = _weighted(values, np.ones((1, len(values))), percent)[0]
    if len(filled) == 1:
        return Estimate(float(found), None, None)
    rng = np.random.default_rng(np.random.SeedSequence([seed, len(filled)]))
    drawn: list[np.ndarray] = []
    block = max(1, _LARGEST_BLOCK // max(len(values), len(filled)))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        times = rng.multinomial(len(filled), np.full(len(filled), 1 / len(filled)), size=size)
        drawn.append(_weighted(values, times[:, owners], percent))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(drawn), [tail, 1 - tail], method="inverted_cdf")
    return Estimate(float(found), float(low), float(high))


def _weighted(values: np.ndarray, weights: np.ndarray, percent: float) -> np.ndarray:
    """Percentile of sorted values [n] by weights [draws, n]."""
    sums = np.cumsum(weights, axis=1)
    wanted = np.maximum(percent / 100 * sums[:, -1:], 1e-9)
    places = np.argmax(sums >= wanted - 1e-9, axis=1)
    return np.asarray(values[places])


def _z(confidence: float) -> float:
    return float(stats.norm.ppf((1 + confidence) / 2))
