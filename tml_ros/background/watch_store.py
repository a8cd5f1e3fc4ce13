"""Where reminders, watches and announced states outlive a restart: one SQLite file.

Knows nothing of what they mean: it keeps JSON texts under names. One thread at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tml_ros.settings.store_file import StoreFile

_APPLICATION: Final = 0x746D6C57
_SCHEMA: Final = """
CREATE TABLE waiting (name TEXT PRIMARY KEY, place INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE due (name TEXT PRIMARY KEY, place INTEGER NOT NULL, body TEXT NOT NULL)
"""


class WatchStore:
    """Texts under names in two drawers: what is waited for, and what came due and is not yet said.

    path: of the file, made where it is not there; None keeps everything in memory. A damaged file
    is renamed and a new one begun, see `problems`.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or make it."""
        self._file = StoreFile(path, schema=_SCHEMA, application_id=_APPLICATION, version=1)

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the file, in plain words."""
        return tuple(self._file.problems)

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
        self._file.connection.execute("DELETE FROM waiting WHERE name = ?", (name,))

    def fire(self, name: str, after: str | None, due_name: str, due_body: str) -> None:
        """One came due: keep that it did, and what it is waiting for now; None for nothing more.

        Both or neither is on record, whenever the process ends.
        """
        with self._file.transaction():
            self._put("due", due_name, due_body)
            if after is None:
                self.remove(name)
            else:
                self._put("waiting", name, after)

    def said(self, due_name: str) -> None:
        """What came due has been said."""
        self._file.connection.execute("DELETE FROM due WHERE name = ?", (due_name,))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _put(self, drawer: str, name: str, body: str) -> None:
        self._file.connection.execute(
            f"INSERT INTO {drawer} "  # noqa: S608 - one of our two tables
            f"VALUES (?, (SELECT COALESCE(MAX(place), 0) + 1 FROM {drawer}), ?)"
            " ON CONFLICT(name) DO UPDATE SET body = excluded.body",
            (name, body),
        )

    def _all(self, drawer: str) -> dict[str, str]:
        rows = self._file.connection.execute(
            f"SELECT name, body FROM {drawer} ORDER BY place"  # noqa: S608 - one of our two tables
        )
        return dict(rows.fetchall())
