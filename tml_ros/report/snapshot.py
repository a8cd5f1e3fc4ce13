"""A picture for the report: a frame with its zones outlined and, at an alarm, the box drawn.

Knows nothing of when or why: it is handed the frame and what to mark on it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.cell_description import CellDescription, polygon_fractions
from tml_ros.report.session_log import Snapshot
from tml_ros.safety.alarm import Alarm
from tml_ros.turn.encoded_picture import jpeg_of
from tml_ros.turn.hazard import Box
from tml_ros.turn.micro_turn import Frame

LEAST_WIDTH, MOST_WIDTH = 640, 800
JPEG_QUALITY = 82
ZONE = (255, 176, 0)
ALARM = (224, 36, 64)
BOX = (0, 229, 255)
"""RGB. Distinct for the colour-blind too; the alarm's zone is filled, the box is dashed."""


def camera_of(alarm: Alarm, cell: CellDescription) -> str | None:
    """The camera to look through for this alarm; None in a cell without cameras.

    That of its box, else the one that has its zone, else the one the alarm is about, else the
    first: a siren has no place in the picture, but what the camera saw then still tells.
    """
    if alarm.box is not None and alarm.box.camera in cell.cameras:
        return alarm.box.camera
    for name, camera in cell.cameras.items():
        if alarm.zone in camera.zones:
            return name
    if alarm.zone in cell.cameras:
        return alarm.zone
    return next(iter(cell.cameras), None)


def draw_snapshot(frame: Frame, cell: CellDescription, alarm: Alarm | None = None) -> Snapshot:
    """Draw the zones of the frame's camera, the alarm's zone filled and its box; as JPEG.

    The picture is scaled to a width of 640..800 pixels. Raises ValueError for an empty frame.
    """
    height, width = frame.rgb.shape[:2]
    if not (height and width):
        raise ValueError(f"the frame of camera {frame.camera!r} has no pixels")
    scale = min(max(width, LEAST_WIDTH), MOST_WIDTH) / width
    size = (round(width * scale), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(frame.rgb, size, interpolation=how)
    picture: NDArray[np.uint8] = np.ascontiguousarray(resized, dtype=np.uint8)
    camera = cell.cameras.get(frame.camera)
    outlines = {n: polygon_fractions(camera, n) for n in camera.zones} if camera else {}
    for name, polygon in outlines.items():
        corners = np.array(polygon, dtype=np.float64) * size
        alarmed = alarm is not None and alarm.zone == name
        _draw_zone(picture, corners.round().astype(np.int32), name, alarmed=alarmed)
    if alarm is not None and alarm.box is not None and alarm.box.camera == frame.camera:
        _draw_box(picture, alarm.box, scale)
    jpeg = jpeg_of(picture, quality=JPEG_QUALITY)
    return Snapshot(frame.camera, frame.stamp_ns, size[0], size[1], jpeg.tobytes())


def _draw_zone(
    picture: NDArray[np.uint8], outline: NDArray[np.int32], name: str, *, alarmed: bool
) -> None:
    colour = ALARM if alarmed else ZONE
    if alarmed:
        filled = cv2.fillPoly(picture.copy(), [outline], colour)
        cv2.addWeighted(filled, 0.28, picture, 0.72, 0.0, dst=picture)
    cv2.polylines(picture, [outline], True, (0, 0, 0), 4, cv2.LINE_AA)
    cv2.polylines(picture, [outline], True, colour, 2, cv2.LINE_AA)
    _draw_label(picture, outline[np.argmin(outline[:, 1])], name, colour)


def _draw_label(
    picture: NDArray[np.uint8], at: NDArray[np.int32], text: str, colour: tuple[int, int, int]
) -> None:
    font, size = cv2.FONT_HERSHEY_SIMPLEX, 0.75
    (wide, high), below = cv2.getTextSize(text, font, size, 1)
    x = int(np.clip(at[0], 0, max(0, picture.shape[1] - wide - 8)))
    y = int(np.clip(at[1] - 6, high + 4, picture.shape[0] - below - 2))
    cv2.rectangle(picture, (x, y - high - 4), (x + wide + 8, y + below), (0, 0, 0), -1)
    cv2.putText(picture, text, (x + 4, y - 1), font, size, colour, 1, cv2.LINE_AA)


def _draw_box(picture: NDArray[np.uint8], box: Box, scale: float) -> None:
    x0, y0, x1, y1 = (round(edge * scale) for edge in (box.x0, box.y0, box.x1, box.y1))
    cv2.rectangle(picture, (x0, y0), (x1, y1), (0, 0, 0), 4, cv2.LINE_AA)
    for start, end in (((x0, y0), (x1, y0)), ((x1, y0), (x1, y1))):
        _draw_dashes(picture, start, end)
    for start, end in (((x0, y1), (x1, y1)), ((x0, y0), (x0, y1))):
        _draw_dashes(picture, start, end)


def _draw_dashes(picture: NDArray[np.uint8], start: tuple[int, int], end: tuple[int, int]) -> None:
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    pieces = max(1, length // 8)
    points = np.linspace(start, end, pieces + 1).round().astype(int)
    for index in range(0, pieces, 2):
        cv2.line(picture, tuple(points[index]), tuple(points[index + 1]), BOX, 2, cv2.LINE_AA)
