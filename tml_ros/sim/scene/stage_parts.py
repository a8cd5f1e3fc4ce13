"""Which rectangles of a picture moving bodies and their shadows may cover, and how few do for all.

Knows nothing of the renderer. Pure.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.off_screen import Part
from tml_ros.sim.scene.prop import Placed

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

    def behind(self, part: Part, distance: float) -> tuple[Placed, tuple[float, float]]:
        """The place and half the size of a plane that fills a part of the picture from so far away
        along the camera's axis, metres, and a pixel more on each side.
        """
        scale = distance / self._focal
        across, down = (part.x0 + part.x1) / 2, (part.y0 + part.y1) / 2
        offset = ((across - self._middle[0]) * scale, (self._middle[1] - down) * scale, -distance)
        half = ((part.x1 - part.x0) / 2 + 1) * scale, ((part.y1 - part.y0) / 2 + 1) * scale
        return Placed(self._position + offset @ self._axes, self._axes.T), half

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


def touching(boxes: Boxes, others: Boxes) -> NDArray[np.bool_]:
    """Which of the boxes have something in common with any of the others: bool [n]."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    apart = np.any(low >= high, axis=2)
    return np.asarray(~np.all(apart, axis=1), np.bool_)


def merged(boxes: Boxes, *, overhead: float) -> list[Part]:
    """Fewer rectangles that cover all of these, where drawing one costs its pixels plus so many."""
    waiting: list[list[int]] = []
    for box in boxes.tolist():
        # Neighbours in the list are mostly of one owner.
        if waiting and _gain(waiting[-1], box, overhead) >= 0:
            waiting[-1] = _union(waiting[-1], box)
        elif box[0] < box[2] and box[1] < box[3]:
            waiting.append(box)
    done: list[list[int]] = []
    # Each is joined to the one that it is cheapest with; what has grown may then fit others better.
    while waiting:
        box = waiting.pop()
        gains = [_gain(box, other, overhead) for other in done]
        best = max(range(len(done)), key=gains.__getitem__, default=-1)
        if best >= 0 and gains[best] >= 0:
            waiting.append(_union(box, done.pop(best)))
        else:
            done.append(box)
    return [Part(*part) for part in done]


def _gain(one: list[int], two: list[int], overhead: float) -> float:
    return _area(one) + _area(two) + overhead - _area(_union(one, two))


def _union(one: list[int], two: list[int]) -> list[int]:
    (ax, ay, bx, by), (cx, cy, dx, dy) = one, two
    return [
        ax if ax < cx else cx,
        ay if ay < cy else cy,
        bx if bx > dx else dx,
        by if by > dy else dy,
    ]


def _area(box: list[int]) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
