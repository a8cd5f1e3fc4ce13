"""What a cell's machines have measured: every reading for hours, means for weeks and years.

Readings are written in batches, at least once per second of the cell's time; a process killed at
any moment loses at most that second and damages nothing. Where the disk takes nothing, readings
wait in memory and `problems` says so. Late readings and those out of order find their place as long
as readings of their time are kept; of two of one stamp the first counts.

The clock is what `now_ns` says, or without it the newest stamp. When it goes back, as where a
recording is played in a loop, a new epoch begins: what was before stays, but `series` gives one
epoch unless asked to join them.

Knows nothing of ROS, of where readings come from, or of what they mean. Any thread: calls wait for
one another, and none does much at once.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import numpy as np

from tml_ros.background.history_intake import HistoryIntake
from tml_ros.background.history_limits import HistoryLimits
from tml_ros.background.history_query import HistoryQuery, Span
from tml_ros.background.history_store import HistoryStore
from tml_ros.background.history_track import NEVER_NS
from tml_ros.background.reading import Reading
from tml_ros.background.series import Series
from tml_ros.background.state_event import StateEvent
from tml_ros.settings.store_file import is_damage

_Answer = TypeVar("_Answer")


class History:
    """The readings and state events of a cell.

    counts: readings by what became of them other than being kept: "duplicate", "too_late" (older
    than readings are kept), "ahead" (of the clock), "no_lane" (too many quantities), "dropped"
    (waited too long for the disk).
    """

    def __init__(
        self, path: Path | None, *, limits: HistoryLimits | None = None, read_only: bool = False
    ) -> None:
        """Open or create the file; path None: in memory.

        A damaged or foreign file is renamed and a new one begun. read_only: a file that another
        process may be writing, as it is now; what is added is not written.
        """
        self._limits = limits or HistoryLimits()
        self._lock = threading.RLock()
        self.counts: Counter[str] = Counter()
        self._store = HistoryStore(
            path,
            memory_bytes=self._limits.memory_bytes,
            log_bytes=self._limits.log_bytes,
            read_only=read_only,
        )
        self._intake = HistoryIntake(self._store, self._limits, self.counts, read_only=read_only)
        self._query = HistoryQuery(self._store)
        self._closed = False

    @property
    def problems(self) -> tuple[str, ...]:
        """What stands in the way of keeping everything as asked, in plain words."""
        with self._lock:
            found = [*self._store.file.problems]
            if self._intake.fault:
                found.append(
                    f"{self._store.file.path}: {self._intake.fault}; readings wait in memory"
                )
            if self._intake.keeping.crowded:
                found.append(self._intake.keeping.crowded)
            if self.counts["no_lane"]:
                found.append(
                    f"more than {self._limits.max_lanes} quantities or parts: "
                    f"{self.counts['no_lane']} readings of others were refused"
                )
            if self.counts["dropped"]:
                found.append(
                    f"{self.counts['dropped']} readings could not be written in time and are lost"
                )
            found += [
                f"{machine}/{quantity} has come in {' and in '.join(map(repr, units))}; "
                "only the newest unit is looked at"
                for (machine, quantity), units in self._intake.units().items()
                if len(units) > 1
            ]
            return tuple(found)

    @property
    def epoch(self) -> int:
        """Number of the clock's present epoch; it counts how often the clock went back."""
        with self._lock:
            return self._intake.epochs[-1].id

    def bytes(self) -> int:
        """Size of the file and its log."""
        with self._lock:
            return self._store.file.bytes()

    def add(self, reading: Reading, *, now_ns: int | None = None) -> None:
        """Take in a reading.

        now_ns: the cell's time. Raises ValueError for a stamp below 0 or beyond the year 2116.
        """
        with self._lock:
            if now_ns is not None:
                self._intake.tell(now_ns)
            self._intake.take(reading)
            if self._intake.due:
                self._intake.write()

    def extend(self, readings: Iterable[Reading]) -> None:
        """Take in many that are on hand already, in order of time; all is done on return."""
        with self._lock:
            for reading in readings:
                self._intake.take(reading)
                if self._intake.full:
                    self._intake.write_all()
            self._intake.write_all()

    def add_event(self, event: StateEvent, *, now_ns: int | None = None) -> None:
        """Take in what a part of a machine said of itself; kept where its level is another now."""
        with self._lock:
            if now_ns is not None:
                self._intake.tell(now_ns)
            self._intake.take_event(event)

    def compact(self, now_ns: int) -> None:
        """The time is `now_ns`: write what waits, and do a bounded piece of the housekeeping.

        To be called about once per second, also while nothing comes.
        """
        with self._lock:
            self._intake.tell(now_ns)
            self._intake.write()

    def series(
        self,
        machine: str,
        quantity: str,
        *,
        since_ns: int,
        until_ns: int,
        points: int = 2000,
        joined: bool = False,
    ) -> Series:
        """The values from `since_ns` to `until_ns`, both included, in at most `points` points.

        They are of the finest tier of which the span holds no more than `points`; where a tier does
        not reach back far enough, older points are of the next coarser one. Means are of whole
        minutes and hours, so the first and the last may reach beyond the span. Hours that are still
        too many are merged. Empty where there is nothing. Of several units the newest counts.

        joined: not the present epoch alone, but before its beginning also what the epochs before it
        say of that time. Raises ValueError where points is below 1.
        """
        if points < 1:
            raise ValueError(f"points is {points}, allowed: 1 or more")
        since_ns, until_ns = max(0, since_ns), min(NEVER_NS, until_ns)

        def ask() -> Series:
            spans, left_out = self._spans(machine, quantity, since_ns, until_ns, joined=joined)
            if spans:
                return self._query.series(spans, points, left_out)
            none = np.zeros(0)
            epoch = self._intake.epochs[-1].id
            return Series(np.zeros(0, np.int64), none, none, none, epoch=epoch, left_out=left_out)

        return self._answer(ask)

    def latest(self, machine: str, quantity: str) -> Reading | None:
        """The newest reading of the present epoch; it stays when its tier has let it go."""
        with self._lock:
            track = self._intake.newest(machine, quantity, self._intake.epochs[-1])
            if track is None or track.last_ns < 0:
                return None
            return Reading(machine, quantity, track.last_value, track.unit, track.last_ns)

    def nearest(
        self, machine: str, quantity: str, *, since_ns: int, until_ns: int
    ) -> Reading | None:
        """The newest reading of the present epoch within a span, where readings are still kept."""

        def ask() -> Reading | None:
            track = self._intake.newest(machine, quantity, self._intake.epochs[-1])
            if track is None:
                return None
            stamps, values = self._query.readings(Span(track, max(0, since_ns), until_ns))
            if not len(stamps):
                return None
            return Reading(machine, quantity, float(values[-1]), track.unit, int(stamps[-1]))

        return self._answer(ask)

    def machines(self) -> tuple[str, ...]:
        """Every machine there are readings of, in any epoch, by name."""
        with self._lock:
            return tuple(sorted({track.machine for track in self._intake.tracks}))

    def quantities(self, machine: str) -> tuple[str, ...]:
        """Every quantity there are readings of, in any epoch, by name."""
        with self._lock:
            named = {track.quantity for track in self._intake.tracks if track.machine == machine}
            return tuple(sorted(named))

    def events(
        self, machine: str | None = None, *, since_ns: int = 0, until_ns: int = NEVER_NS
    ) -> tuple[StateEvent, ...]:
        """State events of a machine, or of all, within a span, as they came."""
        with self._lock:
            return tuple(
                event
                for event in self._intake.events
                if since_ns <= event.stamp_ns <= until_ns and machine in (None, event.machine)
            )

    def close(self) -> None:
        """Write what waits and close the file. Nothing is to be called afterwards."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._intake.write_last()
                self._store.file.close()

    def _spans(
        self, machine: str, quantity: str, since_ns: int, until_ns: int, *, joined: bool
    ) -> tuple[list[Span], tuple[int, ...]]:
        """What a series is to be made of, oldest first, and the epochs that it leaves out."""
        epochs = self._intake.epochs
        newest = self._intake.newest(machine, quantity, epochs[-1])
        unit = newest.unit if newest is not None else None
        spans: list[Span] = []
        left_out: list[int] = []
        end_ns = until_ns
        for epoch in reversed(epochs):
            track = self._intake.newest(machine, quantity, epoch)
            if track is not None:
                unit = track.unit if unit is None else unit
                chosen = epoch is epochs[-1] or (joined and track.unit == unit)
                if chosen and since_ns <= end_ns:
                    spans.insert(0, Span(track, since_ns, end_ns))
                if not chosen and track.first_ns <= until_ns and track.last_ns >= since_ns:
                    left_out.insert(0, epoch.id)
            end_ns = min(end_ns, epoch.first_ns - 1)
        return spans, tuple(left_out)

    def _answer(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask the file; where it cannot be read, answer from what there is without it."""
        with self._lock:
            try:
                return ask()
            except sqlite3.Error as error:
                self._intake.failed(error)
                stored = [track for track in self._intake.tracks if track.stored]
                for track in stored:
                    track.stored = False
                try:
                    return ask()
                finally:
                    if not is_damage(error):
                        for track in stored:
                            track.stored = True
