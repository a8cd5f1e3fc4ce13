"""Draws a hall: its size and light, one or two machines with their zones, cameras, microphones.

Machines stand along the back wall and their keep-out areas lie before them, so that the front of
the hall is free for whoever walks or drives by. Pure; the random source is an argument.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scenario.scenario import (
    CameraPart,
    HallDescription,
    MachineKind,
    MachinePart,
    MicrophonePart,
    ZonePart,
)

Rng = np.random.Generator

MACHINE_DEPTH = 0.9
"""From a machine's middle to its front, and to the wall behind it, m."""
ZONE_NAMES = {
    MachineKind.PRESS: "press_area",
    MachineKind.CONVEYOR: "conveyor_area",
    MachineKind.ROBOT_ARM: "robot_area",
}
MACHINE_NAMES = {
    MachineKind.PRESS: "press",
    MachineKind.CONVEYOR: "conveyor",
    MachineKind.ROBOT_ARM: "robot",
}


@dataclass(frozen=True, slots=True)
class Site:
    """A hall with what stands in it. width, depth: of the hall, m."""

    hall: HallDescription
    machines: dict[str, MachinePart]
    zones: dict[str, ZonePart]
    cameras: dict[str, CameraPart]
    microphones: dict[str, MicrophonePart]
    lane_y: float
    """The middle of the free way before the zones, along x."""

    @property
    def half_width(self) -> float:
        """From the middle to the side walls, m."""
        return self.hall.size[0] / 2


def random_site(
    rng: Rng,
    *,
    difficulty: float,
    camera_size: tuple[int, int],
    camera_rate: float,
    conveyor: bool = False,
) -> Site:
    """difficulty: 0 clean and bright .. 1 dim, noisy, shaken. conveyor: one machine is one."""
    width, depth = float(rng.uniform(10, 14)), float(rng.uniform(9, 11.5))
    hall = HallDescription(
        size=(round(width, 2), round(depth, 2)),
        lamp=_share(rng, 0.75 - 0.4 * difficulty, 0.8),
        daylight=_share(rng, 0.55 - 0.4 * difficulty, 0.6),
        clutter=_share(rng, 0.1, 0.2 + 0.7 * difficulty),
        echo=_share(rng, 0.1, 0.3 + 0.6 * difficulty),
        columns=((round(-width / 2 + 0.8, 2), round(depth / 2 - 0.5, 2)),),
    )
    kinds = [MachineKind.CONVEYOR] if conveyor else []
    while len(kinds) < (2 if rng.uniform() < 0.4 else 1):
        kind = list(MachineKind)[int(rng.integers(len(MachineKind)))]
        if kind not in kinds:
            kinds.append(kind)
    machines, zones = {}, {}
    places = [0.0] if len(kinds) == 1 else [-0.23 * width, 0.23 * width]
    for number, (kind, middle) in enumerate(zip(kinds, places, strict=True), start=1):
        x = middle + float(rng.uniform(-0.05, 0.05)) * width
        y = depth / 2 - MACHINE_DEPTH - 0.2
        machines[f"{MACHINE_NAMES[kind]}_{number}"] = MachinePart(
            kind=kind, at=_place(x, y), period=round(float(rng.uniform(2.6, 5.0)), 1)
        )
        zones[ZONE_NAMES[kind]] = ZonePart(polygon=_zone(rng, x, y - MACHINE_DEPTH))
    spoilt = _spoilt(rng, difficulty)
    front = min(y for zone in zones.values() for _, y in zone.polygon)
    lane_y = front - float(rng.uniform(0.9, 1.3))
    return Site(
        hall=hall,
        machines=machines,
        zones=zones,
        cameras={"hall": _camera(rng, hall, zones, spoilt, size=camera_size, rate=camera_rate)},
        microphones={"hall_mic": _microphone(rng, hall)},
        lane_y=lane_y,
    )


def _zone(rng: Rng, x: float, back: float) -> tuple[tuple[float, float], ...]:
    """A four-cornered area from `back` towards the front, about x."""
    wide, deep = float(rng.uniform(1.1, 1.6)), float(rng.uniform(1.7, 2.4))
    skew = rng.uniform(-0.2, 0.2, 4)
    return (
        _place(x - wide + skew[0], back),
        _place(x + wide + skew[1], back),
        _place(x + wide + skew[2], back - deep),
        _place(x - wide + skew[3], back - deep),
    )


def _camera(
    rng: Rng,
    hall: HallDescription,
    zones: dict[str, ZonePart],
    spoilt: dict[str, float],
    *,
    size: tuple[int, int],
    rate: float,
) -> CameraPart:
    """A camera that sees all zones, from the front."""
    corners = np.array([corner for zone in zones.values() for corner in zone.polygon])
    middle = corners.mean(axis=0)
    away = float(rng.uniform(4.6, 6.2)) + (1.0 if len(zones) > 1 else 0.0)
    bearing = math.radians(float(rng.uniform(-125, -55)))
    reach_x, reach_y = hall.size[0] / 2 - 0.4, hall.size[1] / 2 - 0.3
    x = float(np.clip(middle[0] + away * math.cos(bearing), -reach_x, reach_x))
    y = float(np.clip(middle[1] + away * math.sin(bearing), -reach_y, reach_y))
    height = float(rng.uniform(3.0, 4.2))
    aim = middle + rng.uniform(-0.3, 0.3, 2)
    distance = math.dist((x, y, height), (aim[0], aim[1], 0.7))
    # Both ends of the zones and somebody upright in them must fit into the picture.
    spread = float(np.ptp(corners[:, 0])) * size[1] / size[0] + 1.6
    fovy = 2 * math.degrees(math.atan(spread / 2 / distance)) * float(rng.uniform(1.0, 1.2))
    return CameraPart(
        at=(round(x, 2), round(y, 2), round(height, 2)),
        to=(round(float(aim[0]), 2), round(float(aim[1]), 2), 0.7),
        fovy=round(float(np.clip(fovy, 34, 75)), 1),
        size=size,
        rate=rate,
        **spoilt,
    )


def _spoilt(rng: Rng, difficulty: float) -> dict[str, float]:
    """How badly each thing spoils the pictures."""
    spoilt = {
        name: _share(rng, 0.05, 0.1 + 0.6 * difficulty)
        for name in ("noise", "blur", "compression", "exposure", "distortion")
    }
    for name, chance in (("flicker", 0.6), ("shake", 0.45)):
        present = rng.uniform() < chance * difficulty
        spoilt[name] = _share(rng, 0.1, 0.1 + 0.6 * difficulty) if present else 0.0
    return spoilt


def _microphone(rng: Rng, hall: HallDescription) -> MicrophonePart:
    x = float(rng.uniform(-0.3, 0.3)) * hall.size[0]
    return MicrophonePart(
        at=(round(x, 2), round(hall.size[1] / 2 - 0.4, 2), 2.6),
        echo_db=round(float(rng.uniform(-40, -8)), 1),
        echo_ms=round(float(rng.uniform(20, 250))),
    )


def _share(rng: Rng, low: float, high: float) -> float:
    return round(float(np.clip(rng.uniform(min(low, high), max(low, high)), 0, 1)), 3)


def _place(x: float, y: float) -> tuple[float, float]:
    return round(float(x), 2), round(float(y), 2)
