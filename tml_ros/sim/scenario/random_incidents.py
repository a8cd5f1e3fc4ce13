"""Draws what people and vehicles do: incidents of each kind, and what only looks like one.

An incident begins at a time that is given and says when its place is free again. Knows nothing of
sound. Pure; the random source is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tml_ros.sim.scenario.random_hall import Rng, Site
from tml_ros.sim.scenario.scenario import (
    EventKind,
    EventPart,
    PersonPart,
    Place,
    Step,
    VehicleKind,
    VehiclePart,
)

SMOKE_CLEARS_S = 12.0
BEHIND_WALL_M = 0.8


@dataclass(slots=True)
class Cast:
    """Who and what has been drawn so far."""

    people: dict[str, PersonPart] = field(default_factory=dict)
    vehicles: dict[str, VehiclePart] = field(default_factory=dict)
    events: list[EventPart] = field(default_factory=list)

    def add_person(self, person: PersonPart) -> str:
        """Give them the next name."""
        name = f"worker_{len(self.people) + 1}"
        self.people[name] = person
        return name

    def add_vehicle(self, vehicle: VehiclePart) -> str:
        """Give it the next name of its kind."""
        name = f"{vehicle.kind.value}_{len(self.vehicles) + 1}"
        self.vehicles[name] = vehicle
        return name


Incident = Callable[[Rng, Site, Cast, float], float]
"""Adds itself to the cast from a time on; returns when it is over, s."""


def visit(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """Somebody steps over the line, stays a while, and leaves."""
    return _visit(rng, site, cast, start, helmet=rng.uniform() < 0.8, inside=_inside)


def bare_headed_visit(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """The same without a helmet."""
    return _visit(rng, site, cast, start, helmet=False, inside=_inside)


def crouching_visit(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """Somebody crouches in the zone: no fall."""

    def inside(rng: Rng) -> tuple[Step, ...]:
        return (Step(stand=_time(rng, 1, 3)), Step(crouch=_time(rng, 3, 7)), Step(stand=1.0))

    return _visit(rng, site, cast, start, helmet=True, inside=inside)


def fall(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """Somebody falls in the zone and lies there."""

    def inside(rng: Rng) -> tuple[Step, ...]:
        return (Step(stand=_time(rng, 1, 3)), Step(fall=_time(rng, 6, 14)), Step(stand=1.5))

    return _visit(rng, site, cast, start, helmet=rng.uniform() < 0.8, inside=inside)


def passing(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """Somebody walks by before the line, close to it, and stands there for a moment."""
    side, end_y = _side(rng), _outside_y(rng, site)
    near = (float(rng.uniform(-0.5, 0.5)) * site.half_width, _outside_y(rng, site))
    steps = (
        Step(walk=(_at(near),)),
        Step(stand=_time(rng, 0.5, 4)),
        Step(walk=(_at((-side * (site.half_width + BEHIND_WALL_M), end_y)),)),
    )
    person = PersonPart(
        at=_entry(rng, site, side), enters=start, speed=_speed(rng), steps=steps, **_wear(rng)
    )
    cast.add_person(person)
    return start + _lasts(person)


def vehicle_alone(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """A vehicle drives by and nobody is near."""
    vehicle = _drive_by(rng, site, start, site.lane_y - float(rng.uniform(0.6, 1.0)))
    cast.add_vehicle(vehicle)
    return start + _lasts(vehicle)


def vehicle_near(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """Somebody stands just inside of the line while a vehicle passes close by."""
    zone = _zone(rng, site)
    front = min(zone, key=lambda corner: corner[1])[1]
    x = _middle(zone)[0] + float(rng.uniform(-0.6, 0.6))
    side = _side(rng)
    spot, before = (x, front + 0.35), (x, front - 0.7)
    arrives = start + abs(x + side * site.half_width) / 1.2 + 2
    vehicle = _drive_by(rng, site, arrives + 1.0, front - float(rng.uniform(0.65, 0.85)))
    stands = 3.0 + _lasts(vehicle)
    person = PersonPart(
        at=_entry(rng, site, side),
        enters=start,
        speed=1.2,
        steps=(
            Step(walk=(_at(before), _at(spot))),
            Step(stand=round(stands, 1), facing=_facing(rng)),
            Step(walk=(_at(before), _exit(rng, site, side))),
        ),
        **_wear(rng),
    )
    cast.add_vehicle(vehicle)
    cast.add_person(person)
    return start + max(_lasts(person), arrives - start + _lasts(vehicle))


def smoke(rng: Rng, site: Site, cast: Cast, start: float) -> float:
    """Smoke rises in a zone."""
    lasts = _time(rng, 8, 16)
    cast.events.append(
        EventPart(
            kind=EventKind.SMOKE,
            at=start,
            lasts=lasts,
            place=_inner_place(rng, _zone(rng, site)),
            strength=round(float(rng.uniform(0.3, 1.0)), 2),
        )
    )
    return start + lasts + SMOKE_CLEARS_S


INCIDENTS: Mapping[str, Incident] = {
    "visit": visit,
    "bare_headed_visit": bare_headed_visit,
    "crouching_visit": crouching_visit,
    "fall": fall,
    "passing": passing,
    "vehicle_alone": vehicle_alone,
    "vehicle_near": vehicle_near,
    "smoke": smoke,
}
"""By name. Passing, crouching and a vehicle alone are there to be no alarm of their own."""


def occupied_from_the_start(rng: Rng, site: Site, cast: Cast) -> float:
    """Somebody is in a zone before the first picture; returns when they have left."""
    zone = _zone(rng, site)
    spot = _inner_place(rng, zone)
    side = _side(rng)
    still = (
        (Step(fall=_time(rng, 8, 20)), Step(stand=1.0))
        if rng.uniform() < 0.2
        else (Step(stand=_time(rng, 6, 18), facing=_facing(rng)),)
    )
    front = min(zone, key=lambda corner: corner[1])[1]
    way = Step(walk=(_at((spot[0], front - 0.8)), _exit(rng, site, side)))
    person = PersonPart(at=spot, enters=0.0, speed=_speed(rng), steps=(*still, way), **_wear(rng))
    cast.add_person(person)
    return _lasts(person)


def _visit(
    rng: Rng,
    site: Site,
    cast: Cast,
    start: float,
    *,
    helmet: bool,
    inside: Callable[[Rng], tuple[Step, ...]],
) -> float:
    zone = _zone(rng, site)
    spot = _inner_place(rng, zone)
    side, out = _side(rng), _side(rng)
    front = min(zone, key=lambda corner: corner[1])[1]
    before = (spot[0] + float(rng.uniform(-0.4, 0.4)), front - 0.7)
    steps = (
        Step(walk=(_at(before), spot)),
        *inside(rng),
        Step(walk=(_at((spot[0], front - 0.8)), _exit(rng, site, out))),
    )
    person = PersonPart(
        at=_entry(rng, site, side),
        enters=round(start, 2),
        speed=_speed(rng),
        steps=steps,
        helmet=helmet,
        vest=rng.uniform() < 0.7,
    )
    cast.add_person(person)
    return start + _lasts(person)


def _inside(rng: Rng) -> tuple[Step, ...]:
    return (Step(stand=_time(rng, 2, 9), facing=_facing(rng)),)


def _drive_by(rng: Rng, site: Site, start: float, y: float) -> VehiclePart:
    side = _side(rng)
    kind = VehicleKind.FORKLIFT if rng.uniform() < 0.7 else VehicleKind.CART
    begin = side * (site.half_width + 2 * BEHIND_WALL_M)
    return VehiclePart(
        kind=kind,
        at=_at((begin, y)),
        enters=round(start, 2),
        facing=180.0 if side > 0 else 0.0,
        speed=round(float(rng.uniform(1.2, 2.4)), 2),
        steps=(Step(walk=(_at((-begin, y)),)),),
        stays=False,
    )


def _lasts(mover: PersonPart | VehiclePart) -> float:
    """About how long somebody or something needs for its steps, s."""
    seconds, here = 1.0, mover.at
    for step in mover.steps:
        for place in step.walk or ():
            seconds += float(np.hypot(place[0] - here[0], place[1] - here[1])) / mover.speed
            here = place
        seconds += (step.stand or 0.0) + (step.crouch or 0.0) + (step.fall or 0.0)
        # Turning, starting, getting down and up.
        seconds += 1.0 if step.stand is not None or step.walk is not None else 3.0
    return seconds


def _zone(rng: Rng, site: Site) -> tuple[Place, ...]:
    names = list(site.zones)
    return site.zones[names[int(rng.integers(len(names)))]].polygon


def _middle(zone: tuple[Place, ...]) -> Place:
    x, y = np.mean(zone, axis=0)
    return float(x), float(y)


def _inner_place(rng: Rng, zone: tuple[Place, ...]) -> Place:
    """Well inside: between the middle and a mixture of the corners."""
    weights = rng.dirichlet(np.ones(len(zone)))
    inner = 0.35 * np.asarray(_middle(zone)) + 0.65 * weights @ np.asarray(zone)
    return _at((float(inner[0]), float(inner[1])))


def _outside_y(rng: Rng, site: Site) -> float:
    return site.lane_y + float(rng.uniform(-0.6, 0.45))


def _entry(rng: Rng, site: Site, side: float) -> Place:
    """Behind the side wall: who comes or goes is not seen to appear or vanish."""
    return _at((side * (site.half_width + BEHIND_WALL_M), _outside_y(rng, site)))


_exit = _entry


def _side(rng: Rng) -> float:
    return 1.0 if rng.uniform() < 0.5 else -1.0


def _speed(rng: Rng) -> float:
    return round(float(rng.uniform(0.9, 1.6)), 2)


def _facing(rng: Rng) -> float:
    return round(float(rng.uniform(0, 360)))


def _time(rng: Rng, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 1)


def _wear(rng: Rng) -> dict[str, bool]:
    return {"helmet": bool(rng.uniform() < 0.85), "vest": bool(rng.uniform() < 0.7)}


def _at(place: tuple[float, float]) -> Place:
    return round(place[0], 2), round(place[1], 2)
