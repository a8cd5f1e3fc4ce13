"""The anchor: a second file, elsewhere, that repeats the newest seal of a record.

One line of canonical JSON per anchoring, `{"log":..,"seal":..,"seq":..,"stamp_ns":..}`, on the disk
before `append` returns. Two files of bounded size: the newer, and the one before it with `.1` added
to its name. Knows nothing of records. Belongs to the thread that writes the record.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

from tml_ros.audit.canonical import CanonicalError, canonical, parsed
from tml_ros.audit.chain import Head

MAX_FILE_BYTES: Final = 1_000_000
_SEAL_DIGITS: Final = 64
_APPEND: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND
_MAX_LINE: Final = 1_000


class AnchorError(ValueError):
    """A line is no anchor; the message names file and line."""


def anchor_line(head: Head) -> str:
    """What the anchor says of a head, for a file or a topic."""
    return canonical(
        {"log": head.log, "seal": head.seal, "seq": head.seq, "stamp_ns": head.stamp_ns}
    )


def parse_anchor_line(line: str) -> Head:
    """The head that a line tells of. Raises AnchorError."""
    try:
        found = parsed(line.strip())
    except CanonicalError as error:
        raise AnchorError(f"no anchor: {error}") from None
    if not isinstance(found, dict) or found.keys() != {"log", "seal", "seq", "stamp_ns"}:
        raise AnchorError("no anchor: allowed are the keys log, seal, seq, stamp_ns")
    log, seal, seq, stamp_ns = (found[key] for key in ("log", "seal", "seq", "stamp_ns"))
    if not isinstance(log, str) or not isinstance(seal, str) or len(seal) != _SEAL_DIGITS:
        raise AnchorError("no anchor: log and seal must be texts of hexadecimal digits")
    if not isinstance(seq, int) or not isinstance(stamp_ns, int):
        raise AnchorError("no anchor: seq and stamp_ns must be integers")
    return Head(log, seq, stamp_ns, seal)


class AnchorFile:
    """Where heads are appended. Opened for each: a folder may come and go."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> None:
        """Touches nothing yet."""
        self._path = path
        self._max_bytes = max_bytes

    def append(self, head: Head) -> None:
        """Write a head down for good. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._path, _APPEND, 0o600)
        try:
            line = f"{anchor_line(head)}\n".encode()
            size = _whole_lines(file)
            if size > self._max_bytes:
                self._path.replace(_older(self._path))
                os.close(file)
                file = os.open(self._path, _APPEND, 0o600)
                size = 0
            if os.write(file, line) < len(line):
                # Half a line would make the next one unreadable as well.
                os.ftruncate(file, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            os.fsync(file)
        finally:
            os.close(file)


def read_anchors(path: Path) -> tuple[list[Head], list[str]]:
    """Every head of an anchor file and of the one before it, oldest first; and what is wrong.

    The last line may be unfinished, as after a power cut. Raises OSError where there is no file.
    """
    heads: list[Head] = []
    wrong: list[str] = []
    older = _older(path)
    for file in (older, path):
        if file == older and not file.exists():
            continue
        with file.open("rb") as opened:
            lines = opened.read(2 * MAX_FILE_BYTES).decode("utf-8", "replace").split("\n")
        for number, line in enumerate(lines[:-1], 1):
            try:
                heads.append(parse_anchor_line(line))
            except AnchorError as error:
                wrong.append(f"{file.name}, line {number}: {error}")
    return heads, wrong


def newest_anchors(path: Path) -> list[Head]:
    """The last few heads, oldest first; none where nothing can be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 8 * _MAX_LINE))
            lines = file.read(8 * _MAX_LINE).decode("utf-8", "replace").split("\n")[:-1]
    except OSError:
        return []
    heads = []
    for line in lines:
        with contextlib.suppress(AnchorError):
            heads.append(parse_anchor_line(line))
    return heads


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _whole_lines(file: int) -> int:
    """Cut half a line off the end, as a power cut leaves one; the size that remains."""
    size = os.fstat(file).st_size
    tail = os.pread(file, _MAX_LINE, max(0, size - _MAX_LINE))
    if tail and not tail.endswith(b"\n") and b"\n" in tail:
        size -= len(tail) - tail.rindex(b"\n") - 1
        os.ftruncate(file, size)
    return size
