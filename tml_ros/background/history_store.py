"""The tables of the history and every statement on them.

Knows nothing of limits, of what is due, or of damage: SQLite's errors go up to whoever asked.
Belongs to the `History` that holds it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS
from tml_ros.background.history_tiers import Buckets, from_rows
from tml_ros.background.history_track import Epoch, Track, hour_of, waiting_pairs
from tml_ros.background.series import Tier
from tml_ros.background.state_event import StateEvent
from tml_ros.background.store_file import StoreFile

APPLICATION_ID: Final = 0x746D6C48
VERSION: Final = 1
WIDTHS: Final[Mapping[Tier, int]] = {Tier.MINUTE: MINUTE_NS, Tier.HOUR: HOUR_NS}

# A track is a lane in an epoch. Rows lie together by track and time, so a span is one run of pages.
_SCHEMA = """
CREATE TABLE epoch (id INTEGER PRIMARY KEY, first_ns INTEGER, last_ns INTEGER,
    raw_from_ns INTEGER, minute_from_ns INTEGER, hour_from_ns INTEGER);
CREATE TABLE track (id INTEGER PRIMARY KEY, machine TEXT, quantity TEXT, unit TEXT, epoch INTEGER,
    first_ns INTEGER, last_ns INTEGER, last_value REAL);
CREATE TABLE raw (track INTEGER, stamp_ns INTEGER, value REAL,
    PRIMARY KEY (track, stamp_ns)) WITHOUT ROWID;
