"""Everybody and every vehicle of a scenario at many moments, and how each camera sees them.

What `moments` and `seen_hazards` are both made of. Knows nothing of hazards. Made once; read-only
afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.people import People, Person, Track, depths_of
from tml_ros.sim.scene.people_points import HEAD, HEAD_RADIUS, RADII, SHARES, body_points
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.truth.moment import VehicleState
from tml_ros.sim.truth.sightings import (
    Cloud,
    Eye,
    Hiding,
    MovingBox,
    Seen,
    box_cloud,
    sight,
)
from tml_ros.sim.truth.zone_depth import depth_in

Array = NDArray[np.float64]


class VehicleSource(Protocol):
    """What is asked of the vehicles."""

    def states(self, time_s: float) -> tuple[VehicleState, ...]:
        """Those that are there."""

    def hull(self, name: str) -> tuple[float, float]:
        """Half of a vehicle's length and width, m."""

    def height(self, name: str) -> float:
        """How high it is, m."""


@dataclass(frozen=True, slots=True)
class WatchedPerson:
    """One person at n moments. depths: by zone, float64 [n], see `depths_of`. seen: by camera."""

    person: Person
    track: Track
    cloud: Cloud
    depths: Mapping[str, Array]
    seen: Mapping[str, Seen]


@dataclass(frozen=True, slots=True)
class WatchedVehicle:
    """One vehicle at n moments. states: None where it is not there. speed: float64 [n], m/s.
    depths: of its middle, by zone.
    """

    name: str
    states: tuple[VehicleState | None, ...]
    box: MovingBox
    speed: Array
    depths: Mapping[str, Array]
    seen: Mapping[str, Seen]


class Watch:
    """A scenario at the given moments, float64 [n], seconds.

    blocks: what stands about and hides. views: the cameras by name; of those that the scenario
    names, the lens is heeded.
    """

    def __init__(
        self,
        scenario: Scenario,
        people: People,
        vehicles: VehicleSource,
        blocks: Sequence[Block],
        views: Mapping[str, CameraView],
        *,
        times: Array,
    ) -> None:
        """Work out all of it."""
        self.times = times
        self.zones = {name: zone.polygon for name, zone in scenario.zones.items()}
        self.eyes = {name: Eye(view, scenario.cameras.get(name)) for name, view in views.items()}
        rows = _by_vehicle(vehicles, times)
        boxes = [_box(vehicles, name, states) for name, states in rows.items()]
        tracks = [person.track(times) for person in people.people]
        clouds = [
            Cloud(
                body_points(track.poses, person.look.size),
                person.look.size * RADII,
                SHARES,
                HEAD,
                person.look.size * HEAD_RADIUS,
            )
            for person, track in zip(people.people, tracks, strict=True)
        ]
        others = [(cloud, track.present) for cloud, track in zip(clouds, tracks, strict=True)]
        hiding = Hiding(blocks, boxes, others)
        self.blocks = Hiding(blocks)
        self.vehicles = tuple(
            WatchedVehicle(
                name=name,
                states=states,
                box=box,
                speed=np.array([abs(state.speed) if state else 0.0 for state in states]),
                depths={
                    zone: np.where(box.present, depth_in(polygon, box.middle[:, :2]), -np.inf)
                    for zone, polygon in self.zones.items()
                },
                seen=self._sights(box_cloud(box), box.present, hiding, own=index),
            )
            for index, ((name, states), box) in enumerate(zip(rows.items(), boxes, strict=True))
        )
        self.people = tuple(
            WatchedPerson(
                person=person,
                track=track,
                cloud=cloud,
                depths={
                    zone: np.where(track.present, depths_of(person, track, polygon), -np.inf)
                    for zone, polygon in self.zones.items()
                },
                seen=self._sights(cloud, track.present, hiding, own=len(boxes) + index),
            )
            for index, (person, track, cloud) in enumerate(
                zip(people.people, tracks, clouds, strict=True)
            )
        )

    def _sights(
        self, cloud: Cloud, present: NDArray[np.bool_], hiding: Hiding, *, own: int
    ) -> dict[str, Seen]:
        """By camera; nothing is seen of who is not there."""
        found = {}
        for name, eye in self.eyes.items():
            seen = sight(eye, cloud, hiding, own=own)
            found[name] = Seen(
                seen.share * present, seen.head_share * present, seen.head_radius, seen.box
            )
        return found


def _by_vehicle(
    vehicles: VehicleSource, times: Array
) -> dict[str, tuple[VehicleState | None, ...]]:
    """The states of each vehicle that is ever there."""
    moments = [{state.name: state for state in vehicles.states(float(time))} for time in times]
    names = dict.fromkeys(name for moment in moments for name in moment)
    return {name: tuple(moment.get(name) for moment in moments) for name in names}


def _box(vehicles: VehicleSource, name: str, states: Sequence[VehicleState | None]) -> MovingBox:
    half_length, half_width = vehicles.hull(name)
    half_height = vehicles.height(name) / 2
    places = np.array([(*state.place, half_height) if state else (0, 0, -90.0) for state in states])
    return MovingBox(
        middle=places,
        heading=np.radians([state.facing if state else 0.0 for state in states]),
        half=(half_length, half_width, half_height),
        present=np.array([state is not None for state in states], np.bool_),
    )
