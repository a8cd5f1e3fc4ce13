"""Sirens and alarm horns of a hall: float32 [n], 16 kHz, RMS 1 while they sound.

All kinds are heard in training and when held out; their pitches, rhythms and timbres are apart.
Knows nothing of places and levels. Pure.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np

from tml_ros.sim.sound.noise import Course, Sound, faded, seconds, tone, turns_of, unit
from tml_ros.sim.split import Band, Split
from tml_ros.turn.micro_turn import SAMPLE_RATE


class SirenKind(str, Enum):
    """How it moves."""

    TWO_TONE = "two_tone"
    WAIL = "wail"
    YELP = "yelp"
    HORN = "horn"
    """Three pulses and a rest, after ISO 8201."""
    BELL = "bell"


LOW_HZ: Final = Band(
    train=((420, 520), (560, 680), (720, 820)), held_out=((520, 560), (680, 720), (820, 880))
)
RATIO: Final = Band(train=((1.19, 1.27), (1.31, 1.42)), held_out=((1.27, 1.31), (1.42, 1.5)))
"""Of a two-tone siren's higher tone to its lower one."""
SWEEP: Final = Band(train=((1.7, 2.1), (2.3, 2.8)), held_out=((2.1, 2.3), (2.8, 3.0)))
HOLD_S: Final = Band(train=((0.3, 0.42), (0.5, 0.7)), held_out=((0.42, 0.5), (0.7, 0.8)))
WAIL_S: Final = Band(train=((2.4, 3.6), (4.2, 6.0)), held_out=((3.6, 4.2), (6.0, 7.0)))
YELP_S: Final = Band(train=((0.25, 0.31), (0.35, 0.45)), held_out=((0.31, 0.35), (0.45, 0.5)))
HORN_HZ: Final = Band(
    train=((480, 640), (760, 980), (2600, 2900)), held_out=((640, 760), (2400, 2600), (2900, 3100))
)
BELL_HZ: Final = Band(train=((620, 800), (950, 1250)), held_out=((800, 950), (1250, 1400)))
BELL_STROKES: Final = Band(train=((8, 10.5), (12, 15)), held_out=((10.5, 12), (15, 17)))
ROLL_OFF: Final = Band(train=((1.0, 1.5), (1.8, 2.4)), held_out=((1.5, 1.8), (2.4, 2.7)))
"""Power of its number by which a harmonic is weaker: 1 is a shrill horn."""

_MODES: Final = (1.0, 2.0, 2.4, 3.0, 4.2, 5.4)
"""Of a bell, to its strike tone."""


def siren(lasts: float, rng: np.random.Generator, split: Split) -> Sound:
    """A siren drawn from the split, for so many seconds."""
    kinds = tuple(SirenKind)
    return siren_of(kinds[int(rng.integers(len(kinds)))], lasts, rng, split)


def siren_of(kind: SirenKind, lasts: float, rng: np.random.Generator, split: Split) -> Sound:
    """A siren of that kind."""
    count = max(1, round(lasts * SAMPLE_RATE))
    if kind is SirenKind.BELL:
        return _bell(count, rng, split)
    times = seconds(count)
    roll_off = ROLL_OFF.draw(rng, split)
    sounds = np.ones(count, bool)
    if kind is SirenKind.TWO_TONE:
        hold = HOLD_S.draw(rng, split)
        low = LOW_HZ.draw(rng, split)
        high = low * RATIO.draw(rng, split)
        hertz = np.where((times / hold).astype(np.int64) % 2 == 0, low, high)
    elif kind is SirenKind.HORN:
        hertz = np.full(count, HORN_HZ.draw(rng, split))
        beat = times % 4.0
        sounds = (beat < 3.0) & (beat % 1.0 < 0.5)
    else:
        hertz = _sweep(times, kind, rng, split)
    strengths = [multiple**-roll_off for multiple in range(1, 9) if multiple * hertz.max() < 7600]
    made = tone(turns_of(hertz, count, rng.uniform()), strengths)
    edges = np.convolve(sounds, np.hanning(258)[1:-1] / np.hanning(258).sum(), "same")
    made *= edges.astype(np.float32)
    loud = made[sounds]
    return faded(made / np.float32(np.sqrt(np.mean(np.square(loud)))), 0.03)


def _sweep(times: Course, kind: SirenKind, rng: np.random.Generator, split: Split) -> Course:
    low, ratio = LOW_HZ.draw(rng, split), SWEEP.draw(rng, split)
    period = (WAIL_S if kind is SirenKind.WAIL else YELP_S).draw(rng, split)
    share = (times / period) % 1.0
    # A motor runs up more slowly than it coasts down, or the other way round.
    rises = rng.uniform(0.35, 0.65)
    up = np.where(share < rises, share / rises, (1 - share) / (1 - rises))
    return np.asarray(low * ratio ** (0.5 - 0.5 * np.cos(np.pi * up)))


def _bell(count: int, rng: np.random.Generator, split: Split) -> Sound:
    strike_hz, per_second = BELL_HZ.draw(rng, split), BELL_STROKES.draw(rng, split)
    times = seconds(round(0.7 * SAMPLE_RATE))
    stroke = np.zeros(len(times), np.float32)
    for number, mode in enumerate(_MODES):
        hertz = strike_hz * mode * rng.uniform(0.99, 1.01)
        if hertz < 7600:
            dying = np.exp(-times * (4 + 3 * number)) / (1 + 0.5 * number)
            stroke += (dying * np.sin(2 * np.pi * (hertz * times + rng.uniform()))).astype(
                np.float32
            )
    made = np.zeros(count + len(stroke), np.float32)
    at = 0.0
    while at < count:
        begin = int(at)
        made[begin : begin + len(stroke)] += np.float32(rng.uniform(0.8, 1)) * stroke
        at += SAMPLE_RATE / per_second * rng.uniform(0.97, 1.03)
    return faded(unit(made[:count]), 0.02)
