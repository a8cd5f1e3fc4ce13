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
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from tml_ros.background.history_keeping import HistoryKeeping
from tml_ros.background.history_limits import DAY_NS, MINUTE_NS, SECOND_NS, HistoryLimits
from tml_ros.background.history_query import HistoryQuery, Span
from tml_ros.background.history_store import HistoryStore
from tml_ros.background.history_track import Epoch, Track
from tml_ros.background.reading import Reading
from tml_ros.background.series import Series
from tml_ros.background.state_event import StateEvent
from tml_ros.background.store_file import is_damage

COMMIT_NS: Final = SECOND_NS
MAX_BATCH: Final = 5_000
"""Readings after which a batch is written before its second is over."""
RETRY_NS: Final = 10 * SECOND_NS
AHEAD_NS: Final = 60 * SECOND_NS
"""Readings further in the future than this are refused: they would pass for the newest for long."""
SETTLE_NS: Final = 10 * MINUTE_NS
"""After a leap of the clock nothing is let go for so long: a clock that is wrong for a moment must
not cost years."""
MAX_STAMP_NS: Final = 1 << 62

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
        process may be writing; what is added is not written.
        """
        self._limits = limits or HistoryLimits()
        self._read_only = read_only
        self._lock = threading.RLock()
        self.counts: Counter[str] = Counter()
        self._store = HistoryStore(
            path,
            memory_bytes=self._limits.memory_bytes,
            log_bytes=self._limits.log_bytes,
            read_only=read_only,
        )
        self._query = HistoryQuery(self._store)
        self._told = False
        self._fault = ""
        self._closed = False
        self._begin()

    @property
    def problems(self) -> tuple[str, ...]:
        """What stands in the way of keeping everything as asked, in plain words."""
        with self._lock:
            found = [*self._store.file.problems]
            if self._fault:
                found.append(f"{self._store.file.path}: {self._fault}; readings wait in memory")
            if self._keeping.crowded:
                found.append(self._keeping.crowded)
            if self.counts["no_lane"]:
                found.append(
                    f"more than {self._limits.max_lanes} quantities or parts: "
                    f"{self.counts['no_lane']} readings of others were refused"
                )
            if self.counts["dropped"]:
                found.append(
                    f"{self.counts['dropped']} readings could not be written in time and are lost"
                )
            return (*found, *self._unit_problems())

    @property
    def epoch(self) -> int:
        """Number of the clock's present epoch; it counts how often the clock went back."""
        with self._lock:
            return self._epochs[-1].id

    def bytes(self) -> int:
        """Size of the file and its log."""
        with self._lock:
            return self._store.file.bytes()

    def add(self, reading: Reading, *, now_ns: int | None = None) -> None:
        """Take in a reading.

        now_ns: the cell's time. Raises ValueError for a stamp below 0 or beyond the year 2116.
        """
        with self._lock:
            self._take(reading, now_ns)
            if self._clock_ns >= self._write_ns or self._waiting >= MAX_BATCH:
                self._write()

    def extend(self, readings: Iterable[Reading]) -> None:
        """Take in many that are on hand already, in order of time; all is done on return."""
        with self._lock:
            for reading in readings:
                self._take(reading, None)
                if self._waiting >= MAX_BATCH:
                    self._write()
                    self._catch_up()
            self._write()
            self._catch_up()

    def add_event(self, event: StateEvent, *, now_ns: int | None = None) -> None:
        """Take in what a part of a machine said of itself; kept where its level is another now."""
        with self._lock:
            if now_ns is not None:
                self._tell(now_ns)
            part = (event.machine, event.subject)
            if self._levels.get(part) == event.level:
                return
            if part not in self._levels and len(self._levels) >= self._limits.max_lanes:
                self.counts["no_lane"] += 1
                return
            self._levels[part] = event.level
            self._events.append(event)
            self._new_events.append(event)

    def compact(self, now_ns: int) -> None:
        """The time is `now_ns`: write what waits, and do a bounded piece of the housekeeping.

        To be called about once per second, also while nothing comes.
        """
        with self._lock:
            self._tell(now_ns)
            self._write()

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
        since_ns, until_ns = max(0, since_ns), min(MAX_STAMP_NS, until_ns)
        return self._answer(
            lambda: self._series(
                (machine, quantity), since_ns, until_ns, points=points, joined=joined
            )
        )

    def latest(self, machine: str, quantity: str) -> Reading | None:
        """The newest reading of the present epoch; it stays when its tier has let it go."""
        with self._lock:
            track = self._newest((machine, quantity), self._epochs[-1])
            if track is None or track.last_ns < 0:
                return None
            return Reading(machine, quantity, track.last_value, track.unit, track.last_ns)

    def nearest(
        self, machine: str, quantity: str, *, since_ns: int, until_ns: int
    ) -> Reading | None:
        """The newest reading of the present epoch within a span, where readings are still kept."""

        def find() -> Reading | None:
            track = self._newest((machine, quantity), self._epochs[-1])
            if track is None:
                return None
            stamps, values = self._query.readings(Span(track, max(0, since_ns), until_ns))
            if not len(stamps):
                return None
            return Reading(machine, quantity, float(values[-1]), track.unit, int(stamps[-1]))

        return self._answer(find)

    def machines(self) -> tuple[str, ...]:
        """Every machine there are readings of, in any epoch, by name."""
        with self._lock:
            return tuple(sorted({track.machine for track in self._tracks}))

    def quantities(self, machine: str) -> tuple[str, ...]:
        """Every quantity there are readings of, in any epoch, by name."""
        with self._lock:
            return tuple(
                sorted({track.quantity for track in self._tracks if track.machine == machine})
            )

    def events(
        self, machine: str | None = None, *, since_ns: int = 0, until_ns: int = MAX_STAMP_NS
    ) -> tuple[StateEvent, ...]:
        """State events of a machine, or of all, within a span, as they came."""
        with self._lock:
            return tuple(
                event
                for event in self._events
                if since_ns <= event.stamp_ns <= until_ns and machine in (None, event.machine)
            )

    def close(self) -> None:
        """Write what waits and close the file. Nothing is to be called afterwards."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._write_ns = 0
                self._write()
                self._store.file.close()

    def _begin(self) -> None:
        """Read from the file what is needed of it all the time."""
        try:
            epochs, tracks = self._store.load()
            events = self._store.events()
        except (sqlite3.Error, ValueError, OverflowError) as error:
            self._store.file.set_aside(f"is damaged ({error})")
            epochs, tracks, events = [], [], []
        self._epochs = epochs or [Epoch(0, 0, 0, changed=True)]
        self._hold(tracks)
        self._clock_ns = self._epochs[-1].last_ns
        self._events: deque[StateEvent] = deque(events, self._limits.max_events)
        self._levels = {(event.machine, event.subject): event.level for event in events}
        self._new_events: deque[StateEvent] = deque(maxlen=self._limits.max_events)
        self._next_track = max((track.id for track in tracks), default=0) + 1
        self._next_row = self._store.last_row() + 1
        self._lanes = {
            (track.machine, track.quantity, track.unit): track
            for track in tracks
            if track.epoch is self._epochs[-1]
        }
        self._busy: dict[int, Track] = {}
        self._waiting = 0
        self._write_ns = self._clock_ns + COMMIT_NS
        self._settled_ns = 0
        self._keeping = HistoryKeeping(self._store, self._limits, self.counts)
        self._keeping.sweep_all(self._tracks)

    def _take(self, reading: Reading, now_ns: int | None) -> None:
        stamp_ns = reading.stamp_ns
        if not 0 <= stamp_ns < MAX_STAMP_NS:
            raise ValueError(f"stamp_ns is {stamp_ns}, allowed: 0 to {MAX_STAMP_NS - 1}")
        if now_ns is not None:
            self._tell(now_ns)
        if self._told and stamp_ns > self._clock_ns + AHEAD_NS:
            self.counts["ahead"] += 1
            return
        epoch = self._epochs[-1]
        if stamp_ns < epoch.raw_from_ns:
            self.counts["too_late"] += 1
            return
        track = self._lanes.get((reading.machine, reading.quantity, reading.unit))
        if track is None:
            track = self._new_track(reading)
            if track is None:
                self.counts["no_lane"] += 1
                return
        track.add(stamp_ns, reading.value)
        self._busy[track.id] = track
        self._waiting += 1
        if not self._told and stamp_ns > self._clock_ns:
            self._advance(stamp_ns)

    def _new_track(self, reading: Reading) -> Track | None:
        if len(self._lanes) >= self._limits.max_lanes:
            return None
        track = Track(
            self._next_track, reading.machine, reading.quantity, reading.unit, self._epochs[-1]
        )
        self._next_track += 1
        self._tracks.append(track)
        self._by_name.setdefault((track.machine, track.quantity), []).append(track)
        self._lanes[reading.machine, reading.quantity, reading.unit] = track
        return track

    def _tell(self, now_ns: int) -> None:
        if now_ns <= 0:
            # A simulated clock reads zero until its first message.
            return
        if now_ns < self._clock_ns - self._limits.step_back_ns:
            self._new_epoch(now_ns)
        else:
            self._advance(now_ns)
        self._told = True

    def _advance(self, now_ns: int) -> None:
        epoch = self._epochs[-1]
        if now_ns > self._clock_ns + DAY_NS:
            self._settled_ns = now_ns + SETTLE_NS
            if not self._lanes:
                epoch.first_ns = now_ns
        if now_ns > self._clock_ns:
            self._clock_ns = epoch.last_ns = now_ns
            epoch.changed = True

    def _new_epoch(self, now_ns: int) -> None:
        self._write()
        self._epochs.append(Epoch(self._epochs[-1].id + 1, now_ns, now_ns, changed=True))
        self._lanes = {}
        self._clock_ns = now_ns
        self._write_ns = now_ns + COMMIT_NS
        self._settled_ns = now_ns + SETTLE_NS

    def _write(self) -> None:
        """Write what waits, if it is time to try, and take a step of the housekeeping."""
        if self._read_only:
            self._drop_beyond(self._limits.max_waiting)
            return
        if self._fault and self._clock_ns < self._write_ns:
            self._drop_beyond(self._limits.max_waiting)
            return
        self._write_ns = self._clock_ns + COMMIT_NS
        try:
            self._write_waiting()
            self._keep()
            self._fault = ""
        except sqlite3.Error as error:
            self._failed(error)

    def _write_waiting(self) -> None:
        changed = [epoch for epoch in self._epochs if epoch.changed]
        if not (self._busy or self._new_events or changed):
            return
        busy = list(self._busy.values())
        self._store.write(
            changed,
            busy,
            self._new_events,
            first_row=self._next_row,
            keep_events=self._limits.max_events,
        )
        for track in busy:
            end = self._next_row + track.waiting
            track.rows.extend(range(self._next_row, end))
            track.stored = True
            self._next_row = end
        for epoch in changed:
            epoch.changed = False
        self._busy.clear()
        self._new_events.clear()
        self._waiting = 0

    def _keep(self) -> None:
        tracks, epochs = self._keeping.step(
            self._epochs, self._tracks, self._clock_ns, ageing=self._clock_ns >= self._settled_ns
        )
        if epochs:
            self._hold(track for track in self._tracks if track.id not in tracks)
            self._epochs = [epoch for epoch in self._epochs if epoch.id not in epochs]

    def _catch_up(self) -> None:
        while self._keeping.behind and not (self._fault or self._read_only):
            self._write()

    def _failed(self, error: sqlite3.Error) -> None:
        if is_damage(error):
            self._start_anew(error)
            return
        self._fault = str(error)
        self._write_ns = self._clock_ns + RETRY_NS
        self._drop_beyond(self._limits.max_waiting)

    def _start_anew(self, error: sqlite3.Error) -> None:
        """The file turned out damaged: what waits goes into a new one."""
        self._store.file.set_aside(f"is damaged ({error})")
        self._keeping = HistoryKeeping(self._store, self._limits, self.counts)
        present = self._epochs[-1]
        self._hold(track for track in self._tracks if track.stamps or track.epoch is present)
        for track in self._tracks:
            track.stored = False
            track.hours = set()
            track.rows = array("q")
            self._busy[track.id] = track
        self._waiting = sum(track.waiting for track in self._tracks)
        self._new_events = deque(self._events, self._limits.max_events)
        for epoch in self._epochs:
            epoch.changed = True
        self._write_ns = self._clock_ns

    def _drop_beyond(self, most: int) -> None:
        """Memory is bounded: of the readings that wait, the oldest of each lane go."""
        if self._waiting <= most:
            return
        for track in self._busy.values():
            gone = min(track.waiting, track.waiting // 4 + 1)
            track.drop_waiting(gone)
            self._waiting -= gone
            self.counts["dropped"] += gone

    def _answer(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask the file; where it turns out damaged, answer from what there is without it."""
        with self._lock:
            try:
                return ask()
            except sqlite3.Error as error:
                self._failed(error)
                stored = [track for track in self._tracks if track.stored]
                for track in stored:
                    track.stored = False
                try:
                    return ask()
                finally:
                    if not is_damage(error):
                        for track in stored:
                            track.stored = True

    def _series(
        self, name: tuple[str, str], since_ns: int, until_ns: int, *, points: int, joined: bool
    ) -> Series:
        present = self._epochs[-1]
        newest = self._newest(name, present)
        unit = newest.unit if newest is not None else ""
        spans: list[Span] = []
        left_out: list[int] = []
        end_ns = until_ns
        for epoch in reversed(self._epochs):
            track = self._newest(name, epoch)
            if track is not None:
                unit = unit or track.unit
                chosen = epoch is present or (joined and track.unit == unit)
                if chosen and since_ns <= end_ns:
                    spans.insert(0, Span(track, since_ns, end_ns))
                if track.first_ns <= until_ns and track.last_ns >= since_ns and not chosen:
                    left_out.insert(0, epoch.id)
            end_ns = min(end_ns, epoch.first_ns - 1)
        if not spans:
            empty = np.zeros(0)
            return Series(
                np.zeros(0, np.int64),
                empty,
                empty,
                empty,
                epoch=present.id,
                left_out=tuple(left_out),
            )
        return self._query.series(spans, points, tuple(left_out))

    def _newest(self, name: tuple[str, str], epoch: Epoch) -> Track | None:
        """The track of the unit in which the newest reading of an epoch came."""
        found = [track for track in self._by_name.get(name, ()) if track.epoch is epoch]
        return max(found, key=lambda track: track.last_ns, default=None)

    def _hold(self, tracks: Iterable[Track]) -> None:
        """These are the tracks there are."""
        self._tracks = list(tracks)
        self._by_name: dict[tuple[str, str], list[Track]] = {}
        for track in self._tracks:
            self._by_name.setdefault((track.machine, track.quantity), []).append(track)

    def _unit_problems(self) -> list[str]:
        units: dict[tuple[str, str], list[str]] = {}
        for machine, quantity, unit in self._lanes:
            units.setdefault((machine, quantity), []).append(unit)
        return [
            f"{machine}/{quantity} has come in {' and in '.join(map(repr, found))}; "
            "only the newest unit is looked at"
            for (machine, quantity), found in units.items()
            if len(found) > 1
        ]
