"""A way over the floor from rest to rest, or in full stride: how far one is when, and which way.

Knows nothing of legs. Metres, seconds, radians from the x axis. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Place = tuple[float, float]
STEP_M = 0.02
CORNER_M = 0.26
"""How far before a corner of the way the turn begins."""
SHARP = math.radians(100)
"""A sharper corner is not rounded: one stops and turns."""
KNOT_S = 0.04


class Way:
    """A way through corners, at least 0.05 m long.

    start_s: when it begins. speed: m/s. from_rest, to_rest: whether one stands before and after;
    else one comes and goes at full speed.
    """

    def __init__(
        self,
        corners: Sequence[Place],
        *,
        start_s: float,
        speed: float,
        from_rest: bool,
        to_rest: bool,
    ) -> None:
        """Work out the course."""
        self._points = _rounded(corners)
        steps = np.linalg.norm(np.diff(self._points, axis=0), axis=1)
        self._metres = np.concatenate([[0.0], np.cumsum(steps)])
        ahead = np.gradient(self._points, axis=0)
        self._headings = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
        self.length = float(self._metres[-1])
        self.speed = speed
        self.start_s = start_s
        self._marks = np.linspace(0.0, self.length, 4 * round(self.length / STEP_M) + 2)
        middles = (self._marks[1:] + self._marks[:-1]) / 2
        acceleration = max(1.4, 1.2 * speed)
        before = 2 * acceleration * middles if from_rest else np.inf
        after = 2 * acceleration * (self.length - middles) if to_rest else np.inf
        pace = np.sqrt(np.minimum(np.minimum(before, after), speed**2))
        self._times = start_s + np.concatenate([[0.0], np.cumsum(np.diff(self._marks) / pace)])
        self.end_s = float(self._times[-1])

    def knots(self) -> Array:
        """Moments close enough together to draw straight lines between."""
        return np.linspace(
            self.start_s, self.end_s, max(2, math.ceil((self.end_s - self.start_s) / KNOT_S))
        )

    def walked(self, times: Array) -> Array:
        """Metres at those moments within its time."""
        return np.interp(times, self._times, self._marks)

    def when(self, walked: float) -> float:
        """When so much of it is walked; before and after it as if at full speed."""
        beyond = min(0.0, walked) + max(0.0, walked - self.length)
        return float(np.interp(walked, self._marks, self._times)) + beyond / self.speed

    def place(self, walked: Array, left: float = 0.0) -> Array:
        """float64 [n, 2]: on it, or beside it; straight on before its beginning and after it."""
        heading = self.heading(walked)
        ahead = np.stack([np.cos(heading), np.sin(heading)], axis=1)
        beyond = np.minimum(walked, 0.0) + np.maximum(walked - self.length, 0.0)
        on = np.stack([np.interp(walked, self._metres, axis) for axis in self._points.T], axis=1)
        aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
        return np.asarray(on + beyond[:, None] * ahead + left * aside)

    def heading(self, walked: Array) -> Array:
        """Which way it runs there."""
        return np.interp(walked, self._metres, self._headings)


def stretches(places: Sequence[Place]) -> list[list[Place]]:
    """A way cut where it turns sharply, standing still between places left out."""
    kept = [places[0]]
    for place in places[1:]:
        if math.dist(place, kept[-1]) >= 0.05:
            kept.append(place)
    if len(kept) < 2:
        return []
    cut = [[kept[0]]]
    for index in range(1, len(kept)):
        cut[-1].append(kept[index])
        if index + 1 < len(kept):
            came, goes = (
                math.atan2(b[1] - a[1], b[0] - a[0])
                for a, b in ((kept[index - 1], kept[index]), (kept[index], kept[index + 1]))
            )
            if abs(shortest(goes - came)) > SHARP:
                cut.append([kept[index]])
    return cut


def shortest(angle: float) -> float:
    """The same angle within -pi..pi."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


def _rounded(corners: Sequence[Place]) -> Array:
    """The way through the corners as closely spaced points, its corners rounded."""
    points = np.asarray(corners, np.float64)
    metres = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    even = np.linspace(0.0, metres[-1], max(2, round(metres[-1] / STEP_M) + 1))
    spread = CORNER_M / STEP_M
    reach = min(round(2.5 * spread), len(even) - 1)
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
    window /= window.sum()
    return np.stack(
        [
            np.convolve(
                np.pad(
                    np.interp(even, metres, points[:, axis]),
                    reach,
                    mode="reflect",
                    reflect_type="odd",
                ),
                window,
                "valid",
            )
            for axis in (0, 1)
        ],
        axis=1,
    )
