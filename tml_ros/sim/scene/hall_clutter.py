"""What stands about in a hall and where: pallets, boxes, drums, racks, cabinets, benches, trolleys.

It stands clear of zones, machines and the ways of people and vehicles, and never between a camera
and a zone. Knows nothing of how it looks. Pure; the same scenario gives the same places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import (
    EventKind,
    MachineKind,
    PersonPart,
    Place,
    Scenario,
    VehiclePart,
)
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.split import Pool

_CLUTTER = 0xC107
ASIDE = 0.7
"""Of every way, metres."""
BESIDE_ZONE = 0.5
AROUND_MACHINE = {MachineKind.CONVEYOR: 2.6}
AROUND_OTHER_MACHINE = 1.8
BEFORE_CAMERA = 1.5
PER_SQUARE_METRE = 0.22
"""Of the hall, where its clutter is 1."""
MOST = 60
TRIES = 25
FREE_KINDS = Pool(("pallet", "boxes", "drum", "trolley"), ("crate", "drums", "reel"))
WALL_KINDS = Pool(("rack", "cabinet", "bench"), ("lockers", "shelf"))
SIZES: dict[str, tuple[float, float, float]] = {
    "pallet": (0.60, 0.50, 1.00),
    "boxes": (0.40, 0.35, 0.80),
    "drum": (0.30, 0.30, 0.90),
    "trolley": (0.55, 0.35, 1.00),
    "crate": (0.60, 0.45, 0.75),
    "drums": (0.62, 0.62, 0.90),
    "reel": (0.45, 0.35, 0.90),
    "rack": (1.20, 0.35, 2.20),
    "cabinet": (0.60, 0.25, 1.90),
    "bench": (0.90, 0.40, 1.00),
    "lockers": (0.80, 0.25, 1.80),
    "shelf": (0.70, 0.30, 1.50),
}
"""Half length, half width, and height, metres; each piece is of 0.85 to 1.15 of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """at: the middle of its foot. turn: degrees. half: half its length and width; a right angle or
    none of turn keeps its block tight.
    """

    kind: str
    at: Place
    turn: float
    half: tuple[float, float]
    height: float
    look: int
    """Any number, for whoever draws it."""

    @property
    def radius(self) -> float:
        """Of the circle around it."""
        return float(np.hypot(*self.half))

    @property
    def block(self) -> Block:
        """What it hides and obstructs."""
        angle = np.radians(self.turn)
        along, across = abs(np.cos(angle)), abs(np.sin(angle))
        half_x = self.half[0] * along + self.half[1] * across
        half_y = self.half[0] * across + self.half[1] * along
        centre = (*self.at, self.height / 2)
        return Block(centre, (float(half_x), float(half_y), self.height / 2))


def clutter(scenario: Scenario) -> tuple[Piece, ...]:
    """All pieces."""
    rng = np.random.default_rng(np.random.SeedSequence([scenario.seed, _CLUTTER]))
    width, depth = scenario.hall.size
    number = min(MOST, round(scenario.hall.clutter * PER_SQUARE_METRE * width * depth))
    ground = _Ground(scenario)
    placed: list[Piece] = []
    for _ in range(number):
        at_wall = bool(rng.random() < 0.5)
        kind = (WALL_KINDS if at_wall else FREE_KINDS).draw(rng, scenario.looks)
        for _ in range(TRIES):
            piece = _somewhere(rng, scenario, kind, at_wall=at_wall)
            if ground.takes(piece) and all(_apart(piece, other) for other in placed):
                placed.append(piece)
                break
    return tuple(placed)


def _somewhere(rng: np.random.Generator, scenario: Scenario, kind: str, *, at_wall: bool) -> Piece:
    long, wide, high = SIZES[kind]
    long, wide, high = (side * float(rng.uniform(0.85, 1.15)) for side in (long, wide, high))
    half_x, half_y = scenario.hall.size[0] / 2, scenario.hall.size[1] / 2
    look = int(rng.integers(1 << 30))
    if at_wall:
        # By back, left, front and right wall; it turns its front to the middle of the hall.
        side = int(rng.integers(4))
        reach = (half_x, half_y, half_x, half_y)[side] - long - 0.1
        along = float(rng.uniform(-reach, reach)) if reach > 0 else 0.0
        off = wide + 0.05
        at = (
            (along, half_y - off),
            (off - half_x, along),
            (along, off - half_y),
            (half_x - off, along),
        )[side]
        return Piece(kind, at, 90.0 * side, (long, wide), high, look)
    # Rather near the walls than in the middle of the hall.
    place = np.sign(rng.uniform(-1, 1, 2)) * rng.uniform(0, 1, 2) ** 0.5
    at = (float(place[0] * (half_x - 1.0)), float(place[1] * (half_y - 1.0)))
    turn = float(rng.choice([0.0, 90.0]) + rng.uniform(-12, 12))
    return Piece(kind, at, turn, (long, wide), high, look)


