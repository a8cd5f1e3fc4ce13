"""All people of a scenario: what they look like, where their limbs are, what they are doing.

A `Prop` for the renderer, and the source of the truth about people. Knows nothing of cameras.
Made once per scenario; answers depend on nothing but the time; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import PersonPart, Scenario
from tml_ros.sim.scene import decal, people_figure
from tml_ros.sim.scene.hall import hall_blocks
from tml_ros.sim.scene.made_prop import body
from tml_ros.sim.scene.people_body import Limbs
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
_FALLEN_M = 2.2
"""Farther nobody's head comes to lie from where they stood."""
_SHOULDERS_M = 0.25
_DARKS = (
    ("dark", decal.ABOVE["contact"], 0.36),
    ("dark_chest", decal.ABOVE["contact"] + 0.001, 0.42),
)
"""Of the two dark patches below somebody: name, height above the floor, radius at size 1, m. One
below the other of who stands, apart of who lies."""
_DARKNESS = 0.5
_CHEST_M = 0.3
"""Above the hips."""
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

    def __init__(
        self, name: str, part: PersonPart, scenario: Scenario, blocks: Sequence[Block]
    ) -> None:
        """Draw looks and manner, and plan their way. blocks: what they do not fall into."""
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
            room=lambda place, direction: _room(scenario, blocks, place, direction),
        )
        self.limbs = Limbs(self.course, self.manner)

    def track(self, times: Array) -> Track:
        """What they do at those moments, float64 [n]."""
        poses = self.limbs.poses(times)
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
        blocks = hall_blocks(scenario) if scenario.people else ()
        self.people = tuple(
            Person(name, part, scenario, blocks) for name, part in scenario.people.items()
        )
        self._dark = decal.decal("people/dark", _soft_round(), (0.02, 0.02, 0.02))
        self._bodies = tuple(
            part
            for one in self.people
            for part in (*people_figure.bodies(one.name, one.look), *self._darks(one))
        )

    @property
    def assets(self) -> str:
        """The surfaces of their trunks, and the dark below them."""
        if not self.people:
            return ""
        trunks = (people_figure.meshes(one.name, one.look) for one in self.people)
        return "".join((*trunks, self._dark.assets))

    @property
    def files(self) -> Mapping[str, bytes]:
        """The picture of the dark below them."""
        return self._dark.files if self.people else {}

    @property
    def shapes(self) -> str:
        """Nothing of them never moves."""
        return ""

    @property
    def bodies(self) -> tuple[Body, ...]:
        """All limbs, "<person>/<limb>", and the dark below soles and chest."""
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
            poses = one.limbs.poses(times)
            for limb, position, rotation in zip(
                LIMBS, poses.positions[0], poses.rotations[0], strict=True
            ):
                placed[f"{one.name}/{limb}"] = Placed(position, rotation)
            chest = poses.positions[0, 1] + _CHEST_M * one.look.size * poses.rotations[0, 1, :, 2]
            above = (poses.soles[0].mean(axis=0), chest)
            for (name, height, _), (x, y, _) in zip(_DARKS, above, strict=True):
                placed[f"{one.name}/{name}"] = Placed(np.array([x, y, height]), np.eye(3))
        return placed

    def _darks(self, one: Person) -> Iterator[Body]:
        """What tells where on the floor somebody is, where lamps throw no shadows."""
        for name, _, half in _DARKS:
            radius = half * one.look.size
            shape = self._dark.geom((radius, radius), strength=_DARKNESS)
            yield body(f"{one.name}/{name}", [shape])

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


def _soft_round() -> decal.Mask:
    """A patch that is darkest in its middle."""
    across = np.linspace(-1.0, 1.0, 64)
    far = np.hypot(across[:, None], across[None, :])
    return np.asarray(np.clip(1.0 - far, 0.0, 1.0) ** 1.3, np.float32)


def _room(
    scenario: Scenario, blocks: Sequence[Block], place: tuple[float, float], direction: float
) -> float:
    """How far one can fall in a direction before a wall or anything else is in the way, m."""
    machines = [machine.at for machine in scenario.machines.values()]
    half_x, half_y = (side / 2 - 0.3 for side in scenario.hall.size)
    for distance in np.arange(0.3, _FALLEN_M, 0.15):
        x = place[0] + distance * math.cos(direction)
        y = place[1] + distance * math.sin(direction)
        in_the_way = (
            abs(x) > half_x
            or abs(y) > half_y
            or any(math.dist((x, y), at) < _FROM_MACHINES_M for at in machines)
            or any(_stands_there(block, x, y) for block in blocks)
        )
        if in_the_way:
            return float(distance)
    return _FALLEN_M


def _stands_there(block: Block, x: float, y: float) -> bool:
    """Whether a block is where somebody would come to lie."""
    (at_x, at_y, at_z), (half_x, half_y, half_z) = block
    apart = max(abs(x - at_x) - half_x, abs(y - at_y) - half_y)
    return apart < _SHOULDERS_M and at_z - half_z < 0.5
