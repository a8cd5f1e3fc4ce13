"""The shadow of somebody or something out of sight that moves over the floor.

Knows nothing of lamps: it is a dark patch with soft edges.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
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
from tml_ros.sim.split import Band, Pool


class Caster(str, Enum):
    """Whose shadow it is."""

    PERSON = "person"
    VEHICLE = "vehicle"
    TWO_PEOPLE = "two people"
    PERSON_WITH_CART = "person with cart"


CASTERS = Pool((Caster.PERSON, Caster.VEHICLE), (Caster.TWO_PEOPLE, Caster.PERSON_WITH_CART))
SPEEDS = Band(train=((0.7, 1.1), (1.3, 1.8)), held_out=((1.1, 1.3), (0.5, 0.7)))
LENGTHS = Band(train=((1.6, 2.2), (2.6, 3.4)), held_out=((2.2, 2.6),))
"""Of the shadow, m."""
SOFTNESS = Band(train=((1.5, 2.5), (3.5, 5.0)), held_out=((2.5, 3.5),))
"""Spread of its edges, pixels of its picture."""
DEPTHS = Band(train=((0.35, 0.45), (0.55, 0.65)), held_out=((0.45, 0.55),))
LEVELS = 3
"""In which it comes and goes."""
FADE_S = 0.6
WIDE, LONG = 64, 128
"""Of its picture, pixels; the feet are at the bottom."""
STEPS_PER_M = 1.4


def moving_shadow(owner: str, scenario: Scenario, event: EventPart, draws: EventDraws) -> MadeProp:
    """The shadow; half way through it is at the event's place."""
    caster = CASTERS.draw(draws.rng, draws.looks)
    length, softness = draws.number(LENGTHS), draws.number(SOFTNESS)
    depth = min(draws.number(DEPTHS) * (0.6 + 0.8 * event.strength), 0.65)
    speed, way = draws.number(SPEEDS), draws.rng.uniform(0, 2 * math.pi)
    falls = draws.rng.uniform(0, 2 * math.pi)
    x, y = draws.zone_place(scenario, event)
    half = (length * WIDE / LONG, length)
    if caster in (Caster.VEHICLE, Caster.PERSON_WITH_CART):
        half = (0.8 * length, 0.8 * length)
        falls = way
    pictures = [
        decal.decal(
            f"{owner}/stride{stride}",
            decal.blurred(_DRAWN[caster](stride), softness),
            (0.01, 0.01, 0.015),
        )
        for stride in range(2)
    ]
    half = (half[0] / 2, half[1] / 2)
    bodies = [
        body(
            f"{owner}/stride{stride}_{level}",
            [picture.geom(half, strength=depth * (level + 1) / LEVELS)],
        )
        for stride, picture in enumerate(pictures)
        for level in range(LEVELS)
    ]

    def places(time_s: float) -> Mapping[str, Placed]:
        level = step_of(shown(event, time_s, fade_s=FADE_S), LEVELS)
        if level is None:
            return {}
        gone = speed * (time_s - event.at - event.lasts / 2)
        stride = int(gone * STEPS_PER_M) % 2
        stand = Standing((x + gone * math.cos(way), y + gone * math.sin(way)), falls - math.pi / 2)
        name = f"{owner}/stride{stride}_{level}"
        return {name: stand.placed((0, 0, decal.ABOVE["shadow"]))}

    return MadeProp(
        bodies=tuple(bodies),
        assets="".join(picture.assets for picture in pictures),
        files={name: file for picture in pictures for name, file in picture.files.items()},
        moves=places,
    )


def _person(stride: int, middle: int = WIDE // 2) -> Mask:
    mask = np.zeros((LONG, WIDE), np.float32)
    apart = 7 if stride else 2
    cv2.circle(mask, (middle, 22), 7, 1.0, -1)
    cv2.ellipse(mask, (middle, 50), (11, 22), 0, 0, 360, 1.0, -1)
    for side in (-1, 1):
        cv2.line(mask, (middle + side * 3, 64), (middle + side * apart, 112), 1.0, 7)
        hand = (middle + side * (10 + apart // 2), 68)
        cv2.line(mask, (middle + side * 8, 38), hand, 1.0, 5)
    return mask


def _two_people(stride: int) -> Mask:
    shifted = np.roll(_person(1 - stride, WIDE // 2 + 14), 10, axis=0)
    return np.asarray(np.maximum(_person(stride, WIDE // 2 - 13), shifted), np.float32)


def _vehicle(_stride: int) -> Mask:
    mask = np.zeros((LONG, WIDE), np.float32)
    cv2.rectangle(mask, (14, 50), (50, 114), 1.0, -1)
    cv2.rectangle(mask, (20, 36), (44, 60), 1.0, -1)
    for x in (24, 38):
        cv2.rectangle(mask, (x, 12), (x + 3, 40), 1.0, -1)
    return mask


def _person_with_cart(stride: int) -> Mask:
    mask = np.roll(_person(stride), 14, axis=0)
    cv2.rectangle(mask, (14, 12), (50, 44), 1.0, -1)
    return np.asarray(mask, np.float32)


_DRAWN: Mapping[Caster, Callable[[int], Mask]] = {
    Caster.PERSON: _person,
    Caster.VEHICLE: _vehicle,
    Caster.TWO_PEOPLE: _two_people,
    Caster.PERSON_WITH_CART: _person_with_cart,
}
