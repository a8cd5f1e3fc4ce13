"""Zones drawn over camera pictures, for people who set up a cell.

Knows nothing of files, cameras or cells: pictures and polygons in, a picture out. Pure functions.
Pictures are uint8 [h, w, 3], RGB.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.zone import Polygon, area, to_pixels, zone_mask

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

PANEL_HEIGHT = 540
MAX_PANEL_WIDTH = 1280
COLUMNS = 3
GAP = 16
HEADER = 44

_PAPER: Colour = (24, 27, 33)
_INK: Colour = (238, 240, 243)
_FAINT: Colour = (146, 153, 164)
_CANVAS: Colour = (58, 63, 72)
_GRID: Colour = (70, 76, 86)
_ZONES: tuple[Colour, ...] = (
    (255, 176, 32),
    (56, 196, 255),
    (255, 98, 132),
    (132, 222, 96),
    (190, 140, 255),
    (255, 232, 92),
)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FILL = 0.30
_SHIFT = 4
"""Fractional bits of drawn positions."""


def plain_picture(*, width: int, height: int) -> Picture:
    """A grid to draw zones on where there is no picture; uint8 [height, width, 3]."""
    picture = _filled(height, width, _CANVAS)
    step = max(8, height // 8)
    picture[::step] = _GRID
    picture[:, ::step] = _GRID
    return picture


def draw_camera(
    picture: Picture, zones: Mapping[str, Polygon], *, title: str, note: str = ""
) -> Picture:
    """One panel: a picture fitted to the panel's height, its zones, and a header above.

    zones: corners as fractions of width and height, by the name to write into them.
    """
    height, width = picture.shape[:2]
    scale = min(PANEL_HEIGHT / height, MAX_PANEL_WIDTH / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    canvas = np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)
    colours = {name: _ZONES[index % len(_ZONES)] for index, name in enumerate(zones)}
    for name, polygon in zones.items():
        _draw_area(canvas, polygon, colours[name])
    taken = np.zeros(canvas.shape[:2], np.bool_)
    # The smallest first, so that the name of a zone around others stays out of them.
    for name, polygon in sorted(zones.items(), key=lambda zone: area(zone[1])):
        _draw_name(canvas, polygon, name, colours[name], taken)
    header = _header(canvas.shape[1], title, note)
    panel = _filled(HEADER + canvas.shape[0], header.shape[1], _PAPER)
    panel[:HEADER] = header
    panel[HEADER:, : canvas.shape[1]] = canvas
    return panel


def side_by_side(panels: Sequence[Picture]) -> Picture:
    """Panels in rows of at most `COLUMNS`, on a dark ground with gaps."""
    rows = [panels[start : start + COLUMNS] for start in range(0, len(panels), COLUMNS)]
    widths = [sum(panel.shape[1] + GAP for panel in row) + GAP for row in rows]
    heights = [max(panel.shape[0] for panel in row) + GAP for row in rows]
    sheet = _filled(sum(heights) + GAP, max(widths), _PAPER)
    y = GAP
    for row, high in zip(rows, heights, strict=True):
        x = GAP
        for panel in row:
            sheet[y : y + panel.shape[0], x : x + panel.shape[1]] = panel
            x += panel.shape[1] + GAP
        y += high
    return sheet


def _draw_area(canvas: Picture, polygon: Polygon, colour: Colour) -> None:
    height, width = canvas.shape[:2]
    corners = to_pixels(polygon, width=width, height=height) - 0.5
    fixed = [np.rint(corners * (1 << _SHIFT)).astype(np.int32)]
    cover = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cover, fixed, 255, cv2.LINE_AA, _SHIFT)
    share = (cover.astype(np.float32) * (_FILL / 255))[..., None]
    canvas[:] = np.rint(canvas * (1 - share) + np.asarray(colour, np.float32) * share)
    cv2.polylines(canvas, fixed, True, (0, 0, 0), 5, cv2.LINE_AA, _SHIFT)
    cv2.polylines(canvas, fixed, True, colour, 2, cv2.LINE_AA, _SHIFT)
    for x, y in fixed[0].tolist():
        for radius, ink in ((7, (0, 0, 0)), (5, colour), (2, (0, 0, 0))):
            cv2.circle(canvas, (x, y), radius << _SHIFT, ink, -1, cv2.LINE_AA, _SHIFT)


def _draw_name(
    canvas: Picture, polygon: Polygon, name: str, colour: Colour, taken: NDArray[np.bool_]
) -> None:
    """Write a name where its zone is widest, off the zones and names drawn before (`taken`)."""
    height, width = canvas.shape[:2]
    scale, pad = 0.7, 8
    (wide, high), below = cv2.getTextSize(name, _FONT, scale, 2)
    box = (wide + 2 * pad, high + below + 2 * pad)
    inside = zone_mask(polygon, width=width, height=height)
    free = inside & ~taken
    # A border of zeros counts the edge of the picture as an edge of the zone.
    depth = cv2.distanceTransform(np.pad(free, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    # The widest place is often a stretch, not a point: its middle.
    stretch = np.argwhere(depth >= depth.max() - 1.0)
    middle = stretch.mean(axis=0)
    middle_y, middle_x = stretch[int(np.argmin(((stretch - middle) ** 2).sum(axis=1)))]
    x = int(np.clip(middle_x - box[0] // 2, 0, max(0, width - box[0])))
    y = int(np.clip(middle_y - box[1] // 2, 0, max(0, height - box[1])))
    taken |= inside
    taken[y : y + box[1], x : x + box[0]] = True
    cv2.rectangle(canvas, (x, y), (x + box[0], y + box[1]), (16, 18, 22), -1)
    cv2.rectangle(canvas, (x, y), (x + box[0], y + box[1]), colour, 1, cv2.LINE_AA)
    at = (x + pad, y + pad + high)
    cv2.putText(canvas, name, at, _FONT, scale, colour, 2, cv2.LINE_AA)


def _header(width: int, title: str, note: str) -> Picture:
    """Title and note in one line, at least `width` wide, and as wide as they need."""
    (title_wide, _), _ = cv2.getTextSize(title, _FONT, 0.8, 2)
    (note_wide, _), _ = cv2.getTextSize(note, _FONT, 0.55, 1)
    note_at = 2 + title_wide + 16
    header = _filled(HEADER, max(width, note_at + note_wide + 2), _PAPER)
    cv2.putText(header, title, (2, 28), _FONT, 0.8, _INK, 2, cv2.LINE_AA)
    cv2.putText(header, note, (note_at, 28), _FONT, 0.55, _FAINT, 1, cv2.LINE_AA)
    return header


def _filled(height: int, width: int, colour: Colour) -> Picture:
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    return picture
