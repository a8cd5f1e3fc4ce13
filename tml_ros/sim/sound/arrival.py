"""One sound as it arrives at one microphone. Types and sums only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tml_ros.sim.sound.noise import Sound
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Arrival:
    """begin: sample of the scenario at which it begins. sound: float32 [n] with its echo; made:
    how many samples of it are not echo alone. hazard: what it is a sign of.
    """

    begin: int
    sound: Sound
    made: int
    hazard: HazardKind | None = None
    line: int | None = None
    machine: str | None = None

    @property
    def start_s(self) -> float:
        """When it begins."""
        return self.begin / SAMPLE_RATE

    @property
    def end_s(self) -> float:
        """When nothing but its echo is left."""
        return (self.begin + self.made) / SAMPLE_RATE

    def within(self, count: int) -> tuple[slice, Sound]:
        """Where it lies in a scenario of so many samples, and that part of it."""
        part = self.sound[: max(0, count - self.begin)]
        return slice(self.begin, self.begin + len(part)), part


def add(into: Sound, arrival: Arrival) -> None:
    """Mix it in."""
    where, part = arrival.within(len(into))
    into[where] += part


def mean_power(sound: Sound) -> float:
    """0 for nothing."""
    return float(np.mean(np.square(sound), dtype=np.float64)) if len(sound) else 0.0
