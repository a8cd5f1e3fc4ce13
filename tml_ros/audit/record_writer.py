"""Writes what was taken in: sealed, committed, anchored; and goes on whatever the disk does.

Each part that fails (key, journal, record file, anchor) is tried again at every step; what waits
meanwhile is the intake's affair. A record file that cannot be gone on with is renamed, and a new
log begun whose first record names the old one. Knows nothing of when to step. One thread.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tml_ros.audit.anchor import AnchorFile, newest_anchors
from tml_ros.audit.canonical import JSON, canonical, recordable
from tml_ros.audit.chain import (
    FORMAT,
    Head,
    Record,
    genesis_seal,
    record_bytes,
    seal_of,
    tag_of,
)
from tml_ros.audit.intake import Batch, Intake, Note, Remembered, gap_key
from tml_ros.audit.journal import Journal, JournalBusyError, JournalError
from tml_ros.audit.log_files import LogFiles
from tml_ros.audit.record_key import RecordKey, RecordKeyError, load_or_make_key
from tml_ros.audit.record_store import FILE_NAME, LogName, Memory, RecordStore
from tml_ros.audit.waiting import Entry
from tml_ros.settings.store_file import is_damage

JOURNAL_NAME: Final = "record.journal"
MAX_BATCH: Final = 1_000
ANCHOR_RECORDS: Final = 64
ANCHOR_NS: Final = 1_000_000_000
MAX_PROBLEMS: Final = 20
_MEMORY: Final = b"tml_ros memory\n"
_STAYS_OPEN: Final = ("is full", "is locked")


class RecordFileError(Exception):
    """The record file cannot be written; the message says why."""


@dataclass(frozen=True, slots=True)
class _Previous:
    """The log before a new one."""

    head: Head | None
    reason: str


class RecordWriter:
    """Owns the files of a record.

    head: the newest record written. faults: what fails now, by part. problems: what was found wrong
    and dealt with, the newest ones. set_aside: why there is a new log. records: written since the
    start. stuck: nothing can be written at all.
    """

    def __init__(
        self,
        intake: Intake,
        folder: Path,
        key_file: Path,
        anchor_file: Path,
        *,
        stamp_ns: int,
        about: Mapping[str, JSON],
        max_file_bytes: int,
        max_files: int,
    ) -> None:
        """Touches nothing yet."""
        self.head: Head | None = None
        self.faults: dict[str, str] = {}
        self.problems: tuple[str, ...] = ()
        self.set_aside = ""
        self.records = 0
        self.stuck = False
        self._intake = intake
        self._folder = folder
        self._path = folder / FILE_NAME
        self._key_file = key_file
        self._anchor_file = anchor_file
        self._anchors = AnchorFile(anchor_file)
        self._stamp_ns = stamp_ns
        self._about = about
        self._files = LogFiles(folder, max_bytes=max_file_bytes, max_files=max_files)
        self._key: RecordKey | None = None
        self._store: RecordStore | None = None
        self._anchored: Head | None = None
        self._first = True

    @property
    def anchor_waits(self) -> bool:
        """Whether the newest record is not in the anchor file yet."""
        return self.head is not None and self.head.seq > self._anchored_seq()

    def prepare(self) -> None:
        """Read key and journal, so that what was remembered is at hand."""
        faults: dict[str, str] = {}
        self._prepare(faults)
        self.faults = faults

    def step(self, *, anchor_due: bool) -> None:
        """Write everything that waits, or as much as can be; never raises what a disk may do."""
        faults: dict[str, str] = {}
        stuck = not self._prepare(faults)
        if not stuck:
            try:
                self._write(faults)
            except (RecordFileError, sqlite3.Error, OSError) as error:
                faults["record"] = f"{self._path}: {_words(error)}"
                stuck = True
                self._after_failure(error)
        self._anchor(faults, due=anchor_due)
        self.faults, self.stuck = faults, stuck
        self._intake.reason = "; ".join(faults.values())

    def close(self) -> None:
        """Close the files."""
        if self._store is not None:
            self._store.close()
        self._intake.drop_journal("")

    def _prepare(self, faults: dict[str, str]) -> bool:
        """Key and journal; whether there is any use in trying to write."""
        if self._key is None:
            try:
                self._key = load_or_make_key(self._key_file)
            except RecordKeyError as error:
                faults["key"] = str(error)
                return False
            if self._key.warning:
                self._note(self._key.warning)
        journal = self._intake.journal
        if journal is not None and not journal.still_there():
            self._intake.drop_journal("the journal was taken away")
            journal = None
        if journal is None:
            try:
                journal = Journal(self._folder / JOURNAL_NAME, self._key.secret)
            except JournalBusyError as error:
                faults["journal"] = str(error)
                return False
            except JournalError as error:
                faults["journal"] = f"{self._folder / JOURNAL_NAME}: {error}"
                return True
            if journal.unreadable:
                self._note(f"{JOURNAL_NAME} was sealed with another key and was renamed")
            self._intake.adopt(journal)
        if self._intake.journal_fault:
            faults["journal"] = self._intake.journal_fault
        return True

    def _write(self, faults: dict[str, str]) -> None:
        if self._store is not None and not self._store.still_there():
            self._store.close()
            self._store = None
        store = self._store or self._open()
        while (batch := self._intake.take(MAX_BATCH)) is not None:
            try:
                self._write_batch(store, batch)
            except BaseException as error:
                self._intake.not_written(batch, _words(error))
                raise
            self._intake.written(batch)
            # A long backlog must not leave the anchor far behind.
            self._anchor(faults, due=False)
        if self._files.is_full(store.file.bytes()):
            self._anchor(faults, due=True)
            self._turn_over(store)

    def _write_batch(self, store: RecordStore, batch: Batch) -> None:
        key, head = self._secret(), self._known_head()
        notes = [Note(entry.stamp_ns, entry.kind, entry.body) for entry in batch.entries]
        folded: dict[str, int] = {}
        for entry in batch.entries:
            if entry.number:
                folded[entry.session] = entry.number
        if batch.gap is not None:
            notes.append(Note(batch.gap.last_ns, "gap", canonical(recordable(batch.gap.to_json()))))
            folded[gap_key(self._intake.session)] = batch.gap_number
        records = []
        for note in notes:
            seq = head.seq + 1
            content = record_bytes(seq, note.stamp_ns, note.kind, note.body)
            seal = seal_of(key, head.seal, content)
            records.append(Record(seq, note.stamp_ns, note.kind, note.body, seal))
            head = Head(head.log, seq, note.stamp_ns, seal)
        store.write(records, folded, self._sealed_memory(batch.memory))
        if not store.still_there():
            # SQLite is content to write into a file that nobody can find any more.
            raise RecordFileError("the file was taken away")
        self.head = head
        self.records += len(records)

    def _open(self) -> RecordStore:
        store = RecordStore(self._path, memory_bytes=64_000_000 if self._first else 0)
        self._first = False
        try:
            if store.file.on_disk:
                self._continue(store)
            else:
                # A file that can be read but not written still tells what was remembered.
                self._intake.settle(store.folded(), self._memory_of(store))
                raise RecordFileError("; ".join(store.file.problems[-1:]))
        except BaseException:
            store.close()
            raise
        self._store = store
        return store

    def _continue(self, store: RecordStore) -> None:
        """Go on with the log in the file, or begin one."""
        renamed = "; ".join(store.file.problems)
        name, last = store.name(), store.last()
        previous = _Previous(self._last_known(None), renamed) if renamed else None
        head = None
        if name is not None:
            head = self._head_of(name, last)
            why = self._unfit(name, head)
            if why:
                previous = self._retire(store, head, why)
                name, last = None, None
        elif self.head is not None and previous is None:
            previous = _Previous(self.head, f"{self._path} was taken away")
        if name is None:
            self._begin(store, previous)
        elif head is not None and (self.head is None or self.head.log != head.log):
            if self.head is not None:
                previous = _Previous(self.head, f"{self._path} was replaced by another")
            recovered = self._settle(store)
            kinds = [last.kind] if last is not None else []
            kinds += [entry.kind for entry in recovered]
            self.head = head
            clean = kinds[-1:] in ([], ["end"])
            self._start(head, previous, recovered=len(recovered), clean=clean, first=False)
        else:
            self._settle(store)
            self.head = head

    def _retire(self, store: RecordStore, head: Head, why: str) -> _Previous:
        store.set_aside(why)
        if not store.file.on_disk:
            raise RecordFileError(store.file.problems[-1])
        return _Previous(self._last_known(head), store.file.problems[-1])

    def _begin(self, store: RecordStore, previous: _Previous | None) -> None:
        key = self._secret()
        log = os.urandom(16).hex()
        self._intake.forget_saved()
        recovered = self._settle(store)
        store.begin(LogName(log, self._key_id()))
        self.head = Head(log, 0, self._stamp_ns, genesis_seal(key, log))
        if previous is not None:
            self.set_aside = previous.reason
            self._note(previous.reason)
        clean = previous is None and not recovered
        self._start(self.head, previous, recovered=len(recovered), clean=clean, first=True)

    def _start(
        self, head: Head, previous: _Previous | None, *, recovered: int, clean: bool, first: bool
    ) -> None:
        """The start record: first of a new log, else behind what the process before has left."""
        stamp_ns, self._stamp_ns = self._stamp_ns or self._intake.last_ns, 0
        body: dict[str, JSON] = {
            "log": head.log,
            "key": self._key_id(),
            "format": FORMAT,
            "clean": clean,
            "recovered": recovered,
            "problems": self.problems,
            "about": self._about,
        }
        if previous is not None:
            known = previous.head or Head("", 0, 0, "")
            body["previous"] = {
                "reason": previous.reason,
                "log": known.log,
                "seq": known.seq,
                "seal": known.seal,
            }
        note = Note(stamp_ns, "start", canonical(recordable(body)))
        self._intake.insert(note, after=0 if first else recovered)

    def _settle(self, store: RecordStore) -> list[Entry]:
        return self._intake.settle(store.folded(), self._memory_of(store))

    def _unfit(self, name: LogName, head: Head) -> str:
        """Why the log in the file cannot be gone on with, or ""."""
        if name.key_id != self._key_id():
            return f"is sealed with the key {name.key_id}, and this is {self._key_id()}"
        known = self._last_known(head)
        if known is not None and known.log == head.log and known.seq > head.seq:
            return f"ends at record {head.seq}, and record {known.seq} was written"
        return ""

    def _head_of(self, name: LogName, last: Record | None) -> Head:
        if last is None:
            return Head(name.log, 0, self._stamp_ns, genesis_seal(self._secret(), name.log))
        return Head(name.log, last.seq, last.stamp_ns, last.seal)

    def _last_known(self, head: Head | None) -> Head | None:
        """The newest head known of that log, or of any."""
        heads = newest_anchors(self._anchor_file)
        if self.head is not None:
            heads.append(self.head)
        if head is None:
            return heads[-1] if heads else None
        return max([head, *(one for one in heads if one.log == head.log)], key=lambda one: one.seq)

    def _memory_of(self, store: RecordStore) -> Remembered | None:
        found = store.memory()
        if found is None:
            return None
        if found.tag != self._memory_tag(found.turn, found.body):
            self._note("what was remembered is not sealed with this key, and was forgotten")
            return None
        return Remembered(found.turn, found.body)

    def _sealed_memory(self, memory: Remembered | None) -> Memory | None:
        if memory is None:
            return None
        return Memory(memory.turn, memory.body, self._memory_tag(memory.turn, memory.body))

    def _memory_tag(self, turn: int, body: str) -> str:
        return tag_of(self._secret(), _MEMORY, json.dumps([turn, body]).encode())

    def _turn_over(self, store: RecordStore) -> None:
        """Begin a new file; the log goes on in it as a new log."""
        head = self._known_head()
        store.close()
        self._store = None
        name = self._files.put_away(self._path, head)
        fresh = RecordStore(self._path)
        if not fresh.file.on_disk:
            raise RecordFileError("; ".join(fresh.file.problems[-1:]))
        self._store = fresh
        gone = self._files.prune()
        reason = f"{self._path.name} was full and was renamed to {name}"
        if gone:
            reason += f"; deleted, being the oldest: {', '.join(gone)}"
        problems, aside = self.problems, self.set_aside
        self._begin(fresh, _Previous(head, reason))
        self.problems, self.set_aside = problems, aside

    def _anchor(self, faults: dict[str, str], *, due: bool) -> None:
        head = self.head
        if head is None or not head.seq or not self.anchor_waits:
            return
        if not due and not self._anchor_is_far():
            return
        try:
            self._anchors.append(head)
            self._anchored = head
        except OSError as error:
            faults["anchor"] = f"{self._anchor_file}: {_words(error)}"

    def _anchor_is_far(self) -> bool:
        head, anchored = self.head, self._anchored
        if head is None:
            return False
        return (
            head.seq - self._anchored_seq() >= ANCHOR_RECORDS
            or anchored is None
            or anchored.log != head.log
            or abs(head.stamp_ns - anchored.stamp_ns) >= ANCHOR_NS
        )

    def _anchored_seq(self) -> int:
        anchored, head = self._anchored, self.head
        return anchored.seq if anchored is not None and head and anchored.log == head.log else 0

    def _after_failure(self, error: Exception) -> None:
        store = self._store
        if store is None:
            return
        damaged = isinstance(error, sqlite3.IntegrityError) or (
            isinstance(error, sqlite3.Error) and is_damage(error)
        )
        if damaged:
            try:
                previous = self._retire(store, self._known_head(), f"is damaged ({error})")
                self._begin(store, previous)
                return
            except (RecordFileError, sqlite3.Error, OSError):
                pass
        elif str(error).endswith(_STAYS_OPEN):
            return
        store.close()
        self._store = None

    def _known_head(self) -> Head:
        if self.head is None:
            raise RecordFileError("no log was begun")
        return self.head

    def _secret(self) -> bytes:
        if self._key is None:
            raise RecordFileError("there is no key")
        return self._key.secret

    def _key_id(self) -> str:
        return "" if self._key is None else self._key.key_id

    def _note(self, problem: str) -> None:
        self.problems = (*self.problems, problem)[-MAX_PROBLEMS:]


def _words(error: BaseException) -> str:
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return str(error) or type(error).__name__
