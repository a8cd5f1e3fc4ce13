"""A load on a crane's hook: it hangs still, is set swinging, and comes to rest.

Knows nothing of why. The crane's beam lies below the ceiling, across the hall.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tml_ros.sim.scenario.scenario import EventPart, Scenario
from tml_ros.sim.scene import decal
from tml_ros.sim.scene.event_draws import EventDraws, eased
from tml_ros.sim.scene.hall_looks import hall_look
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing, about
from tml_ros.sim.shapes import Colour, box, capsule, cylinder
from tml_ros.sim.split import Band, Pool


class Load(str, Enum):
    """What hangs there."""

    CRATE = "crate"
    BEAMS = "beams"
    PIPE = "pipe"
    BARREL = "barrel"


LOADS = Pool((Load.CRATE, Load.BEAMS), (Load.PIPE, Load.BARREL))
COATS: Pool[Colour] = Pool(
    train=((0.60, 0.45, 0.28), (0.50, 0.24, 0.16), (0.45, 0.48, 0.52)),
    held_out=((0.20, 0.38, 0.52), (0.66, 0.60, 0.20)),
)
BOTTOMS = Band(train=((1.2, 1.6), (1.9, 2.4)), held_out=((1.6, 1.9),))
"""Height of its underside."""
SWINGS = Band(train=((5.0, 9.0), (12.0, 18.0)), held_out=((9.0, 12.0),))
"""Degrees to either side at most."""
LASTING = Band(train=((6.0, 12.0), (40.0, 90.0)), held_out=((12.0, 40.0),))
"""Seconds until a swing is down to a third."""
GRAVITY = 9.81
SLING = 0.55
"""From the hook down to the load's top."""
SET_SWINGING_S = 1.2
CABLES = 3
"""Bodies that the cable is made of: short ones cover little of a picture."""
DARK: Colour = (0.16, 0.17, 0.19)
YELLOW: Colour = (0.93, 0.72, 0.08)
HALF = {
    Load.CRATE: (0.45, 0.40, 0.32),
    Load.BEAMS: (1.0, 0.16, 0.14),
    Load.PIPE: (0.9, 0.22, 0.22),
    Load.BARREL: (0.30, 0.30, 0.44),
}
"""Half extents, m."""


@dataclass(frozen=True, slots=True)
class Swing:
    """angle: of the cable against the vertical at most, radians. lasting: until it is down to a
    third, s. length: from where it hangs to the load's middle, m.
    """

    at: float
    lasts: float
    angle: float
    lasting: float
    length: float

    def angle_at(self, time_s: float) -> float:
        """Of the cable against the vertical, radians."""
        since, after = time_s - self.at, time_s - self.at - self.lasts
        if since <= 0.0:
            return 0.0
        rate = math.sqrt(GRAVITY / self.length)
        # Afterwards somebody steadies it.
        held = math.exp(-since / self.lasting) * math.exp(-max(after, 0.0) / 1.5)
        return self.angle * eased(since / SET_SWINGING_S) * held * math.sin(rate * since)


