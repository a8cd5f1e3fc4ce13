"""What sounds in tasks of time: beeps, blows and sirens, at the level at which they are heard.

float32 [n], 16 kHz. Made by the simulated hall's own sounds. Pure; what is drawn is seeded.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tml_ros.bench.duplex.sample import Samples
from tml_ros.sim.sound.distractor_sounds import BEEP_HZ
from tml_ros.sim.sound.impacts import impact
from tml_ros.sim.sound.noise import faded, tone, turns_of, unit
from tml_ros.sim.sound.sirens import SirenKind, siren_of
from tml_ros.sim.split import Split
from tml_ros.turn.micro_turn import SAMPLE_RATE

BEEP_S: Final = 0.35
BEEP_DB: Final = -22.0
SIREN_DB: Final = -20.0
BLOW_DB: Final = -4.0
"""Of its highest sample; of the others RMS. People speak at -23."""


def beep(rng: np.random.Generator, split: Split) -> Samples:
    """One beep of a machine."""
    hertz = BEEP_HZ.draw(rng, split)
    harmonics = [0.3**number for number in range(1 + int(7000 / hertz))]
    made = faded(tone(turns_of(hertz, round(BEEP_S * SAMPLE_RATE)), harmonics), 0.01)
    return unit(made) * _gain(BEEP_DB)


def blow(rng: np.random.Generator, split: Split) -> Samples:
    """Something heavy falls."""
    return impact(rng, split) * _gain(BLOW_DB)


def sounding_siren(lasts: float, rng: np.random.Generator, split: Split) -> Samples:
    """A siren for so many seconds, of a kind without rests, which could be taken for its end."""
    kinds = tuple(kind for kind in SirenKind if kind is not SirenKind.HORN)
    kind = kinds[int(rng.integers(len(kinds)))]
    return siren_of(kind, lasts, rng, split) * _gain(SIREN_DB)


def _gain(db: float) -> np.float32:
    return np.float32(10 ** (db / 20))
