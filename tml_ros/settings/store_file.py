"""One SQLite file of ours, opened so that whatever lies there, work goes on.

Knows nothing of what the tables hold. A file that is damaged or not ours is renamed, never deleted,
and a new one begun; where none can be written, a database in memory takes its place. WAL with
`synchronous=NORMAL`: a process killed at any moment loses only what it had not committed; a power
cut may lose the last seconds more, and damages nothing. One thread at a time.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

BUSY_SECONDS: Final = 0.2
"""How long a statement waits for another process's transaction."""
PROBED_BYTES: Final = 64_000_000
"""Files up to this size are checked whole when opened; damage in larger ones shows when met."""
PAGE_BYTES: Final = 4_096
MAX_PROBLEMS: Final = 20
_SIDE_FILES = ("-wal", "-shm", "-journal")


class StoreFile:
    """A connection in autocommit mode, and what was wrong with its file.

    connection: of the file, or of a database in memory. on_disk: which of the two.
    problems: in plain words, the newest `MAX_PROBLEMS`.
    """

    connection: sqlite3.Connection
    on_disk: bool

    def __init__(
        self,
        path: Path | None,
        *,
        schema: str,
        application_id: int,
        version: int,
        memory_bytes: int = 64_000_000,
        log_bytes: int = 4_000_000,
        read_only: bool = False,
    ) -> None:
        """Open or create; path None: in memory.

        schema: CREATE statements, run on a new file. application_id: marks a file as ours.
        version: of the schema. memory_bytes: a file that can be read but not written is copied into
        memory up to this size. log_bytes: at about which the log is folded into the file.
        read_only: a file another process may be writing; never created, renamed or changed.
        """
        self.problems: list[str] = []
        self._path = path
        self._schema = schema
        self._application_id = application_id
        self._version = version
        self._memory_bytes = memory_bytes
        self._log_bytes = log_bytes
        self._read_only = read_only
        self._open()

    @property
    def path(self) -> Path | None:
        """Where the file is, or would be."""
        return self._path

    def bytes(self) -> int:
        """Size of the file and its log, or of the database in memory."""
        if self._path is not None and self.on_disk:
            return sum(_size(file) for file in (self._path, *self._side_files("-wal")))
        (pages,) = self.connection.execute("PRAGMA page_count").fetchone()
        (size,) = self.connection.execute("PRAGMA page_size").fetchone()
        return int(pages * size)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything within is committed at the end, or nothing is. Raises sqlite3.Error."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
            raise

    def set_aside(self, reason: str) -> None:
        """Rename the file and begin a new one, or go on in memory where neither can be done."""
        self.close()
        if self._path is None or self._read_only:
            self._in_memory(reason)
            return
        aside = _free_name(self._path)
        try:
            self._path.rename(aside)
            for suffix in _SIDE_FILES:
                side = Path(f"{self._path}{suffix}")
                if side.exists():
                    side.rename(f"{aside}{suffix}")
        except OSError as error:
            self._in_memory(f"{reason}, and it cannot be renamed ({error})")
            return
        self._note(f"{self._path} {reason}; it was renamed to {aside.name} and a new one begun")
        self._open()

    def close(self) -> None:
        """Close the connection; the log is folded into the file."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()

    def _open(self) -> None:
        self.on_disk = False
        if self._path is None:
            self.connection = self._fresh(_connect(":memory:"))
            return
        if self._read_only:
            self._open_for_reading(self._path)
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = _connect(str(self._path))
        except (OSError, sqlite3.Error) as error:
            self._in_memory(str(error))
            return
        try:
            strange = self._strange(self._path)
            if not strange:
                self._prepare()
                self.on_disk = True
                return
        except sqlite3.Error as error:
            if not is_damage(error):
                self.connection.close()
                self._copied_to_memory(self._path, str(error))
                return
            strange = f"is damaged ({error})"
        self.set_aside(strange)

    def _strange(self, path: Path) -> str:
        """Why the file is not one to go on with; "" for one of ours and for an empty one."""
        (tables,) = self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (found,) = self.connection.execute("PRAGMA application_id").fetchone()
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if not tables and not found:
            return ""
        if found != self._application_id:
            return "is not a file of this program's"
        if version != self._version:
            return f"is of version {version}, this program reads version {self._version}"
        if _size(path) <= PROBED_BYTES:
            (verdict,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                return f"is damaged ({' '.join(verdict.split())})"
        return ""

    def _prepare(self) -> None:
        run = self.connection.execute
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:
            run("PRAGMA auto_vacuum=INCREMENTAL")
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        run(f"PRAGMA journal_size_limit={self._log_bytes}")
        run(f"PRAGMA wal_autocheckpoint={max(1, self._log_bytes // PAGE_BYTES)}")
        run("PRAGMA secure_delete=OFF")
        # A file that can be read but not written is noticed here, not at the first reading.
        run("BEGIN IMMEDIATE")
        run(f"PRAGMA user_version={self._version}")
        if tables:
            run("ROLLBACK")
        else:
            self._create(self.connection)
            run("COMMIT")

    def _create(self, connection: sqlite3.Connection) -> None:
        for statement in self._schema.split(";"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={self._application_id}")
        connection.execute(f"PRAGMA user_version={self._version}")

    def _fresh(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        self._create(connection)
        return connection

    def _in_memory(self, reason: str) -> None:
        self.on_disk = False
        self.connection = self._fresh(_connect(":memory:"))
        self._note(f"{self._path}: {reason}; going on in memory")

    def _open_for_reading(self, path: Path) -> None:
        try:
            self.connection = _connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            strange = self._strange(path)
            (tables,) = self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and not strange:
                self.on_disk = True
                return
            self.connection.close()
            self._in_memory(strange or "is empty")
        except sqlite3.Error as error:
            self._copied_to_memory(path, str(error))

    def _copied_to_memory(self, path: Path, reason: str) -> None:
        """What can be read of a file that cannot be written is at hand all the same."""
        if not path.is_file() or not 0 < _size(path) <= self._memory_bytes:
            self._in_memory(reason)
            return
        memory = _connect(":memory:")
        try:
            source = _connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            with contextlib.closing(source):
                source.backup(memory)
            self.connection = memory
            strange = self._strange(path)
        except sqlite3.Error as error:
            strange = str(error)
        (tables,) = memory.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if strange or not tables:
            memory.close()
            self._in_memory(reason if not strange else f"{reason}; the file {strange}")
            return
        self._note(f"{path}: {reason}; it was read, and what comes now is kept in memory")

    def _side_files(self, *suffixes: str) -> list[Path]:
        return [Path(f"{self._path}{suffix}") for suffix in suffixes]

    def _note(self, problem: str) -> None:
        self.problems = [*self.problems, problem][-MAX_PROBLEMS:]


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file's contents are no good, rather than out of reach."""
    # sqlite3.Error has error codes from Python 3.11 on only.
    words = str(error).lower()
    return "malformed" in words or "not a database" in words or "file is encrypted" in words


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        name, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
    )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside
