"""Connected things in front of the plate, each with how much of it moved just now.

Turns "which pixels differ" into "which things are there": drops what the plate shows through,
joins what belongs together (a figure cut by its belt), and measures what the tracker asks for.
Stateless.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.background import Background, Image, Mask

LEAST_AREA = 0.0008
"""Share of the picture below which a thing is noise."""
LEAST_HEIGHT = 0.05
"""Share of the picture's height, likewise."""
MANY = 40
"""More things than this at once are a change of light or of scene, not things."""
OPEN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))


@dataclass(slots=True)
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
    background: Background, picture: Image, differs: Mask, still_s: NDArray[np.float32]
) -> list[Blob]:
    """The things in front of the plate. still_s: seconds since each pixel last moved."""
    rows, columns = differs.shape
    least_area = LEAST_AREA * rows * columns
    least_height = max(4, round(LEAST_HEIGHT * rows))
    close = cv2.getStructuringElement(
        cv2.MORPH_RECT, (max(3, columns // 100), max(5, rows // 22) | 1)
    )
    covered = np.zeros_like(differs)
    opened = cv2.morphologyEx(differs, cv2.MORPH_OPEN, OPEN)
    joined = cv2.dilate(opened, close)
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    for x, y, w, h, area in stats[1:]:
        if area < least_area or h < least_height:
            continue
        box = (slice(y, y + h), slice(x, x + w))
        through = background.seen_through(picture, box)
        covered[box] |= np.where(through, 0, differs[box]).astype(np.uint8)
    covered = cv2.morphologyEx(covered, cv2.MORPH_OPEN, OPEN)
    covered = cv2.morphologyEx(covered, cv2.MORPH_CLOSE, close)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(covered)
    blobs = []
    for label in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[label])
        if area < least_area or h < least_height:
            continue
        box2 = (slice(y, y + h), slice(x, x + w))
        mask = np.where(labels[box2] == label, 255, 0).astype(np.uint8)
        moving = float(np.count_nonzero((still_s[box2] <= 0.0) & (mask > 0))) / area
        blobs.append(Blob((x, y, x + w, y + h), mask, area, moving))
    blobs.sort(key=lambda blob: -blob.area)
    return blobs[:MANY]
