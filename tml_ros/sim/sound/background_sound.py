"""Hall and machines as the microphones of a scenario hear them, at the scenario's `noise_db`.

The level is that of hall and sound machines together, averaged over the microphones; what a fault
adds comes on top. Knows nothing of events and lines. Owned by one thread.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.sound.arrival import Arrival, mean_power
from tml_ros.sim.sound.hall_noise import hall_noise, microphone_noise
from tml_ros.sim.sound.machines import MachineSound, machine_sound
from tml_ros.sim.sound.noise import Sound
from tml_ros.sim.sound.room import Room
from tml_ros.sim.sound.sound_places import SoundPlaces
from tml_ros.sim.sound.spoken import SPEECH_DB
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import SAMPLE_RATE

_SEED: Final = 0xBAC6


class BackgroundSound:
    """Of one scenario in its room."""

    def __init__(self, scenario: Scenario, room: Room, places: SoundPlaces) -> None:
        """Make no sound yet."""
        self._scenario = scenario
        self._room = room
        self._places = places
        self._count = round(scenario.seconds * SAMPLE_RATE)

    @cached_property
    def heard(self) -> dict[str, Sound]:
        """Without faults, by microphone: float32 [seconds * 16000]."""
        made = {}
        for number, (name, sound) in enumerate(self._unscaled.items()):
            made[name] = sound * np.float32(self._gain)
            made[name] += microphone_noise(self._count, self._rng(4, number))
        return made

    def faults(self, microphone: str) -> list[Arrival]:
        """What faults add there, each from when on its machine has it."""
        listens = self._scenario.microphones[microphone].at
        made = []
        for machine, sound in self._machines.items():
            if sound.fault is None:
                continue
            part = self._scenario.machines[machine]
            begin = min(round(part.faulty * SAMPLE_RATE), self._count)
            ringing = sound.fault[begin:] * np.float32(self._gain)
            heard = self._room.heard(ringing, self._places.machine(part), listens)
            made.append(
                Arrival(
                    begin,
                    heard[: len(ringing)],
                    len(ringing),
                    HazardKind.MACHINE_FAULT_SOUND,
                    machine=machine,
                )
            )
        return made

    @cached_property
    def _machines(self) -> dict[str, MachineSound]:
        return {
            name: machine_sound(part, self._count, self._rng(1, index), self._scenario.looks)
            for index, (name, part) in enumerate(self._scenario.machines.items())
        }

    @cached_property
    def _unscaled(self) -> dict[str, Sound]:
        looks = self._scenario.looks
        made = {}
        for number, (name, part) in enumerate(self._scenario.microphones.items()):
            heard = hall_noise(self._count, self._rng(2), self._rng(3, number), looks)
            for machine, sound in self._machines.items():
                place = self._places.machine(self._scenario.machines[machine])
                heard += self._room.heard(sound.own, place, part.at)[: self._count]
            made[name] = heard
        return made

    @cached_property
    def _gain(self) -> float:
        power = float(np.mean([mean_power(sound) for sound in self._unscaled.values()]))
        wanted = 10 ** ((SPEECH_DB + self._scenario.noise_db) / 10)
        return math.sqrt(wanted / power) if power else 1.0

    def _rng(self, *numbers: int) -> np.random.Generator:
        seed = np.random.SeedSequence([self._scenario.seed, _SEED, *numbers])
        return np.random.default_rng(seed)
