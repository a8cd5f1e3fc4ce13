"""Something that stands, lies, hangs or moves in the simulated hall, as the renderer takes it.

Types only. A prop is made once per scenario; its answers depend on nothing but the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Rotation = NDArray[np.float64]


class Placed(NamedTuple):
    """Where a movable body is (float64 [3], m) and how it is turned (float64 [3, 3])."""

    position: Vector
    rotation: Rotation


class Block(NamedTuple):
    """An upright box that nobody sees or walks through: its middle and half its extents, m."""

    centre: tuple[float, float, float]
    half: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Body:
    """A movable body. name: unique in the hall, "<owner>/<part>". shapes: MJCF geoms, relative to
    the body's origin. reach: no shape reaches farther than that from the origin, m.
    """

    name: str
    shapes: str
    reach: float


class Prop(Protocol):
    """One thing, or one group of things that belong together."""

    @property
    def assets(self) -> str:
        """MJCF assets (textures, meshes) that its shapes name; names begin with the owner's."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files (PNG) that its assets name."""

    @property
    def shapes(self) -> str:
        """MJCF geoms that never move, in the hall's coordinates."""

    @property
    def bodies(self) -> Iterable[Body]:
        """What moves."""

    @property
    def blocks(self) -> Iterable[Block]:
        """What of it hides and obstructs; what moves is left out."""

    def places(self, time_s: float) -> Mapping[str, Placed]:
        """Where its bodies are; one that is left out is out of sight."""
