"""The SQLite file in which accepted delegations outlive the process (WAL, each commit on disk).

A damaged file is renamed, never deleted, and a new one begun. Knows nothing of queues or findings.
Raises whatever sqlite3 and the file system raise, and TaskFileError. One thread opens it, uses it
and closes it; one process at a time has it open, while others may read it.
"""

from __future__ import annotations

import fcntl
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import IO, Final

from tml_ros.background.contracts import Urgency
from tml_ros.background.task_record import TaskRecord, TaskState

SCHEMA: Final = 1
BUSY_S: Final = 1.0
"""How long a commit waits for a reader or a stranger's transaction."""
_TABLE = """CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, digest TEXT NOT NULL, asked TEXT NOT NULL,
    asked_by TEXT NOT NULL, urgency TEXT NOT NULL, deadline_ns INTEGER, state TEXT NOT NULL,
    begun INTEGER NOT NULL, broken INTEGER NOT NULL, orphaned INTEGER NOT NULL,
    told INTEGER NOT NULL, finding TEXT NOT NULL, ended_number INTEGER NOT NULL,
    ended_ns INTEGER NOT NULL)"""
_ALL = """SELECT id, number, digest, asked, asked_by, urgency, deadline_ns, state, begun, broken,
    orphaned, told, finding, ended_number, ended_ns FROM tasks ORDER BY number"""
_PUT = "INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class TaskFileError(ValueError):
    """A file that cannot serve as a task store; the message says why."""


class TaskFile:
    """Task records by id, in a file."""

    def __init__(self, path: Path) -> None:
        """Make or open it. One that is not ours, or that another process has open, raises."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path.with_name(path.name + ".lock"))
        self._note = ""
        self._identity = (0, 0)
        try:
            self._database = self._opened()
        except BaseException:
            self._lock.close()
            raise

    @property
    def note(self) -> str:
        """That the file had to be renamed, or ""."""
        return self._note

    def reopen(self) -> None:
        """Open what is at the path now, after a failure."""
        with suppress(sqlite3.Error):
            self._database.close()
        self._database = self._opened()

    def records(self) -> list[TaskRecord]:
        """All of them, by number. Raises TaskFileError where one cannot be read."""
        return [_record(row) for row in self._database.execute(_ALL)]

    def write(self, records: Iterable[TaskRecord], gone: Iterable[str]) -> None:
        """Put these records and forget these ids: all of it, on disk on return, or nothing."""
        # SQLite would go on writing into a file that has no name any more.
        if _identity(self._path) != self._identity:
            raise TaskFileError("it was replaced by another file")
        with self._database as database:
            database.execute("BEGIN IMMEDIATE")
            self._put(records, gone)

    def rewrite(self, records: Iterable[TaskRecord]) -> None:
        """Let these be all there is; on disk on return, or nothing changed."""
        with self._database as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM tasks")
            self._put(records, ())

    def close(self) -> None:
        """Close it and let others have it."""
        self._database.close()
        self._lock.close()

    def _opened(self) -> sqlite3.Connection:
        try:
            database = _connected(self._path)
        except sqlite3.DatabaseError as error:
            # Its subclasses say that the file is out of reach; it alone, that it is damaged.
            if type(error) is not sqlite3.DatabaseError:
                raise
            self._set_aside(str(error))
            database = _connected(self._path)
        self._identity = _identity(self._path)
        return database

    def _set_aside(self, damage: str) -> None:
        numbers = iter(range(1, sys.maxsize))
        path = self._path
        while (aside := path.with_name(f"{path.name}.damaged-{next(numbers)}")).exists():
            pass
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
        self._note = f"{path} was damaged ({damage}), renamed to {aside.name} and begun anew"

    def _put(self, records: Iterable[TaskRecord], gone: Iterable[str]) -> None:
        self._database.executemany("DELETE FROM tasks WHERE id = ?", [(one,) for one in gone])
        self._database.executemany(_PUT, [_row(record) for record in records])


def _locked(path: Path) -> IO[bytes]:
    # A lock file of its own: SQLite's locks on the database end when any handle on it is closed.
    lock = path.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise TaskFileError("another background process has it open") from None
    return lock


def _connected(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        (health,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if health != "ok":
            raise sqlite3.DatabaseError(health)
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version not in (0, SCHEMA) or (version == 0 and tables):
            raise TaskFileError(f"it is no task store of version {SCHEMA}")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        # Begun in any case: a file that cannot be written is noticed here.
        database.execute("BEGIN IMMEDIATE")
        if not version:
            database.execute(_TABLE)
            database.execute(f"PRAGMA user_version = {SCHEMA}")
        database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    return database


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _row(record: TaskRecord) -> tuple[object, ...]:
    values: list[object] = list(astuple(record))
    values[5], values[7] = record.urgency.value, record.state.value
    return tuple(values)


def _record(row: tuple[object, ...]) -> TaskRecord:
    values: list[object] = list(row)
    try:
        values[5], values[7] = Urgency(values[5]), TaskState(values[7])
    except ValueError as error:
        raise TaskFileError(f"its task {row[0]!r} cannot be read: {error}") from None
    values[10], values[11] = bool(values[10]), bool(values[11])
    return TaskRecord(*values)  # type: ignore[arg-type]
