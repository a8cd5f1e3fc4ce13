"""Everything that the microphones of a scenario hear.

Levels: a line of 0 dB arrives at ordinary speech level (`SPEECH_DB`) at the nearest microphone;
hall and machines together are at `noise_db` to that, averaged over microphones; events follow
`event_sounds.LOUDNESS`. A fault's sound comes on top of its machine's. Farther microphones hear
less of the direct sound and as much of the echo. What the cell itself says is not in it. Nothing is
worked out before it is asked for. Owned by one thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.sound.arrival import Arrival, add, mean_power
from tml_ros.sim.sound.background_sound import BackgroundSound
from tml_ros.sim.sound.cries import shouted
from tml_ros.sim.sound.event_sounds import HAZARDS, LOUDNESS, event_sound
from tml_ros.sim.sound.noise import Sound
from tml_ros.sim.sound.room import Point, Room
from tml_ros.sim.sound.sound_places import SoundPlaces
from tml_ros.sim.sound.spoken import SPEECH_DB, Spoken, active_steps, decibels, speak
from tml_ros.sim.sound.voices import voice_of
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.truth import SpokenLine
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import SAMPLE_RATE

CLIPS_FROM: Final = 0.95
"""Softly, up to 1."""
_QUIETEST: Final = 1e-9


class FactorySound:
    """Of one scenario. texts: the words of each of its lines. voices: folder where spoken words are
    kept, see `espeak`.

    Raises ValueError where there is not one text for each line; speaking raises as `espeak` does.
    """

    def __init__(
        self, scenario: Scenario, texts: Sequence[str], *, voices: Path | None = None
    ) -> None:
        """Make no sound yet."""
        if len(texts) != len(scenario.lines):
            raise ValueError(f"{len(texts)} texts for {len(scenario.lines)} lines")
        self._scenario = scenario
        self._texts = tuple(texts)
        self._folder = voices
        self._count = round(scenario.seconds * SAMPLE_RATE)
        self._room = Room(scenario.hall, scenario.seed)
        self._places = SoundPlaces(scenario)
        self._background = BackgroundSound(scenario, self._room, self._places)
        self._arrivals: dict[str, tuple[Arrival, ...]] = {}
        self._totals: dict[str, Sound] = {}
        self._gains: dict[int, float] = {}

    @cached_property
    def lines(self) -> tuple[SpokenLine, ...]:
        """The lines as spoken, in the scenario's order."""
        made = []
        for index, part in enumerate(self._scenario.lines):
            spoken = self._spoken[index]
            snr_db = {name: self._snr_db(index, name) for name in self._scenario.microphones}
            made.append(
                SpokenLine(
                    index=index,
                    who=part.who,
                    act=part.act,
                    text=self._texts[index],
                    seconds=spoken.seconds,
                    start_s=part.at,
                    into_s=part.into,
                    pauses=spoken.pauses,
                    snr_db=snr_db,
                )
            )
        return tuple(made)

    def microphone(self, name: str) -> Sound:
        """All but the lines that wait for the cell: float32 [seconds * 16000], -1..1, read-only.

        Raises KeyError for a name that is no microphone.
        """
        heard: Sound = self.total(name).copy()
        loud = np.flatnonzero(np.abs(heard) > CLIPS_FROM)
        if len(loud):
            over = (np.abs(heard[loud]) - CLIPS_FROM) / (1 - CLIPS_FROM)
            heard[loud] = np.sign(heard[loud]) * (CLIPS_FROM + (1 - CLIPS_FROM) * np.tanh(over))
        heard.flags.writeable = False
        return heard

    def line(self, index: int, microphone: str) -> Sound:
        """A line as it is heard there, with its echo: float32 [n]. Its first sample is when it
        begins. Raises KeyError, IndexError.
        """
        return self._line(index, microphone)

    def arrivals(self, microphone: str) -> tuple[Arrival, ...]:
        """Everything with a beginning that is heard there: events, faults, fixed lines."""
        found = self._arrivals.get(microphone)
        if found is None:
            self._at(microphone)
            found = (*self._events(microphone), *self._background.faults(microphone))
            found += tuple(self._fixed_lines(microphone))
            self._arrivals[microphone] = found
        return found

    def total(self, microphone: str) -> Sound:
        """The sum of all that is heard there, before any clipping: float32, read-only."""
        found = self._totals.get(microphone)
        if found is None:
            self._at(microphone)
            found = self._background.heard[microphone].copy()
            for arrival in self.arrivals(microphone):
                add(found, arrival)
            found.flags.writeable = False
            self._totals[microphone] = found
        return found

    @cached_property
    def _spoken(self) -> tuple[Spoken, ...]:
        """The lines without any room."""
        made = []
        for part, text in zip(self._scenario.lines, self._texts, strict=True):
            voice = voice_of(self._scenario, part.who)
            say = shouted if part.act is Act.CRY_FOR_HELP else speak
            made.append(say(text, voice, folder=self._folder))
        return tuple(made)

    def _events(self, microphone: str) -> list[Arrival]:
        made = []
        for index, event in enumerate(self._scenario.events):
            dry = self._event_sounds.get(index)
            if dry is None:
                continue
            place = self._places.event(event, index)
            loudness = LOUDNESS[event.kind]
            wet = self._room.heard(dry, place, self._scenario.microphones[microphone].at)
            gain = self._gains.get(index)
            if gain is None:
                near = wet
                nearest = self._nearest(place)
                if nearest != microphone:
                    at = self._scenario.microphones[nearest].at
                    near = self._room.heard(dry, place, at)
                now = decibels(_peak_power(near) if loudness.of_peak else _active(near, dry))
                gain = self._gains[index] = 10 ** ((loudness.at(event.strength) - now) / 20)
            begin = round(event.at * SAMPLE_RATE)
            wet *= np.float32(gain)
            made.append(Arrival(begin, wet, len(dry), HAZARDS.get(event.kind)))
        return made

    @cached_property
    def _event_sounds(self) -> dict[int, Sound]:
        return {
            index: event_sound(self._scenario, index, event, folder=self._folder)
            for index, event in enumerate(self._scenario.events)
            if event.kind in LOUDNESS
        }

    def _fixed_lines(self, microphone: str) -> list[Arrival]:
        return [
            Arrival(
                round(part.at * SAMPLE_RATE),
                self._line(index, microphone),
                len(self._spoken[index].samples),
                HazardKind.CRY_FOR_HELP if part.act is Act.CRY_FOR_HELP else None,
                line=index,
            )
            for index, part in enumerate(self._scenario.lines)
            if part.at is not None
        ]

    def _line(self, index: int, microphone: str) -> Sound:
        part, dry = self._scenario.lines[index], self._spoken[index].samples
        place = self._places.person(part.who, self._about_when(index))
        wet = self._room.heard(dry, place, self._scenario.microphones[microphone].at)
        if not len(dry):
            return wet
        nearest = self._nearest(place)
        near = wet
        if nearest != microphone:
            near = self._room.heard(dry, place, self._scenario.microphones[nearest].at)
        level = SPEECH_DB + part.level_db - decibels(_active(near, dry))
        wet *= np.float32(10 ** (level / 20))
        return wet

    def _snr_db(self, index: int, microphone: str) -> float:
        """Of the active parts of a line to everything else during it; of one that waits, to hall
        and machines.
        """
        part, dry = self._scenario.lines[index], self._spoken[index].samples
        if not len(dry):
            return -math.inf
        if part.at is None:
            speech = self._line(index, microphone)
            other = mean_power(self._background.heard[microphone])
        else:
            (arrival,) = (one for one in self.arrivals(microphone) if one.line == index)
            speech = arrival.sound
            where, heard = arrival.within(self._count)
            during = slice(where.start, min(where.stop, where.start + len(dry)))
            other = mean_power(self.total(microphone)[during] - heard[: len(dry)])
        power = max(_active(speech, dry), _QUIETEST**2)
        return 10 * math.log10(power / max(other, _QUIETEST**2))

    def _about_when(self, index: int) -> float:
        """When a line is said; one that waits for the cell, as if right after the one before."""
        for part in reversed(self._scenario.lines[: index + 1]):
            if part.at is not None:
                return part.at
        return self._scenario.handed_over[0].at if self._scenario.handed_over else 0.0

    def _nearest(self, place: Point) -> str:
        microphones = self._scenario.microphones
        return min(microphones, key=lambda name: math.dist(place, microphones[name].at))

    def _at(self, microphone: str) -> None:
        """Make sure that there is such a microphone."""
        if microphone not in self._scenario.microphones:
            names = ", ".join(self._scenario.microphones) or "none"
            raise KeyError(f"no microphone {microphone!r}; there are: {names}")


def _active(wet: Sound, dry: Sound) -> float:
    """Mean power of what arrives while something is made."""
    steps = active_steps(dry)
    heard = wet[: steps.size * (SAMPLE_RATE // 100)].reshape(steps.size, -1)
    return mean_power(heard[steps].ravel())


def _peak_power(sound: Sound) -> float:
    return float(np.abs(sound).max(initial=0.0)) ** 2
