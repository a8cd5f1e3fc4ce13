"""The tables of the history and every statement on them.

Fresh readings are appended to a journal, a few pages per second however many quantities there are;
once their minute is over they move into one packed row per quantity and minute. Knows nothing of
limits, of what is due, or of damage: SQLite's errors go up to whoever asked. Belongs to the
`History` that holds it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS
from tml_ros.background.history_rows import (
    APPLICATION_ID,
    SCHEMA,
    VERSION,
    WIDTHS,
    MadeHour,
    MadeMinute,
    epoch_row,
    journal_rows,
    mean_rows,
    track_row,
)
from tml_ros.background.history_tiers import Buckets, from_rows
from tml_ros.background.history_track import Epoch, Track
from tml_ros.background.reading_chunk import ChunkError, pack, unpack
from tml_ros.background.series import Tier
from tml_ros.background.state_event import StateEvent
from tml_ros.settings.store_file import StoreFile


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
            schema=SCHEMA,
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
                "INSERT INTO journal VALUES (?, ?, ?, ?)", journal_rows(tracks, first_row)
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
                "INSERT OR REPLACE INTO minute VALUES (?, ?, ?, ?, ?, ?)", mean_rows(made)
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
                mean_rows([one for one in made if len(one.mean)]),
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
            map(epoch_row, epochs),
        )

    def _save_tracks(self, tracks: Iterable[Track]) -> None:
        self._connection.executemany(
            "INSERT OR REPLACE INTO track VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            map(track_row, tracks),
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
