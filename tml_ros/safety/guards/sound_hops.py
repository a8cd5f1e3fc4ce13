"""One microphone's blocks, cut anew into hops of equal length on the stream's own grid.

Sound guards judge whole hops, so what they find cannot depend on how the sound came in blocks.
Owned by the guard that listens, and by its thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import SAMPLE_RATE, AudioBlock

_SECOND_NS = 1_000_000_000
_TOLERANCE_NS = 20_000_000
"""Stamps of live blocks jitter by milliseconds; more than this is a hole or an overlap."""


@dataclass(frozen=True, slots=True)
class Hops:
    """The hops that a block completed.

    samples: float32 [n, hop], finite, within -1..1.
    start_ns: when the first sample of the first hop was taken.
    restarted: the sound before these hops does not join on to them.
    """

    samples: NDArray[np.float32]
    start_ns: int
    restarted: bool

    def end_ns(self, index: int) -> int:
        """The first nanosecond after hop `index`."""
        count: int = (index + 1) * self.samples.shape[1]
        return self.start_ns + count * _SECOND_NS // SAMPLE_RATE


class SoundHops:
    """Collects blocks until a hop is full.

    hop: samples per hop.

    The grid starts with the first sample and starts anew after a hole or an overlap, where the
    unfinished hop is dropped. A sample that is no number (NaN, infinite) counts as digital zero,
    one beyond full scale as full scale.
    """

    def __init__(self, hop: int) -> None:
        self._hop = hop
        self.reset()

    def reset(self) -> None:
        """Forget the stream; the next block begins another."""
        self._rest = np.zeros(0, np.float32)
        self._start_ns: int | None = None
        self._taken = 0
        self._restarted = True

    def push(self, block: AudioBlock) -> Hops:
        """Take in the next block, of any length; answers with the hops it completed, maybe none."""
        taken_ns = self._taken * _SECOND_NS // SAMPLE_RATE
        if self._start_ns is None or (
            abs(block.start_ns - self._start_ns - taken_ns) > _TOLERANCE_NS
        ):
            self.reset()
            self._start_ns = block.start_ns
        samples = np.concatenate([self._rest, _within_full_scale(block.samples)])
        count = len(samples) // self._hop
        first = self._taken - len(self._rest)
        hops = Hops(
            samples[: count * self._hop].reshape(count, self._hop),
            self._start_ns + first * _SECOND_NS // SAMPLE_RATE,
            self._restarted,
        )
        self._rest = samples[count * self._hop :]
        self._taken += len(block.samples)
        self._restarted = self._restarted and count == 0
        return hops


def _within_full_scale(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    # Sound is nearly always sound already: one look is cheaper than mending what is whole.
    if len(samples) and float(np.abs(samples).max()) <= 1.0:
        return samples
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(finite, -1.0, 1.0)
