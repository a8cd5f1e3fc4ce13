"""Whether a microphone hears at all, and whether it is overdriven.

A living microphone never gives the same value for long: even in a silent room its amplifier hisses.
Overdriven sound is cut off at full scale, which shows as runs of full-scale samples. An amplifier
that cuts off below full scale is not seen. Owned by the thread that hands it the sound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.sound_hops import SoundHops
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import SAMPLE_RATE, AudioBlock

HOP = SAMPLE_RATE // 10
"""100 ms between decisions."""
DEAD_HOPS, ALIVE_HOPS = 10, 5
"""Lost after 1 s of one and the same value, back after 0.5 s without such a hop."""
CLIPPED_OF, CLIPPED_HOPS, CLEAN_HOPS = 5, 4, 10
"""Overdriven when 4 hops of the last 5 are, no longer after 1 s without one: a shout or a single
blow may reach full scale."""
FULL_SCALE = 0.99
RUN = 3
"""Samples in a row at full scale: sound that just reaches it does so for one or two."""
CLIPPED_SHARE = 0.01


class MicrophoneHealth:
    """Judges microphone_lost and microphone_clipping; the zone is the microphone's name."""

    def __init__(self, microphone: str) -> None:
        """microphone: its name in the cell."""
        self._microphone = microphone
        self._hops = SoundHops(HOP)
        self.reset()

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
        self._hops.reset()
        self._dead_hops = 0
        self._alive_hops = 0
        self._clipped = [False] * CLEAN_HOPS
        self._lost = False
        self._clipping = False
        self._last: list[Hazard] = []

    def observe_audio(self, block: AudioBlock) -> list[Hazard]:
        """Judge the next block: both kinds per 100 ms completed, or the last statements again."""
        hops = self._hops.push(block)
        stated = [] if self._last else self._hazards(block.start_ns)
        for index, hop in enumerate(hops.samples):
            self._judge_life(hop)
            self._judge_level(hop)
            stated += self._hazards(hops.end_ns(index))
        if not stated:
            return self._last
        self._last = stated[-2:]
        return stated

    def _judge_life(self, hop: NDArray[np.float32]) -> None:
        dead = bool((hop == hop[0]).all())
        self._dead_hops = self._dead_hops + 1 if dead else 0
        self._alive_hops = 0 if dead else self._alive_hops + 1
        if self._dead_hops >= DEAD_HOPS:
            self._lost = True
        elif self._alive_hops >= ALIVE_HOPS:
            self._lost = False

    def _judge_level(self, hop: NDArray[np.float32]) -> None:
        clipped = _share_in_runs(hop) >= CLIPPED_SHARE
        self._clipped = [*self._clipped[1:], clipped]
        if sum(self._clipped[-CLIPPED_OF:]) >= CLIPPED_HOPS:
            self._clipping = True
        elif not any(self._clipped):
            self._clipping = False

    def _hazards(self, stamp_ns: int) -> list[Hazard]:
        return [
            Hazard(kind, self._microphone, float(present), HazardSource.GUARD, stamp_ns)
            for kind, present in (
                (HazardKind.MICROPHONE_LOST, self._lost),
                (HazardKind.MICROPHONE_CLIPPING, self._clipping),
            )
        ]


def _share_in_runs(hop: NDArray[np.float32]) -> float:
    """The share of samples, 0..1, that begin `RUN` samples at full scale on the same side.

    A stuck converter is not an overdriven one: a hop without any movement has no share.
    """
    low, high = float(hop.min()), float(hop.max())
    if low == high or max(-low, high) < FULL_SCALE:
        return 0.0
    share = 0.0
    for side in (hop >= FULL_SCALE, hop <= -FULL_SCALE):
        runs = np.lib.stride_tricks.sliding_window_view(side, RUN).all(axis=1)
        share += float(runs.mean())
    return share
