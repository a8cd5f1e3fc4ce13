"""Where somebody meets the floor. Stateless geometry on one track's blob."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.blobs import Blob
from tml_ros.safety.guards.track import Track

FOOT_BAND = 0.10
"""Column ends within this share of the height above the lowest one are feet."""
COLUMN_FILL = 0.12
"""A column carries a foot when so much of the height is filled in it."""


def feet_of(person: Track, blob: Blob, uncovered: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Picture coordinates (x, y) of the pixels on which somebody stands, int [n, 2].

    blob: what the person is seen as. uncovered: bool [h, w] over its box, pixels that are not to
        count.
    Of a blob that several people share only the person's own part is looked at.
    """
    within = person.box if person.shared else None
    x0, y0, x1, y1 = blob.box
    filled = (blob.mask > 0) & ~uncovered
    first, last = 0, x1 - x0
    if within is not None:
        first = max(0, int(within[0]) - x0)
        last = min(x1 - x0, int(np.ceil(within[2])) - x0)
        bottom = min(y1 - y0, int(np.ceil(within[3] + 0.1 * (within[3] - within[1]))) - y0)
        filled = filled[: max(bottom, 1)]
    part = filled[:, first:last]
    rows = part.any(axis=1).nonzero()[0]
    if not len(rows):
        return np.empty((0, 2), np.intp)
    height = rows[-1] - rows[0] + 1
    counts = part.sum(axis=0)
    columns = (counts >= max(2, COLUMN_FILL * height)).nonzero()[0]
    if not len(columns):
        return np.empty((0, 2), np.intp)
    ends = part.shape[0] - 1 - part[::-1, columns].argmax(axis=0)
    lowest = int(ends.max())
    feet = ends >= lowest - max(1, FOOT_BAND * height)
    return np.stack([columns[feet] + first + x0, ends[feet] + y0], axis=1)
