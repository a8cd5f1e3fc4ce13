"""Which rectangles of a picture moving bodies and their shadows may cover, and how few do for all.

Knows nothing of the renderer. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.off_screen import Part

Boxes = NDArray[np.int64]
"""int64 [n, 4]: columns x0 to x1, rows y0 to y1 as x0, y0, x1, y1, ends excluded."""
MARGIN = 1
"""Pixels more on each side: edges are drawn where a pixel's middle is covered, roughly."""


class Eye:
    """A camera as something to be hidden from; what it works out once per camera."""

    def __init__(self, view: CameraView) -> None:
        """Take its pose."""
        self._axes = view.axes()
        self._position = np.asarray(view.position, np.float64)
        self._focal = 0.5 * view.height / math.tan(math.radians(view.fovy_deg) / 2)
        self._middle = np.array((view.width / 2, view.height / 2))
        self._size = np.array((view.width, view.height))

    def around_balls(self, centres: NDArray[np.float64], radii: NDArray[np.float64]) -> Boxes:
        """The rectangle around each ball, exact; empty ones have x0 >= x1 or y0 >= y1.

        centres: float64 [n, 3], radii: float64 [n], metres, in the hall.
        """
        seen = (centres - self._position) @ self._axes.T
        ahead = -seen[:, 2]
        low, high = np.empty((len(seen), 2)), np.empty((len(seen), 2))
        for axis, sign in ((0, 1.0), (1, -1.0)):
            across = sign * seen[:, axis]
            angle = np.arctan2(across, ahead)
            distance = np.hypot(across, ahead)
            spread = np.arcsin(np.minimum(1.0, radii / np.maximum(distance, 1e-9)))
            for edge, side in ((low, -1.0), (high, 1.0)):
                border = angle + side * spread
                tangent = np.tan(np.clip(border, -1.55, 1.55))
                edge[:, axis] = self._middle[axis] + self._focal * tangent
        boxes = self._clipped(low, high)
        boxes[(ahead < radii) & (np.hypot(*seen[:, :2].T) < 2 * radii)] = (0, 0, *self._size)
        boxes[ahead < -radii] = 0
        return boxes

    def around_points(self, points: NDArray[np.float64]) -> Boxes:
        """The rectangle around each set of points, float64 [n, m, 3]; all of the picture where one
        of a set is not before the camera or is NaN.
        """
        seen = (points - self._position) @ self._axes.T
        ahead = -seen[..., 2]
        behind = ~(ahead >= 0.05).all(axis=1)
        seen, ahead = np.nan_to_num(seen), np.nan_to_num(ahead)
        scale = self._focal / np.maximum(ahead, 0.05)
        pixels = self._middle + seen[..., :2] * scale[..., None] * (1.0, -1.0)
        boxes = self._clipped(pixels.min(axis=1), pixels.max(axis=1))
        boxes[behind] = (0, 0, *self._size)
        return boxes

    def _clipped(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> Boxes:
        first = np.clip(np.floor(low) - MARGIN, 0, self._size)
        last = np.clip(np.ceil(high) + MARGIN, 0, self._size)
        return np.concatenate([first, last], axis=1).astype(np.int64)


def shadow_points(
    centres: NDArray[np.float64], radii: NDArray[np.float64], lamp: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Corners around each ball and where they throw their shadow on the floor: [n, 16, 3]; NaN for
    a shadow that never gets there, since the lamp is not above.

    lamp: float64 [3].
    """
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
    around = centres[:, None] + corners * radii[:, None, None]
    below = lamp[2] - around[..., 2:]
    fall = np.where(
        below > 0.05, np.maximum(around[..., 2:], 0.0) / np.maximum(below, 0.05), np.nan
    )
    return np.concatenate([around, around + fall * (around - lamp)], axis=1)


def merged(boxes: Boxes, *, overhead: float) -> list[Part]:
    """Fewer rectangles that cover all of these, where drawing one costs its pixels plus so many."""
    parts = [box for box in boxes.tolist() if box[0] < box[2] and box[1] < box[3]]
    while len(parts) > 1:
        gain, first, second = max(
            (_gain(parts[i], parts[j], overhead), i, j)
            for i in range(len(parts))
            for j in range(i + 1, len(parts))
        )
        if gain < 0:
            break
        other = parts.pop(second)
        parts[first] = _union(parts[first], other)
    return [Part(*part) for part in parts]


def _gain(one: Sequence[int], two: Sequence[int], overhead: float) -> float:
    return _area(one) + _area(two) + overhead - _area(_union(one, two))


def _union(one: Sequence[int], two: Sequence[int]) -> list[int]:
    return [
        min(one[0], two[0]),
        min(one[1], two[1]),
        max(one[2], two[2]),
        max(one[3], two[3]),
    ]


def _area(box: Sequence[int]) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
