"""All accepted delegations of a background: in memory for reading, and behind that in a file.

A store that cannot be written goes on in memory, says so in `problems`, and tries again every half
minute of the cell's time; nothing raises. Knows nothing of the order of work. One thread owns a
store and calls all of it; `problems` and `counts` may be read by any.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tml_ros.background.task_file import TaskFileError
from tml_ros.background.task_record import TaskRecord
from tml_ros.background.task_writer import TaskWriter

PATIENCE_S: Final = 2.0
"""How long a write may keep the background waiting; then the disk counts as lost."""
RETRY_NS: Final = 30_000_000_000


@dataclass(frozen=True, slots=True)
class KeepLimits:
    """How many ended delegations are kept, the newest: what exceeds any of these is forgotten.

    number, age_ns: of them. chars: characters of their questions and findings.
    """

    number: int = 2_000
    age_ns: int = 30 * 86_400 * 1_000_000_000
    chars: int = 16 << 20


class TaskStore:
    """Records by id. What was put is on disk once `commit` has returned and `problems` is empty."""

    def __init__(
        self,
        path: Path | None,
        *,
        limits: KeepLimits | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Open or make the file; path: None for memory only.

        A file that cannot be opened for writing, or is not ours, is left as it is until the next
        start; a damaged one is renamed and a new one begun. `problems` says so.
        patience_s: real seconds that a write is waited for.
        """
        self._path = path
        self._limits = limits if limits is not None else KeepLimits()
        self._open: dict[str, TaskRecord] = {}
        self._ended: dict[str, TaskRecord] = {}
        self._ended_chars = 0
        self._changed: set[str] = set()
        self._number = 0
        self._writer: TaskWriter | None = None
        self._lost_ns: int | None = None
        self._problems: tuple[str, ...] = ()
        if path is not None:
            self._load(path, patience_s)

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps the tasks from being kept, in sentences; empty where all is well."""
        return self._problems

    @property
    def counts(self) -> tuple[int, int]:
        """How many delegations are open, and how many ended ones are kept."""
        return len(self._open), len(self._ended)

    def next_number(self) -> int:
        """A number greater than all before."""
        self._number += 1
        return self._number

    def get(self, task_id: str) -> TaskRecord | None:
        """The record of this id; None where it was never accepted or is forgotten."""
        return self._open.get(task_id) or self._ended.get(task_id)

    def open_records(self) -> list[TaskRecord]:
        """All that have no final finding, in the order they were accepted."""
        return sorted(self._open.values(), key=lambda record: record.number)

    def untold(self) -> list[TaskRecord]:
        """All whose final finding was not handed on for certain, in the order they ended."""
        return [record for record in self._ended.values() if not record.told]

    def put(self, record: TaskRecord) -> None:
        """Put or replace a record; it is written by the next `commit`."""
        self._put(record)
        self._changed.add(record.id)

    def commit(self, now_ns: int, *, wait: bool = True) -> None:
        """Write what was put since, in one transaction, and forget what is too much to keep.

        wait: until it is on disk; otherwise that follows by itself.
        """
        gone = self._forget(now_ns)
        changed = [one for one in map(self.get, sorted(self._changed)) if one is not None]
        gone = sorted(set(gone) | (self._changed - {record.id for record in changed}))
        self._changed.clear()
        if self._writer is None:
            return
        if self._lost_ns is not None:
            if not 0 <= now_ns - self._lost_ns < RETRY_NS:
                self._rewrite(self._writer, now_ns)
            return
        try:
            self._writer.write(changed, gone, wait=wait)
        except TaskFileError as error:
            self._lose(error, now_ns)

    def close(self) -> None:
        """Write what is not written, as far as the disk allows, and let go of the file."""
        if self._writer is None:
            return
        if self._lost_ns is None:
            self.commit(0)
        if self._lost_ns is not None:
            self._rewrite(self._writer, self._lost_ns)
        self._writer.close()
        self._writer = None

    def _load(self, path: Path, patience_s: float) -> None:
        writer = TaskWriter(path, patience_s=patience_s)
        try:
            records = writer.open()
        except TaskFileError as error:
            writer.close()
            self._problems = (
                f"the tasks in {path} are out of reach: {error}; it is left as it is, and tasks "
                "are kept in memory only and lost when the background ends",
            )
            return
        self._writer = writer
        self._problems = _notes(writer)
        for record in sorted(records, key=lambda one: one.ended_number):
            self._put(record)
            self._number = max(self._number, record.number, record.ended_number)

    def _put(self, record: TaskRecord) -> None:
        self._open.pop(record.id, None)
        before = self._ended.get(record.id)
        self._ended_chars -= 0 if before is None else before.chars
        if record.open:
            self._ended.pop(record.id, None)
            self._open[record.id] = record
        else:
            self._ended[record.id] = record
            self._ended_chars += record.chars

    def _forget(self, now_ns: int) -> list[str]:
        gone: list[str] = []
        limits = self._limits
        while self._ended:
            oldest = next(iter(self._ended.values()))
            aged = now_ns - oldest.ended_ns > limits.age_ns
            crowded = len(self._ended) > limits.number or self._ended_chars > limits.chars
            if not aged and not crowded:
                break
            del self._ended[oldest.id]
            self._ended_chars -= oldest.chars
            gone.append(oldest.id)
        return gone

    def _rewrite(self, writer: TaskWriter, now_ns: int) -> None:
        try:
            if not writer.idle:
                raise TaskFileError("the disk still does not answer")
            writer.rewrite([*self._ended.values(), *self._open.values()])
        except TaskFileError as error:
            self._lose(error, now_ns)
        else:
            self._lost_ns, self._problems = None, _notes(writer)

    def _lose(self, error: TaskFileError, now_ns: int) -> None:
        self._lost_ns = now_ns
        self._problems = (
            f"{self._path} cannot be written: {error}; tasks are kept in memory and lost if the "
            "background ends before it can be",
        )


def _notes(writer: TaskWriter) -> tuple[str, ...]:
    return (writer.note,) if writer.note else ()
