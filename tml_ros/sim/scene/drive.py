"""Where a vehicle is that drives along places, slows down in curves, and stands in between.

Knows nothing of pictures. It turns on the spot where the next way begins sharply to the side, and
its heading otherwise follows the way. Metres, seconds, radians from the x axis. Pure.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import Place, VehiclePart

GRID_M = 0.04
CORNER_M = 1.0
"""From where before a right-angled corner the curve begins."""
SHARP = math.radians(115)
"""Where the way turns by more, the vehicle stops and turns on the spot."""
ACCELERATION, BRAKING, SIDEWAYS = 1.0, 1.4, 1.3
"""m/s²; sideways: in curves, at most."""
TURN_RATE = math.radians(75)
SLIGHT = math.radians(3)

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DriveState:
    """One moment. metres: driven so far. speed: m/s."""

    x: float
    y: float
    heading: float
    speed: float
    metres: float


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stretch of the course, as values at times: columns x, y, heading, speed, metres."""

    times: Values
    values: Values


class Drive:
    """The course of one vehicle."""

    def __init__(self, part: VehiclePart) -> None:
        """Work out the whole course beforehand."""
        self._stays = part.stays
        self._stages: list[_Stage] = []
        self._now = part.enters
        self._state = DriveState(*part.at, math.radians(part.facing), 0.0, 0.0)
        for index, step in enumerate(part.steps):
            if step.walk is None:
                self._stand(step.stand or 0.0, step.facing)
                continue
            first, last = index == 0, index == len(part.steps) - 1
            self._walk(
                step.walk,
                part.speed,
                straight=first,
                rolling_in=first and part.enters > 0,
                rolling_out=last and not part.stays,
            )
        if not self._stages:
            self._stand(0.0, None)
        self._starts = [float(stage.times[0]) for stage in self._stages]
        self.start_s, self.end_s = part.enters, self._now

    def at(self, time_s: float) -> DriveState | None:
        """The moment `time_s`; None while it is not in the hall."""
        if time_s < self.start_s or (time_s > self.end_s and not self._stays):
            return None
        index = max(int(np.searchsorted(self._starts, time_s, side="right")) - 1, 0)
        stage = self._stages[index]
        x, y, heading, speed, metres = (
            float(np.interp(time_s, stage.times, values)) for values in stage.values.T
        )
        return DriveState(x, y, heading, 0.0 if time_s > self.end_s else speed, metres)

    def _stand(self, seconds: float, facing: float | None) -> None:
        heading, turn_s = self._state.heading, 0.0
        if facing is not None:
            turn = _shorter(math.radians(facing) - heading)
            turn_s = min(_turning_s(turn), seconds)
            # As far round as there is time for.
            heading += turn * turn_s / max(_turning_s(turn), 1e-9)
        self._turn_to(heading, turn_s)
        rest = seconds - turn_s
        self._add(np.array([0.0, rest]), [self._state, self._state])

    def _walk(
        self,
        places: Sequence[Place],
        speed: float,
        *,
        straight: bool,
        rolling_in: bool,
        rolling_out: bool,
    ) -> None:
        """straight: it already faces along the way. rolling: at full speed at that end."""
        corners = [(self._state.x, self._state.y), *places]
        points = [
            corners[0],
            *(b for a, b in itertools.pairwise(corners) if math.dist(a, b) > 0.01),
        ]
        runs = _split(points)
        for index, run in enumerate(runs):
            way = _rounded(run)
            ahead = np.unwrap(np.arctan2(*np.gradient(way, axis=0).T[::-1]))
            if straight and index == 0:
                before = self._state
                self._state = DriveState(before.x, before.y, float(ahead[0]), 0.0, before.metres)
            ahead += _shorter(ahead[0] - self._state.heading) - (ahead[0] - self._state.heading)
            turn = float(ahead[0]) - self._state.heading
            if abs(turn) > SLIGHT:
                self._turn_to(float(ahead[0]), _turning_s(turn))
            self._go(
                way,
                ahead,
                speed,
                rolling_in=rolling_in and index == 0,
                rolling_out=rolling_out and index == len(runs) - 1,
            )

    def _go(
        self, way: Values, ahead: Values, speed: float, *, rolling_in: bool, rolling_out: bool
    ) -> None:
        steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
        bends = np.abs(np.gradient(ahead)) / max(float(steps.mean()), 1e-9)
        bends = np.maximum(bends, 1e-6)
        pace = np.minimum(np.minimum(speed, np.sqrt(SIDEWAYS / bends)), 1.5 * TURN_RATE / bends)
        pace[0] = pace[0] if rolling_in else 0.0
        pace[-1] = pace[-1] if rolling_out else 0.0
        for i, step in enumerate(steps):
            pace[i + 1] = min(pace[i + 1], math.sqrt(pace[i] ** 2 + 2 * ACCELERATION * step))
        for i in range(len(steps) - 1, -1, -1):
            pace[i] = min(pace[i], math.sqrt(pace[i + 1] ** 2 + 2 * BRAKING * steps[i]))
        times = np.concatenate([[0.0], np.cumsum(steps / ((pace[1:] + pace[:-1]) / 2))])
        metres = self._state.metres + np.concatenate([[0.0], np.cumsum(steps)])
        states = np.column_stack([way, ahead, pace, metres])
        self._stages.append(_Stage(self._now + times, states))
        self._now += float(times[-1])
        x, y, heading, _, driven = (float(value) for value in states[-1])
        self._state = DriveState(x, y, heading, 0.0, driven)

    def _turn_to(self, heading: float, seconds: float) -> None:
        """On the spot, evenly begun and ended."""
        before = self._state
        if seconds <= 0.0:
            return
        shares = np.linspace(0.0, 1.0, 17)
        eased = shares * shares * (3 - 2 * shares)
        turned = before.heading + eased * (heading - before.heading)
        states = [DriveState(before.x, before.y, float(h), 0.0, before.metres) for h in turned]
        self._add(shares * seconds, states)

    def _add(self, times: Values, states: Sequence[DriveState]) -> None:
        values = np.array([(s.x, s.y, s.heading, s.speed, s.metres) for s in states])
        self._stages.append(_Stage(self._now + times, values))
        self._now += float(times[-1])
        self._state = states[-1]


