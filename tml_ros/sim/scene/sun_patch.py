"""A patch of sun that wanders slowly over the floor.

Knows nothing of where the light comes from: it is a bright, warm patch, that of a window with bars
or of something that shines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum

import cv2
import numpy as np

from tml_ros.sim.scenario.scenario import EventPart, Scenario
from tml_ros.sim.scene import decal
from tml_ros.sim.scene.decal import Mask
from tml_ros.sim.scene.event_draws import EventDraws, shown, step_of
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing
from tml_ros.sim.shapes import Colour
from tml_ros.sim.split import Band, Pool


class Patch(str, Enum):
    """What the light came through or from."""

    WINDOW = "window"
    GLINT = "glint"
    """Something that shines and moves: a bright blot."""
    SLATS = "slats"
    """A window with blinds."""


PATCHES = Pool((Patch.WINDOW, Patch.GLINT), (Patch.SLATS,))
COLOURS: Pool[Colour] = Pool(
    train=((1.0, 0.90, 0.66), (1.0, 0.96, 0.82)), held_out=((1.0, 0.80, 0.52),)
)
SIZES = Band(train=((0.6, 0.9), (1.1, 1.6)), held_out=((0.9, 1.1),))
"""Half of its longer side, m."""
WANDERS = Band(train=((0.3, 0.6), (0.8, 1.3)), held_out=((0.6, 0.8),))
"""How far to each side, m."""
PERIODS = Band(train=((6.0, 9.0), (12.0, 20.0)), held_out=((9.0, 12.0),))
LEVELS = 4
"""In which it comes and goes."""
FADE_S = 1.2
PIXELS = 96


def sun_patch(owner: str, scenario: Scenario, event: EventPart, draws: EventDraws) -> MadeProp:
    """The patch; it wanders about the event's place."""
    kind, colour = PATCHES.draw(draws.rng, draws.looks), draws.colour(COLOURS)
    size, wander = draws.number(SIZES), draws.number(WANDERS)
    period, other = draws.number(PERIODS), draws.rng.uniform(0.6, 0.9)
    slant, first = draws.rng.uniform(-0.25, 0.25), draws.rng.uniform(0, 2 * math.pi)
    turn = draws.rng.uniform(0, math.pi)
    x, y = draws.zone_place(scenario, event)
    strength = 0.3 + 0.5 * event.strength
    picture = decal.decal(f"{owner}/sun", _mask(kind, slant), colour, glows=True)
    half = (size, (0.5 if kind is Patch.GLINT else 0.75) * size)
    bodies = tuple(
        body(f"{owner}/sun{level}", [picture.geom(half, strength=strength * (level + 1) / LEVELS)])
        for level in range(LEVELS)
    )

    def places(time_s: float) -> Mapping[str, Placed]:
        level = step_of(shown(event, time_s, fade_s=FADE_S), LEVELS)
        if level is None:
            return {}
        angle = 2 * math.pi * time_s / period + first
        at = (x + wander * math.sin(angle), y + wander * math.cos(other * angle))
        stand = Standing(at, turn + 0.1 * math.sin(0.7 * angle))
        return {f"{owner}/sun{level}": stand.placed((0, 0, decal.ABOVE["light"]))}

    return MadeProp(bodies=bodies, assets=picture.assets, files=picture.files, moves=places)


def _mask(kind: Patch, slant: float) -> Mask:
    """slant: how far its top is shifted against its bottom, as a share of it."""
    mask = np.zeros((PIXELS, PIXELS), np.float32)
    if kind is Patch.GLINT:
        cv2.ellipse(mask, (48, 48), (26, 22), 0, 0, 360, 0.7, -1)
        cv2.ellipse(mask, (52, 45), (12, 9), 0, 0, 360, 1.0, -1)
        return decal.blurred(mask, 7.0)
    mask[18:78, 24:72] = 1.0
    if kind is Patch.WINDOW:
        mask[46:50, :] *= 0.15
        for column in (38, 54):
            mask[:, column : column + 4] *= 0.15
    else:
        mask[np.arange(PIXELS) % 8 < 3] *= 0.2
    shift = np.array([[1.0, slant, -slant * PIXELS / 2], [0.0, 1.0, 0.0]], np.float32)
    leaning = cv2.warpAffine(mask, shift, (PIXELS, PIXELS))
    return decal.blurred(np.asarray(leaning, np.float32), 1.6)
