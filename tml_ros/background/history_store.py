"""The tables of the history and every statement on them.

Fresh readings are appended to a journal, a few pages per second however many quantities there are;
once their minute is over they move into one packed row per quantity and minute. Knows nothing of
limits, of what is due, or of damage: SQLite's errors go up to whoever asked. Belongs to the
`History` that holds it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS
from tml_ros.background.history_tiers import Buckets, from_rows
from tml_ros.background.history_track import Epoch, Track
from tml_ros.background.reading_chunk import ChunkError, pack, unpack
from tml_ros.background.series import Tier
from tml_ros.background.state_event import StateEvent
from tml_ros.background.store_file import StoreFile

APPLICATION_ID: Final = 0x746D6C48
VERSION: Final = 1
WIDTHS: Final[Mapping[Tier, int]] = {
    Tier.RAW: MINUTE_NS,
    Tier.MINUTE: MINUTE_NS,
    Tier.HOUR: HOUR_NS,
}
"""What a row stands for; its number counts these since time 0."""

# A track is a lane in an epoch. `raw` is in the order in which minutes ended, so that what goes
# first lies together; `stale` has the hours whose means are to be made anew.
_SCHEMA = """
CREATE TABLE epoch (id INTEGER PRIMARY KEY, first_ns INTEGER, last_ns INTEGER,
    raw_from_ns INTEGER, minute_from_ns INTEGER, hour_from_ns INTEGER);
CREATE TABLE track (id INTEGER PRIMARY KEY, machine TEXT, quantity TEXT, unit TEXT, epoch INTEGER,
    first_ns INTEGER, last_ns INTEGER, last_value REAL);
CREATE TABLE journal (id INTEGER PRIMARY KEY, track INTEGER, stamp_ns INTEGER, value REAL);
CREATE TABLE raw (track INTEGER, number INTEGER, count INTEGER, readings BLOB,
    PRIMARY KEY (track, number));
