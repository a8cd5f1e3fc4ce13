"""A gate in the right wall that opens and closes, and the daylight that falls in through it.

One gate per hall, however often it opens. Knows nothing of the wall but where it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tml_ros.sim.scenario.scenario import EventPart, Scenario
from tml_ros.sim.scene import decal
from tml_ros.sim.scene.decal import Decal
from tml_ros.sim.scene.event_draws import EventDraws, eased, shown, step_of
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing
from tml_ros.sim.shapes import Colour, box, cylinder
from tml_ros.sim.split import Band, Pool


class GateBuild(str, Enum):
    """How it opens."""

    ROLLS_UP = "rolls up"
    SLIDES = "slides"
    TWO_LEAVES = "two leaves"
    """That slide apart."""


GATE_BUILDS = Pool((GateBuild.ROLLS_UP, GateBuild.SLIDES), (GateBuild.TWO_LEAVES,))
GATE_COATS: Pool[Colour] = Pool(
    train=((0.55, 0.58, 0.60), (0.20, 0.34, 0.50), (0.60, 0.20, 0.14), (0.72, 0.70, 0.62)),
    held_out=((0.22, 0.42, 0.30), (0.66, 0.52, 0.16)),
)
WIDTHS = Band(train=((2.4, 2.8), (3.0, 3.5)), held_out=((2.8, 3.0), (2.2, 2.4)))
HEIGHTS = Band(train=((2.6, 2.9), (3.1, 3.4)), held_out=((2.9, 3.1),))
LENGTHS = Band(train=((2.2, 3.0), (3.4, 4.4)), held_out=((3.0, 3.4), (1.8, 2.2)))
"""Of the bright area on the floor."""
DAYLIGHTS: Pool[Colour] = Pool(
    train=((1.0, 0.97, 0.88), (0.92, 0.96, 1.0)), held_out=((1.0, 0.90, 0.72),)
)
MOVING_S = 2.5
SLATS = 10
STEPS = 12
"""In which the bright area grows, where a gate opens sideways."""
STEEL: Colour = (0.42, 0.44, 0.46)
YELLOW: Colour = (0.93, 0.72, 0.08)


@dataclass(frozen=True, slots=True)
class GateLook:
    """Metres; colours RGB 0..1. side: to which it slides. light: strength of what falls in."""

    build: GateBuild
    coat: Colour
    width: float
    height: float
    length: float
    day: Colour
    light: float
    side: int


def door(scenario: Scenario, events: Sequence[EventPart], draws: EventDraws) -> MadeProp:
    """The gate; it is open whenever one of the events wants it to be."""
    wide = min(draws.number(WIDTHS), 0.35 * scenario.hall.size[1])
    room = scenario.hall.size[1] / 2 - wide / 2 - 0.3
    place = events[0].place
    y = draws.rng.uniform(-0.7 * room, 0.7 * room) if place is None else place[1]
    y = min(max(y, -room), room)
    day = 0.4 + 0.6 * scenario.hall.daylight
    look = GateLook(
        build=GATE_BUILDS.draw(draws.rng, draws.looks),
        coat=draws.colour(GATE_COATS),
        width=wide,
        height=draws.number(HEIGHTS),
        length=draws.number(LENGTHS),
        day=draws.colour(DAYLIGHTS),
        light=day * (0.5 + 0.5 * max(event.strength for event in events)),
        side=1 if y > 0 else -1,
    )
    # Along the wall to x, and the hall is at -y.
    stand = Standing((scenario.hall.size[0] / 2, y), -math.pi / 2)
    owner = "event-door"
    patch = _patch(owner, look)
    leaves = _leaves(look)
    bodies = [body(f"{owner}/{leaf}", shapes) for leaf, shapes in leaves.items()]
    bodies += [body(f"{owner}/day{i}", [shape]) for i, shape in enumerate(_steps(look, patch))]

    def places(time_s: float) -> Mapping[str, Placed]:
        opening = max(eased(shown(event, time_s, fade_s=MOVING_S)) for event in events)
        local = {**_leaf_places(look, opening), **_day_places(look, opening)}
        return {f"{owner}/{name}": stand.placed(point) for name, point in local.items()}

    return MadeProp(
        shapes=stand.geoms(_frame(look, day)),
        bodies=tuple(bodies),
        assets=patch.assets,
        files=patch.files,
        moves=places,
    )


def _frame(look: GateLook, day: float) -> Iterator[str]:
    """Posts, lintel, and what one sees outside."""
    wide, high = look.width / 2, look.height
    sky = (day * look.day[0], day * look.day[1], day * look.day[2])
    ground = (0.62 * sky[0], 0.62 * sky[1], 0.58 * sky[2])
    yield box((0, -0.01, 0.66 * high), (wide, 0.008, 0.34 * high), sky, material="glowing")
    yield box((0, -0.01, 0.16 * high), (wide, 0.008, 0.16 * high), ground, material="glowing")
    for side in (-1, 1):
        yield box((side * (wide + 0.08), -0.08, high / 2), (0.08, 0.08, high / 2), STEEL)
        yield cylinder(
            (side * (wide + 0.25), -0.3, 0), (side * (wide + 0.25), -0.3, 0.8), 0.06, YELLOW
        )
    if look.build is GateBuild.ROLLS_UP:
        yield box((0, -0.17, high + 0.2), (wide + 0.16, 0.17, 0.22), look.coat)
    else:
        both = look.build is GateBuild.TWO_LEAVES
        middle = 0.0 if both else look.side * wide
        yield box((middle, -0.08, high + 0.06), (2 * wide, 0.05, 0.05), STEEL)


def _leaves(look: GateLook) -> dict[str, list[str]]:
    wide, high = look.width / 2, look.height
    dark = (0.75 * look.coat[0], 0.75 * look.coat[1], 0.75 * look.coat[2])
    if look.build is GateBuild.ROLLS_UP:
        tall = high / SLATS / 2
        return {
            f"leaf{index}": [
                box((0, 0, 0), (wide, 0.025, tall), look.coat),
                box((0, -0.004, -0.7 * tall), (wide, 0.025, 0.2 * tall), dark),
            ]
            for index in range(SLATS)
        }
    count = 2 if look.build is GateBuild.TWO_LEAVES else 1
    half = wide / count
    shapes = [box((0, 0, 0), (half, 0.03, high / 2), look.coat)]
    for rib in range(5):
        shapes.append(box(((rib - 2) * 0.45 * half, -0.01, 0), (0.03, 0.03, 0.48 * high), dark))
    shapes.append(box((0, -0.012, 0.2 * high), (0.5 * half, 0.03, 0.1 * high), (0.6, 0.7, 0.72)))
    return {f"leaf{index}": shapes for index in range(count)}


def _leaf_places(look: GateLook, opening: float) -> dict[str, tuple[float, float, float]]:
    wide, high = look.width / 2, look.height
    if look.build is GateBuild.ROLLS_UP:
        heights = {i: (i + 0.5) * high / SLATS + opening * high for i in range(SLATS)}
        return {f"leaf{i}": (0.0, -0.06, z) for i, z in heights.items() if z < high + 0.2}
    if look.build is GateBuild.SLIDES:
        return {"leaf0": (look.side * 2 * wide * opening, -0.08, high / 2)}
    away = wide / 2 + wide * opening
    return {"leaf0": (-away, -0.08, high / 2), "leaf1": (away, -0.08, high / 2)}


def _patch(owner: str, look: GateLook) -> Decal:
    """Brightest at the wall, beyond which the picture ends."""
    mask = decal.soft_box(96, 96, margin=0.12, spread=5.0)
    nearer = np.linspace(1.0, 0.55, len(mask), dtype=np.float32)[:, None]
    return decal.decal(f"{owner}/day", mask * nearer, look.day, glows=True)


def _steps(look: GateLook, patch: Decal) -> list[str]:
    """The bright area at each step of opening, wider or, of a gate that rolls up, always whole."""
    if look.build is GateBuild.ROLLS_UP:
        return [patch.geom((0.62 * look.width, 0.62 * look.length), strength=look.light)]
    widths = [(step + 1) / STEPS * 0.62 * look.width for step in range(STEPS)]
    return [patch.geom((width, 0.62 * look.length), strength=look.light) for width in widths]


def _day_places(look: GateLook, opening: float) -> dict[str, tuple[float, float, float]]:
    above = decal.ABOVE["light"]
    # A fifth of the patch is its soft edge, and lies beyond the wall.
    middle = -0.40 * look.length
    if look.build is GateBuild.ROLLS_UP:
        # It comes out from under the wall.
        if opening <= 0.0:
            return {}
        return {"day0": (0.0, middle + (1.0 - opening) * 1.1 * look.length, above)}
    step = step_of(opening, STEPS)
    if step is None:
        return {}
    across = 0.0
    if look.build is GateBuild.SLIDES:
        across = -look.side * (1 - (step + 1) / STEPS) * look.width / 2
    return {f"day{step}": (across, middle, above)}
