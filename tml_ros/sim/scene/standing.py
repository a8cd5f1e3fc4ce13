"""A thing's own frame in the hall, so that it can be drawn once and stand or turn anywhere.

Knows nothing of what stands there. Metres, radians counterclockwise seen from above. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scene.prop import Block, Placed, Rotation, Vector
from tml_ros.sim.shapes import numbers

CELL_M = 0.4
"""A slanted body obstructs as upright boxes along the walls of this size."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A frame whose origin is on the floor at `at`, turned by `turn` about the vertical."""

    at: tuple[float, float]
    turn: float

    def geoms(self, shapes: Iterable[str]) -> str:
        """Shapes of the thing's own frame as shapes of the hall."""
        half = self.turn / 2
        quaternion = numbers((math.cos(half), 0.0, 0.0, math.sin(half)))
        return (
            f'<frame pos="{numbers((*self.at, 0.0))}" quat="{quaternion}">{"".join(shapes)}</frame>'
        )

    def point(self, place: Sequence[float] | Vector) -> tuple[float, float, float]:
        """A point of the thing's own frame in the hall."""
        cosine, sine = math.cos(self.turn), math.sin(self.turn)
        x, y, z = (float(number) for number in place)
        return (self.at[0] + cosine * x - sine * y, self.at[1] + sine * x + cosine * y, z)

    def placed(self, place: Sequence[float] | Vector, rotation: Rotation | None = None) -> Placed:
        """A body at a point of the thing's own frame, turned in it."""
        turn = about("z", self.turn)
        return Placed(np.array(self.point(place)), turn if rotation is None else turn @ rotation)

    def blocks(self, centre: Sequence[float], half: Sequence[float]) -> tuple[Block, ...]:
        """What a box of the thing's own frame hides and obstructs: one block, or many small ones
        where it stands at a slant.
        """
        quarter = self.turn / (math.pi / 2)
        if abs(quarter - round(quarter)) < 0.02:
            across = round(quarter) % 2 == 1
            extents = (half[1], half[0], half[2]) if across else tuple(half)
            return (Block(self.point(centre), (extents[0], extents[1], extents[2])),)
        counts = [max(1, round(2 * extent / CELL_M)) for extent in half[:2]]
        cells = [extent / count for extent, count in zip(half, counts, strict=False)]
        # An upright square of the same area as a cell stands in for it.
        side = math.sqrt(cells[0] * cells[1])
        return tuple(
            Block(
                self.point(
                    (
                        centre[0] + (2 * i + 1 - counts[0]) * cells[0],
                        centre[1] + (2 * j + 1 - counts[1]) * cells[1],
                        centre[2],
                    )
                ),
                (side, side, half[2]),
            )
            for i in range(counts[0])
            for j in range(counts[1])
        )


def about(axis: str, angle: float) -> Rotation:
    """The rotation by `angle` about the axis `x`, `y` or `z`: float64 [3, 3]."""
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    rotation = np.eye(3)
    rotation[first, first] = rotation[second, second] = math.cos(angle)
    rotation[first, second], rotation[second, first] = -math.sin(angle), math.sin(angle)
    return rotation
