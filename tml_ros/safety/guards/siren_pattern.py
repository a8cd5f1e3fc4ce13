"""Whether a tone moves as sirens do: it glides, or it changes to and fro between two pitches.

Works on the course of one tone, one frequency per step of 16 ms and NaN where there was none.
Knows nothing of sound. Owned by the siren guard.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

STEPS_PER_SECOND = 62.5
COURSE_STEPS = 48
"""0.77 s: longer than nearly all vowels, short enough to answer within a second."""

_LEAST_TONAL = 0.8
_LEAST_SHARE = 0.72
_LEAST_SHARE_OF_MOST = 0.35
_LEAST_MOVING = 0.7
_LEAST_RANGE = 0.06
_LEAST_COHERENCE = 0.75
_MOST_JUMPS = 1
_JUMP = 0.06
_JUMP_OVER_HOLE = 0.25
_SPAN = 5
_SLOWEST = 0.1 * _SPAN / STEPS_PER_SECOND
"""A tenth of its pitch per second: a wail of 10 s still moves faster for most of its course."""


def stands_clear(share: NDArray[np.float64]) -> bool:
    """Whether the tone makes up most of what is not background.

    share: float64 [`COURSE_STEPS`], that of the tone and its harmonics at each step, 0..1.
    """
    least, half = np.quantile(share, (0.2, 0.5))
    return bool(least >= _LEAST_SHARE_OF_MOST and half >= _LEAST_SHARE)


def glides(hz: NDArray[np.float64]) -> bool:
    """Whether the course of a tone, float64 [`COURSE_STEPS`] in Hz, is one smooth movement.

    Nearly always there, nearly always moving, over at least 6 % in all, and with at most one jump:
    the fly-back of a saw-tooth siren is one, the syllables of speech are many. The notes of music
    stand still between their jumps.
    """
    there = np.flatnonzero(~np.isnan(hz))
    if len(there) < _LEAST_TONAL * len(hz):
        return False
    heard = np.log(hz[there])
    pitch = _without_strays(np.interp(np.arange(len(hz)), there, heard))
    steps = np.abs(np.diff(pitch))
    # A yelp moves as far in a step as a jump does, but its steps are alike.
    jumps = np.sum(steps[1:-1] > _JUMP + 1.5 * _beside(steps)) + _jumps_over_holes(there, heard)
    spans = np.abs(pitch[_SPAN:] - pitch[:-_SPAN])
    paths = np.convolve(steps, np.ones(_SPAN), "valid")
    low, high = np.quantile(pitch, (0.05, 0.95))
    return bool(
        jumps <= _MOST_JUMPS
        and np.mean(spans > _SLOWEST) >= _LEAST_MOVING
        and high - low >= _LEAST_RANGE
        and spans.sum() >= _LEAST_COHERENCE * paths.sum()
    )


def _jumps_over_holes(there: NDArray[np.int64], heard: NDArray[np.float64]) -> int:
    """How often the pitch is elsewhere after a hole, and was not on its way there."""
    lengths = np.diff(there)
    moved = np.abs(np.diff(heard))
    on_its_way = 1.2 * lengths[1:-1] * _beside(moved / lengths)
    jumped = (lengths[1:-1] > 1) & (moved[1:-1] > np.maximum(_JUMP_OVER_HOLE, on_its_way))
    return int(jumped.sum())


def _beside(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The larger neighbour of each but the first and the last."""
    return np.maximum(steps[:-2], steps[2:])


def _without_strays(pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.median(np.stack([pitch[:-2], pitch[1:-1], pitch[2:]]), axis=0))


@dataclass(slots=True)
class _Plateau:
    """One pitch held: its logarithm, its first and last step, how many steps had a tone."""

    pitch: float
    first: int
    last: int
    count: int = 1

    @property
    def held(self) -> int:
        """From first to last, in steps."""
        return self.last - self.first + 1


class TwoTones:
    """Finds a tone that changes between two pitches: to and fro and to again, each held as long.

    Three changes, because two are in every melody.
    """

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._plateaus: list[_Plateau] = []
        self._step = 0

    def follow(self, course: Iterable[float]) -> bool:
        """Take in the next steps of the course (Hz); whether it alternates now."""
        for hz in course:
            self._step += 1
            if not math.isnan(hz):
                self._extend(math.log(hz))
        return self._alternates()

    def _extend(self, pitch: float) -> None:
        # The newest plateau may be a stray moment: look one further back as well.
        for plateau in reversed(self._plateaus[-2:]):
            near = abs(pitch - plateau.pitch) < _SAME_PITCH
            if near and self._step - plateau.last <= _LONGEST_HOLE:
                if plateau is not self._plateaus[-1]:
                    if self._plateaus[-1].count >= _LEAST_STEPS:
                        continue
                    self._plateaus.pop()
                plateau.count += 1
                plateau.last = self._step
                plateau.pitch += (pitch - plateau.pitch) / min(plateau.count, 8)
                return
        if self._plateaus and self._plateaus[-1].count < _LEAST_STEPS:
            self._plateaus[-1] = _Plateau(pitch, self._step, self._step)
            return
        self._plateaus.append(_Plateau(pitch, self._step, self._step))
        del self._plateaus[:-4]

    def _alternates(self) -> bool:
        if len(self._plateaus) < 4:
            return False
        one, other, one_again, other_again = self._plateaus
        newest = other_again.count >= _LEAST_STEPS and (
            self._step - other_again.last <= _LONGEST_HOLE
        )
        joined = all(
            after.first - before.last <= _LONGEST_HOLE for before, after in pairwise(self._plateaus)
        )
        alike = max(abs(one.pitch - one_again.pitch), abs(other.pitch - other_again.pitch))
        held, held_again = other.held, one_again.held
        heard = sum(plateau.count for plateau in self._plateaus)
        return (
            newest
            and joined
            and alike < _SAME_PITCH
            and _LEAST_INTERVAL <= abs(other.pitch - one.pitch) <= _WIDEST_INTERVAL
            and _SHORTEST_HELD <= held <= _LONGEST_HELD
            and abs(held - held_again) <= max(_UNEVEN_STEPS, _UNEVEN * held)
            and heard >= _LEAST_HEARD * (self._step - one.first + 1)
        )


_SAME_PITCH = 0.03
_LEAST_INTERVAL, _WIDEST_INTERVAL = 0.06, 0.6
_LEAST_STEPS = 5
_LEAST_HEARD = 0.7
_LONGEST_HOLE = 8
_SHORTEST_HELD, _LONGEST_HELD = 10, 75
_UNEVEN, _UNEVEN_STEPS = 0.2, 3
