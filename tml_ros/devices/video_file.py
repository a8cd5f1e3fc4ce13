"""A video file as frames with media time, as fast as they can be read.

Knows nothing of pacing and threads: replay iterates it, the camera source paces it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.video_stream import VideoStream


class VideoFile:
    """Iterates `(offset_ns, rgb)`: media time since the first frame, uint8 [h, w, 3] read-only.

    Each iteration starts at the first frame and ends after the last one that can be read; a
    broken picture in between is left out.

    size: (width, height) every picture is fitted to.

    Raises CameraSourceError when the file is missing, is not a video, or has no readable frame.
    """

    def __init__(self, path: Path | str, *, size: tuple[int, int] | None = None) -> None:
        """Read the first frame, and close the file again."""
        self._path = Path(path)
        self._size = size
        if not self._path.exists():
            raise CameraSourceError(
                f"video file {self._path} does not exist; check the path, or give a device index "
                f"or an rtsp:// or http:// URL"
            )
        if not self._path.is_file():
            raise CameraSourceError(f"{self._path} is not a file; give the video file itself")
        stream = self.open()
        try:
            first = stream.picture() if stream.advance() is not None else None
            if first is None:
                raise CameraSourceError(
                    f"video file {self._path} has no readable frame; it is empty or damaged"
                )
            self._shape = (first.shape[1], first.shape[0])
            self._rate = stream.rate
        finally:
            stream.close()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of its pictures."""
        return self._shape

    @property
    def rate(self) -> float:
        """Frames per second as declared; the offsets say what is really so."""
        return self._rate

    def open(self) -> VideoStream:
        """A fresh pass through the file; the caller closes it."""
        try:
            return VideoStream(str(self._path.absolute()), size=self._size)
        except CameraSourceError as problem:
            raise CameraSourceError(
                f"{self._path} is not a video that OpenCV can read; convert it, for example with "
                f"ffmpeg to H.264 in mp4"
            ) from problem

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """A pass from the first frame to the last."""
        stream = self.open()
        try:
            while (offset_ns := stream.advance()) is not None:
                rgb = stream.picture()
                if rgb is not None:
                    yield offset_ns, rgb
        finally:
            stream.close()
