"""Something heavy falls; and, not to be taken for it, something light clatters.

Modal synthesis: a blow excites modes that are no multiples of one another and die away; what falls
bounces. float32 [n], 16 kHz, peak 1. Knows nothing of places and levels. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from tml_ros.sim.sound.noise import Sound, convolved, noise, seconds
from tml_ros.sim.split import Band, Split
from tml_ros.turn.micro_turn import SAMPLE_RATE


class Falling(str, Enum):
    """What falls."""

    STEEL_PLATE = "steel_plate"
    CRATE = "crate"
    TOOL_BOX = "tool_box"
    BARREL = "barrel"


@dataclass(frozen=True, slots=True)
class _Body:
    """lowest: of its modes, Hz. modes: how many. spread: from the lowest to the highest, times.
    rings: until it has died away by 60 dB, s, the lowest and the highest; what lies on the floor
    is damped by it. blow: share of the
    noise of the blow itself. bounces: at most. rattle: how many small things strike after it.
    """

    lowest: Band
    modes: int
    spread: float
    rings: tuple[float, float]
    blow: float
    bounces: int
    rattle: int = 0


PLATE_HZ: Final = Band(train=((240, 330), (380, 520)), held_out=((330, 380), (520, 600)))
CRATE_HZ: Final = Band(train=((90, 130), (155, 210)), held_out=((130, 155), (210, 240)))
TOOL_BOX_HZ: Final = Band(train=((320, 430), (500, 650)), held_out=((430, 500), (650, 740)))
BARREL_HZ: Final = Band(train=((70, 100), (118, 150)), held_out=((100, 118), (150, 170)))
CLATTER_HZ: Final = Band(train=((900, 1300), (1700, 2400)), held_out=((1300, 1700), (2400, 2900)))
HARDNESS: Final = Band(train=((0.25, 0.5), (0.65, 0.9)), held_out=((0.5, 0.65), (0.9, 1.0)))
"""Of what it falls on: how bright and short the blow is."""

BODIES: Final = {
    Falling.STEEL_PLATE: _Body(PLATE_HZ, 18, 20.0, (0.9, 0.25), 0.6, 3),
    Falling.CRATE: _Body(CRATE_HZ, 9, 22.0, (0.28, 0.05), 1.2, 2),
    Falling.TOOL_BOX: _Body(TOOL_BOX_HZ, 14, 11.0, (0.5, 0.12), 0.9, 2, 14),
    Falling.BARREL: _Body(BARREL_HZ, 16, 40.0, (0.8, 0.15), 0.7, 3),
}
_LIGHT: Final = _Body(CLATTER_HZ, 5, 3.5, (0.16, 0.05), 0.15, 0)


def impact(rng: np.random.Generator, split: Split) -> Sound:
    """Something heavy drawn from the split falls at the first sample."""
    kinds = tuple(Falling)
    return impact_of(kinds[int(rng.integers(len(kinds)))], rng, split)


def impact_of(kind: Falling, rng: np.random.Generator, split: Split) -> Sound:
    """That falls."""
    body = BODIES[kind]
    ring = _ring(body, rng, split)
    made = np.zeros(round(2.2 * SAMPLE_RATE), np.float32)
    _strike(made, ring, 0.0, 1.0)
    at, gap, strength = 0.0, rng.uniform(0.16, 0.3), 1.0
    for _ in range(int(rng.integers(1, body.bounces + 1))):
        at += gap
        strength *= rng.uniform(0.2, 0.45)
        _strike(made, ring, at, strength)
        gap *= rng.uniform(0.45, 0.7)
    for _ in range(body.rattle):
        small = _ring(_LIGHT, rng, split)
        _strike(made, small, rng.exponential(0.15) + 0.01, 0.25 * rng.uniform(0.2, 1.0))
    return _ended(made)


def clatter(lasts: float, rng: np.random.Generator, split: Split) -> Sound:
    """Small tools and boxes are put down, pushed and dropped a hand's breadth, now and then."""
    made = np.zeros(max(1, round(lasts * SAMPLE_RATE)) + SAMPLE_RATE // 2, np.float32)
    things = [_ring(_LIGHT, rng, split) for _ in range(3)]
    at = 0.0
    while at < lasts:
        strength = rng.uniform(0.25, 1.0)
        for _ in range(int(rng.integers(1, 5))):
            thing = things[int(rng.integers(len(things)))]
            _strike(made, _softened(thing, rng), at, strength * rng.uniform(0.3, 1.0))
            at += rng.uniform(0.02, 0.16)
        at += rng.exponential(0.7) + 0.15
    return _ended(made)


def _ring(body: _Body, rng: np.random.Generator, split: Split) -> Sound:
    """One blow and what it makes sound; peak 1."""
    hardness = HARDNESS.draw(rng, split)
    times = seconds(round(min(1.2, 1.1 * body.rings[0]) * SAMPLE_RATE))
    place = np.linspace(0, 1, body.modes) * rng.uniform(0.93, 1.07, body.modes)
    hertz = body.lowest.draw(rng, split) * body.spread ** np.clip(place, 0, 1.1)
    made = np.zeros(len(times), np.float32)
    for mode in hertz[hertz < 7500]:
        high = np.log(mode / hertz[0] + 1e-9) / np.log(body.spread)
        rings = body.rings[0] * (body.rings[1] / body.rings[0]) ** np.clip(high, 0, 1)
        strength = rng.lognormal(0, 0.4) * 10 ** (-(1 - hardness) * 20 * max(0.0, high) / 20)
        wave = np.exp(-6.9 * times / rings) * np.sin(2 * np.pi * (mode * times + rng.uniform()))
        made += (strength * wave).astype(np.float32)
    made /= np.abs(made).max()
    count = round(0.06 * SAMPLE_RATE)
    dying = np.exp(-seconds(count) * (60 + 90 * hardness)).astype(np.float32)
    bright = -18 + 15 * hardness
    burst = dying * noise(count, rng, ((80, 0), (600, 0), (4000, bright), (7600, bright - 6)))
    made[:count] += np.float32(body.blow) * burst / np.abs(burst).max()
    made /= np.abs(made).max()
    return made


def _softened(sound: Sound, rng: np.random.Generator) -> Sound:
    """As if cloth or wood lay between."""
    width = int(rng.integers(3, 24))
    return convolved(sound, np.full(width, 1 / width, np.float32))


def _strike(made: Sound, ring: Sound, at_s: float, strength: float) -> None:
    begin = round(at_s * SAMPLE_RATE)
    room = made[begin : begin + len(ring)]
    room += np.float32(strength) * ring[: len(room)]


def _ended(made: Sound) -> Sound:
    """Without silence at its end; peak 1."""
    loud = np.abs(made)
    peak = float(loud.max())
    last = int(np.flatnonzero(loud > 1e-4 * peak)[-1]) + 1
    made = made[:last]
    made /= peak
    return made
