"""Who sounds how: voices of espeak-ng, and which of them a scenario's people have.

An accent and a way to speak (a variant of espeak-ng) make a voice, with the pitch and pace of the
one person. Accents, variants, pitches and paces of training and held-out voices are apart; variants
that descend from one another (edward, adam; steph, steph2) are on one side. Only accents and
variants that a recogniser understands nearly always are in: no whisper, no robots. Knows nothing of
what is said. Any thread.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.split import Band, Pool, Split

ACCENTS: Final = Pool(
    train=("en-us", "en", "en-gb-x-rp"),
    held_out=("en-us-nyc", "en-gb-scotland", "en-gb-x-gbclan"),
)
"""`en` is British; with a variant, espeak-ng takes it and silently ignores `en-gb`."""
VARIANTS: Final = Pool(
    train=(
        *("f1", "f2", "f4", "m1", "m2", "m3", "m5", "m6"),
        *("Alex", "Denis", "Diogo", "Gene", "Jacky", "Michael", "Mike"),
        *("anika", "aunty", "david", "edward", "adam", "linda", "max", "Henrique"),
        *("pablo", "robert", "sandro", "steph", "steph2", "paul"),
    ),
    held_out=(
        *("f3", "f5", "m4", "m7", "m8", "Annie", "Hugo", "Marco", "Nguyen", "Storm"),
        *("belinda", "ed", "grandpa", "gustave", "john", "klatt2", "miguel", "victor"),
    ),
)
PITCH: Final = Band(train=((28, 40), (46, 58), (64, 72)), held_out=((40, 46), (58, 64)))
"""Of espeak-ng, 0..99; 50 is the variant's own."""
SPEED: Final = Band(train=((138, 158), (166, 180), (186, 194)), held_out=((158, 166), (180, 186)))
"""Words per minute."""
LIVELINESS: Final = Band(train=((0.5, 1.8), (2.4, 3.5)), held_out=((1.8, 2.4), (3.5, 4.0)))
"""How far the parts of what one person says differ in level, dB."""

_SEED: Final = 0x701CE


@dataclass(frozen=True, slots=True)
class Voice:
    """A person's voice.

    name: voice of espeak-ng with its variant, "en-us+f3". pitch: 0..99. speed: words per minute.
    amplitude_db: how soft and how loud they say the parts of an utterance between pauses, about
    its own level.

    Raises ValueError for figures without meaning.
    """

    name: str
    pitch: int = 50
    speed: int = 170
    amplitude_db: tuple[float, float] = (-1.0, 1.0)

    def __post_init__(self) -> None:
        """Refuse what the speech program would take for something else."""
        if not (0 <= self.pitch <= 99 and 80 <= self.speed <= 450):
            raise ValueError(f"pitch within 0..99 and speed within 80..450 wanted: {self}")
        if not self.amplitude_db[0] <= self.amplitude_db[1]:
            raise ValueError(f"amplitude_db from soft to loud wanted: {self.amplitude_db}")


def voice_of(scenario: Scenario, who: str) -> Voice:
    """The voice of a person, or of a voice out of sight; always the same for the same name."""
    seed = np.random.SeedSequence([scenario.seed, _SEED, zlib.crc32(who.encode())])
    return drawn_voice(np.random.default_rng(seed), scenario.looks)


def drawn_voice(rng: np.random.Generator, split: Split) -> Voice:
    """Somebody's voice."""
    accent, variant = ACCENTS.draw(rng, split), VARIANTS.draw(rng, split)
    # Whole numbers: the intervals have whole ends, so that rounding down stays within them.
    pitch, speed = int(PITCH.draw(rng, split)), int(SPEED.draw(rng, split))
    lively = LIVELINESS.draw(rng, split)
    return Voice(f"{accent}+{variant}", pitch, speed, (-lively / 2, lively / 2))
