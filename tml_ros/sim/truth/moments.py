"""Who and what is where at the end of every micro-turn, and how the cameras see them.

Knows nothing of hazards or of what is right to do. Pure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.people import People, state_of
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.truth.moment import Moment, PersonState, Sighting, VehicleState
from tml_ros.sim.truth.sightings import Seen
from tml_ros.sim.truth.watch import VehicleSource, Watch, WatchedPerson, WatchedVehicle

TURN_S = 0.2


def moments(
    scenario: Scenario,
    people: People,
    vehicles: VehicleSource,
    blocks: Sequence[Block],
    views: Mapping[str, CameraView],
) -> tuple[Moment, ...]:
    """One per turn, at its end: moments[i].time_s = 0.2 (i + 1).

    A person is in a zone from its edge on inwards: with the middle of a sole; while falling, lying
    and rising with any part of the body. A vehicle is in it with its middle.
    blocks: what stands about and hides. views: cameras by name.
    """
    times = TURN_S * np.arange(1, scenario.turns + 1, dtype=np.float64)
    watch = Watch(scenario, people, vehicles, blocks, views, times=times)
    return tuple(
        Moment(
            time_s=float(time),
            people=tuple(_person(one, row) for one in watch.people if one.track.present[row]),
            vehicles=tuple(
                state for one in watch.vehicles if (state := _vehicle(one, row)) is not None
            ),
        )
        for row, time in enumerate(times)
    )


def _person(one: WatchedPerson, row: int) -> PersonState:
    zones = tuple(zone for zone, depths in one.depths.items() if depths[row] >= 0.0)
    return state_of(one.person, one.track, row, zones, _sightings(one.seen, row))


def _vehicle(one: WatchedVehicle, row: int) -> VehicleState | None:
    state = one.states[row]
    if state is None:
        return None
    return dataclasses.replace(state, seen=_sightings(one.seen, row))


def _sightings(seen: Mapping[str, Seen], row: int) -> dict[str, Sighting]:
    """By camera, of those that see anything."""
    found = ((camera, sight.sighting(row)) for camera, sight in seen.items())
    return {camera: sighting for camera, sighting in found if sighting is not None}
