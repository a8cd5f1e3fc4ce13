"""A two-sided cumulative sum of standardised values (Page 1954), with bounded reach.

Knows nothing of what the values are. Owned by the thread that adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


class PageSum:
    """Grows by what values exceed the allowance, on either side; raised above its limit."""

    def __init__(self, *, allowance: float, limit: float, most: float, weight: float) -> None:
        """allowance: subtracted each time. limit: raised above. most: values are held back to it.

        weight: of each value; below 1 where values overlap. Raises ValueError where the allowance
        is not below `most`, or limit or weight is not positive.
        """
        if not 0 <= allowance < most or limit <= 0 or weight <= 0:
            raise ValueError(f"allowance={allowance} limit={limit} most={most} weight={weight}")
        self._allowance, self._limit, self._most, self._weight = allowance, limit, most, weight
        self.reset()

    def reset(self) -> None:
        """Back to 0."""
        self._sums = [0.0, 0.0]
        self._since = [0, 0]
        self.raised = 0
        """1 upward, -1 downward, 0 not raised. It stays until the sum has fallen below half."""

    @property
    def since_ns(self) -> int:
        """Since when the sum that is raised has grown."""
        return self._since[0 if self.raised >= 0 else 1]

    def add(self, value: float, stamp_ns: int) -> int:
        """Take in one value; returns `raised`. What is no number changes nothing."""
        if not np.isfinite(value):
            return self.raised
        held = max(-self._most, min(self._most, value))
        for side, signed in enumerate((held, -held)):
            grown = self._sums[side] + self._weight * (signed - self._allowance)
            if grown <= 0:
                self._since[side] = stamp_ns
            # Not so far that it would not come back.
            self._sums[side] = min(max(grown, 0.0), 2 * self._limit)
        high, low = self._sums
        if max(high, low) > self._limit:
            self.raised = 1 if high >= low else -1
        elif self.raised and self._sums[0 if self.raised > 0 else 1] < self._limit / 2:
            self.raised = 0
        return self.raised

    def facts(self) -> dict[str, object]:
        """For JSON."""
        return {"sums": list(self._sums), "since": list(self._since), "raised": self.raised}

    def restore(self, facts: Mapping[str, Any]) -> None:
        """As it was saved."""
        self._sums = [float(value) for value in facts["sums"]]
        self._since = [int(stamp) for stamp in facts["since"]]
        self.raised = int(facts["raised"])
