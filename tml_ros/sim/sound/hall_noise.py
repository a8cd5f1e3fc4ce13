"""The hall when nothing happens: ventilation, mains, far-off work; and a microphone's own noise.

float32 [n], 16 kHz. Knows nothing of machines. Pure.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tml_ros.sim.sound.noise import Sound, noise, seconds, tone, turns_of, unit
from tml_ros.sim.split import Band, Split

TILT_DB: Final = Band(train=((-7.5, -5.5), (-4.5, -3.0)), held_out=((-5.5, -4.5), (-3.0, -2.4)))
"""Per octave from 200 Hz on."""
DUCT_HZ: Final = Band(train=((140, 210), (280, 420)), held_out=((210, 280), (420, 500)))
HUM_HZ: Final = Band(train=((49.9, 50.1), (59.9, 60.1)), held_out=((49.8, 49.9), (60.1, 60.2)))
LEVEL: Final = Band(train=((0.08, 0.2), (0.27, 0.45)), held_out=((0.2, 0.27), (0.45, 0.52)))
"""RMS, to a machine 1 m away."""
MICROPHONE_DB: Final = -78.0
"""Of full scale: no microphone gives digital silence."""


def hall_noise(
    count: int, hall: np.random.Generator, here: np.random.Generator, split: Split
) -> Sound:
    """What a microphone hears of the hall. hall: what all microphones share; here: its own air."""
    tilt, duct = TILT_DB.draw(hall, split), DUCT_HZ.draw(hall, split)
    hum_hz, level = HUM_HZ.draw(hall, split), LEVEL.draw(hall, split)
    strengths = hall.lognormal(0, 0.5, 8) / np.arange(1, 9)
    breaths = hall.uniform(5, 15, 2)
    peak = hall.uniform(2, 8)
    octaves = ((400, 1), (800, 2), (1600, 3), (3200, 4), (7600, 5.3))
    spectrum = [(40.0, -6.0), (0.7 * duct, 0.0), (duct, peak), (1.35 * duct, 0.0)]
    spectrum += [(hertz, tilt * number) for hertz, number in octaves if hertz > 1.4 * duct]
    times = seconds(count)
    breath = sum(0.12 * np.sin(2 * np.pi * (times / one + here.uniform())) for one in breaths)
    made = noise(count, here, spectrum)
    made *= (1 + np.asarray(breath)).astype(np.float32)
    hum = tone(turns_of(2 * hum_hz, count, here.uniform()), strengths)
    made += np.float32(here.uniform(0.1, 0.5)) * unit(hum)
    made = unit(made)
    made *= np.float32(level)
    return made


def microphone_noise(count: int, rng: np.random.Generator) -> Sound:
    """White noise of the microphone and its amplifier."""
    made = rng.standard_normal(count, dtype=np.float32)
    made *= np.float32(10 ** (MICROPHONE_DB / 20))
    return made