def _apart(piece: Piece, other: Piece) -> bool:
    gap = np.subtract(piece.at, other.at)
    one, two = piece.block.half, other.block.half
    return bool(abs(gap[0]) > one[0] + two[0] + 0.1 or abs(gap[1]) > one[1] + two[1] + 0.1)


class _Ground:
    """Where something may stand."""

    def __init__(self, scenario: Scenario) -> None:
        self._zones = [np.array(zone.polygon, np.float32) for zone in scenario.zones.values()]
        self._ways = [np.array(way, np.float64) for way in ways(scenario)]
        self._spots = [
            (machine.at, AROUND_MACHINE.get(machine.kind, AROUND_OTHER_MACHINE))
            for machine in scenario.machines.values()
        ]
        self._spots += [(place, 0.5) for place in scenario.hall.columns]
        self._spots += [(event.place, 0.8) for event in scenario.events if event.place]
        self._cameras = [np.array(camera.at) for camera in scenario.cameras.values()]
        self._spots += [((float(at[0]), float(at[1])), BEFORE_CAMERA) for at in self._cameras]
        gate = any(event.kind is EventKind.DOOR for event in scenario.events)
        self._right = scenario.hall.size[0] / 2 - (2.0 if gate else 0.0)
        targets = [_around(np.array(zone.polygon)) for zone in scenario.zones.values()]
        self._targets = np.concatenate(targets) if targets else np.empty((0, 2))

    def takes(self, piece: Piece) -> bool:
        """Whether it stands in nobody's way and hides no zone."""
        at, radius = np.array(piece.at), piece.radius
        return (
            piece.block.centre[0] + piece.block.half[0] < self._right
            and all(np.hypot(*(at - spot)) > radius + clear for spot, clear in self._spots)
            and all(
                cv2.pointPolygonTest(zone, piece.at, measureDist=True) < -radius - BESIDE_ZONE
                for zone in self._zones
            )
            and all(_distance(at, way) > radius + ASIDE for way in self._ways)
            and not any(self._hides(camera, piece) for camera in self._cameras)
        )

    def _hides(self, camera: NDArray[np.float64], piece: Piece) -> bool:
        """Whether a line of sight from a camera to a zone's floor passes through it."""
        if not len(self._targets):
            return False
        radius = float(np.hypot(*piece.block.half[:2])) + 0.1
        share = np.linspace(0, 1, 41)[:, None, None]
        passing = camera[:2] + share * (self._targets - camera[:2])
        height = camera[2] * (1 - share[..., 0])
        near = np.hypot(*np.moveaxis(passing - piece.at, -1, 0)) < radius
        return bool((near & (height < piece.height + 0.1)).any())


def ways(scenario: Scenario) -> Iterator[list[Place]]:
    """The ways of all people and vehicles."""
    movers: list[PersonPart | VehiclePart] = [
        *scenario.people.values(),
        *scenario.vehicles.values(),
    ]
    for mover in movers:
        yield [mover.at, *(place for step in mover.steps for place in step.walk or ())]


def _around(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places along its edge, half way to the middle, and the middle."""
    share = np.linspace(0, 1, 8, endpoint=False)[:, None, None]
    edge = (polygon + share * (np.roll(polygon, -1, axis=0) - polygon)).reshape(-1, 2)
    middle = polygon.mean(axis=0, keepdims=True)
    return np.concatenate([edge, (edge + middle) / 2, middle])


def _distance(point: NDArray[np.float64], way: NDArray[np.float64]) -> float:
    """Of a point from a line of straight pieces."""
    begin, along = way[:-1], np.diff(way, axis=0)
    if not len(along):
        return float(np.hypot(*(point - way[0])))
    squared = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - begin) * along).sum(axis=1) / squared, 0, 1)
    return float(np.hypot(*(begin + share[:, None] * along - point).T).min())
