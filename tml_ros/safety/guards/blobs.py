"""Connected things in front of the plate, each with how much of it moved just now.

Turns "which pixels differ" into "which things are there": drops what the plate shows through,
joins what belongs together (a figure cut by its belt), and measures what the tracker asks for.
Stateless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from tml_ros.safety.guards.background import Background, Image, Mask, Plane

LEAST_AREA = 0.0008
"""Share of the picture below which a thing is noise."""
LEAST_HEIGHT = 0.05
"""Share of the picture's height, likewise."""
MANY = 40
"""More things than this at once are a change of light or of scene, not things."""
SMALL, STIRRED_S = 4, 0.35
"""What is smaller than so many times the least, and has not stirred, is not worth a closer look."""
OPEN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))


@dataclass(slots=True, eq=False)
class Blob:
    """One connected thing.

    box: x0, y0, x1, y1 in working pixels, x1 and y1 exclusive.
    mask: uint8 [y1-y0, x1-x0], 255 where the thing is.
    moving_share: share of its pixels that moved within the last moments.
    solidity: share of its still outline that looks like the edge of a thing rather than like floor
        that somebody uncovered, 0..1; -1 where nothing of it is still.
    """

    box: tuple[int, int, int, int]
    mask: Mask = field(repr=False)
    area: int
    moving_share: float
    solidity: float = -1.0

    @property
    def height(self) -> int:
        """Rows from top to bottom."""
        return self.box[3] - self.box[1]

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the box."""
        x0, y0, x1, y1 = self.box
        return slice(y0, y1), slice(x0, x1)


def find_blobs(
    background: Background, picture: Image, differs: Mask, still_s: Plane
) -> tuple[list[Blob], Mask]:
    """The things in front of the plate, and all pixels that something covers.

    still_s: seconds since each pixel last moved.
    """
    rows, columns = differs.shape
    least_area = LEAST_AREA * rows * columns
    least_height = max(4, round(LEAST_HEIGHT * rows))
    close = cv2.getStructuringElement(
        cv2.MORPH_RECT, (max(3, columns // 100), max(5, rows // 22) | 1)
    )
    covered = np.zeros_like(differs)
    opened = cv2.morphologyEx(differs, cv2.MORPH_OPEN, OPEN)
    for x, y, w, h, _ in _outlines(cv2.dilate(opened, close), least_area, least_height):
        box = (slice(y, y + h), slice(x, x + w))
        size = cv2.countNonZero(opened[box])
        if size < least_area:
            continue
        there = differs[box]
        if size > SMALL * least_area or still_s[box].min() < STIRRED_S:
            through = background.seen_through(picture, box)
            there = np.where(through, 0, there).astype(np.uint8)
        covered[box] |= there
    covered = cv2.morphologyEx(covered, cv2.MORPH_OPEN, OPEN)
    covered = cv2.morphologyEx(covered, cv2.MORPH_CLOSE, close)
    blobs = []
    for x, y, w, h, outline in _outlines(covered, least_area, least_height):
        mask = np.zeros((h, w), np.uint8)
        cv2.drawContours(mask, [outline], -1, 255, cv2.FILLED, offset=(-x, -y))
        area = cv2.countNonZero(mask)
        just_moved = (still_s[y : y + h, x : x + w] <= 0.0) & (mask > 0)
        moving = float(np.count_nonzero(just_moved)) / area
        blobs.append(Blob((x, y, x + w, y + h), mask, area, moving))
    blobs.sort(key=lambda blob: -blob.area)
    return blobs[:MANY], covered


def _outlines(
    mask: Mask, least_area: float, least_height: int
) -> Iterator[tuple[int, int, int, int, Plane]]:
    """x, y, width, height and outline of each connected part that is large enough."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        if h >= least_height and w * h >= least_area and cv2.contourArea(outline) >= least_area / 2:
            yield x, y, w, h, outline
