"""Where somebody is who walks along a way and stands still at places on it.

Knows nothing of legs or pictures. Metres on the floor, seconds, radians from the x axis. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP_M = 0.02
STEP_S = 0.01
CORNER_M = 0.28
"""How far before a corner of the way the turn begins."""
TURN_S = 0.22
ACCELERATION = 1.6
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the way: corners to pass, then so many seconds of standing, facing that way."""

    corners: tuple[Place, ...]
    stand_s: float = 0.0
    facing: float = 0.0


@dataclass(frozen=True, slots=True)
class WalkState:
    """One moment: place (m), heading, metres walked, and how much it is standing, 0..1."""

    x: float
    y: float
    heading: float
    walked: float
    stillness: float


class Walk:
    """A way through the room, begun at `start_s` and left at full speed at `end_s`.

    legs: each begins where the one before ended; all but the last end in a stand.
    speed: of walking, m/s.
    """

    def __init__(self, legs: Sequence[Leg], *, start_s: float, speed: float) -> None:
        """Work out the whole course beforehand."""
        ways = [_rounded(leg.corners) for leg in legs]
        self._way = np.concatenate([way if i == 0 else way[1:] for i, way in enumerate(ways)])
        steps = np.linalg.norm(np.diff(self._way, axis=0), axis=1)
        self._metres = np.concatenate([[0.0], np.cumsum(steps)])
        # Leg by leg: where one turns on the spot there is no way ahead that both have.
        aheads = [np.gradient(way, axis=0) for way in ways]
        self._ahead = np.concatenate([a if i == 0 else a[1:] for i, a in enumerate(aheads)])
        walked, facing = self._course(legs, ways, speed)
        self._walked = walked
        self._times = start_s + np.arange(len(walked)) * STEP_S
        directions = np.arctan2(self._ahead[:, 1], self._ahead[:, 0])
        along = np.interp(walked, self._metres, np.unwrap(directions))
        # Of the ways round to where one faces while standing, the shorter.
        turn = (facing - along + np.pi) % (2 * np.pi) - np.pi
        heading = np.where(np.isnan(facing), along, along + turn)
        self._heading = _smooth(np.unwrap(heading), TURN_S / STEP_S)
        self._stillness = 1.0 - np.clip(np.gradient(walked, STEP_S) / 0.5, 0.0, 1.0)
        self.start_s, self.end_s = float(self._times[0]), float(self._times[-1])

    def at(self, time_s: float) -> WalkState | None:
        """The moment `time_s`; None before the walk begins and after it has ended."""
        if not self.start_s <= time_s <= self.end_s:
            return None
        walked = float(np.interp(time_s, self._times, self._walked))
        x, y = self.place(walked, 0.0)
        heading = float(np.interp(time_s, self._times, self._heading))
        stillness = float(np.interp(time_s, self._times, self._stillness))
        return WalkState(x, y, heading, walked, stillness)

    def place(self, walked: float, left: float) -> Place:
        """Where one is after so many metres of the way, `left` metres beside it."""
        x, y, ahead_x, ahead_y = (
            float(np.interp(walked, self._metres, values))
            for values in (*self._way.T, *self._ahead.T)
        )
        share = left / max(math.hypot(ahead_x, ahead_y), 1e-9)
        return x - share * ahead_y, y + share * ahead_x

    @staticmethod
    def _course(
        legs: Sequence[Leg], ways: Sequence[NDArray[np.float64]], speed: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Metres walked at each step of time, and which way one faces, NaN for ahead."""
        walked, facing, done = [], [], 0.0
        for index, (leg, way) in enumerate(zip(legs, ways, strict=True)):
            length = float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum())
            metres = _paced(length, speed, rest_before=index > 0, rest_after=leg.stand_s > 0)
            walked += [done + metres, np.full(round(leg.stand_s / STEP_S), done + length)]
            facing += [np.full(len(metres), np.nan), np.full(len(walked[-1]), leg.facing)]
            done += length
        return np.concatenate(walked), np.concatenate(facing)


def _rounded(corners: Sequence[Place]) -> NDArray[np.float64]:
    """The way through the corners as closely spaced points, its corners rounded."""
    points = np.asarray(corners, np.float64)
    metres = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    even = np.arange(0.0, metres[-1] + STEP_M / 2, STEP_M)
    return np.stack(
        [_smooth(np.interp(even, metres, points[:, axis]), CORNER_M / STEP_M) for axis in (0, 1)],
        axis=1,
    )


def _paced(
    length: float, speed: float, *, rest_before: bool, rest_after: bool
) -> NDArray[np.float64]:
    """Metres walked at each step of time: evenly, but from and to a rest with acceleration."""
    marks = np.linspace(0.0, length, 4 * round(length / STEP_M) + 2)
    middles = (marks[1:] + marks[:-1]) / 2
    before = 2 * ACCELERATION * middles if rest_before else np.inf
    after = 2 * ACCELERATION * (length - middles) if rest_after else np.inf
    pace = np.sqrt(np.minimum(np.minimum(before, after), speed**2))
    times = np.concatenate([[0.0], np.cumsum(np.diff(marks) / pace)])
    return np.interp(np.arange(0.0, times[-1], STEP_S), times, marks)


def _smooth(values: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
    """A running mean with a bell-shaped window; the ends stay where they are."""
    reach = min(round(2.5 * spread), len(values) - 1)
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
    padded = np.pad(values, reach, mode="reflect", reflect_type="odd")
    return np.convolve(padded, window / window.sum(), "valid")
