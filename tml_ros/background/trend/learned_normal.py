"""What is normal of a quantity: its hours at rest, its day, how much it varies over hours and days.

Learned from hourly medians of some weeks; a residual is a value less that of its hour. Knows
nothing of what is decided by it. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tml_ros.background.trend.daily_cycle import hourly_profile
from tml_ros.background.trend.even_series import Floats, median, spread
from tml_ros.background.trend.work_hours import at_work, rest_limit

SETTLE_H = 4
"""Hours after a rest that are left out."""
SHORT_H, LONG_H = 6, 24
LEAST_H = 120
"""Hours at work that are needed."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedNormal:
    """rest: level below which the machine rests, or -inf. profile: float64 [24], by hour of day.

    hourly, short, long: spread of single hours, of means of 6 and of 24 hours.
    """

    rest: float
    profile: Floats
    hourly: float
    short: float
    long: float

    def facts(self) -> dict[str, object]:
        """For JSON."""
        spreads = [self.hourly, self.short, self.long]
        return {"rest": str(self.rest), "profile": self.profile.tolist(), "spreads": spreads}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> LearnedNormal:
        """From what was saved."""
        profile = np.array(facts["profile"], np.float64)
        if profile.shape != (24,):
            raise ValueError(f"profile is no array of 24, but {profile.shape}")
        return cls(float(facts["rest"]), profile, *(float(wide) for wide in facts["spreads"]))


def learn_normal(values: Floats, first_hour: int) -> LearnedNormal | None:
    """From hourly medians with NaN; None where there are fewer than 120 hours at work.

    first_hour: hours since the epoch of the first; it gives the hour of the day.
    """
    ahead = first_hour % 24
    days = -(-(ahead + len(values)) // 24)
    table = np.full(days * 24, np.nan)
    table[ahead : ahead + len(values)] = values
    rest = rest_limit(table)
    table[~at_work(table, rest, settle=SETTLE_H)] = np.nan
    if np.count_nonzero(np.isfinite(table)) < LEAST_H:
        return None
    profile = hourly_profile(table.reshape(-1, 24))
    left = table - np.tile(profile, days)
    # A quantity that never moved: any move is one.
    hourly = max(spread(left), 1e-6 * abs(median(table)), 1e-300)
    return LearnedNormal(
        rest=rest,
        profile=profile,
        hourly=hourly,
        short=max(_spread_of_means(left, SHORT_H), 0.5 * hourly),
        long=max(_spread_of_means(left, LONG_H), 0.3 * hourly),
    )


def _spread_of_means(left: Floats, hours: int) -> float:
    finite = np.isfinite(left)
    total = np.concatenate([[0.0], np.cumsum(np.where(finite, left, 0.0))])
    count = np.concatenate([[0], np.cumsum(finite)])
    within = count[hours:] - count[:-hours]
    enough = within >= hours / 2
    return spread((total[hours:] - total[:-hours])[enough] / within[enough])
