"""Records from where they lie: the file being written, full ones beside it, an export.

Reads only; a log may be written meanwhile. Knows nothing of a terminal. One thread.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tml_ros.audit.chain import Head, Record, tag_of
from tml_ros.audit.export import MAX_LINE, ExportError, LogHeader, parse_line
from tml_ros.audit.log_files import put_away_files
from tml_ros.audit.record_key import RecordKey
from tml_ros.audit.record_store import FILE_NAME, LogName, RecordStore
from tml_ros.audit.verify import ChainCheck, Discrepancy, Flaw, Verdict

TOLD_EVERY: Final = 2_000
MAX_LOOKS: Final = 3
_MEMORY: Final = b"tml_ros memory\n"
Progress = Callable[[int, int], None]
"""Told how many records are done, and of how many; 0 where nobody knows."""


class RecordReadError(ValueError):
    """There is no record to read; the message says why."""


class RecordEmptyError(RecordReadError):
    """The file holds no log yet: it has just been begun."""


@dataclass(frozen=True, slots=True)
class OpenLog:
    """One file of a record, open for reading."""

    path: Path
    name: LogName
    store: RecordStore


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one log. start: its first record, where it has one."""

    path: Path
    verdict: Verdict


def record_files(place: Path) -> list[Path]:
    """The files of a record, oldest first. place: its folder, or one. Raises RecordReadError."""
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise RecordReadError(f"{place}: no such folder of a record, nor file of one")
    current = place / FILE_NAME
    files = [*put_away_files(place), *([current] if current.exists() else [])]
    if not files:
        raise RecordReadError(f"{place} holds no record: {FILE_NAME} is not there")
    return files


def files_set_aside(place: Path) -> list[str]:
    """Names of files that could not be gone on with."""
    return sorted(path.name for path in place.glob(f"{FILE_NAME}.damaged-*") if _is_main(path))


@contextmanager
def open_log(path: Path) -> Iterator[OpenLog]:
    """Open one file. Raises RecordReadError, also for what SQLite finds while it is read."""
    store = RecordStore(path, read_only=True)
    try:
        name = store.name() if store.file.on_disk else None
        if name is None:
            why = "; ".join(store.file.problems) or f"{path} is empty"
            raise (RecordEmptyError if " is empty" in why else RecordReadError)(why)
        yield OpenLog(path, name, store)
    except sqlite3.Error as error:
        raise RecordReadError(f"{path} cannot be read: {error}") from None
    finally:
        store.close()


def check_place(
    place: Path,
    key: RecordKey,
    anchors: Sequence[Head] | None,
    *,
    progress: Progress | None = None,
) -> list[Checked]:
    """Verify a folder, a file of one, or an export. Raises RecordReadError."""
    if place.is_file() and not _is_database(place):
        return _check_export(place, key, anchors, progress)
    for _ in range(MAX_LOOKS):
        files = record_files(place)
        checked = _check_files(files, key, anchors, progress)
        if record_files(place) == files:
            break
        # A full file was put away meanwhile.
    return checked


def _check_files(
    files: Sequence[Path],
    key: RecordKey,
    anchors: Sequence[Head] | None,
    progress: Progress | None,
) -> list[Checked]:
    checked: list[Checked] = []
    before: Head | None = None
    for path in files:
        newest = path == files[-1]
        try:
            known = _anchors_for(path, anchors, required=newest)
            one, before = _check_file(path, key, known, before, progress)
        except RecordEmptyError:
            if not checked:
                raise
            continue
        checked.append(one)
    return checked


def _check_file(
    path: Path,
    key: RecordKey,
    anchors: Sequence[Head] | None,
    before: Head | None,
    progress: Progress | None,
) -> tuple[Checked, Head]:
    with open_log(path) as log:
        check = ChainCheck(key, log.name.log, log.name.key_id, anchors=anchors)
        last = Head(log.name.log, 0, 0, "")
        if not check.hopeless:
            total = log.store.count()
            check.add(_around(log, key))
            for number, record in enumerate(log.store.records()):
                if not number and before is not None:
                    check.add(_joint(record, before))
                check.take(record)
                last = Head(log.name.log, record.seq, record.stamp_ns, record.seal)
                if progress is not None and number % TOLD_EVERY == 0:
                    progress(number, total)
        return Checked(path, check.end()), last


def _check_export(
    path: Path, key: RecordKey, anchors: Sequence[Head] | None, progress: Progress | None
) -> list[Checked]:
    verdicts: list[Verdict] = []
    check: ChainCheck | None = None
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        number = 0
        while line := lines.readline(MAX_LINE):
            number += 1
            try:
                found = parse_line(line)
            except ExportError as error:
                if check is None:
                    raise RecordReadError(
                        f"{path} is neither a record nor an export of one as JSON lines"
                    ) from None
                where = f"line {number} is no record ({error})"
                check.add([Discrepancy(Flaw.EDITED, check.seq + 1, where)])
                continue
            if isinstance(found, LogHeader):
                if check is not None:
                    verdicts.append(check.end())
                check = _export_check(found, key, anchors)
            elif check is None:
                raise RecordReadError(f"{path} does not begin with the line that names the log")
            elif not check.hopeless:
                check.take(found[0], before=found[1])
            if progress is not None and number % TOLD_EVERY == 0:
                progress(number, 0)
    if check is None:
        raise RecordReadError(f"{path} is empty")
    return [Checked(path, verdict) for verdict in (*verdicts, check.end())]


def _export_check(header: LogHeader, key: RecordKey, anchors: Sequence[Head] | None) -> ChainCheck:
    known = anchors
    if anchors is not None and not any(head.log == header.log for head in anchors):
        known = None
    return ChainCheck(key, header.log, header.key_id, anchors=known, filtered=header.filtered)


def _around(log: OpenLog, key: RecordKey) -> list[Discrepancy]:
    """What is wrong with the file besides the records."""
    found = []
    if not log.store.schema_is_ours():
        words = "tables or views of the file are not as they were made"
        found.append(Discrepancy(Flaw.CHANGED_FILE, 0, words))
    memory = log.store.memory()
    if memory is not None:
        content = json.dumps([memory.turn, memory.body]).encode()
        if tag_of(key.secret, _MEMORY, content) != memory.tag:
            words = "what the guardian remembers was edited"
            found.append(Discrepancy(Flaw.CHANGED_FILE, 0, words))
    return found


def _joint(first: Record, before: Head) -> list[Discrepancy]:
    """Whether a log begins where the one before it ends, as its first record says."""
    try:
        previous = json.loads(first.body).get("previous", {})
        named = (previous.get("log"), previous.get("seq"), previous.get("seal"))
    except (ValueError, AttributeError, RecursionError):
        return []
    if named == (before.log, before.seq, before.seal):
        return []
    words = f"the log before this one is not that which ends at record {before.seq}"
    return [Discrepancy(Flaw.MISSING, 0, words)]


def _anchors_for(
    path: Path, anchors: Sequence[Head] | None, *, required: bool
) -> Sequence[Head] | None:
    """The anchors of older logs may have made room for newer ones."""
    if anchors is None or required:
        return anchors
    with open_log(path) as log:
        return anchors if any(head.log == log.name.log for head in anchors) else None


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) == b"SQLite"


def _is_main(path: Path) -> bool:
    return not path.name.endswith(("-wal", "-shm", "-journal"))
