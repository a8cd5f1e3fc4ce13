"""The tables of a record and every statement on them.

Knows nothing of when to write or what to do about failures: SQLite's errors go up to whoever asked.
Belongs to the thread that writes the record, or, read only, to whoever reads it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tml_ros.audit.chain import FORMAT, Record
from tml_ros.settings.store_file import StoreFile

APPLICATION_ID: Final = 0x746D6C61
VERSION: Final = FORMAT
FILE_NAME: Final = "record.sqlite"
_KEPT_SESSIONS: Final = 20


def _view(name: str, kind: str, *fields: str) -> str:
    columns = ", ".join(
        f"json_extract(body, '$.{field}') AS \"{field.rpartition('.')[2]}\"" for field in fields
    )
    head = (
        "seq, stamp_ns, strftime('%Y-%m-%dT%H:%M:%SZ', stamp_ns / 1000000000, 'unixepoch') AS utc"
    )
    selected = f"{head}, {columns}, body FROM records WHERE kind = '{kind}'"
    return f"CREATE VIEW {name} AS SELECT {selected}"


_COMMAND: Final = (
    *("answer.command", "sent.kind", "sent.zone", "answer.operator", "sent.reason"),
    *("answer.code", "answer.message", "answer.verified", "answer.id"),
)
_STATEMENTS: Final = (
    "CREATE TABLE log (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, "
    "key_id TEXT NOT NULL)",
    "CREATE TABLE records (seq INTEGER PRIMARY KEY, stamp_ns INTEGER NOT NULL, "
    "kind TEXT NOT NULL, body TEXT NOT NULL, seal TEXT NOT NULL)",
    "CREATE INDEX records_by_kind ON records (kind, stamp_ns)",
    "CREATE INDEX records_by_stamp ON records (stamp_ns)",
    "CREATE INDEX transitions_by_alarm ON records "
    "(json_extract(body, '$.kind'), json_extract(body, '$.zone'), stamp_ns) "
    "WHERE kind = 'transition'",
    "CREATE TABLE folded (session TEXT PRIMARY KEY, number INTEGER NOT NULL)",
    "CREATE TABLE memory (one INTEGER PRIMARY KEY CHECK (one = 1), turn INTEGER NOT NULL, "
    "body TEXT NOT NULL, tag TEXT NOT NULL)",
    _view(
        "transitions",
        "transition",
        *("event", "kind", "zone", "state", "priority", "source", "operator", "reason", "hearing"),
    ),
    _view("commands", "command", *_COMMAND),
    _view("refusals", "refusal", *_COMMAND),
    _view("findings", "finding", "id", "say", "urgency"),
    _view("speech", "speech", "text", "source"),
    _view("gaps", "gap", "count", "first_ns", "last_ns", "reason"),
)
SCHEMA: Final = ";".join(_STATEMENTS)


@dataclass(frozen=True, slots=True)
class LogName:
    """Which log a file holds. log: its random id. key_id: of the key that seals it."""

    log: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered over a restart. turn: higher for newer ones. tag: an HMAC of the rest."""

    turn: int
    body: str
    tag: str


class RecordStore:
    """The file of a record, as rows in and rows out."""

    def __init__(
        self, path: Path, *, read_only: bool = False, memory_bytes: int = 64_000_000
    ) -> None:
        """Open or create; see `StoreFile`."""
        self.file = StoreFile(
            path,
            schema=SCHEMA,
            application_id=APPLICATION_ID,
            version=VERSION,
            memory_bytes=memory_bytes,
            read_only=read_only,
        )
        self._path = path
        self._opened(read_only=read_only)

    def _opened(self, *, read_only: bool = False) -> None:
        self.file.connection.text_factory = _text
        if not read_only:
            # A record that was said to be written outlives a power cut.
            self._run("PRAGMA synchronous=FULL")
        self._identity = _identity(self._path)

    def set_aside(self, reason: str) -> None:
        """Rename the file, saying why, and begin a new one; see `StoreFile`."""
        self.file.set_aside(reason)
        self._opened()

    def still_there(self) -> bool:
        """Whether the file has its name still; SQLite would go on writing into one that has not."""
        return self._identity is not None and _identity(self._path) == self._identity

    def name(self) -> LogName | None:
        """Which log it is; None for a new file."""
        row = self._run("SELECT id, key_id FROM log").fetchone()
        return None if row is None else LogName(str(row[0]), str(row[1]))

    def begin(self, name: LogName) -> None:
        """Make a new file that of this log."""
        self._run("INSERT INTO log VALUES (1, ?, ?)", (name.log, name.key_id))

    def last(self) -> Record | None:
        """The newest record."""
        row = self._run(f"{_SELECT} ORDER BY seq DESC LIMIT 1").fetchone()
        return None if row is None else Record(*row)

    def count(self) -> int:
        """Of records."""
        (count,) = self._run("SELECT count(*) FROM records").fetchone()
        return int(count)

    def records(self) -> Iterator[Record]:
        """All, in the order of their numbers."""
        for row in self._run(f"{_SELECT} ORDER BY seq, rowid"):
            yield Record(*row)

    def records_after(self, seq: int, most: int) -> list[Record]:
        """The next ones."""
        rows = self._run(f"{_SELECT} WHERE seq > ? ORDER BY seq LIMIT ?", (seq, most))
        return [Record(*row) for row in rows]

    def newest(self, most: int, kinds: frozenset[str]) -> list[Record]:
        """The newest of these kinds, or of all, oldest first."""
        marks = ", ".join("?" * len(kinds))
        where = f"WHERE kind IN ({marks})" if kinds else ""
        rows = self._run(f"{_SELECT} {where} ORDER BY seq DESC LIMIT ?", (*sorted(kinds), most))
        return [Record(*row) for row in rows][::-1]

    def folded(self) -> dict[str, int]:
        """Up to which number the entries of each recent session are in the file."""
        return {
            str(session): int(number)
            for session, number in self._run("SELECT session, number FROM folded")
        }

    def memory(self) -> Memory | None:
        """What is remembered."""
        row = self._run("SELECT turn, body, tag FROM memory").fetchone()
        return None if row is None else Memory(*row)

    def write(
        self, records: Sequence[Record], folded: dict[str, int], memory: Memory | None
    ) -> None:
        """All of it or nothing. Raises sqlite3.Error."""
        with self.file.transaction() as connection:
            connection.executemany(
                "INSERT INTO records VALUES (?, ?, ?, ?, ?)",
                [(one.seq, one.stamp_ns, one.kind, one.body, one.seal) for one in records],
            )
            connection.executemany(
                "INSERT INTO folded VALUES (?, ?) "
                "ON CONFLICT (session) DO UPDATE SET number = excluded.number",
                list(folded.items()),
            )
            connection.execute(
                "DELETE FROM folded WHERE rowid <= (SELECT max(rowid) FROM folded) - ?",
                (_KEPT_SESSIONS,),
            )
            if memory is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO memory VALUES (1, ?, ?, ?)",
                    (memory.turn, memory.body, memory.tag),
                )

    def schema_is_ours(self) -> bool:
        """Whether tables and views are as made: a view that was changed tells other stories."""
        rows = self._run("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        return {sql for (sql,) in rows} == set(_STATEMENTS)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _run(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        return self.file.connection.execute(statement, values)


_SELECT: Final = "SELECT seq, stamp_ns, kind, body, seal FROM records"


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - one call for both
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _text(content: bytes) -> str:
    # What is no UTF-8 was not written by us; it must be readable to be shown to be wrong.
    return content.decode("utf-8", "backslashreplace")
