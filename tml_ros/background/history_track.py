"""One quantity of one machine in one epoch of the clock: what is not yet in the file, what is due.

Knows nothing of SQLite. Belongs to the `History` that holds it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS


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


@dataclass(slots=True)
class Track:
    """Readings of one lane in one epoch.

    id: in the file, once `stored`. first_ns, last_ns, last_value: of its readings, oldest and
    newest by stamp. minutes, hours: numbers of the stretches whose means are to be made anew.
    stamps, values: the readings that wait to be written.
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
    minutes: set[int] = field(default_factory=set)
    hours: set[int] = field(default_factory=set)
    stamps: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))

    def add(self, stamp_ns: int, value: float) -> None:
        """A reading to be written."""
        self.stamps.append(stamp_ns)
        self.values.append(value)
        if stamp_ns > self.last_ns:
            if self.last_ns < 0:
                self.first_ns = stamp_ns
            self.last_ns = stamp_ns
            self.last_value = value
        elif stamp_ns < self.first_ns:
            self.first_ns = stamp_ns

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Stamps and values that wait, as they came; copies."""
        return np.array(self.stamps, np.int64), np.array(self.values, np.float64)

    def written(self) -> None:
        """Nothing waits any more."""
        self.stamps, self.values = array("q"), array("d")

    def drop_oldest(self, count: int) -> None:
        """Give up the readings that have waited longest."""
        del self.stamps[:count]
        del self.values[:count]

    def touched_minutes(self) -> set[int]:
        """Numbers of the minutes in which readings wait."""
        return set((np.array(self.stamps, np.int64) // MINUTE_NS).tolist())

    def stale_minutes(self) -> set[int]:
        """Minutes whose mean is not in the file as it should be."""
        return self.minutes | self.touched_minutes() if self.stamps else self.minutes

    def stale_hours(self) -> set[int]:
        """Hours whose mean is not in the file as it should be."""
        touched = self.touched_minutes() if self.stamps else self.minutes
        return self.hours | {hour_of(minute) for minute in (touched | self.minutes)}


def hour_of(minute: int) -> int:
    """The number of the hour that a minute is in."""
    return minute * MINUTE_NS // HOUR_NS


def waiting_pairs(track: Track) -> Iterator[tuple[int, int, float]]:
    """Rows of the table of readings, in order of time, the first to come first."""
    stamps, values = track.waiting()
    order = np.argsort(stamps, kind="stable")
    return zip([track.id] * len(order), stamps[order].tolist(), values[order].tolist(), strict=True)
