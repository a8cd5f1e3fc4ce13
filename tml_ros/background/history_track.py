"""One quantity of one machine in one epoch of the clock: its newest readings, and what is due.

Knows nothing of SQLite. Belongs to the `History` that holds it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS
from tml_ros.background.series import Tier

NEVER_NS: Final = 1 << 62
"""Later than any time."""


@dataclass(slots=True)
class Epoch:
    """A time during which the clock did not go back.

    first_ns, last_ns: of the clock. raw_from_ns, minute_from_ns, hour_from_ns: where each tier
    begins; what is older is gone, or will be.
    """

    id: int
    first_ns: int
    last_ns: int
    raw_from_ns: int = 0
    minute_from_ns: int = 0
    hour_from_ns: int = 0
    changed: bool = False

    def begins_ns(self, tier: Tier) -> int:
        """Where a tier begins."""
        if tier is Tier.RAW:
            return self.raw_from_ns
        return self.minute_from_ns if tier is Tier.MINUTE else self.hour_from_ns


@dataclass(slots=True)
class Track:
    """Readings of one lane in one epoch.

    id: in the file, once `stored`. first_ns, last_ns, last_value: of its readings, oldest and
    newest by stamp. stamps, values: its fresh readings, as they came; `rows` are the numbers of
    those that are in the journal already, the first ones. minutes: numbers of the minutes they
    are of. hours: numbers of the hours whose means are to be made anew.
    """

    id: int
    machine: str
    quantity: str
    unit: str
    epoch: Epoch
    stored: bool = False
    first_ns: int = 0
    last_ns: int = -1
    last_value: float = 0.0
    hours: set[int] = field(default_factory=set)
    minutes: set[int] = field(default_factory=set)
    stamps: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    rows: array[int] = field(default_factory=lambda: array("q"))

    def add(self, stamp_ns: int, value: float) -> None:
        """A fresh reading."""
        self.stamps.append(stamp_ns)
        self.values.append(value)
        self.minutes.add(stamp_ns // MINUTE_NS)
        if stamp_ns > self.last_ns:
            if self.last_ns < 0:
                self.first_ns = stamp_ns
            self.last_ns = stamp_ns
            self.last_value = value
        elif stamp_ns < self.first_ns:
            self.first_ns = stamp_ns

    @property
    def waiting(self) -> int:
        """How many fresh readings are not in the journal yet."""
        return len(self.stamps) - len(self.rows)

    def fresh(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Stamps and values of the fresh readings, as they came; copies."""
        return np.array(self.stamps, np.int64), np.array(self.values, np.float64)

    def forget(self, minutes: Sequence[int]) -> None:
        """The fresh readings of these minutes are kept elsewhere now; all were in the journal."""
        stamps, values = self.fresh()
        stay = ~np.isin(stamps // MINUTE_NS, np.array(minutes, np.int64))
        self.stamps = array("q", stamps[stay].tolist())
        self.values = array("d", values[stay].tolist())
        self.rows = array("q", np.array(self.rows, np.int64)[stay].tolist())
        self.minutes.difference_update(minutes)

    def drop_waiting(self, count: int) -> None:
        """Give up the readings that have waited longest for the journal."""
        first = len(self.rows)
        del self.stamps[first : first + count]
        del self.values[first : first + count]

    def stale_hours(self) -> set[int]:
        """Hours whose mean is not in the file as it should be."""
        return self.hours | {hour_of(minute) for minute in self.minutes}


def hour_of(minute: int) -> int:
    """The number of the hour that a minute is in."""
    return minute * MINUTE_NS // HOUR_NS
