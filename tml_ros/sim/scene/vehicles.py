"""The vehicles of a scenario: one prop for all, and where they are.

Knows nothing of who sees them. A vehicle is a body with wheels that turn, a lamp that is lit now
and then, and the dark of the floor below it. Made once per scenario; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scenario.scenario import Scenario, VehicleKind, VehiclePart
from tml_ros.sim.scene import decal
from tml_ros.sim.scene.cart import CartLook, cart
from tml_ros.sim.scene.decal import Decal
from tml_ros.sim.scene.drive import Drive, DriveState
from tml_ros.sim.scene.forklift import ForkliftLook, forklift
from tml_ros.sim.scene.made_prop import body
from tml_ros.sim.scene.prop import Block, Body, Placed
from tml_ros.sim.scene.standing import Standing, about
from tml_ros.sim.scene.vehicle_figure import VehicleFigure
from tml_ros.sim.scene.vehicle_looks import VehicleDraws
from tml_ros.sim.truth.moment import VehicleState
from tml_ros.sim.truth.zone_depth import depth_in

FLASH_HZ = 1.4
"""Of a vehicle's lamp; it is lit for half of the time."""
DARKNESS = 0.6
"""Of the floor below a vehicle."""


@dataclass(frozen=True, slots=True)
class _Vehicle:
    name: str
    figure: VehicleFigure
    drive: Drive
    dark: Decal
    flash: float
    """Where in its cycle the lamp begins."""

    def bodies(self) -> tuple[Body, ...]:
        figure = self.figure
        half = (decal.SPREAD * figure.half_length, decal.SPREAD * figure.half_width)
        wheels = [
            body(f"{self.name}/wheel{index}", wheel.shapes())
            for index, wheel in enumerate(figure.wheels)
        ]
        return (
            body(f"{self.name}/body", figure.shapes),
            *wheels,
            body(f"{self.name}/lamp", figure.lamp),
            body(f"{self.name}/dark", [self.dark.geom(half, strength=DARKNESS)]),
        )

    def places(self, state: DriveState, time_s: float) -> dict[str, Placed]:
        stand = Standing((state.x, state.y), state.heading)
        found = {
            f"{self.name}/body": stand.placed((0, 0, 0)),
            f"{self.name}/dark": stand.placed((0, 0, decal.ABOVE["contact"])),
        }
        for index, wheel in enumerate(self.figure.wheels):
            turned = about("y", state.metres / wheel.radius)
            found[f"{self.name}/wheel{index}"] = stand.placed(wheel.place, turned)
        if (FLASH_HZ * time_s + self.flash) % 1.0 < 0.5:
            found[f"{self.name}/lamp"] = stand.placed((0, 0, 0))
        return found


class Vehicles:
    """The vehicles of a scenario as a prop."""

    def __init__(self, scenario: Scenario) -> None:
        """Draw their looks and work out their courses."""
        self._zones = {name: zone.polygon for name, zone in scenario.zones.items()}
        self._vehicles = {
            name: _vehicle(name, part, VehicleDraws.of(scenario.seed, name, scenario.looks))
            for name, part in scenario.vehicles.items()
        }
        self._bodies = tuple(
            part for vehicle in self._vehicles.values() for part in vehicle.bodies()
        )

    @property
    def assets(self) -> str:
        """The dark below them."""
        return "".join(vehicle.dark.assets for vehicle in self._vehicles.values())

    @property
    def files(self) -> Mapping[str, bytes]:
        """Its pictures."""
        return {
            name: file
            for vehicle in self._vehicles.values()
            for name, file in vehicle.dark.files.items()
        }

    @property
    def shapes(self) -> str:
        """Nothing of them never moves."""
        return ""

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Of each: body, wheels, lamp, and the dark below it."""
        return self._bodies

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Nothing that stands still."""
        return ()

    def places(self, time_s: float) -> Mapping[str, Placed]:
        """Where the bodies are of those that are in the hall."""
        found: dict[str, Placed] = {}
        for vehicle in self._vehicles.values():
            state = vehicle.drive.at(time_s)
            if state is not None:
                found.update(vehicle.places(state, time_s))
        return found

    def states(self, time_s: float) -> tuple[VehicleState, ...]:
        """Those that are in the hall, in the scenario's order, without who sees them."""
        found = []
        for name, vehicle in self._vehicles.items():
            state = vehicle.drive.at(time_s)
            if state is not None:
                place = (state.x, state.y)
                facing = math.degrees((state.heading + math.pi) % (2 * math.pi) - math.pi)
                zones = self._zones_at(place)
                found.append(VehicleState(name, place, facing, state.speed, zones))
        return tuple(found)

    def hull(self, name: str) -> tuple[float, float]:
        """Half of a vehicle's length and half of its width, forks and load included, m. KeyError
        for a name that it has not.
        """
        figure = self._vehicles[name].figure
        return figure.half_length, figure.half_width

    def height(self, name: str) -> float:
        """How high a vehicle is with its load, m."""
        return self._vehicles[name].figure.height

    def _zones_at(self, place: tuple[float, float]) -> tuple[str, ...]:
        point = np.array(place)
        return tuple(
            name for name, polygon in self._zones.items() if float(depth_in(polygon, point)) > 0.0
        )


def _vehicle(name: str, part: VehiclePart, draws: VehicleDraws) -> _Vehicle:
    if part.kind is VehicleKind.FORKLIFT:
        figure = forklift(ForkliftLook.drawn(draws, driver=part.driver))
    else:
        figure = cart(CartLook.drawn(draws))
    return _Vehicle(
        name=name,
        figure=figure,
        drive=Drive(part),
        dark=decal.dark_below(f"{name}/dark"),
        flash=float(draws.rng.random()),
    )