def swinging_load(owner: str, scenario: Scenario, event: EventPart, draws: EventDraws) -> MadeProp:
    """The load, its cable, and the dark below it."""
    kind, coat = LOADS.draw(draws.rng, draws.looks), draws.colour(COATS)
    top = hall_look(scenario).height - 0.5
    half, bottom = HALF[kind], draws.number(BOTTOMS)
    middle = min(bottom, top - 2.0) + half[2]
    strength = 0.5 + event.strength
    swing = Swing(
        event.at,
        event.lasts,
        math.radians(draws.number(SWINGS)) * strength,
        draws.number(LASTING),
        top - middle,
    )
    place = draws.place(scenario, event)
    stand = Standing(place, draws.rng.uniform(0, math.pi))
    turned = about("z", draws.rng.uniform(0, math.pi))
    hook = swing.length - half[2] - SLING
    dark = decal.decal(
        f"{owner}/dark", decal.soft_box(64, 64, margin=0.25, spread=7.0), (0.02, 0.02, 0.02)
    )
    cable = hook / CABLES
    bodies = [body(f"{owner}/load", [*_load(kind, coat), *_sling(half)])]
    bodies += [
        body(f"{owner}/cable{i}", [cylinder((0, 0, -cable / 2), (0, 0, cable / 2), 0.018, DARK)])
        for i in range(CABLES)
    ]
    bodies.append(body(f"{owner}/dark", [dark.geom((2 * half[0], 2 * half[1]), strength=0.35)]))

    def places(time_s: float) -> Mapping[str, Placed]:
        tilted = about("y", swing.angle_at(time_s))
        down = tilted @ np.array([0.0, 0.0, -1.0])
        pivot = np.array([0.0, 0.0, top])
        load = pivot + swing.length * down
        shadow = (float(load[0]), float(load[1]), decal.ABOVE["shadow"])
        found = {
            f"{owner}/load": stand.placed(load, tilted @ turned),
            f"{owner}/dark": stand.placed(shadow, turned),
        }
        for index in range(CABLES):
            part = pivot + (index + 0.5) * cable * down
            found[f"{owner}/cable{index}"] = stand.placed(part, tilted)
        return found

    return MadeProp(
        shapes="".join(_crane(scenario, place, top)),
        bodies=tuple(bodies),
        assets=dark.assets,
        files=dark.files,
        moves=places,
    )


def _crane(scenario: Scenario, place: tuple[float, float], top: float) -> Iterator[str]:
    half = scenario.hall.size[0] / 2
    yield box((0, place[1], top + 0.28), (half, 0.12, 0.16), YELLOW)
    yield box((place[0], place[1], top + 0.06), (0.3, 0.22, 0.12), DARK)


def _sling(half: tuple[float, float, float]) -> Iterator[str]:
    """Hook and ropes, above the load's middle."""
    hook = half[2] + SLING
    yield capsule((0, 0, hook), (0, 0, hook - 0.14), 0.07, YELLOW, material="shiny")
    for x in (-0.7, 0.7):
        for y in (-0.8, 0.8):
            corner = (x * half[0], y * half[1], half[2])
            yield capsule((0, 0, hook - 0.14), corner, 0.012, DARK)


def _load(kind: Load, coat: Colour) -> Iterator[str]:
    long, wide, high = HALF[kind]
    if kind is Load.CRATE:
        yield box((0, 0, 0), (long, wide, high), coat)
        dark = (0.7 * coat[0], 0.7 * coat[1], 0.7 * coat[2])
        for z in (-0.8, 0.0, 0.8):
            yield box((0, 0, z * high), (long + 0.012, wide + 0.012, 0.12 * high), dark)
    elif kind is Load.BEAMS:
        for y in (-0.6, 0.6):
            for z in (-0.9, 0.1):
                yield box((0, y * wide, z * high), (long, 0.35 * wide, 0.08 * high), coat)
                web = (0, y * wide, (z + 0.45) * high)
                yield box(web, (long, 0.08 * wide, 0.45 * high), coat)
            yield box((0, y * wide, high), (long, 0.35 * wide, 0.08 * high), coat)
    elif kind is Load.PIPE:
        yield cylinder((-long, 0, 0), (long, 0, 0), high, coat, material="shiny")
        for side in (-1, 1):
            ends = (side * (long - 0.02), 0, 0), (side * (long + 0.005), 0, 0)
            yield cylinder(*ends, 0.85 * high, DARK)
    else:
        yield cylinder((0, 0, -high), (0, 0, high), long, coat, material="shiny")
        for z in (-0.95, -0.33, 0.33, 0.95):
            yield cylinder((0, 0, z * high - 0.02), (0, 0, z * high + 0.02), long + 0.012, DARK)
