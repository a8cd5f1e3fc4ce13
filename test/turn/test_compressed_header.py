"""Size and wholeness of compressed pictures are known before anything is decoded."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest

from tml_ros.turn.compressed_header import CompressedHeaderError, read_compressed_header
from tml_ros.turn.image_format import ImageFormatError, compressed_to_rgb

PICTURE = np.random.default_rng(2).integers(0, 256, (30, 50, 3), dtype=np.uint8)
JPEG = cv2.imencode(".jpg", PICTURE)[1].tobytes()
PROGRESSIVE = cv2.imencode(".jpg", PICTURE, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
PNG = cv2.imencode(".png", PICTURE)[1].tobytes()


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + png_chunk(b"IEND", b"")
    )


def jpeg_claiming(width, height):
    place = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:place] + struct.pack(">HH", height, width) + JPEG[place + 4 :]


@pytest.mark.parametrize(
    ("data", "name"), [(JPEG, "JPEG"), (PROGRESSIVE, "JPEG"), (PNG, "PNG")], ids=str
)
def test_name_and_size_are_read(data, name):
    header = read_compressed_header(memoryview(data))
    assert (header.name, header.width, header.height) == (name, 50, 30)


@pytest.mark.parametrize("data", [JPEG, PROGRESSIVE, PNG])
def test_every_truncated_file_is_told_from_a_whole_one(data):
    for length in range(9, len(data)):
        with pytest.raises(CompressedHeaderError, match="truncated"):
            read_compressed_header(memoryview(data)[:length])


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_picture():
    segment = b"\xff\xe1" + struct.pack(">H", len(JPEG) + 2) + JPEG
    data = PROGRESSIVE[:2] + segment + PROGRESSIVE[2:]
    assert read_compressed_header(memoryview(data)).width == 50
    with pytest.raises(CompressedHeaderError, match="truncated"):
        read_compressed_header(memoryview(data)[: len(segment) + 300])


def test_a_jpeg_may_be_followed_by_padding():
    assert read_compressed_header(memoryview(JPEG + b"\0" * 100)).height == 30


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (PNG[:50] + bytes([PNG[50] ^ 1]) + PNG[51:], "check sum"),
        (b"\xff\xd8\xff\xd9", "no image"),
        (b"\xff\xd8\xff\xe0\0\0", "empty segment"),
        (b"\xff\xd8\xff\xe0\0\x02\0\0\0", "no marker at byte 6"),
        (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IEND", b""), "no image"),
    ],
    ids=["check sum", "nothing inside", "empty segment", "no marker", "png without header"],
)
def test_a_damaged_structure_is_named(data, message):
    with pytest.raises(CompressedHeaderError, match=message):
        read_compressed_header(memoryview(data))


@pytest.mark.parametrize(
    "data",
    [
        png_claiming(65_535, 65_535),
        png_claiming(2**31 - 1, 1),
        png_claiming(0, 10),
        jpeg_claiming(65_535, 65_535),
        jpeg_claiming(50, 0),
        jpeg_claiming(16_384, 16_384),
    ],
)
def test_a_size_nobody_can_mean_is_refused_before_decoding(data, monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("was decoded"))
    with pytest.raises(ImageFormatError, match=r"pixels; expected sides of 1\.\.16384"):
        compressed_to_rgb(data)
