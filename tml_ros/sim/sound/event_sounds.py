"""The sounds of a scenario's events, and how loud each arrives at the nearest microphone.

A siren is louder than speech, an impact louder still; what is there to fool the ear can be as loud
as speech, clatter stays below a blow. Knows nothing of places and rooms. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import EventKind, EventPart, Scenario
from tml_ros.sim.sound.cries import cry
from tml_ros.sim.sound.distractor_sounds import beeps, fan, radio
from tml_ros.sim.sound.impacts import clatter, impact
from tml_ros.sim.sound.noise import Sound
from tml_ros.sim.sound.sirens import siren
from tml_ros.sim.sound.spoken import SPEECH_DB
from tml_ros.sim.sound.voices import drawn_voice
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class Loudness:
    """least_db: at strength 0, most_db: at strength 1; dB of full scale. of_peak: of the highest
    sample, else RMS of the active parts.
    """

    least_db: float
    most_db: float
    of_peak: bool = False

    def at(self, strength: float) -> float:
        """For a strength within 0..1."""
        return self.least_db + (self.most_db - self.least_db) * strength


LOUDNESS: Final[Mapping[EventKind, Loudness]] = {
    EventKind.SIREN: Loudness(SPEECH_DB - 2, SPEECH_DB + 13),
    EventKind.IMPACT: Loudness(-13.0, 2.0, of_peak=True),
    EventKind.CRY: Loudness(SPEECH_DB - 3, SPEECH_DB + 11),
    EventKind.RADIO: Loudness(SPEECH_DB - 20, SPEECH_DB - 2),
    EventKind.FAN: Loudness(SPEECH_DB - 20, SPEECH_DB - 2),
    EventKind.BEEPS: Loudness(SPEECH_DB - 14, SPEECH_DB + 6),
    EventKind.CLATTER: Loudness(-30.0, -12.0, of_peak=True),
}
"""Of the kinds of events that are heard; the others are silent."""
HAZARDS: Final[Mapping[EventKind, HazardKind]] = {
    EventKind.SIREN: HazardKind.SIREN,
    EventKind.IMPACT: HazardKind.IMPACT_SOUND,
    EventKind.CRY: HazardKind.CRY_FOR_HELP,
}
_SEED: Final = 0xE7E47


def event_sound(
    scenario: Scenario, index: int, event: EventPart, *, folder: Path | None = None
) -> Sound:
    """What that event sounds like, at any level: float32 [n]. KeyError for a silent kind."""
    seed = np.random.SeedSequence([scenario.seed, _SEED, index])
    rng, split = np.random.default_rng(seed), scenario.looks
    lasts = min(event.lasts, scenario.seconds - event.at)
    if event.kind is EventKind.IMPACT:
        return impact(rng, split)
    if event.kind is EventKind.CRY:
        return cry(lasts, drawn_voice(rng, split), rng, split, folder=folder)
    if event.kind is EventKind.RADIO:
        return radio(lasts, rng, split, folder=folder)
    makers = {
        EventKind.SIREN: siren,
        EventKind.FAN: fan,
        EventKind.BEEPS: beeps,
        EventKind.CLATTER: clatter,
    }
    return makers[event.kind](lasts, rng, split)
