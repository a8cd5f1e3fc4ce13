"""What was learned of machines, so that a restart does not learn it again: one SQLite file.

Knows nothing of what it means: it keeps arrays and JSON facts under names. What cannot be read or
written is as if it had not been learned, and `problems` says so. One thread at a time.
"""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.settings.store_file import StoreFile

_APPLICATION: Final = 0x746D6C4C
_SCHEMA: Final = (
    "CREATE TABLE learned (name TEXT PRIMARY KEY, facts TEXT NOT NULL, arrays BLOB NOT NULL)"
)

Arrays = Mapping[str, NDArray[Any]]
Facts = Mapping[str, Any]


class LearnedStore:
    """Arrays and facts under names. path: of the file; None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        """Open or make it; a damaged file is renamed and a new one begun."""
        self._file = StoreFile(path, schema=_SCHEMA, application_id=_APPLICATION, version=1)
        self._failed = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the file, in plain words."""
        return (*self._file.problems, *((self._failed,) if self._failed else ()))

    def load(self, name: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
        """What is kept under a name; None for nothing, and for what cannot be read."""
        try:
            row = self._file.connection.execute(
                "SELECT facts, arrays FROM learned WHERE name = ?", (name,)
            ).fetchone()
            if row is None:
                return None
            with np.load(io.BytesIO(row[1]), allow_pickle=False) as arrays:
                return dict(arrays), dict(json.loads(row[0]))
        except (sqlite3.Error, ValueError, TypeError, OSError, EOFError, KeyError) as error:
            self._failed = f"what was learned of {name} cannot be read: {error}"
            return None

    def save(self, learned: Iterable[tuple[str, Arrays, Facts]]) -> None:
        """Keep these, all or none, instead of what there was under their names."""
        rows = []
        for name, arrays, facts in learned:
            packed = io.BytesIO()
            np.savez(packed, **dict[str, Any](arrays))
            rows.append((name, json.dumps(facts), packed.getvalue()))
        if not rows:
            return
        try:
            with self._file.transaction() as connection:
                connection.executemany("INSERT OR REPLACE INTO learned VALUES (?, ?, ?)", rows)
        except sqlite3.Error as error:
            self._failed = f"what was learned cannot be kept: {error}"

    def close(self) -> None:
        """Close the file."""
        self._file.close()
