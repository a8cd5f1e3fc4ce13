"""What comes into a history: which epoch and track it belongs to, and when it is written.

Holds what is needed of the file all the time: epochs, tracks with their fresh readings, state
events. Where the file takes nothing, readings wait here, bounded; where it turns out damaged, it is
set aside and what is fresh goes into a new one. Belongs to the `History` that holds it.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter, deque
from collections.abc import Iterable
from typing import Final

from tml_ros.background.history_keeping import HistoryKeeping
from tml_ros.background.history_limits import DAY_NS, MINUTE_NS, SECOND_NS, HistoryLimits
from tml_ros.background.history_means import MAX_MADE
from tml_ros.background.history_store import HistoryStore
from tml_ros.background.history_track import NEVER_NS, Epoch, Track
from tml_ros.background.reading import Reading
from tml_ros.background.state_event import StateEvent
from tml_ros.settings.store_file import is_damage

COMMIT_NS: Final = SECOND_NS
MAX_BATCH: Final = 5_000
"""Readings after which a batch is written before its second is over."""
RETRY_NS: Final = 10 * SECOND_NS
AHEAD_NS: Final = 60 * SECOND_NS
"""Readings further in the future than this are refused: they would pass for the newest for long."""
SETTLE_NS: Final = 10 * MINUTE_NS
"""After a leap of the clock nothing is let go for so long: a clock that is wrong for a moment must
not cost years."""


class HistoryIntake:
    """The present of a history.

    epochs: oldest first, the last the present one. tracks: of all epochs. events: the newest state
    events. clock_ns: the cell's time as far as it is known. fault: why nothing is written, or "".
    """

    epochs: list[Epoch]
    tracks: list[Track]
    events: deque[StateEvent]
    clock_ns: int

    def __init__(
        self,
        store: HistoryStore,
        limits: HistoryLimits,
        counts: Counter[str],
        *,
        read_only: bool,
    ) -> None:
        """Read from the file what is needed of it. counts: see `History`."""
        self._store = store
        self._limits = limits
        self._counts = counts
        self._read_only = read_only
        self._told = False
        self.fault = ""
        try:
            epochs, tracks = store.load()
            events = store.events()
        except (sqlite3.Error, ValueError, OverflowError) as error:
            store.file.set_aside(f"is damaged ({error})")
            epochs, tracks, events = [], [], []
        self.epochs = epochs or [Epoch(0, 0, 0, changed=True)]
        self._hold(tracks)
        self.events = deque(events, limits.max_events)
        self.clock_ns = self.epochs[-1].last_ns
        self._levels = {(event.machine, event.subject): event.level for event in events}
        self._new_events: deque[StateEvent] = deque(maxlen=limits.max_events)
        self._next_track = max((track.id for track in tracks), default=0) + 1
        self._next_row = store.last_row() + 1
        self._lanes = {
            (track.machine, track.quantity, track.unit): track
            for track in tracks
            if track.epoch is self.epochs[-1]
        }
        self._busy: dict[int, Track] = {}
        self._waiting = 0
        self._write_ns = self.clock_ns + COMMIT_NS
        self._settled_ns = 0
        self.keeping = HistoryKeeping(store, limits, counts)
        self.keeping.sweep_all(self.tracks)

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        return self.clock_ns >= self._write_ns or self.full

    @property
    def full(self) -> bool:
        """Whether a batch waits, however short its time."""
        return self._waiting >= MAX_BATCH

    def take(self, reading: Reading) -> None:
        """Take in a reading. Raises ValueError for a stamp that is no time."""
        stamp_ns = reading.stamp_ns
        if not 0 <= stamp_ns < NEVER_NS:
            raise ValueError(f"stamp_ns is {stamp_ns}, allowed: 0 to {NEVER_NS - 1}")
        if self._told and stamp_ns > self.clock_ns + AHEAD_NS:
            self._counts["ahead"] += 1
            return
        if stamp_ns < self.epochs[-1].raw_from_ns:
            self._counts["too_late"] += 1
            return
        track = self._lanes.get((reading.machine, reading.quantity, reading.unit))
        if track is None:
            track = self._new_track(reading)
            if track is None:
                self._counts["no_lane"] += 1
                return
        track.add(stamp_ns, reading.value)
        self._busy[track.id] = track
        self._waiting += 1
        if not self._told and stamp_ns > self.clock_ns:
            self._advance(stamp_ns)

    def take_event(self, event: StateEvent) -> None:
        """Take in a state event where its level is another than before."""
        part = (event.machine, event.subject)
        if self._levels.get(part) == event.level:
            return
        if part not in self._levels and len(self._levels) >= self._limits.max_lanes:
            self._counts["no_lane"] += 1
            return
        self._levels[part] = event.level
        self.events.append(event)
        self._new_events.append(event)

    def tell(self, now_ns: int) -> None:
        """The cell's time is `now_ns`."""
        if now_ns <= 0:
            # A simulated clock reads zero until its first message.
            return
        if now_ns < self.clock_ns - self._limits.step_back_ns:
            self._new_epoch(now_ns)
        else:
            self._advance(now_ns)
        self._told = True

    def write(self, *, most: int = MAX_MADE) -> None:
        """Write what waits, if it is time to try, and take a step of the housekeeping.

        most: means to be made in it.
        """
        if self._read_only or (self.fault and self.clock_ns < self._write_ns):
            self._drop_beyond(self._limits.max_waiting)
            return
        self._write_ns = self.clock_ns + COMMIT_NS
        try:
            self._write_waiting()
            self._keep(most)
            self.fault = ""
        except sqlite3.Error as error:
            self.failed(error)

    def write_all(self) -> None:
        """Write what waits, and do all of the housekeeping."""
        self.write()
        while self.keeping.behind and not (self.fault or self._read_only):
            self.write(most=MAX_BATCH)

    def write_last(self) -> None:
        """Try once more, whenever the last time was."""
        self._write_ns = 0
        self.write()

    def failed(self, error: sqlite3.Error) -> None:
        """The file could not be read or written."""
        if is_damage(error):
            self._start_anew(error)
            return
        self.fault = str(error)
        self._write_ns = self.clock_ns + RETRY_NS
        self._drop_beyond(self._limits.max_waiting)

    def newest(self, machine: str, quantity: str, epoch: Epoch) -> Track | None:
        """The track of the unit in which the newest reading of an epoch came."""
        named = self._by_name.get((machine, quantity), ())
        found = [track for track in named if track.epoch is epoch]
        return max(found, key=lambda track: track.last_ns, default=None)

    def units(self) -> dict[tuple[str, str], list[str]]:
        """The units in which each machine's quantities come at present."""
        units: dict[tuple[str, str], list[str]] = {}
        for machine, quantity, unit in self._lanes:
            units.setdefault((machine, quantity), []).append(unit)
        return units

    def _new_track(self, reading: Reading) -> Track | None:
        if len(self._lanes) >= self._limits.max_lanes:
            return None
        track = Track(
            self._next_track, reading.machine, reading.quantity, reading.unit, self.epochs[-1]
        )
        self._next_track += 1
        self.tracks.append(track)
        self._by_name.setdefault((track.machine, track.quantity), []).append(track)
        self._lanes[reading.machine, reading.quantity, reading.unit] = track
        return track

    def _advance(self, now_ns: int) -> None:
        epoch = self.epochs[-1]
        if now_ns > self.clock_ns + DAY_NS:
            self._settled_ns = now_ns + SETTLE_NS
            if not self._lanes:
                epoch.first_ns = now_ns
        if now_ns > self.clock_ns:
            self.clock_ns = epoch.last_ns = now_ns
            epoch.changed = True

    def _new_epoch(self, now_ns: int) -> None:
        self.write()
        self.epochs.append(Epoch(self.epochs[-1].id + 1, now_ns, now_ns, changed=True))
        self._lanes = {}
        self.clock_ns = now_ns
        self._write_ns = now_ns + COMMIT_NS
        self._settled_ns = now_ns + SETTLE_NS

    def _write_waiting(self) -> None:
        changed = [epoch for epoch in self.epochs if epoch.changed]
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

    def _keep(self, most: int) -> None:
        tracks, epochs = self.keeping.step(
            self.epochs,
            self.tracks,
            self.clock_ns,
            ageing=self.clock_ns >= self._settled_ns,
            most=most,
        )
        if epochs:
            self._hold(track for track in self.tracks if track.id not in tracks)
            self.epochs = [epoch for epoch in self.epochs if epoch.id not in epochs]

    def _start_anew(self, error: sqlite3.Error) -> None:
        """The file turned out damaged: what is fresh goes into a new one."""
        self._store.file.set_aside(f"is damaged ({error})")
        self.keeping = HistoryKeeping(self._store, self._limits, self._counts)
        present = self.epochs[-1]
        self._hold(track for track in self.tracks if track.stamps or track.epoch is present)
        for track in self.tracks:
            track.stored = False
            track.hours = set()
            track.rows = array("q")
            self._busy[track.id] = track
        self._waiting = sum(track.waiting for track in self.tracks)
        self._new_events = deque(self.events, self._limits.max_events)
        for epoch in self.epochs:
            epoch.changed = True
        self._write_ns = self.clock_ns

    def _drop_beyond(self, most: int) -> None:
        """Memory is bounded: of the readings that wait, the oldest of each lane go."""
        if self._waiting <= most:
            return
        for track in self._busy.values():
            gone = min(track.waiting, track.waiting // 4 + 1)
            track.drop_waiting(gone)
            self._waiting -= gone
            self._counts["dropped"] += gone

    def _hold(self, tracks: Iterable[Track]) -> None:
        """These are the tracks there are."""
        self.tracks = list(tracks)
        self._by_name: dict[tuple[str, str], list[Track]] = {}
        for track in self.tracks:
            self._by_name.setdefault((track.machine, track.quantity), []).append(track)
