"""Pictures as a Motion JPEG video, written by OpenCV itself.

Every OpenCV has this writer, and it gives the same file every time. It knows whole frame rates
only; the true rate is put into the file's header afterwards. One thread owns a video.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

_HEADER_BYTES = 4096
_MAIN, _STREAM = b"avih", b"strh"
_PER_FRAME_AT = 8
"""Of the main header's microseconds per frame, from its name on."""
_RATE_AT = 28
"""Of the stream header's scale and rate, from its name on; rate / scale is pictures per second."""


class VideoWriteError(ValueError):
    """The video cannot be written; the message says why."""


class MotionJpeg:
    """Writes `path`, a context manager. rate: pictures per second. size: width, height.

    Raises VideoWriteError.
    """

    def __init__(self, path: Path, *, rate: float, size: tuple[int, int]) -> None:
        """Begin the file."""
        self._path = path
        self._rate = rate
        self._writer = cv2.VideoWriter(
            str(path),
            cv2.CAP_OPENCV_MJPEG,
            cv2.VideoWriter.fourcc(*"MJPG"),
            max(1.0, float(round(rate))),
            size,
        )
        if not self._writer.isOpened():
            raise VideoWriteError(f"{path}: OpenCV cannot write Motion JPEG here")

    def __enter__(self) -> MotionJpeg:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""
        self._writer.release()
        if kind is None:
            _put_rate(self._path, self._rate)

    def write(self, rgb: NDArray[np.uint8]) -> None:
        """Add a picture: uint8 [h, w, 3], RGB."""
        self._writer.write(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


def _put_rate(path: Path, rate: float) -> None:
    """Say the rate in the headers, which follow the RIFF format's AVI (Microsoft, AVI RIFF File
    Reference): AVIMAINHEADER and AVISTREAMHEADER.
    """
    if rate == round(rate):
        return
    exact = Fraction(rate).limit_denominator(100_000)
    with path.open("r+b") as file:
        begin = file.read(_HEADER_BYTES)
        main, stream = begin.find(_MAIN), begin.find(_STREAM)
        if main < 0 or stream < 0:
            raise VideoWriteError(f"{path}: OpenCV wrote a video without headers")
        file.seek(main + _PER_FRAME_AT)
        file.write(struct.pack("<I", round(1_000_000 / rate)))
        file.seek(stream + _RATE_AT)
        file.write(struct.pack("<II", exact.denominator, exact.numerator))
