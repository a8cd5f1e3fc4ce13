"""A puddle: it grows to its size within 2 s, stays, and is gone when its time is over.

Knows nothing of who slips on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import EventPart, Scenario
from tml_ros.sim.scene import decal
from tml_ros.sim.scene.decal import Mask
from tml_ros.sim.scene.event_draws import EventDraws, step_of
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing
from tml_ros.sim.shapes import Colour
from tml_ros.sim.split import Band, Pool


class Liquid(str, Enum):
    """What was spilt."""

    OIL = "oil"
    WATER = "water"
    COOLANT = "coolant"


LIQUIDS = Pool((Liquid.OIL, Liquid.WATER), (Liquid.COOLANT,))
LOOKS: Mapping[Liquid, tuple[Colour, Colour, float]] = {
    Liquid.OIL: ((0.06, 0.05, 0.04), (0.42, 0.40, 0.36), 0.88),
    Liquid.WATER: ((0.20, 0.23, 0.26), (0.82, 0.88, 0.94), 0.62),
    Liquid.COOLANT: ((0.36, 0.52, 0.38), (0.84, 0.94, 0.84), 0.75),
}
"""Colour, colour where it shines, and how little of the floor is seen through it."""
RADII = Band(train=((0.35, 0.5), (0.6, 0.85)), held_out=((0.5, 0.6), (0.85, 0.95)))
"""At half strength, m."""
RAGGED = Band(train=((0.10, 0.18), (0.26, 0.34)), held_out=((0.18, 0.26),))
"""How uneven its edge is, as a share of its radius."""
GROWS_S, GOES_S = 2.0, 0.8
SIZES = 12
"""Through which it grows, shown one after the other."""
PIXELS = 128
_FULL = 0.72
"""Of half the picture is the puddle's mean radius."""


def spill(owner: str, scenario: Scenario, event: EventPart, draws: EventDraws) -> MadeProp:
    """The puddle at the event's place."""
    liquid = LIQUIDS.draw(draws.rng, draws.looks)
    radius = draws.number(RADII) * (0.6 + 0.8 * event.strength)
    mask = _mask(draws.rng, draws.number(RAGGED))
    colour, shine, dense = LOOKS[liquid]
    surface = _surface(draws.rng, colour, shine)
    picture = decal.decal(f"{owner}/puddle", mask, surface)
    flat = draws.rng.uniform(0.7, 1.0)
    stand = Standing(draws.place(scenario, event), draws.rng.uniform(0, 2 * math.pi))
    halves = [radius / _FULL * math.sqrt((step + 1) / SIZES) for step in range(SIZES)]
    bodies = tuple(
        body(f"{owner}/puddle{step}", [picture.geom((half, flat * half), strength=dense)])
        for step, half in enumerate(halves)
    )

    def places(time_s: float) -> Mapping[str, Placed]:
        grown, left = (time_s - event.at) / GROWS_S, (event.at + event.lasts - time_s) / GOES_S
        step = step_of(min(grown, left, 1.0), SIZES)
        if step is None:
            return {}
        return {f"{owner}/puddle{step}": stand.placed((0, 0, decal.ABOVE["puddle"]))}

    return MadeProp(bodies=bodies, assets=picture.assets, files=picture.files, moves=places)


def _mask(rng: np.random.Generator, ragged: float) -> Mask:
    """A round shape with bulges, and a few drops beside it."""
    angles = np.linspace(0, 2 * math.pi, 96, endpoint=False)
    radii = np.ones_like(angles)
    for wave in range(2, 7):
        phase, share = rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 1.0)
        radii += ragged * share / math.sqrt(wave) * np.sin(wave * angles + phase)
    radii *= _FULL * PIXELS / 2 / max(1.0, float(radii.max()) * _FULL / 0.95)
    rim = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1) + PIXELS / 2
    mask = np.zeros((PIXELS, PIXELS), np.float32)
    cv2.fillPoly(mask, [np.rint(rim).astype(np.int32)], (1.0,))
    for _ in range(4):
        angle, out = rng.uniform(0, 2 * math.pi), rng.uniform(0.75, 0.92) * PIXELS / 2
        drop = (PIXELS / 2 + out * math.cos(angle), PIXELS / 2 + out * math.sin(angle))
        cv2.circle(mask, (round(drop[0]), round(drop[1])), int(rng.integers(1, 4)), (1.0,), -1)
    return decal.blurred(mask, 1.2)


def _surface(rng: np.random.Generator, colour: Colour, shine: Colour) -> NDArray[np.float32]:
    """Dark, with a few broad streaks in which lamps are mirrored."""
    gloss = np.zeros((PIXELS, PIXELS), np.float32)
    turn = float(rng.uniform(0, 180))
    for _ in range(3):
        middle = tuple(int(n) for n in rng.integers(PIXELS // 4, 3 * PIXELS // 4, 2))
        axes = (int(rng.integers(14, 30)), int(rng.integers(4, 8)))
        cv2.ellipse(gloss, middle, axes, turn, 0, 360, (1.0,), -1)
    gloss = 0.8 * decal.blurred(gloss, 5.0)[..., None]
    return np.asarray(np.array(colour) * (1 - gloss) + np.array(shine) * gloss, np.float32)
