"""Where what happens is handed over: taken in by whoever sees it, written by a thread of its own.

`put` encodes nothing and waits for no disk: it appends to the queue and to the journal. Everything
here is behind one lock that nobody holds while writing to the record file. Any thread.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tml_ros.audit.journal import Journal, JournalError
from tml_ros.audit.waiting import Entry, Lost, Waiting

RESTART_BYTES: Final = 1 << 20
"""A journal longer than this begins anew as soon as anything of it is written."""


@dataclass(frozen=True, slots=True)
class Note:
    """What happened, before it has a number. body: canonical JSON."""

    stamp_ns: int
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a restart must know. turn: higher for newer ones."""

    turn: int
    body: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be written together; gap_number: of the gap among those of this session."""

    entries: tuple[Entry, ...]
    memory: Remembered | None
    gap: Lost | None
    gap_number: int


class Intake:
    """The queue and its journal.

    session: a random name of this process's part. journal_fault: why entries are not journalled.
    lost: how many entries were dropped since the start.
    """

    def __init__(self, waiting: Waiting | None = None) -> None:
        """Without a journal: see `adopt`."""
        self.session = os.urandom(8).hex()
        self.journal_fault = ""
        self.lost = 0
        self.last_ns = 0
        self.reason = ""
        self._changed = threading.Condition()
        self._waiting = Waiting() if waiting is None else waiting
        self._journal: Journal | None = None
        self._number = 0
        self._turn = 0
        self._memory: Remembered | None = None
        self._own_memory = False
        self._saved_turn = 0
        self._dropped = Lost()
        self._gap_number = 1
        self._older_gap: tuple[str, int, Lost] | None = None
        self._closed = False

    def put(self, notes: Sequence[Note], memory: str | None = None) -> None:
        """Take notes in, and what is to be remembered with them: after a kill all or none."""
        with self._changed:
            taken = [entry for note in notes if (entry := self._taken(note)) is not None]
            dropped = len(notes) - len(taken)
            if memory is not None:
                self._turn += 1
                self._memory, self._own_memory = Remembered(self._turn, memory), True
            count = self._dropped.count if dropped else 0
            # Dropping goes on at the pace of what comes: not each is worth a write.
            told = memory is not None or (dropped and (count & (count - 1) == 0))
            self._journalled(taken, remember=bool(told))
            self._changed.notify_all()

    def adopt(self, journal: Journal) -> None:
        """Use a journal; what an earlier process left in it waits before everything else."""
        with self._changed:
            self._journal = journal
            older = [Entry.from_json(entry) for entry in journal.entries]
            slot = journal.remembered
            if slot is not None:
                known = {(entry.session, entry.number) for entry in older}
                last = [Entry.from_json(entry) for entry in slot["entries"]]
                older += [one for one in last if (one.session, one.number) not in known]
                self._adopt_slot(slot)
            here = {(entry.session, entry.number) for entry in self._waiting}
            older = [
                entry
                for entry in older
                if entry.session != self.session and (entry.session, entry.number) not in here
            ]
            self._waiting.insert(older)
            journal.entries, journal.remembered = [], None
            self._restart_journal(journal)

    def drop_journal(self, fault: str) -> None:
        """Go on without: it was taken away."""
        with self._changed:
            if self._journal is not None:
                self._journal.close()
            self._journal = None
            self.journal_fault = fault

    @property
    def journal(self) -> Journal | None:
        """The one in use."""
        return self._journal

    def settle(self, folded: dict[str, int], memory: Remembered | None) -> list[Entry]:
        """Compare with the record file; the entries of earlier processes yet to be written.

        folded: see `RecordStore.folded`. memory: what the file remembers.
        """
        with self._changed:
            self._waiting.forget(folded)
            if self._older_gap is not None:
                session, number, lost = self._older_gap
                if folded.get(gap_key(session), 0) < number:
                    self._dropped.merge(lost)
                self._older_gap = None
            if memory is not None:
                self._saved_turn = memory.turn
                self._adopt_memory(memory.turn, memory.body)
            return [one for one in self._waiting if one.session != self.session]

    def forget_saved(self) -> None:
        """The file is a new one: what is remembered must be written again."""
        with self._changed:
            self._saved_turn = 0

    def insert(self, note: Note, *, after: int) -> None:
        """Let a note of the record itself wait behind the first `after`."""
        entry = Entry(self.session, 0, note.stamp_ns, note.kind, note.body)
        with self._changed:
            self._waiting.insert([entry], after=after)

    def recalled(self) -> str | None:
        """What is remembered."""
        with self._changed:
            return None if self._memory is None else self._memory.body

    def take(self, most: int) -> Batch | None:
        """The oldest of what waits; None where nothing does. Ends in `written` or `not_written`."""
        with self._changed:
            if not self._has_work():
                return None
            entries = tuple(self._waiting.first(most))
            # What is remembered must not be ahead of what is written.
            whole = len(entries) == len(self._waiting)
            gap, self._dropped = self._dropped, Lost()
            return Batch(
                entries,
                self._memory if whole and self._memory_waits() else None,
                gap or None,
                self._gap_number,
            )

    def written(self, batch: Batch) -> None:
        """It is in the file for good."""
        with self._changed:
            self._waiting.remove_first(len(batch.entries))
            if batch.memory is not None:
                self._saved_turn = batch.memory.turn
            if batch.gap is not None:
                self._gap_number += 1
            journal = self._journal
            if journal is not None and (not self._waiting or journal.used_bytes > RESTART_BYTES):
                self._restart_journal(journal, remember=batch.gap is not None)
            self._changed.notify_all()

    def not_written(self, batch: Batch, reason: str) -> None:
        """It waits on."""
        with self._changed:
            self.reason = reason
            if batch.gap is not None:
                self._dropped, later = batch.gap, self._dropped
                self._dropped.merge(later)

    def wait_for_work(self, timeout_s: float | None) -> bool:
        """Until there is something to write, or it is closed; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed or self._has_work(), timeout_s)

    def wait_for_end(self, timeout_s: float) -> bool:
        """Until it is closed; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed, timeout_s)

    def wait_until_written(self, timeout_s: float) -> bool:
        """Until nothing waits; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._has_work(), timeout_s)

    def close(self) -> None:
        """Take nothing in any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def waiting(self) -> int:
        """How many entries wait."""
        with self._changed:
            return len(self._waiting)

    def _taken(self, note: Note) -> Entry | None:
        self.last_ns = note.stamp_ns
        entry = Entry(self.session, self._number + 1, note.stamp_ns, note.kind, note.body)
        if self._closed or not self._waiting.has_room(note.kind, entry.cost):
            self.lost += 1
            self._dropped.add(note.kind, note.stamp_ns, self.reason or "more came than fits")
            return None
        self._number += 1
        self._waiting.append(entry)
        return entry

    def _journalled(self, entries: Sequence[Entry], *, remember: bool) -> None:
        if self._journal is None or self._closed:
            return
        try:
            if remember:
                self._journal.remember(self._slot(entries))
            if entries:
                self._journal.add([entry.to_bytes() for entry in entries])
        except JournalError as error:
            self.journal_fault = str(error)

    def _restart_journal(self, journal: Journal, *, remember: bool = True) -> None:
        try:
            journal.restart([entry.to_bytes() for entry in self._waiting if entry.number])
            if remember and (self._memory is not None or self._gap_number > 1):
                journal.remember(self._slot([]))
            self.journal_fault = ""
        except JournalError as error:
            self.journal_fault = str(error)

    def _slot(self, entries: Sequence[Entry]) -> bytes:
        """What is remembered, and the entries of the same moment: the slot is written first."""
        content = {
            "turn": self._turn,
            "memory": None if self._memory is None else self._memory.body,
            "entries": [entry.to_json() for entry in entries],
            "session": self.session,
            "gap": self._gap_number,
            "lost": self._dropped.to_json() if self._dropped else None,
        }
        return json.dumps(content).encode()

    def _adopt_slot(self, slot: dict[str, Any]) -> None:
        if slot["session"] == self.session:
            return
        self._adopt_memory(int(slot["turn"]), slot["memory"])
        if slot["lost"] is not None:
            lost = Lost.from_json(slot["lost"])
            self._older_gap = (str(slot["session"]), int(slot["gap"]), lost)

    def _adopt_memory(self, turn: int, body: str | None) -> None:
        """What was remembered earlier, unless something newer is; turns go on from there."""
        if self._own_memory and self._memory is not None:
            if turn >= self._turn:
                self._turn = turn + 1
                self._memory = Remembered(self._turn, self._memory.body)
        elif self._memory is None or turn > self._memory.turn:
            self._turn = max(self._turn, turn)
            if body is not None:
                self._memory = Remembered(turn, body)

    def _memory_waits(self) -> bool:
        return self._memory is not None and self._memory.turn != self._saved_turn

    def _has_work(self) -> bool:
        return bool(self._waiting or self._dropped or self._memory_waits())


def gap_key(session: str) -> str:
    """Under which name the number of the last gap of a session is kept."""
    return f"{session}/gap"
