"""What was taken in and is not in the record file yet: kept where the end of the process leaves it.

One file of fixed size, its space taken when it is opened, so that a disk that fills up later does
not matter. Writing is one `pwrite` into the page cache and waits for no disk: what was added
survives the process being killed, not a power cut. Layout, integers little endian:

    0        "tml_ros journal1"
    4096     two slots of 1 MiB, written in turn: what must be remembered, the newest of the two
    then     two areas of 8 MiB, filled in turn: entries

A slot and an entry are framed as u32 length, 16 bytes of tag, JSON. The tag is an HMAC, so that a
torn end is told from an entry and nobody without the key adds one. An area opens with a frame
`{"carried":n,"epoch":e}`: the area with the higher epoch counts, if at least n entries follow.

Knows nothing of what it keeps. Methods may come from any thread, one at a time.
"""

from __future__ import annotations

import errno
import fcntl
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

SLOT_BYTES: Final = 1 << 20
AREA_BYTES: Final = 8 << 20
_MAGIC: Final = b"tml_ros journal1"
_SLOTS: Final = 4_096
_AREAS: Final = _SLOTS + 2 * SLOT_BYTES
_TAG_BYTES: Final = 16
_HEAD_BYTES: Final = 4 + _TAG_BYTES
_PURPOSE: Final = b"tml_ros journal\n"
_SLOT_EPOCH: Final = 2**64 - 1
_MARKER_EPOCH: Final = 2**64 - 2


class JournalError(Exception):
    """It cannot be opened or holds no more; the message says why."""


class JournalBusyError(JournalError):
    """Another process has it open."""


