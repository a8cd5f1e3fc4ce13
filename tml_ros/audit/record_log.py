"""The record of a cell: what happened, sealed, in a file, by a thread of its own.

Knows nothing of alarms. `write` and `remember` wait for no disk; after a `kill -9` everything
they returned from is in the record or will be at the next start, after a power cut everything but
the last tenth of a second. Nothing that a disk does raises: see `status`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tml_ros.audit.anchor import anchor_line
from tml_ros.audit.canonical import JSON, CanonicalError, canonical, recordable
from tml_ros.audit.chain import KINDS, Head
from tml_ros.audit.intake import Intake, Note
from tml_ros.audit.log_files import MAX_FILE_BYTES, MAX_FILES
from tml_ros.audit.record_writer import RecordWriter
from tml_ros.audit.waiting import MAX_WAITING, MAX_WAITING_BYTES, Waiting

COMMIT_SECONDS: Final = 0.1
RETRY_SECONDS: Final = 1.0
ANCHOR_SECONDS: Final = 1.0
RECALL_SECONDS: Final = 0.5
CLOSE_SECONDS: Final = 3.0


class RecordPlaceError(ValueError):
    """The key or the anchor would lie in the folder of what it proves."""


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """How the record fares.

    failing: something that should be written is not, or would not outlive a kill; reason: of that,
    "" otherwise. waiting: records not in the file yet. lost: dropped since the start, for want of
    room. records: written since the start. head: the newest of them. problems: what was found wrong
    and dealt with. set_aside: why what was recorded earlier lies in another file now, or "".
    """

    failing: bool
    reason: str
    waiting: int
    lost: int
    records: int
    head: Head | None
    problems: tuple[str, ...] = ()
    set_aside: str = ""


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """What a record may take.

    waiting, waiting_bytes: while the disk fails. file_bytes: of one file; files: full ones kept.
    """

    waiting: int = MAX_WAITING
    waiting_bytes: int = MAX_WAITING_BYTES
    file_bytes: int = MAX_FILE_BYTES
    files: int = MAX_FILES


class RecordLog:
    """Writes a record, and nobody else in the same folder does meanwhile. Any thread."""

    def __init__(
        self,
        folder: Path,
        key_file: Path,
        anchor_file: Path,
        *,
        stamp_ns: int = 0,
        about: Mapping[str, JSON] | None = None,
        limits: RecordLimits | None = None,
    ) -> None:
        """Read what the process before left and start writing.

        stamp_ns: cell time, for the start record; 0 where it is not known yet. about: what the
        start record is to say besides. Raises RecordPlaceError.
        """
        limits = limits or RecordLimits()
        for path in (key_file, anchor_file):
            if path.resolve().is_relative_to(folder.resolve()):
                raise RecordPlaceError(
                    f"{path} lies in {folder}: who may change a record must not hold its key or "
                    "its anchor; name another folder"
                )
        self._intake = Intake(Waiting(max_entries=limits.waiting, max_bytes=limits.waiting_bytes))
        self._writer = RecordWriter(
            self._intake,
            folder,
            key_file,
            anchor_file,
            stamp_ns=stamp_ns,
            about=about or {},
            max_file_bytes=limits.file_bytes,
            max_files=limits.files,
        )
        self._closed = False
        self._writer.prepare()
        self._opened = threading.Event()
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    def write(self, stamp_ns: int, kind: str, body: Mapping[str, JSON]) -> None:
        """Record one thing. What `body` holds that cannot be recorded is recorded as text.

        Raises ValueError for a kind that is none.
        """
        self.write_all([(stamp_ns, kind, body)])

    def write_all(
        self,
        records: Sequence[tuple[int, str, Mapping[str, JSON]]],
        *,
        memory: str | None = None,
    ) -> None:
        """Record several things and what they change in the memory: after a kill all or none.

        records: each a stamp, a kind and a body. memory: see `remember`.
        """
        self._intake.put([_note(*record) for record in records], memory)

    def remember(self, memory: str) -> None:
        """Keep this text for `recalled` after a restart, instead of what was remembered before."""
        self._intake.put([], memory)

    def recalled(self) -> str | None:
        """What was remembered last, also by the process before; None for nothing.

        Waits for the record file, which may know it better, for half a second at most.
        """
        self._opened.wait(RECALL_SECONDS)
        return self._intake.recalled()

    def status(self) -> RecordStatus:
        """How it fares."""
        writer, faults = self._writer, dict(self._writer.faults)
        if self._intake.journal_fault:
            faults.setdefault("journal", self._intake.journal_fault)
        if not self._thread.is_alive() and not self._closed:
            faults["thread"] = "the thread that writes the record has ended"
        return RecordStatus(
            bool(faults),
            "; ".join(faults.values()),
            self._intake.waiting(),
            self._intake.lost,
            writer.records,
            writer.head,
            writer.problems,
            writer.set_aside,
        )

    def head(self) -> str | None:
        """The newest record's line for an anchor elsewhere; None while there is none."""
        head = self._writer.head
        return None if head is None or not head.seq else anchor_line(head)

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything is in the file; whether it is."""
        return self._intake.wait_until_written(timeout_s)

    def close(self, stamp_ns: int | None = None) -> None:
        """Write the end, as well as can be, and stop. stamp_ns: the newest record's unless given.

        What cannot be written waits in the journal for the next start.
        """
        if self._closed:
            return
        stamp_ns = self._intake.last_ns if stamp_ns is None else stamp_ns
        self._intake.put([_note(stamp_ns, "end", {})])
        self._closed = True
        self._intake.close()
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        writer, intake = self._writer, self._intake
        writer.step(anchor_due=False)
        self._opened.set()
        over = False
        while not over:
            due = True
            restless = writer.anchor_waits or writer.faults
            if writer.stuck:
                over = intake.wait_for_end(RETRY_SECONDS)
            elif intake.wait_for_work(ANCHOR_SECONDS if restless else None):
                over = intake.wait_for_end(COMMIT_SECONDS)
                due = over
            writer.step(anchor_due=due)
        writer.close()


def _note(stamp_ns: int, kind: str, body: Mapping[str, JSON]) -> Note:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not recorded, allowed: {', '.join(KINDS)}")
    try:
        text = canonical(body)
    except CanonicalError as error:
        # What strangers sent must not keep it from being told that they did.
        plain = recordable(body)
        kept = plain if isinstance(plain, dict) else {}
        try:
            text = canonical({**kept, "unrecordable": str(error)})
        except CanonicalError:
            text = canonical({"unrecordable": str(error)})
    return Note(stamp_ns, kind, text)
