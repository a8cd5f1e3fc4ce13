"""A vehicle as the renderer takes it, and what more than one kind of vehicle has: wheels, cargo.

Knows nothing of where it drives. x is forward, the origin on the floor below its middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tml_ros.sim.scene.vehicle_looks import Cargo
from tml_ros.sim.shapes import Colour, box, cylinder

RUBBER: Colour = (0.09, 0.09, 0.10)
STEEL: Colour = (0.55, 0.57, 0.60)
DARK: Colour = (0.16, 0.17, 0.19)
WOOD: Colour = (0.62, 0.46, 0.28)


@dataclass(frozen=True, slots=True)
class Wheel:
    """place: of its hub. radius, half: of its width, m."""

    place: tuple[float, float, float]
    radius: float
    half: float

    def shapes(self) -> Iterator[str]:
        """Tyre and hub around its own middle; it turns about y."""
        ends = (0, -self.half, 0), (0, self.half, 0)
        yield cylinder(*ends, self.radius, RUBBER)
        for side in (-1, 1):
            y = side * (self.half + 0.004)
            yield box((0, y, 0), (0.5 * self.radius, 0.006, 0.18 * self.radius), STEEL)


@dataclass(frozen=True, slots=True)
class VehicleFigure:
    """shapes: of all that does not turn. lamp: shapes that are lit now and then.

    half_length, half_width, height: of its hull, forks and cargo included, m.
    """

    shapes: tuple[str, ...]
    wheels: tuple[Wheel, ...]
    lamp: tuple[str, ...]
    half_length: float
    half_width: float
    height: float


def cargo(
    kind: Cargo, place: Sequence[float], room: Sequence[float], coat: Colour
) -> Iterator[str]:
    """What is carried, on the point `place`. room: half extents along x and y, and height, m."""
    x, y, z = place
    long, wide, high = room
    if kind is Cargo.BOXES:
        pale = (min(1.15 * coat[0], 1), min(1.15 * coat[1], 1), min(1.15 * coat[2], 1))
        yield box(
            (x - 0.5 * long, y, z + 0.25 * high), (0.47 * long, 0.95 * wide, 0.25 * high), coat
        )
        for side in (-1, 1):
            low = (x + 0.5 * long, y + side * 0.48 * wide, z + 0.22 * high)
            yield box(low, (0.46 * long, 0.44 * wide, 0.22 * high), pale)
        top = (x - 0.3 * long, y + 0.2 * wide, z + 0.72 * high)
        yield box(top, (0.5 * long, 0.6 * wide, 0.22 * high), pale)
    elif kind is Cargo.CRATE:
        yield box((x, y, z + 0.42 * high), (0.92 * long, 0.92 * wide, 0.42 * high), coat)
        for level in (0.1, 0.4, 0.7):
            slat = (0.94 * long, 0.94 * wide, 0.06 * high)
            yield box((x, y, z + level * high), slat, WOOD)
    elif kind is Cargo.BARRELS:
        radius = 0.46 * min(long, wide)
        for dx in (-0.5, 0.5):
            for dy in (-0.5, 0.5):
                foot = (x + dx * long, y + dy * wide)
                yield cylinder((*foot, z), (*foot, z + 0.8 * high), radius, coat, material="shiny")
                rim = z + 0.4 * high
                yield cylinder((*foot, rim - 0.015), (*foot, rim + 0.015), radius + 0.01, DARK)
    elif kind is Cargo.ROLLS:
        radius = 0.44 * min(wide, high)
        for dy in (-0.5, 0.5):
            middle = (y + dy * wide, z + radius)
            ends = (x - 0.85 * long, *middle), (x + 0.85 * long, *middle)
            yield cylinder(*ends, radius, coat)
            yield cylinder(ends[0], (ends[1][0] + 0.01, *ends[1][1:]), 0.3 * radius, DARK)


def pallet(place: Sequence[float], half: Sequence[float]) -> Iterator[str]:
    """A wooden pallet, 14 cm high, on the point `place`."""
    x, y, z = place
    for slat in (-1, 0, 1):
        yield box((x, y + slat * 0.85 * half[1], z + 0.05), (half[0], 0.1 * half[1], 0.05), WOOD)
    yield box((x, y, z + 0.12), (half[0], half[1], 0.02), WOOD)
