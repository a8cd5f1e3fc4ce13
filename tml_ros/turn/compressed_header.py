"""The size of a JPEG or PNG picture, and whether its file is whole, without decoding it.

Decoders fill a truncated JPEG with grey and say nothing, and believe any size a header claims;
both must be known before. Knows nothing of pixels; pure functions, any thread.

After ITU-T T.81 annex B (JPEG) and the W3C PNG specification, third edition.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

JPEG_MAGIC = b"\xff\xd8\xff"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"

_END_OF_IMAGE = 0xD9
_START_OF_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset(range(0xD0, 0xD8)) | {0x01}
# Inside a scan 0xFF is followed by 0 (stuffing), by a restart marker, or by the next marker.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")


class CompressedHeaderError(ValueError):
    """Neither JPEG nor PNG, or not a whole file of it."""


@dataclass(frozen=True, slots=True)
class CompressedHeader:
    """name: "JPEG" or "PNG". width and height in pixels as the file claims, possibly 0."""

    name: str
    width: int
    height: int


def read_compressed_header(data: memoryview) -> CompressedHeader:
    """Walk through the file to its end; a JPEG may be followed by padding.

    data: contiguous bytes.

    Raises CompressedHeaderError for another format, a truncated file, a damaged structure, or a
    PNG whose check sums do not fit.
    """
    start = bytes(data[: len(PNG_MAGIC)])
    try:
        if start.startswith(JPEG_MAGIC):
            return _read_jpeg(data)
        if start == PNG_MAGIC:
            return _read_png(data)
    except IndexError:
        name = "JPEG" if start.startswith(JPEG_MAGIC) else "PNG"
        raise CompressedHeaderError(
            f"{name} is truncated: its {len(data)} bytes end before the end of the image"
        ) from None
    raise CompressedHeaderError(
        f"compressed image of {len(data)} bytes starts with {start.hex(' ') or 'nothing'}; "
        "expected JPEG or PNG"
    )


def _read_jpeg(data: memoryview) -> CompressedHeader:
    size: tuple[int, int] | None = None
    position = 2
    while True:
        if data[position] != 0xFF:
            raise CompressedHeaderError(f"JPEG is damaged: no marker at byte {position}")
        while data[position] == 0xFF:
            position += 1
        marker = data[position]
        position += 1
        if marker == _END_OF_IMAGE:
            break
        if marker in _ALONE:
            continue
        length = _number(data, position, 2)
        if length < 2:
            raise CompressedHeaderError(f"JPEG is damaged: empty segment at byte {position}")
        if marker in _FRAMES:
            size = (_number(data, position + 3, 2), _number(data, position + 5, 2))
        position += length
        if marker == _START_OF_SCAN:
            found = _NEXT_MARKER.search(data, position)
            if found is None:
                raise IndexError
            position = found.start()
    if size is None:
        raise CompressedHeaderError("JPEG is damaged: it holds no image")
    return CompressedHeader("JPEG", width=size[1], height=size[0])


def _read_png(data: memoryview) -> CompressedHeader:
    size: tuple[int, int] | None = None
    position = len(PNG_MAGIC)
    while True:
        length = _number(data, position, 4)
        body = position + 8
        kind = bytes(data[position + 4 : body])
        expected = _number(data, body + length, 4)
        if zlib.crc32(data[position + 4 : body + length]) != expected:
            raise CompressedHeaderError(f"PNG is damaged: check sum of chunk {kind!r} is wrong")
        if kind == b"IHDR":
            size = (_number(data, body, 4), _number(data, body + 4, 4))
        if kind == b"IEND":
            break
        position = body + length + 4
    if size is None:
        raise CompressedHeaderError("PNG is damaged: it holds no image")
    return CompressedHeader("PNG", width=size[0], height=size[1])


def _number(data: memoryview, position: int, count: int) -> int:
    """Big-endian number; IndexError where the data ends before it."""
    if position + count > len(data):
        raise IndexError
    return int.from_bytes(data[position : position + count], "big")
