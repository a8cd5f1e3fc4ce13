"""How far inside of a polygon on the floor points lie.

Knows nothing of who or what the points are. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def depth_in(polygon: Sequence[tuple[float, float]], points: Array) -> Array:
    """Distance to the polygon's edge, m: above zero inside, below zero outside.

    points: float64 [..., 2]; gives float64 [...].
    """
    begin = np.asarray(polygon, np.float64)
    end = np.roll(begin, -1, axis=0)
    way = end - begin
    away = points[..., None, :] - begin
    share = np.sum(away * way, axis=-1) / np.maximum(np.sum(way * way, axis=-1), 1e-12)
    nearest = away - np.clip(share, 0.0, 1.0)[..., None] * way
    distance = np.sqrt(np.sum(nearest * nearest, axis=-1).min(axis=-1))
    # A ray to the right crosses the edge an odd number of times from inside.
    y, above = points[..., None, 1], begin[:, 1]
    spans = (above > y) != (end[:, 1] > y)
    rise = np.where(way[:, 1] == 0.0, 1.0, way[:, 1])
    crossing = begin[:, 0] + (y - above) * way[:, 0] / rise
    inside = (spans & (points[..., None, 0] < crossing)).sum(axis=-1) % 2 == 1
    return np.asarray(np.where(inside, distance, -distance))
