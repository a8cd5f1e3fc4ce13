"""Where reminders, repeated checks and watches outlive a restart: one SQLite file.

Knows nothing of what they mean: it keeps JSON texts under names. One thread at a time; a file is
opened by one process only.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path


class WatchStoreError(ValueError):
    """The file is no store of watches; the message names it."""


class WatchStore:
    """Texts under names in two drawers: what is waited for, and what came due and is not yet said.

    path: of the file, made where it is not there; None keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or make it. Raises WatchStoreError, OSError."""
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._data = sqlite3.connect(
                ":memory:" if path is None else str(path),
                check_same_thread=False,
                isolation_level=None,
            )
            # A killed process loses nothing that was committed; a power cut may lose the newest.
            self._data.execute("PRAGMA journal_mode=WAL")
            self._data.execute("PRAGMA synchronous=NORMAL")
            for drawer in ("waiting", "due"):
                self._data.execute(
                    f"CREATE TABLE IF NOT EXISTS {drawer} "
                    "(name TEXT PRIMARY KEY, place INTEGER NOT NULL, body TEXT NOT NULL)"
                )
        except sqlite3.Error as error:
            raise WatchStoreError(f"{path}: {error}") from error

    def waiting(self) -> dict[str, str]:
        """Everything that is waited for, in the order it was first put."""
        return self._all("waiting")

    def due(self) -> dict[str, str]:
        """Everything that came due and was not said yet, in that order."""
        return self._all("due")

    def put(self, name: str, body: str) -> None:
        """Keep one that is waited for."""
        self._put("waiting", name, body)

    def remove(self, name: str) -> None:
        """Forget one that is waited for."""
        self._data.execute("DELETE FROM waiting WHERE name = ?", (name,))

    def fire(self, name: str, after: str | None, due_name: str, due_body: str) -> None:
        """One came due: keep that it did, and what it is waiting for now; None for nothing more.

        Both or neither is on record, whenever the process ends.
        """
        self._data.execute("BEGIN IMMEDIATE")
        try:
            self._put("due", due_name, due_body)
            if after is None:
                self.remove(name)
            else:
                self._put("waiting", name, after)
        except BaseException:
            self._data.execute("ROLLBACK")
            raise
        self._data.execute("COMMIT")

    def said(self, due_name: str) -> None:
        """What came due has been said."""
        self._data.execute("DELETE FROM due WHERE name = ?", (due_name,))

    def close(self) -> None:
        """Close the file."""
        self._data.close()

    def _put(self, drawer: str, name: str, body: str) -> None:
        self._data.execute(
            f"INSERT INTO {drawer} "  # noqa: S608 - one of our two tables
            f"VALUES (?, (SELECT COALESCE(MAX(place), 0) + 1 FROM {drawer}), ?)"
            " ON CONFLICT(name) DO UPDATE SET body = excluded.body",
            (name, body),
        )

    def _all(self, drawer: str) -> dict[str, str]:
        rows = self._data.execute(f"SELECT name, body FROM {drawer} ORDER BY place")  # noqa: S608
        return dict(rows.fetchall())