CREATE TABLE minute (track INTEGER, number INTEGER, count INTEGER, mean REAL, low REAL, high REAL,
    PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE hour (track INTEGER, number INTEGER, count INTEGER, mean REAL, low REAL, high REAL,
    PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE stale (track INTEGER, tier TEXT, number INTEGER,
    PRIMARY KEY (track, tier, number)) WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY, machine TEXT, subject TEXT, level TEXT, text TEXT,
    stamp_ns INTEGER)
"""
_KEYS: Final[Mapping[Tier, str]] = {
    Tier.RAW: "stamp_ns",
    Tier.MINUTE: "number",
    Tier.HOUR: "number",
}


class HistoryStore:
    """The history's file, as rows in and columns out."""

    def __init__(self, path: Path | None, *, memory_bytes: int, read_only: bool = False) -> None:
        """Open or create; see `StoreFile`."""
        self.file = StoreFile(
            path,
            schema=_SCHEMA,
            application_id=APPLICATION_ID,
            version=VERSION,
            memory_bytes=memory_bytes,
            read_only=read_only,
        )

    @property
    def _connection(self) -> sqlite3.Connection:
        return self.file.connection

    def load(self) -> tuple[list[Epoch], list[Track]]:
        """Everything but the values: epochs, oldest first, and tracks with what is due."""
        run = self._connection.execute
        epochs = [
            Epoch(*row)
            for row in run(
                "SELECT id, first_ns, last_ns, raw_from_ns, minute_from_ns, hour_from_ns "
                "FROM epoch ORDER BY id"
            )
        ]
        by_id = {epoch.id: epoch for epoch in epochs}
        tracks = {}
        for number, machine, quantity, unit, epoch, *newest in run(
            "SELECT id, machine, quantity, unit, epoch, first_ns, last_ns, last_value FROM track"
        ):
            if epoch in by_id:
                tracks[number] = Track(number, machine, quantity, unit, by_id[epoch], True, *newest)
        for number, tier, stretch in run("SELECT track, tier, number FROM stale"):
            if number in tracks:
                track = tracks[number]
                (track.minutes if tier == Tier.MINUTE.value else track.hours).add(stretch)
        return epochs, list(tracks.values())

    def events(self) -> list[StateEvent]:
        """Every state event, in the order in which they came."""
        return [
            StateEvent(*row)
            for row in self._connection.execute(
                "SELECT machine, subject, level, text, stamp_ns FROM event ORDER BY id"
            )
        ]

    def write(
        self,
        epochs: Iterable[Epoch],
        tracks: Iterable[Track],
        events: Iterable[StateEvent],
        *,
        keep_events: int,
    ) -> int:
        """Commit what waits; how many readings were there already. Nothing changes in the tracks.

        Raises sqlite3.Error, and then nothing was written.
        """
        duplicates = 0
        with self.file.transaction() as connection:
            self.save_epochs(epochs)
            for track in tracks:
                touched = track.touched_minutes()
                connection.execute(
                    "INSERT OR REPLACE INTO track VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        track.id,
                        track.machine,
                        track.quantity,
                        track.unit,
                        track.epoch.id,
                        track.first_ns,
                        track.last_ns,
                        track.last_value,
                    ),
                )
                before = connection.total_changes
                connection.executemany(
                    "INSERT OR IGNORE INTO raw VALUES (?, ?, ?)", waiting_pairs(track)
                )
                duplicates += len(track.stamps) - (connection.total_changes - before)
                hours = {hour_of(minute) for minute in touched}
                marks = [
                    (track.id, tier.value, number)
                    for tier, found, known in (
                        (Tier.MINUTE, touched, track.minutes),
                        (Tier.HOUR, hours, track.hours),
                    )
                    for number in found - known
                ]
                if marks:
                    connection.executemany("INSERT OR IGNORE INTO stale VALUES (?, ?, ?)", marks)
            self._write_events(connection, events, keep_events)
        return duplicates

    def save_epochs(self, epochs: Iterable[Epoch]) -> None:
        """Write what epochs say of themselves, within a transaction."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    epoch.id,
                    epoch.first_ns,
                    epoch.last_ns,
                    epoch.raw_from_ns,
                    epoch.minute_from_ns,
                    epoch.hour_from_ns,
                )
                for epoch in epochs
            ],
        )

    def count(self, tier: Tier, track: Track, first: int, last: int, *, limit: int) -> int:
        """How many rows from `first` to `last` (stamps or numbers), as far as `limit`."""
        query = (
            f"SELECT count(*) FROM (SELECT 1 FROM {tier.value} "  # noqa: S608 - our own names
            f"WHERE track=? AND {_KEYS[tier]} BETWEEN ? AND ? LIMIT ?)"
        )
        (found,) = self._connection.execute(query, (track.id, first, last, limit)).fetchone()
        return int(found)

    def readings(
        self, track: Track, since_ns: int, until_ns: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Stamps and values from `since_ns` to `until_ns`, both included, in order of time."""
        rows = self._connection.execute(
            "SELECT stamp_ns, value FROM raw WHERE track=? AND stamp_ns BETWEEN ? AND ? "
            "ORDER BY stamp_ns",
            (track.id, since_ns, until_ns),
        ).fetchall()
        if not rows:
            return np.zeros(0, np.int64), np.zeros(0)
        stamps, values = zip(*rows, strict=True)
        return np.array(stamps, np.int64), np.array(values, np.float64)

    def means(self, tier: Tier, track: Track, first: int, last: int) -> Buckets:
        """The means from stretch number `first` to `last`, both included, as they are written."""
        query = (
            f"SELECT number, count, mean, low, high FROM {tier.value} "  # noqa: S608
            "WHERE track=? AND number BETWEEN ? AND ? ORDER BY number"
        )
        rows = self._connection.execute(query, (track.id, first, last)).fetchall()
        return from_rows(rows, WIDTHS[tier])

    def put_means(self, made: Iterable[tuple[Tier, Track, int, Buckets]]) -> None:
        """Write one mean per (tier, track, number), or none where it is empty; none is due then."""
        with self.file.transaction() as connection:
            for tier, track, number, mean in made:
                if len(mean):
                    connection.execute(
                        f"INSERT OR REPLACE INTO {tier.value} VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                        (
                            track.id,
                            number,
                            int(mean.count[0]),
                            float(mean.mean[0]),
                            float(mean.low[0]),
                            float(mean.high[0]),
                        ),
                    )
                connection.execute(
                    "DELETE FROM stale WHERE track=? AND tier=? AND number=?",
                    (track.id, tier.value, number),
                )

    def delete_before(self, tier: Tier, track: Track, end: int, *, limit: int) -> int:
        """Delete at most `limit` rows below `end` (stamp or number), oldest first; how many."""
        key, table = _KEYS[tier], tier.value
        further = self._connection.execute(
            f"SELECT {key} FROM {table} WHERE track=? AND {key}<? "  # noqa: S608
            f"ORDER BY {key} LIMIT 1 OFFSET ?",
            (track.id, end, limit),
        ).fetchone()
        return self._connection.execute(
            f"DELETE FROM {table} WHERE track=? AND {key}<?",  # noqa: S608
            (track.id, end if further is None else further[0]),
        ).rowcount

    def delete_track(self, track: Track) -> None:
        """Forget a track that has no rows left."""
        self._connection.execute("DELETE FROM stale WHERE track=?", (track.id,))
        self._connection.execute("DELETE FROM track WHERE id=?", (track.id,))

    def delete_epoch(self, epoch: Epoch) -> None:
        """Forget an epoch that has no tracks left."""
        self._connection.execute("DELETE FROM epoch WHERE id=?", (epoch.id,))

    def oldest(self, tier: Tier, track: Track, start: int) -> int | None:
        """Stamp or number of the oldest row from `start` on."""
        (found,) = self._connection.execute(
            f"SELECT min({_KEYS[tier]}) FROM {tier.value} "  # noqa: S608
            f"WHERE track=? AND {_KEYS[tier]}>=?",
            (track.id, start),
        ).fetchone()
        return None if found is None else int(found)

    def used_bytes(self, *, unused: bool = False) -> int:
        """Bytes of the pages that hold something, or of all pages."""
        run = self._connection.execute
        (pages,) = run("PRAGMA page_count").fetchone()
        (free,) = run("PRAGMA freelist_count").fetchone()
        (size,) = run("PRAGMA page_size").fetchone()
        return int((pages if unused else pages - free) * size)

    def give_back(self, pages: int) -> None:
        """Shorten the file by at most so many unused pages."""
        self._connection.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()

    @staticmethod
    def _write_events(
        connection: sqlite3.Connection, events: Iterable[StateEvent], keep: int
    ) -> None:
        rows = [
            (event.machine, event.subject, event.level, event.text, event.stamp_ns)
            for event in events
        ]
        if not rows:
            return
        connection.executemany(
            "INSERT INTO event (machine, subject, level, text, stamp_ns) VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        connection.execute("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?", (keep,))
