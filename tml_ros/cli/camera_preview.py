"""One picture of a camera, to draw zones on: from its source, or from a file given instead.

Knows nothing of zones. A file is read at its beginning; a live source is asked for a few seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.cell_description import CameraDescription
from tml_ros.cli.mistake import MistakeError
from tml_ros.devices.camera_source import open_camera
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.source_names import names_video_file
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.video_stream import without_password

LIVE_TIMEOUT_S = 8.0


@dataclass(frozen=True, slots=True)
class Preview:
    """rgb: uint8 [h, w, 3], None where there is no picture. note: where it is from, or why not."""

    rgb: NDArray[np.uint8] | None
    note: str


def preview_camera(
    camera: CameraDescription, *, topic: str, instead: Path | None = None
) -> Preview:
    """The first picture of a camera. instead: a picture or video to take it from.

    Raises MistakeError when `instead` has none.
    """
    if instead is not None:
        return Preview(_picture_of(instead), instead.name)
    source = camera.source
    if source is None:
        return Preview(None, f"topic {topic}")
    if isinstance(source, str) and names_video_file(source):
        try:
            return Preview(_first(source), Path(source).name)
        except CameraSourceError:
            return Preview(None, "no picture")
    return _live(source, camera)


def _picture_of(file: Path) -> NDArray[np.uint8]:
    try:
        encoded = np.fromfile(file, np.uint8) if file.stat().st_size < 1 << 26 else None
    except OSError as error:
        raise MistakeError(f"{file}: {error.strerror}") from None
    bgr = None if encoded is None or not len(encoded) else cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if bgr is not None:
        return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
    try:
        return _first(file)
    except CameraSourceError as error:
        raise MistakeError(str(error)) from None


def _first(file: Path | str) -> NDArray[np.uint8]:
    return next(rgb for _, rgb in VideoFile(file))


def _live(source: int | str, camera: CameraDescription) -> Preview:
    shown = f"device {source}" if isinstance(source, int) else without_password(source)
    try:
        with open_camera(source, rate=camera.rate, size=camera.size) as opened:
            captured = opened.read(LIVE_TIMEOUT_S)
    except CameraSourceError:
        captured = None
    if captured is None:
        return Preview(None, f"{shown} gives no picture now")
    return Preview(captured.rgb, shown)
