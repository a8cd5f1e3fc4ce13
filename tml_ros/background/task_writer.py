"""The one thread that opens, reads and writes the task file, so that a stuck disk stops only it.

Knows nothing of what records mean. Its methods belong to the thread that owns the store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Final

from tml_ros.background.task_file import TaskFile, TaskFileError
from tml_ros.background.task_record import TaskRecord

WHOLE_FILE: Final = 5
_Work = Callable[[], object]


class TaskWriter:
    """Writes in the order it was asked to.

    After a failed write nothing more is written until a `rewrite` has brought the file up to date:
    a file that lacks one write but has a later one would tell a false story.
    """

    def __init__(self, path: Path, *, patience_s: float) -> None:
        """patience_s: real seconds to wait for a write; for the whole file, `WHOLE_FILE` times."""
        self._path = path
        self._patience_s = patience_s
        self._file: TaskFile | None = None
        self._failure: TaskFileError | None = None
        self._jobs: SimpleQueue[tuple[_Work, bool, Future[object]] | None] = SimpleQueue()
        self._last: Future[object] | None = None
        self._thread = Thread(target=self._run, name="task_writer", daemon=True)
        self._thread.start()

    @property
    def note(self) -> str:
        """That a damaged file had to be renamed, or ""."""
        return "" if self._file is None else self._file.note

    @property
    def idle(self) -> bool:
        """Whether it has done all it was asked to; a stuck disk keeps it from that."""
        return self._last is None or self._last.done()

    def open(self) -> list[TaskRecord]:
        """Open the file; what is in it. Raises TaskFileError."""
        records: list[TaskRecord] = []

        def work() -> None:
            self._file = TaskFile(self._path)
            records.extend(self._file.records())

        self._wait(self._ask(work), self._patience_s * WHOLE_FILE)
        return records

    def write(self, records: Sequence[TaskRecord], gone: Sequence[str], *, wait: bool) -> None:
        """Put records and forget ids; with `wait` they are on disk on return.

        Raises TaskFileError where this or an earlier write failed or does not come to an end.
        """
        if self._failure is not None:
            raise self._failure
        if not records and not gone:
            return
        asked = self._ask(lambda: self._opened.write(records, gone))
        if wait:
            self._wait(asked, self._patience_s)

    def rewrite(self, records: Iterable[TaskRecord]) -> None:
        """After a failure: let these be all there is in the file. Raises TaskFileError."""
        everything = tuple(records)

        def work() -> None:
            self._opened.reopen()
            self._opened.rewrite(everything)

        self._wait(self._ask(work, heals=True), self._patience_s * WHOLE_FILE)

    def close(self) -> None:
        """End the thread once it has written what it was asked to; a stuck one is left behind."""
        self._jobs.put(None)
        self._thread.join(self._patience_s)

    @property
    def _opened(self) -> TaskFile:
        if self._file is None:
            raise TaskFileError("it was not opened")
        return self._file

    def _ask(self, work: _Work, *, heals: bool = False) -> Future[object]:
        future: Future[object] = Future()
        self._last = future
        self._jobs.put((work, heals, future))
        return future

    def _wait(self, future: Future[object], patience_s: float) -> None:
        try:
            future.result(patience_s)
        except FutureTimeoutError:
            raise TaskFileError(f"the disk has not answered for {patience_s:g} s") from None

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, heals, future = job
            if self._failure is None or heals:
                try:
                    work()
                    self._failure = None
                except Exception as error:
                    # Whatever it was: a thread that died of it would look like a stuck disk.
                    self._failure = TaskFileError(_reason(error))
            if self._failure is None:
                future.set_result(None)
            else:
                future.set_exception(self._failure)
        if self._file is not None:
            with suppress(sqlite3.Error, OSError):
                self._file.close()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__
