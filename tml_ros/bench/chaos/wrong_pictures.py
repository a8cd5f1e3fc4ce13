"""Pictures that lie about themselves, as sensor_msgs/Image and CompressedImage.

Knows nothing of who looks at them. Pure, given the chance.
"""

from __future__ import annotations

import random
import struct
import zlib

from tml_ros.bench.chaos.cdr import Cdr

WIDTH, HEIGHT = 32, 24
BEYOND = 2**32 - 1
HEAVY, HEAVY_SHARE = 4_000_000, 0.005
"""Bytes of the largest, and how many are so large."""

Chance = random.Random
Made = tuple[str, bytes]


def image(chance: Chance) -> Made:
    """A sensor_msgs/Image with something wrong."""
    right = 3 * WIDTH
    data = chance.randbytes(right * HEIGHT)
    wrong, size, encoding, step, data = chance.choice(
        (
            ("an encoding nobody knows", (HEIGHT, WIDTH), chance.choice(_ENCODINGS), right, data),
            ("no rows", (0, WIDTH), "rgb8", right, b""),
            ("no columns", (HEIGHT, 0), "rgb8", 0, b""),
            ("billions of rows", (BEYOND, BEYOND), "rgb8", right, data),
            ("a step too short", (HEIGHT, WIDTH), "rgb8", right - 1, data),
            ("a step beyond the data", (HEIGHT, WIDTH), "rgb8", BEYOND, data),
            ("no step", (HEIGHT, WIDTH), "bgr8", 0, data),
            ("half of its data", (HEIGHT, WIDTH), "rgb8", right, data[: len(data) // 2]),
            ("no data", (HEIGHT, WIDTH), "mono8", WIDTH, b""),
            ("depths that are no numbers", (4, 4), "32FC1", 16, struct.pack("<f", _NAN) * 16),
            ("one point", (1, 1), "rgb8", 3, b"\xff\x00\x7f"),
        )
    )
    if chance.random() < HEAVY_SHARE:
        wrong, size, encoding, step = "a row of millions", (1, HEAVY), "mono8", HEAVY
        data = bytes(HEAVY)
    cdr = Cdr().header(chance.choice(_STAMPS), chance.choice(_FRAMES))
    cdr.whole(*size).text(encoding).byte(chance.randrange(256)).whole(step)
    return wrong, cdr.array(data, length=BEYOND if chance.random() < 0.05 else None).done()


def compressed(chance: Chance) -> Made:
    """A sensor_msgs/CompressedImage with something wrong."""
    wrong, data = chance.choice(
        (
            ("nothing", b""),
            ("no picture", chance.randbytes(500)),
            ("the beginning of a JPEG", b"\xff\xd8\xff\xe0" + chance.randbytes(50)),
            ("a JPEG of 65535 by 65535", _JPEG_HEAD),
            ("a PNG of 50000 by 50000", _png(50_000, 50_000)),
            ("a PNG without an end", _png(64, 64)[:40]),
            ("text", b"<svg/>" * 100),
        )
    )
    if chance.random() < HEAVY_SHARE:
        wrong, data = "zeros without end", bytes(HEAVY)
    cdr = Cdr().header(chance.choice(_STAMPS), chance.choice(_FRAMES))
    return wrong, cdr.text(chance.choice(("jpeg", "png", "", "tiff", "x" * 9_999))).array(
        data
    ).done()


def _png(width: int, height: int) -> bytes:
    """A picture of one colour that says it is so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return len(data).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


_NAN = float("nan")
_ENCODINGS = ("", "rgb9", "RGB8", "bayer_rggb99", "8UC", "8UC9999", "\x00", "x" * 9_999, "\ud800")
_STAMPS = (
    *((0, 0), (-1, 0), (-(2**31), 2**32 - 1), (2**31 - 1, 999_999_999), (1, 2**32 - 1)),
    (1_767_254_400, 0),
)
_FRAMES = ("", "hall", "x" * 20_000, "\x00", "\ud800")
_JPEG_HEAD = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00" + bytes(200) + b"\xff\xd9"
)