def _turning_s(angle: float) -> float:
    # Eased, the rate in the middle is half as high again as on average.
    return 1.5 * abs(angle) / TURN_RATE


def _shorter(angle: float) -> float:
    """The same direction, by the shorter way round."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


def _split(points: Sequence[Place]) -> list[list[Place]]:
    """The way in parts that begin and end where it turns sharply."""
    parts: list[list[Place]] = [list(points[:1])]
    for index, point in enumerate(points[1:], 1):
        parts[-1].append(point)
        if index + 1 < len(points):
            into = np.subtract(point, points[index - 1])
            out = np.subtract(points[index + 1], point)
            turn = math.atan2(*out[::-1]) - math.atan2(*into[::-1])
            if abs(_shorter(turn)) > SHARP:
                parts.append([point])
    return [part for part in parts if len(part) > 1]


def _rounded(points: Sequence[Place]) -> Values:
    """The way through the points with its corners rounded, closely spaced."""
    corners = [np.array(point, np.float64) for point in points]
    pieces = [corners[0][None]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = before - corner, after - corner
        cut = min(CORNER_M, 0.48 * float(np.linalg.norm(into)), 0.48 * float(np.linalg.norm(out)))
        begin = corner + into / np.linalg.norm(into) * cut
        end = corner + out / np.linalg.norm(out) * cut
        along = np.linspace(0.0, 1.0, 24)[:, None]
        pieces.append((1 - along) ** 2 * begin + 2 * along * (1 - along) * corner + along**2 * end)
    pieces.append(corners[-1][None])
    way = np.concatenate(pieces)
    metres = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    even = np.linspace(0.0, metres[-1], max(round(metres[-1] / GRID_M), 2) + 1)
    return np.column_stack([np.interp(even, metres, way[:, axis]) for axis in (0, 1)])
