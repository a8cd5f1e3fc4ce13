"""Whatever a camera delivers, as RGB uint8.

Encodings carry the names of sensor_msgs/Image. Nothing is guessed: a buffer that does not fit its
description is refused. Knows nothing of messages or cameras; pure functions, any thread.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.compressed_header import CompressedHeaderError, read_compressed_header

MAX_SIDE = 16_384
MAX_PIXELS = 40_000_000
"""A little more than 8K (7680x4320); a header that claims more is refused before decoding."""

ImageData: TypeAlias = "bytes | bytearray | memoryview | array[Any] | NDArray[Any]"
Pixels: TypeAlias = "NDArray[np.uint8]"
_Decoded: TypeAlias = "NDArray[Any]"


class ImageFormatError(ValueError):
    """A picture that cannot be what it is said to be; says what was found and what expected."""


def image_to_rgb(
    data: ImageData,
    *,
    height: int,
    width: int,
    encoding: str,
    step: int,
    is_bigendian: bool = False,
) -> Pixels:
    """Convert one uncompressed picture.

    data: bytes or any contiguous array of bytes, `step` bytes per row; the padding behind the last
        row may be missing.
    encoding: one of rgb8, bgr8, rgba8, bgra8, mono8, mono16, yuv422 (= uyvy: U Y V Y) and
        yuv422_yuy2 (= yuyv: Y U Y V). YUV is taken as ITU-R BT.601, limited range. Alpha is
        dropped. mono16 maps 0..65535 to 0..255 whatever the picture holds (the upper byte): a
        scale that followed the content would make still scenes flicker.
    is_bigendian: byte order of mono16; says nothing for the others.
    Returns uint8 [height, width, 3], RGB, read-only. For rgb8 and rgba8 it is a view of `data`
    without a copy, so its rows may lie apart and `data` must not be written to afterwards.

    Raises ImageFormatError for an unknown encoding, a size of zero or too large, a `step` too
    small for the width, and a buffer of another size than described.
    """
    layout = _LAYOUTS.get(encoding)
    if layout is None:
        allowed = ", ".join(sorted(_LAYOUTS))
        raise ImageFormatError(f"image encoding {encoding!r} is unknown; allowed: {allowed}")
    _check_size(height, width)
    if encoding in _PAIRED and width % 2:
        raise ImageFormatError(f"{encoding} holds pixels in pairs, but the width is {width}")
    rows = _rows(data, height=height, row_bytes=width * layout.pixel_bytes, step=step)
    pixels = rows.reshape(height, width, layout.pixel_bytes)
    return _read_only(layout.convert(pixels, is_bigendian))


def compressed_to_rgb(data: ImageData) -> Pixels:
    """Decode one JPEG or PNG picture (grey, colour, palette, alpha, 8 or 16 bit).

    Alpha is dropped; 16 bit is reduced to the upper byte; an orientation noted in the metadata is
    not applied, so pixels stay where the sensor has them.
    Returns uint8 [height, width, 3], RGB, read-only.

    Raises ImageFormatError for another format, a truncated file (which OpenCV would fill up with
    grey), a damaged PNG, a size of zero or too large, and what OpenCV cannot decode.
    """
    buffer = _bytes_of(data)
    try:
        header = read_compressed_header(buffer.data)
    except CompressedHeaderError as error:
        raise ImageFormatError(str(error)) from None
    _check_size(header.height, header.width)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        decoded = cv2.imdecode(buffer, flags)
    except cv2.error:
        decoded = None
    if decoded is None or decoded.shape[:2] != (header.height, header.width):
        raise ImageFormatError(
            f"{header.name} of {header.width}x{header.height} pixels cannot be decoded"
        )
    return _read_only(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB, dst=decoded))


@dataclass(frozen=True, slots=True)
class _Layout:
    pixel_bytes: int
    convert: Callable[[Pixels, bool], _Decoded]


def _by_opencv(code: int) -> Callable[[Pixels, bool], _Decoded]:
    return lambda pixels, _: cv2.cvtColor(pixels, code)


def _upper_byte(pixels: Pixels, is_bigendian: bool) -> _Decoded:
    return cv2.cvtColor(np.ascontiguousarray(pixels[..., 0 if is_bigendian else 1]), _GREY)


_GREY = cv2.COLOR_GRAY2RGB
_PAIRED = frozenset({"yuv422", "uyvy", "yuv422_yuy2", "yuyv"})
_LAYOUTS = {
    "rgb8": _Layout(3, lambda pixels, _: pixels),
    "rgba8": _Layout(4, lambda pixels, _: pixels[..., :3]),
    "bgr8": _Layout(3, _by_opencv(cv2.COLOR_BGR2RGB)),
    "bgra8": _Layout(4, _by_opencv(cv2.COLOR_BGRA2RGB)),
    "mono8": _Layout(1, _by_opencv(_GREY)),
    "mono16": _Layout(2, _upper_byte),
    "yuv422": _Layout(2, _by_opencv(cv2.COLOR_YUV2RGB_UYVY)),
    "uyvy": _Layout(2, _by_opencv(cv2.COLOR_YUV2RGB_UYVY)),
    "yuv422_yuy2": _Layout(2, _by_opencv(cv2.COLOR_YUV2RGB_YUY2)),
    "yuyv": _Layout(2, _by_opencv(cv2.COLOR_YUV2RGB_YUY2)),
}


def _check_size(height: int, width: int) -> None:
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE and height * width <= MAX_PIXELS):
        raise ImageFormatError(
            f"image of {width}x{height} pixels; expected sides of 1..{MAX_SIDE} and at most "
            f"{MAX_PIXELS} pixels"
        )


def _bytes_of(data: ImageData) -> Pixels:
    """The buffer as uint8 [n], without a copy where it is contiguous."""
    source: Any = data
    try:
        view = memoryview(source)
        if not view.c_contiguous:
            view = memoryview(view.tobytes())
        return np.frombuffer(view, np.uint8) if view.nbytes else np.zeros(0, np.uint8)
    except (TypeError, ValueError):
        raise ImageFormatError(
            f"image data must be bytes or an array of them, got {type(data).__name__}"
        ) from None


def _rows(data: ImageData, *, height: int, row_bytes: int, step: int) -> Pixels:
    """The buffer as uint8 [height, row_bytes], without padding and without a copy."""
    if step < row_bytes:
        raise ImageFormatError(
            f"image step is {step} bytes, but a row needs at least {row_bytes} bytes"
        )
    buffer = _bytes_of(data)
    least = step * (height - 1) + row_bytes
    if buffer.size not in (step * height, least):
        problem = "truncated" if buffer.size < least else "too long"
        raise ImageFormatError(
            f"image data is {problem}: {buffer.size} bytes, expected {step * height} "
            f"({height} rows of {step} bytes)"
        )
    rows: Pixels = np.ndarray((height, row_bytes), np.uint8, buffer, strides=(step, 1))
    return rows


def _read_only(pixels: _Decoded) -> Pixels:
    result: Pixels = pixels.view()
    result.flags.writeable = False
    return result
