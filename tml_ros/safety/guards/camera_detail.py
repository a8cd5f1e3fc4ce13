"""Judge whether a camera has lost the detail it normally shows: covered, or out of focus.

The picture is cut into tiles. A tile's detail is its fine contrast over its brightness, so that
less light is not taken for less detail, with the temporal noise taken off, so that noise is not
taken for detail. Each tile is compared with its own normal, and only a loss nearly everywhere
counts: a person close to the lens leaves some tiles free.

Blind where a scene is plain from the beginning, for it has no normal to lose; only a picture that
is uniform all over counts as covered there. A loss that creeps in over many minutes becomes the
normal. Knows nothing of alarms. Owned by the guard that feeds it.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

TILES = (8, 6)
"""Columns and rows."""
TEXTURED = 0.025
"""Fine contrast over brightness from which a tile has detail to lose."""
LOST = 0.3
"""Share of its normal below which a tile has lost its detail."""
LOST_SHARE = 0.85
BACK_SHARE = 0.6
MIN_TILES = 4
JUDGED_SHARE = 0.25
"""Fewer of the textured tiles than this cannot speak for the picture."""
CRUSHED = (12.0, 243.0)
"""Mean levels outside which a tile's brightness explains its lack of detail."""
BRIGHTNESS_FLOOR = 10.0
UNIFORM_SPREAD = 4.0
"""Levels between the tiles' means within which a picture without detail is uniform."""
UNIFORM_TILES = 4
"""So many tiles may look textured by chance, in noise."""
NOISE_MARGIN = 1.2
BURIED = 0.35
"""A tile whose normal detail, in this light, has less power than so many times the noise is lost in
the noise, and says nothing."""
NOISE_RISE = 2.0
"""Temporal change beyond so many times the usual noise power is motion, or a camera that shakes."""
RISE_S = 30.0
FALL_S = 300.0
LEARN_FIRST = 10
"""Pictures whose plain average is the first normal."""

Plane = NDArray[np.float32]


class DetailJudge:
    """The normal detail of one camera, and two answers about the newest picture."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the normal."""
        self.lost = False
        """Nearly all tiles have lost their detail."""
        self.uniform = False
        """The picture shows nothing at all."""
        self._normal: Plane | None = None
        self._usual_noise = 0.0
        self._learnt = 0
        self._last_ns = 0
        self._last_edges: Plane | None = None

    def observe(self, grey: NDArray[np.uint8], stamp_ns: int, *, learn: bool) -> None:
        """Judge a picture. grey: uint8 [h, w]. learn: whether it may become part of the normal.

        The first picture of its size is not judged: it takes two to know the noise.
        """
        edges = np.asarray(cv2.Laplacian(grey, cv2.CV_32F), np.float32)
        last, self._last_edges = self._last_edges, edges
        last_ns, self._last_ns = self._last_ns, stamp_ns
        if last is None or last.shape != edges.shape:
            return
        change = edges - last
        noise = 0.5 * float(np.median(_tile_means(change * change)))
        level = _tile_means(grey)
        detail = self._detail(edges, level, noise)
        textured = np.count_nonzero(detail >= TEXTURED)
        self.uniform = bool(np.ptp(level) < UNIFORM_SPREAD and textured <= UNIFORM_TILES)
        self.lost = self._normal is not None and self._is_lost(level, detail, noise, self._normal)
        if learn and not self.lost and not self.uniform:
            self._learn(detail, noise, (stamp_ns - last_ns) * 1e-9)

    def _detail(self, edges: Plane, level: Plane, noise: float) -> Plane:
        """Fine contrast of each tile over its level, without the noise."""
        if self._learnt > 0:
            noise = min(noise, NOISE_RISE * self._usual_noise)
        power = np.maximum(_tile_means(edges * edges) - NOISE_MARGIN * noise, 0.0)
        return np.asarray(np.sqrt(power) / (level + BRIGHTNESS_FLOOR), np.float32)

    def _is_lost(self, level: Plane, detail: Plane, noise: float, normal: Plane) -> bool:
        textured = normal >= TEXTURED
        expected = np.square(normal * (level + BRIGHTNESS_FLOOR))
        judged = textured & (level > CRUSHED[0]) & (level < CRUSHED[1])
        judged &= expected >= BURIED * noise
        count = int(np.count_nonzero(judged))
        if count < MIN_TILES or count < JUDGED_SHARE * np.count_nonzero(textured):
            return False
        gone = np.count_nonzero(judged & (detail < LOST * normal)) / count
        return bool(gone >= (BACK_SHARE if self.lost else LOST_SHARE))

    def _learn(self, detail: Plane, noise: float, elapsed_s: float) -> None:
        """Normals rise in half a minute and fall in minutes: passers-by hide more than they add."""
        self._learnt += 1
        at_first = 1.0 / self._learnt if self._learnt <= LEARN_FIRST else 0.0
        elapsed_s = min(1.0, max(0.0, elapsed_s))
        normal = detail if self._normal is None else self._normal
        rates = np.maximum(elapsed_s / np.where(detail > normal, RISE_S, FALL_S), at_first)
        self._normal = np.asarray(normal + rates * (detail - normal), np.float32)
        self._usual_noise += max(elapsed_s / RISE_S, at_first) * (noise - self._usual_noise)


def _tile_means(plane: NDArray[np.uint8] | Plane) -> Plane:
    """Mean of each tile. Several times faster than cv2.resize by area to so small a size."""
    tops, lefts, areas = _tiling(*plane.shape)
    sums = np.add.reduceat(np.asarray(plane, np.float32), tops, axis=0)
    return np.asarray(np.add.reduceat(sums, lefts, axis=1) / areas, np.float32)


@lru_cache(maxsize=16)
def _tiling(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Plane]:
    """First rows and first columns of the tiles, and their areas."""
    columns, rows = TILES
    tops = np.arange(rows) * height // rows
    lefts = np.arange(columns) * width // columns
    areas = np.outer(np.diff(tops, append=height), np.diff(lefts, append=width))
    return tops, lefts, areas.astype(np.float32)
