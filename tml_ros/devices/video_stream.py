"""One opened video: OpenCV's capture as RGB pictures with honest time stamps.

Knows nothing of threads, pacing or reconnecting. Belongs to the one thread that reads it, which is
also the one that closes it: OpenCV's captures must not be released under a running read.
"""

from __future__ import annotations

import math
import re

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.captured_frame import CameraSourceError

OPEN_TIMEOUT_MS = 5_000
READ_TIMEOUT_MS = 3_000
FALLBACK_RATE = 25.0
HIGHEST_RATE = 1_000.0
_PASSWORD = re.compile(r"(?<=://)([^/@\s]*)@")


def without_password(source: int | str) -> str:
    """The source as it may appear in messages: credentials of a URL left out."""
    return _PASSWORD.sub("***@", str(source))


class VideoStream:
    """A device, URL or file, read frame by frame: `advance` moves on, `picture` converts.

    size: (width, height) of the pictures, asked of a device and fitted where it differs.
    rate: frames per second asked of a device.

    Raises CameraSourceError where nothing can be opened.
    """

    def __init__(
        self,
        source: int | str,
        *,
        rate: float | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Open the source; nothing is read yet."""
        self._size = size
        self._first_ms = math.nan
        self._offset_ns = -1
        try:
            self._capture = _open(source)
        except cv2.error as problem:
            raise CameraSourceError(f"{without_password(source)}: {problem}") from problem
        if not self._capture.isOpened():
            raise CameraSourceError(f"{without_password(source)} cannot be opened")
        if _is_device(source):
            _ask(self._capture, rate, size)
        declared = self._capture.get(cv2.CAP_PROP_FPS)
        self._rate = declared if 0 < declared <= HIGHEST_RATE else FALLBACK_RATE

    @property
    def finite(self) -> bool:
        """Whether the source says how many frames it has, so that it has to be paced."""
        return self._capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0

    @property
    def rate(self) -> float:
        """Frames per second the source declares, 25 where it declares nothing plausible."""
        return self._rate

    @property
    def interval_ns(self) -> int:
        """One frame at the declared rate."""
        return round(1e9 / self._rate)

    def advance(self) -> int | None:
        """Move to the next frame; its media time since the first one (ns), None after the last.

        Media times are those of the container; they always rise, by the declared rate where the
        container gives none or one that does not rise.
        """
        try:
            if not self._capture.grab():
                return None
        except cv2.error as problem:
            raise CameraSourceError(str(problem)) from problem
        position_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        if math.isnan(self._first_ms):
            # OpenCV before 4.7 gives the end of a frame here, and some containers start late.
            self._first_ms = position_ms
            self._offset_ns = 0
            return 0
        offset_ns = round((position_ms - self._first_ms) * 1e6)
        if offset_ns <= self._offset_ns:
            offset_ns = self._offset_ns + self.interval_ns
        self._offset_ns = offset_ns
        return offset_ns

    def picture(self) -> NDArray[np.uint8] | None:
        """The present frame, uint8 [height, width, 3], RGB, read-only; None if it is broken."""
        try:
            good, raw = self._capture.retrieve()
            if not good or raw is None or raw.dtype != np.uint8:
                return None
            rgb = _to_rgb(np.asarray(raw, np.uint8))
            if self._size is not None and self._size != (rgb.shape[1], rgb.shape[0]):
                rgb = np.asarray(
                    cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA), np.uint8
                )
        except cv2.error:
            return None
        rgb.flags.writeable = False
        return rgb

    def close(self) -> None:
        """Release the device or file."""
        self._capture.release()


def _is_device(source: int | str) -> bool:
    return isinstance(source, int) or source.startswith("/dev/")


def _open(source: int | str) -> cv2.VideoCapture:
    if isinstance(source, int):
        return cv2.VideoCapture(source)
    if _is_device(source):
        return cv2.VideoCapture(source, cv2.CAP_V4L2)
    if "://" in source:
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS]
        limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
        return cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)
    return cv2.VideoCapture(source)


def _ask(capture: cv2.VideoCapture, rate: float | None, size: tuple[int, int] | None) -> None:
    # A device may refuse any of these; what it really delivers is fitted afterwards.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    if size is not None:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    if rate is not None:
        capture.set(cv2.CAP_PROP_FPS, rate)


def _to_rgb(raw: NDArray[np.uint8]) -> NDArray[np.uint8]:
    channels = 1 if raw.ndim == 2 else raw.shape[2]
    code = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}[channels]
    return np.asarray(cv2.cvtColor(raw, code), np.uint8)
