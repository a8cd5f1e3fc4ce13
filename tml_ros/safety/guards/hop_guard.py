"""What guards that judge sound hop by hop have in common: blocks in, one statement per hop out.

Knows nothing of what is judged. Owned by the thread that hands it the sound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.sound_hops import SoundHops
from tml_ros.turn.hazard import Hazard
from tml_ros.turn.micro_turn import AudioBlock


class HopGuard(ABC):
    """Listens to one microphone. Subclasses judge a hop and say what a break in the sound means."""

    def __init__(self, microphone: str, hop: int) -> None:
        """microphone: its name in the cell. hop: samples per decision."""
        self._microphone = microphone
        self._hops = SoundHops(hop)
        self.reset()

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
        self._hops.reset()
        self._break_off()
        self._last: Hazard | None = None

    def observe_audio(self, block: AudioBlock) -> list[Hazard]:
        """Judge the next block: one statement per hop completed, or the last one again."""
        hops = self._hops.push(block)
        stated = [] if self._last else [self._hazard(block.start_ns)]
        for index, hop in enumerate(hops.samples):
            if hops.restarted and index == 0:
                self._break_off()
            stated.append(self._judge(hop, hops.end_ns(index)))
        if self._last and not stated:
            return [self._last]
        self._last = stated[-1]
        return stated

    @abstractmethod
    def _break_off(self) -> None:
        """The next sound does not join on to the last."""

    @abstractmethod
    def _judge(self, hop: NDArray[np.float32], end_ns: int) -> Hazard:
        """Judge one hop, float32 [hop], that ends at `end_ns`."""

    @abstractmethod
    def _hazard(self, stamp_ns: int) -> Hazard:
        """What is stated now."""