CREATE TABLE minute (track INTEGER, number INTEGER, count INTEGER, mean REAL, low REAL, high REAL,
    PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE hour (track INTEGER, number INTEGER, count INTEGER, mean REAL, low REAL, high REAL,
    PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE stale (track INTEGER, number INTEGER, PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY, machine TEXT, subject TEXT, level TEXT, text TEXT,
    stamp_ns INTEGER)
"""


@dataclass(frozen=True, slots=True, eq=False)
class MadeMinute:
    """Readings of a minute in order of time, each stamp once, and their mean.

    duplicates: readings left out because their stamp was there.
    """

    track: Track
    number: int
    stamps_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    mean: Buckets
    duplicates: int


@dataclass(frozen=True, slots=True, eq=False)
class MadeHour:
    """The mean of an hour; empty where nothing is left of it."""

    track: Track
    number: int
    mean: Buckets


class HistoryStore:
    """The history's file, as rows in and columns out."""

    def __init__(
        self,
        path: Path | None,
        *,
        memory_bytes: int,
        log_bytes: int,
        read_only: bool = False,
    ) -> None:
        """Open or create; see `StoreFile`."""
        self.file = StoreFile(
            path,
            schema=_SCHEMA,
            application_id=APPLICATION_ID,
            version=VERSION,
            memory_bytes=memory_bytes,
            log_bytes=log_bytes,
            read_only=read_only,
        )

    @property
    def _connection(self) -> sqlite3.Connection:
        return self.file.connection

    def load(self) -> tuple[list[Epoch], list[Track]]:
        """Everything but the past: epochs, oldest first, and tracks with their fresh readings."""
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
        for number, hour in run("SELECT track, number FROM stale"):
            if number in tracks:
                tracks[number].hours.add(hour)
        for row, number, stamp_ns, value in run(
            "SELECT id, track, stamp_ns, value FROM journal ORDER BY id"
        ):
            # Rows of minutes that were packed, and have gone since, may be there still.
            if number in tracks and stamp_ns >= tracks[number].epoch.raw_from_ns:
                tracks[number].add(stamp_ns, value)
                tracks[number].rows.append(row)
        return epochs, list(tracks.values())

    def last_row(self) -> int:
        """The number of the newest row of the journal."""
        (row,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()
        return int(row)

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
        tracks: Sequence[Track],
        events: Iterable[StateEvent],
        *,
        first_row: int,
        keep_events: int,
    ) -> None:
        """Commit what waits; rows of the journal are numbered from `first_row`, track by track.

        Nothing changes in the tracks. Raises sqlite3.Error, and then nothing was written.
        """
        with self.file.transaction() as connection:
            self._save_epochs(epochs)
            self._save_tracks(track for track in tracks if not track.stored)
            connection.executemany(
                "INSERT INTO journal VALUES (?, ?, ?, ?)", _journal_rows(tracks, first_row)
            )
            self._write_events(events, keep_events)

    def save_epochs(self, epochs: Iterable[Epoch]) -> None:
        """Commit what epochs say of themselves."""
        with self.file.transaction():
            self._save_epochs(epochs)

    def count(self, tier: Tier, track: Track, first: int, last: int, *, limit: int) -> int:
        """Readings, or means, in the first `limit` rows of those `first` to `last`, included."""
        count = "count" if tier is Tier.RAW else "1 AS count"
        (found,) = self._connection.execute(
            f"SELECT coalesce(sum(count), 0) FROM (SELECT {count} FROM {tier.value} "  # noqa: S608
            "WHERE track=? AND number BETWEEN ? AND ? LIMIT ?)",
            (track.id, first, last, limit),
        ).fetchone()
        return int(found)

    def readings(
        self, track: Track, first: int, last: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Stamps and values of the minutes `first` to `last`, both included, in order of time.

        Raises sqlite3.DatabaseError also where a row does not hold readings.
        """
        chunks = self._connection.execute(
            "SELECT readings FROM raw WHERE track=? AND number BETWEEN ? AND ? ORDER BY number",
            (track.id, first, last),
        ).fetchall()
        if not chunks:
            return np.zeros(0, np.int64), np.zeros(0)
        try:
            stamps, values = zip(*(unpack(chunk) for (chunk,) in chunks), strict=True)
        except (ChunkError, TypeError) as error:
            raise sqlite3.DatabaseError(f"malformed readings: {error}") from None
        return np.concatenate(stamps), np.concatenate(values)

    def means(self, tier: Tier, track: Track, first: int, last: int) -> Buckets:
        """The means of the stretches `first` to `last`, both included, as they are written."""
        rows = self._connection.execute(
            f"SELECT number, count, mean, low, high FROM {tier.value} "  # noqa: S608
            "WHERE track=? AND number BETWEEN ? AND ? ORDER BY number",
            (track.id, first, last),
        ).fetchall()
        return from_rows(rows, WIDTHS[tier])

    def put_minutes(self, made: Sequence[MadeMinute]) -> None:
        """Commit minutes with their readings; their hours are to be made anew."""
        with self.file.transaction() as connection:
            self._save_tracks({one.track.id: one.track for one in made}.values())
            connection.executemany(
                "INSERT OR REPLACE INTO raw VALUES (?, ?, ?, ?)",
                [
                    (one.track.id, one.number, len(one.values), pack(one.stamps_ns, one.values))
                    for one in made
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO minute VALUES (?, ?, ?, ?, ?, ?)", _mean_rows(made)
            )
            connection.executemany(
                "INSERT OR IGNORE INTO stale VALUES (?, ?)",
                {(one.track.id, one.number * MINUTE_NS // HOUR_NS) for one in made},
            )

    def put_hours(self, made: Sequence[MadeHour]) -> None:
        """Commit hours; they are not to be made any more."""
        with self.file.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO hour VALUES (?, ?, ?, ?, ?, ?)",
                _mean_rows([one for one in made if len(one.mean)]),
            )
            connection.executemany(
                "DELETE FROM stale WHERE track=? AND number=?",
                [(one.track.id, one.number) for one in made],
            )

    def cut_journal(self, before: int, *, limit: int) -> bool:
        """Delete at most `limit` rows below `before`, oldest first; whether none is left there."""
        (first,) = self._connection.execute("SELECT min(id) FROM journal").fetchone()
        if first is None or first >= before:
            return True
        end = min(before, first + limit)
        self._connection.execute("DELETE FROM journal WHERE id<?", (end,))
        return bool(end == before)

    def delete_before(self, tier: Tier, track: Track, end: int, *, limit: int) -> int:
        """Delete at most `limit` rows numbered below `end`, oldest first; how many."""
        table = tier.value
        further = self._connection.execute(
            f"SELECT number FROM {table} WHERE track=? AND number<? "  # noqa: S608
            "ORDER BY number LIMIT 1 OFFSET ?",
            (track.id, end, limit),
        ).fetchone()
        return self._connection.execute(
            f"DELETE FROM {table} WHERE track=? AND number<?",  # noqa: S608
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
        """Number of the oldest row from `start` on."""
        (found,) = self._connection.execute(
            f"SELECT min(number) FROM {tier.value} WHERE track=? AND number>=?",  # noqa: S608
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

    def _save_epochs(self, epochs: Iterable[Epoch]) -> None:
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

    def _save_tracks(self, tracks: Iterable[Track]) -> None:
        self._connection.executemany(
            "INSERT OR REPLACE INTO track VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    track.id,
                    track.machine,
                    track.quantity,
                    track.unit,
                    track.epoch.id,
                    track.first_ns,
                    track.last_ns,
                    track.last_value,
                )
                for track in tracks
            ],
        )

    def _write_events(self, events: Iterable[StateEvent], keep: int) -> None:
        rows = [
            (event.machine, event.subject, event.level, event.text, event.stamp_ns)
            for event in events
        ]
        if not rows:
            return
        self._connection.executemany(
            "INSERT INTO event (machine, subject, level, text, stamp_ns) VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        self._connection.execute(
            "DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?", (keep,)
        )


def _journal_rows(tracks: Iterable[Track], row: int) -> Iterator[tuple[int, int, int, float]]:
    for track in tracks:
        first = len(track.rows)
        for stamp_ns, value in zip(track.stamps[first:], track.values[first:], strict=True):
            yield row, track.id, stamp_ns, value
            row += 1


def _mean_rows(
    made: Iterable[MadeMinute | MadeHour],
) -> list[tuple[int, int, int, float, float, float]]:
    return [
        (
            one.track.id,
            one.number,
            int(one.mean.count[0]),
            float(one.mean.mean[0]),
            float(one.mean.low[0]),
            float(one.mean.high[0]),
        )
        for one in made
    ]
