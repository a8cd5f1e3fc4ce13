"""Writes messages byte by byte as DDS sends them (CDR, little endian), right or wrong.

A serialiser writes what a type allows; this one also writes lengths that lie and texts that are no
UTF-8. Knows nothing of topics. Owned by one thread.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

HEADER = b"\x00\x01\x00\x00"


class Cdr:
    """One message in the making; each method writes the next field and answers the writer."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def done(self) -> bytes:
        """The message with its header."""
        return HEADER + bytes(self._bytes)

    def byte(self, value: int) -> Cdr:
        """uint8."""
        self._bytes.append(value & 0xFF)
        return self

    def whole(self, *values: int) -> Cdr:
        """uint32, or int32 where negative, of each."""
        for value in values:
            self._align(4)
            self._bytes += (value & 0xFFFF_FFFF).to_bytes(4, "little")
        return self

    def long(self, value: int) -> Cdr:
        """uint64, or int64 where negative."""
        self._align(8)
        self._bytes += (value & (1 << 64) - 1).to_bytes(8, "little")
        return self

    def number(self, value: float) -> Cdr:
        """float64."""
        self._align(8)
        self._bytes += struct.pack("<d", value)
        return self

    def text(self, text: str | bytes, *, length: int | None = None) -> Cdr:
        """A string; its surrogates as they are. length: what it says of itself, if it lies."""
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        self.whole(len(data) + 1 if length is None else length)
        self._bytes += data + b"\x00"
        return self

    def array(self, data: bytes | bytearray, *, size: int = 1, length: int | None = None) -> Cdr:
        """A sequence of numbers of `size` bytes each. length: what it says of itself."""
        self.whole(len(data) // size if length is None else length)
        if data:
            self._align(size)
        self._bytes += data
        return self

    def header(self, stamp: tuple[int, int], frame: str | bytes = "") -> Cdr:
        """std_msgs/Header. stamp: seconds and nanoseconds."""
        return self.whole(*stamp).text(frame)

    def status(
        self,
        level: int,
        name: str | bytes,
        message: str | bytes,
        hardware: str | bytes,
        values: Sequence[tuple[str | bytes, str | bytes]],
    ) -> Cdr:
        """diagnostic_msgs/DiagnosticStatus."""
        self.byte(level).text(name).text(message).text(hardware).whole(len(values))
        for key, value in values:
            self.text(key).text(value)
        return self

    def _align(self, size: int) -> None:
        self._bytes += bytes(-len(self._bytes) % size)
