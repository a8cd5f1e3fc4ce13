"""Geometry of zones: polygons in fractions of a picture, in pixels, and as masks.

Knows nothing of cells, cameras or guards. Pure functions. Points are (x, y) from the top left;
fractions are of width and height, so that a zone fits frames of any size.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Polygon = tuple[Point, ...]

MIN_AREA_FRACTION = 1e-4
"""Less of the picture than this (8 pixels at working size) cannot hold a pair of feet."""

_SHIFT = 4
"""Fractional bits of corner positions: masks are cut at a sixteenth of a pixel."""


def to_fractions(polygon: Sequence[Point], *, width: float, height: float) -> Polygon:
    """Pixel positions as fractions of a picture of that size."""
    return tuple((x / width, y / height) for x, y in polygon)


def to_pixels(polygon: Sequence[Point], *, width: int, height: int) -> NDArray[np.float64]:
    """Fractions as pixel positions: float64 [n, 2]; 1.0 is the far edge of the last pixel."""
    return np.asarray(polygon, np.float64).reshape(-1, 2) * (width, height)


def zone_mask(polygon: Sequence[Point], *, width: int, height: int) -> NDArray[np.bool_]:
    """Which pixels lie in the polygon (fractions): bool [height, width].

    Pixel centres are at half positions; pixels that the outline touches belong to the zone.
    """
    mask = np.zeros((height, width), np.uint8)
    # OpenCV puts the centre of pixel 0 at 0, not at a half.
    corners = (to_pixels(polygon, width=width, height=height) - 0.5) * (1 << _SHIFT)
    cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 1, shift=_SHIFT)
    return mask.astype(np.bool_)


def area(polygon: Sequence[Point]) -> float:
    """The area enclosed, in squared units of the corners; of outlines that do not cross."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _edges(polygon))) / 2.0


def lies_on_a_line(polygon: Sequence[Point]) -> bool:
    """Whether all corners lie on one line, so that nothing is enclosed."""
    first = polygon[0]
    other = next((corner for corner in polygon if corner != first), first)
    return all(_turn(first, other, corner) == 0 for corner in polygon)


def crossing_edges(polygon: Sequence[Point]) -> tuple[int, int] | None:
    """Two edges that cross or touch where they must not, or None.

    Edge i goes from corner i to the next. Neighbours may share their corner and nothing more.
    """
    edges = _edges(polygon)
    last = len(edges) - 1
    for first, second in combinations(range(len(edges)), 2):
        (a, b), (c, d) = edges[first], edges[second]
        if second == first + 1:
            touching = _folds_back(a, b, d)
        elif first == 0 and second == last:
            touching = _folds_back(c, d, b)
        else:
            touching = _segments_meet(a, b, c, d)
        if touching:
            return first, second
    return None


def _edges(polygon: Sequence[Point]) -> list[tuple[Point, Point]]:
    corners = [(float(x), float(y)) for x, y in polygon]
    return list(zip(corners, corners[1:] + corners[:1], strict=True))


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above zero where a, b, c turn one way, below where the other, zero on a line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _on_segment(a: Point, b: Point, p: Point) -> bool:
    return (
        _turn(a, b, p) == 0
        and min(a[0], b[0]) <= p[0] <= max(a[0], b[0])
        and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])
    )


def _folds_back(a: Point, corner: Point, b: Point) -> bool:
    """Whether the edges a-corner and corner-b lie on each other."""
    along = (a[0] - corner[0]) * (b[0] - corner[0]) + (a[1] - corner[1]) * (b[1] - corner[1])
    return _turn(a, corner, b) == 0 and along >= 0


def _segments_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    if _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0:
        return True
    return (
        _on_segment(a, b, c) or _on_segment(a, b, d) or _on_segment(c, d, a) or _on_segment(c, d, b)
    )