class Journal:
    """The file, opened for this process alone.

    entries: what it held when opened, oldest first. remembered: the newer slot's, or None.
    unreadable: whether it held something that this key does not open; that was renamed.
    """

    def __init__(self, path: Path, key: bytes, *, area_bytes: int = AREA_BYTES) -> None:
        """Open or create. Raises JournalError, also where another process has it open."""
        self._path = path
        self._key = key
        self._area_bytes = area_bytes
        self._size = _AREAS + 2 * area_bytes
        self.entries: list[dict[str, Any]] = []
        self.remembered: dict[str, Any] | None = None
        self.unreadable = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._open()
        except OSError as error:
            self.close()
            raise JournalError(_reason(error)) from None

    @property
    def used_bytes(self) -> int:
        """Of the area that is being filled."""
        return self._end

    def still_there(self) -> bool:
        """Whether the file has its name still, and so is found after a restart."""
        try:
            named = os.stat(self._path)  # noqa: PTH116 - one call
        except OSError:
            return False
        return os.path.samestat(named, os.fstat(self._file))

    def add(self, entries: Sequence[bytes]) -> None:
        """Append the JSON of entries; all of them or none. Raises JournalError."""
        frames = b"".join(self._frame(entry, self._epoch) for entry in entries)
        if self._end + len(frames) + _HEAD_BYTES > self._area_bytes:
            raise JournalError("the journal is full")
        # The zero length behind it ends what is read.
        self._write(self._area_at(self._area) + self._end, frames + bytes(4))
        self._end += len(frames)

    def remember(self, content: bytes) -> None:
        """Keep the JSON instead of what was remembered before. Raises JournalError."""
        frame = self._frame(content, _SLOT_EPOCH)
        if len(frame) > SLOT_BYTES:
            raise JournalError(f"{len(content)} bytes to remember, there is room for {SLOT_BYTES}")
        self._write(self._slot_at(1 - self._slot), frame)
        self._slot = 1 - self._slot

    def restart(self, entries: Sequence[bytes]) -> None:
        """Forget all entries but these. Raises JournalError; then they are all still there."""
        epoch = self._epoch + 1
        marker = json.dumps({"carried": len(entries), "epoch": epoch}).encode()
        content = self._frame(marker, _MARKER_EPOCH)
        content += b"".join(self._frame(entry, epoch) for entry in entries)
        if len(content) + _HEAD_BYTES > self._area_bytes:
            raise JournalError("the journal is full")
        self._write(self._area_at(1 - self._area), content + bytes(4))
        self._area, self._epoch, self._end = 1 - self._area, epoch, len(content)

    def close(self) -> None:
        """Let another process have it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    _file: int = -1
    _slot: int = 0
    _area: int = 0
    _epoch: int = 0
    _end: int = 0

    def _open(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise JournalBusyError("another process is writing this record") from None
        if os.fstat(self._file).st_size:
            self._read()
        if self.unreadable:
            # Kept for whoever has the key; one of them, so that they do not pile up.
            self._path.replace(self._path.with_name(f"{self._path.name}.unreadable"))
            self.close()
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(self._file).st_size != self._size:
            os.posix_fallocate(self._file, 0, self._size)
        self._write(0, _MAGIC)
        if not self._epoch:
            self.restart(())

    def _read(self) -> None:
        if os.pread(self._file, len(_MAGIC), 0) not in (_MAGIC, bytes(len(_MAGIC)), b""):
            self.unreadable = True
            return
        slots = [
            (json.loads(content), number)
            for number in (0, 1)
            for content in self._frames(self._slot_at(number), SLOT_BYTES, _SLOT_EPOCH, most=1)
        ]
        if slots:
            self.remembered, self._slot = max(slots, key=lambda slot: int(slot[0]["turn"]))
        found = [area for number in (0, 1) if (area := self._read_area(number)) is not None]
        if found:
            self._epoch, self._area, self._end, self.entries = max(found, key=lambda area: area[0])
        elif any(os.pread(self._file, 4, self._area_at(number)).strip(b"\0") for number in (0, 1)):
            self.unreadable = True

    def _read_area(self, number: int) -> tuple[int, int, int, list[dict[str, Any]]] | None:
        at = self._area_at(number)
        marker = next(self._frames(at, self._area_bytes, _MARKER_EPOCH, most=1), None)
        if marker is None:
            return None
        opening = json.loads(marker)
        length = _HEAD_BYTES + len(marker)
        entries = []
        for content in self._frames(
            at + length, self._area_bytes - length, int(opening["epoch"]), most=self._area_bytes
        ):
            entries.append(json.loads(content))
            length += _HEAD_BYTES + len(content)
        if len(entries) < int(opening["carried"]):
            return None
        return int(opening["epoch"]), number, length, entries

    def _frames(self, at: int, room: int, epoch: int, *, most: int) -> Iterator[bytes]:
        """The contents of the frames from there on, until one is not whole."""
        content = os.pread(self._file, room, at)
        place = 0
        for _ in range(most):
            length = int.from_bytes(content[place : place + 4], "little")
            tag = content[place + 4 : place + _HEAD_BYTES]
            inner = content[place + _HEAD_BYTES : place + _HEAD_BYTES + length]
            if not length or len(inner) < length or tag != self._tag(inner, epoch):
                return
            yield inner
            place += _HEAD_BYTES + length

    def _frame(self, content: bytes, epoch: int) -> bytes:
        return len(content).to_bytes(4, "little") + self._tag(content, epoch) + content

    def _tag(self, content: bytes, epoch: int) -> bytes:
        message = _PURPOSE + epoch.to_bytes(8, "little") + content
        return hmac.digest(self._key, message, "sha256")[:_TAG_BYTES]

    def _write(self, at: int, content: bytes) -> None:
        try:
            written = os.pwrite(self._file, content, at)
        except OSError as error:
            raise JournalError(_reason(error)) from None
        if written < len(content):
            raise JournalError(os.strerror(errno.ENOSPC).lower())

    def _slot_at(self, number: int) -> int:
        return _SLOTS + number * SLOT_BYTES

    def _area_at(self, number: int) -> int:
        return _AREAS + number * self._area_bytes


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
