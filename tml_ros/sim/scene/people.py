"""All people of a scenario: what they look like, where their limbs are, what they are doing.

A `Prop` for the renderer, and the source of the truth about people. Knows nothing of cameras.
Made once per scenario; answers depend on nothing but the time; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import PersonPart, Scenario
from tml_ros.sim.scene import people_figure
from tml_ros.sim.scene.people_body import poses_of
from tml_ros.sim.scene.people_course import Course
from tml_ros.sim.scene.people_looks import Look, Manner, draw_look, draw_manner
from tml_ros.sim.scene.people_points import body_points
from tml_ros.sim.scene.people_skeleton import LIMBS, Array, Poses
from tml_ros.sim.scene.prop import Block, Body, Placed
from tml_ros.sim.truth.moment import PersonState, Posture, Sighting
from tml_ros.sim.truth.zone_depth import depth_in

_PEOPLE = 0x50454F
"""Keeps their draws apart from all others of the seed."""
_FROM_MACHINES_M = 0.9
DOWNWARD = frozenset({Posture.FALLING, Posture.LYING, Posture.RISING})
"""Not on one's feet: where somebody is, is then judged by the whole body."""


@dataclass(frozen=True, slots=True)
class Track:
    """One person at n moments. present: bool [n]; the rest means nothing where they are not there.

    place: float64 [n, 2], between the soles. facing: float64 [n], degrees.
    """

    times: Array
    present: NDArray[np.bool_]
    poses: Poses
    postures: list[Posture]
    place: Array
    facing: Array


class Person:
    """One of them."""

    def __init__(self, name: str, part: PersonPart, scenario: Scenario) -> None:
        """Draw looks and manner, and plan their way."""
        seed = np.random.SeedSequence([scenario.seed, _PEOPLE, *name.encode()])
        look, manner, course = (np.random.default_rng(child) for child in seed.spawn(3))
        self.name, self.helmet = name, part.helmet
        split = scenario.looks
        self.look: Look = draw_look(look, split, helmet=part.helmet, vest=part.vest)
        self.manner: Manner = draw_manner(manner, split, size=self.look.size)
        self.course = Course(
            part,
            manner=self.manner,
            ends_s=scenario.seconds,
            rng=course,
            split=split,
            room=lambda place, direction: _room(scenario, place, direction),
        )

    def track(self, times: Array) -> Track:
        """What they do at those moments, float64 [n]."""
        poses = poses_of(self.course, self.manner, times)
        facing = poses.rotations[:, 0, :2, 0]
        upright = poses.rotations[:, 0, 2, 2] > 0.5
        # Of somebody lying, where the head lies.
        ahead = np.where(upright[:, None], facing, poses.rotations[:, 1, :2, 2])
        return Track(
            times=times,
            present=self.course.present(times),
            poses=poses,
            postures=self.course.postures(times),
            place=poses.soles[:, :, :2].mean(axis=1),
            facing=np.degrees(np.arctan2(ahead[:, 1], ahead[:, 0])),
        )


class People:
    """The people of a scenario as a prop."""

    def __init__(self, scenario: Scenario) -> None:
        """Draw everybody and plan their ways."""
        self._zones = {name: zone.polygon for name, zone in scenario.zones.items()}
        self.people = tuple(Person(name, part, scenario) for name, part in scenario.people.items())
        self._bodies = tuple(
            body for one in self.people for body in people_figure.bodies(one.name, one.look)
        )

    @property
    def assets(self) -> str:
        """The surfaces of their trunks."""
        return "".join(people_figure.meshes(one.name, one.look) for one in self.people)

    @property
    def files(self) -> Mapping[str, bytes]:
        """None."""
        return {}

    @property
    def shapes(self) -> str:
        """Nothing of them never moves."""
        return ""

    @property
    def bodies(self) -> tuple[Body, ...]:
        """All limbs, "<person>/<limb>"."""
        return self._bodies

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Nothing that stands still."""
        return ()

    def places(self, time_s: float) -> dict[str, Placed]:
        """Where the limbs of all who are there are."""
        times = np.array([time_s])
        placed = {}
        for one in self.people:
            if not one.course.present(times)[0]:
                continue
            poses = poses_of(one.course, one.manner, times)
            for limb, position, rotation in zip(
                LIMBS, poses.positions[0], poses.rotations[0], strict=True
            ):
                placed[f"{one.name}/{limb}"] = Placed(position, rotation)
        return placed

    def states(self, time_s: float) -> tuple[PersonState, ...]:
        """All who are there, without who sees them."""
        times = np.array([time_s])
        found = []
        for one in self.people:
            track = one.track(times)
            if track.present[0]:
                zones = tuple(
                    zone
                    for zone, polygon in self._zones.items()
                    if depths_of(one, track, polygon)[0] >= 0.0
                )
                found.append(state_of(one, track, 0, zones, {}))
        return tuple(found)


def depths_of(one: Person, track: Track, polygon: Sequence[tuple[float, float]]) -> Array:
    """How deep in a zone somebody is, m, below zero outside: float64 [n].

    Judged by the soles; while falling, lying and rising by the whole body, whichever part of it is
    deepest.
    """
    soles: Array = depth_in(polygon, track.poses.soles[:, :, :2]).max(axis=1)
    down = np.array([posture in DOWNWARD for posture in track.postures])
    if down.any():
        body = body_points(track.poses, one.look.size)[down][:, :, :2]
        soles[down] = np.maximum(soles[down], depth_in(polygon, body).max(axis=1))
    return soles


def state_of(
    one: Person, track: Track, row: int, zones: tuple[str, ...], seen: Mapping[str, Sighting]
) -> PersonState:
    """One moment of a track."""
    x, y = track.place[row]
    return PersonState(
        name=one.name,
        place=(float(x), float(y)),
        facing=float(track.facing[row]),
        posture=track.postures[row],
        helmet=one.helmet,
        zones=zones,
        seen=seen,
    )


def _room(scenario: Scenario, place: tuple[float, float], direction: float) -> float:
    """How far one can fall in a direction before a wall, a column or a machine is in the way, m."""
    in_the_way = [(machine.at, _FROM_MACHINES_M) for machine in scenario.machines.values()]
    in_the_way += [(column, 0.5) for column in scenario.hall.columns]
    half_x, half_y = (side / 2 - 0.3 for side in scenario.hall.size)
    for distance in np.arange(0.3, 2.2, 0.15):
        x = place[0] + distance * math.cos(direction)
        y = place[1] + distance * math.sin(direction)
        outside = abs(x) > half_x or abs(y) > half_y
        if outside or any(math.dist((x, y), at) < apart for at, apart in in_the_way):
            return float(distance)
    return 2.2
