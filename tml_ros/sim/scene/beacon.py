"""A warning lamp that turns: on a wall, or on a pole beside a machine.

It is bright and dim in turn, throws a halo on the wall behind it and a spot that runs around on the
floor. Knows nothing of what it warns of.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scenario.scenario import EventPart, Scenario
from tml_ros.sim.scene import decal
from tml_ros.sim.scene.event_draws import EventDraws
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing, about
from tml_ros.sim.shapes import Colour, box, cylinder, ellipsoid
from tml_ros.sim.split import Band, Pool

COLOURS: Pool[Colour] = Pool(
    train=((1.0, 0.48, 0.05), (0.15, 0.35, 1.0)), held_out=((1.0, 0.72, 0.10), (0.10, 0.60, 1.0))
)
RATES = Band(train=((1.0, 1.35), (1.6, 2.0)), held_out=((1.35, 1.6),))
"""Turns per second."""
HEIGHTS = Band(train=((2.1, 2.5), (2.7, 3.1)), held_out=((2.5, 2.7),))
SIZES = Band(train=((0.08, 0.11), (0.13, 0.16)), held_out=((0.11, 0.13),))
ON_POLE = 0.4
"""How often it is beside a machine, where there are any."""
DARK: Colour = (0.16, 0.17, 0.19)


@dataclass(frozen=True, slots=True)
class _Lamp:
    """stand: a frame in which the hall is at -y. place: of its middle in it. on_wall: or a pole."""

    stand: Standing
    place: tuple[float, float, float]
    on_wall: bool


def beacon(owner: str, scenario: Scenario, event: EventPart, draws: EventDraws) -> MadeProp:
    """The lamp; it hangs there all the time and turns for as long as the event lasts."""
    colour, rate = draws.colour(COLOURS), draws.number(RATES)
    size, height = draws.number(SIZES), draws.number(HEIGHTS)
    lamp = _hung(scenario, event, draws, height)
    dim = (0.35 * colour[0], 0.35 * colour[1], 0.35 * colour[2])
    glass = ellipsoid((0, 0, 0), (size, size, 1.2 * size), dim, material="shiny")
    lit = ellipsoid((0, 0, 0), (1.15 * size, 1.15 * size, 1.35 * size), colour, material="glowing")
    halo = decal.decal(f"{owner}/halo", _disc(), colour, glows=True)
    bodies = [
        body(f"{owner}/lit", [lit]),
        body(f"{owner}/spot", [halo.geom((1.1, 0.55), strength=0.35 + 0.3 * event.strength)]),
    ]
    if lamp.on_wall:
        bodies.append(body(f"{owner}/halo", [halo.geom((1.2, 1.2), strength=0.5)]))
    first = draws.rng.random()

    def places(time_s: float) -> Mapping[str, Placed]:
        if not event.at <= time_s < event.at + event.lasts:
            return {}
        turns = rate * time_s + first
        # A spot on the floor, farther away than it is high.
        angle = math.pi * (turns % 1.0) + math.pi if lamp.on_wall else 2 * math.pi * turns
        x, y, z = lamp.place
        out = 0.55 * z
        spot = (x + out * math.cos(angle), y + out * math.sin(angle), decal.ABOVE["light"] + 0.002)
        found = {f"{owner}/spot": lamp.stand.placed(spot, about("z", angle))}
        if turns % 1.0 < 0.5:
            found[f"{owner}/lit"] = lamp.stand.placed(lamp.place)
            if lamp.on_wall:
                # The picture's face looks into the hall.
                back = (x, -0.03, z)
                found[f"{owner}/halo"] = lamp.stand.placed(back, about("x", math.pi / 2))
        return found

    return MadeProp(
        shapes=lamp.stand.geoms([*_holder(lamp, size), *_at(lamp.place, glass)]),
        bodies=tuple(bodies),
        assets=halo.assets,
        files=halo.files,
        moves=places,
    )


def _hung(scenario: Scenario, event: EventPart, draws: EventDraws, height: float) -> _Lamp:
    wide, deep = (size / 2 for size in scenario.hall.size)
    machines = list(scenario.machines.values())
    if event.place is not None:
        return _Lamp(Standing(event.place, 0.0), (0.0, 0.0, height), on_wall=False)
    if machines and draws.rng.random() < ON_POLE:
        machine = machines[int(draws.rng.integers(len(machines)))]
        stand = Standing(machine.at, math.radians(machine.facing + 90.0))
        side = 1 if draws.rng.random() < 0.5 else -1
        return _Lamp(stand, (side * 1.3, 0.75, height), on_wall=False)
    if draws.rng.random() < 0.5:
        stand = Standing((draws.rng.uniform(-0.8, 0.8) * wide, deep), 0.0)
    else:
        stand = Standing((wide, draws.rng.uniform(-0.8, 0.8) * deep), -math.pi / 2)
    return _Lamp(stand, (0.0, -0.22, height), on_wall=True)


def _holder(lamp: _Lamp, size: float) -> Iterator[str]:
    x, y, z = lamp.place
    low = z - 1.2 * size
    yield cylinder((x, y, low - 0.06), (x, y, low + 0.02), 0.9 * size, DARK)
    if lamp.on_wall:
        yield box((x, y / 2, low - 0.07), (0.05, abs(y) / 2, 0.02), DARK)
    else:
        yield cylinder((x, y, 0), (x, y, low - 0.05), 0.035, DARK)
        yield cylinder((x, y, 0), (x, y, 0.03), 0.16, DARK)


def _at(place: tuple[float, float, float], shape: str) -> Iterator[str]:
    yield f'<frame pos="{place[0]:.4f} {place[1]:.4f} {place[2]:.4f}">{shape}</frame>'


def _disc(pixels: int = 64) -> decal.Mask:
    """Bright in the middle, nothing at the edge."""
    across = np.linspace(-1.0, 1.0, pixels, dtype=np.float32)
    away = np.hypot(across[:, None], across[None, :])
    return np.asarray(np.clip(1.0 - away, 0.0, 1.0) ** 1.5, np.float32)
