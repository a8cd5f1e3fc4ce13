"""The mean of what was measured in each sample, with its interval.

Samples are drawn again (percentile bootstrap, Davison and Hinkley 1997, 5.3); what is drawn is
seeded. Shares and rates have intervals of their own (`bench.judge.interval`). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tml_ros.bench.judge.interval import CONFIDENCE, Estimate

DRAWS: Final = 2000


def mean(values: Sequence[float], *, seed: int = 0) -> Estimate | None:
    """None of no values; of one there is no interval."""
    if not values:
        return None
    found = np.asarray(values, np.float64)
    if len(found) == 1:
        return Estimate(float(found[0]), None, None)
    rng = np.random.default_rng(np.random.SeedSequence([seed, len(found)]))
    drawn = found[rng.integers(len(found), size=(DRAWS, len(found)))].mean(axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Estimate(float(found.mean()), float(low), float(high))
