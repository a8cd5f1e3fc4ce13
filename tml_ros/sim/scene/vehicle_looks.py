"""What vehicles may look like: builds, sizes and colours, for learning and for judging.

Knows nothing of shapes. Colours RGB 0..1, lengths in metres.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tml_ros.sim.shapes import Colour
from tml_ros.sim.split import Band, Pool, Split

SEED = 302
"""Sets the draws of vehicles apart from all others."""


class ForkliftBuild(str, Enum):
    """What a forklift is like around its driver."""

    COUNTERWEIGHT = "counterweight"
    COMPACT = "compact"
    """Short, with a round back and one wheel behind."""
    CABIN = "cabin"
    """Glass on all sides."""


class CartBuild(str, Enum):
    """What stands on a cart's deck of itself."""

    FLAT = "flat"
    SHELF = "shelf"
    POLE = "pole"
    """A pole with a screen at its back."""


class Cargo(str, Enum):
    """What is carried."""

    NONE = "none"
    BOXES = "boxes"
    CRATE = "crate"
    BARRELS = "barrels"
    ROLLS = "rolls"


FORKLIFT_BUILDS = Pool((ForkliftBuild.COUNTERWEIGHT, ForkliftBuild.COMPACT), (ForkliftBuild.CABIN,))
CART_BUILDS = Pool((CartBuild.FLAT, CartBuild.SHELF), (CartBuild.POLE,))
LOADS = Pool((Cargo.BOXES, Cargo.CRATE), (Cargo.BARRELS, Cargo.ROLLS))
LOADED = 0.6
"""How often something is carried."""
COATS: Pool[Colour] = Pool(
    train=(
        (0.93, 0.62, 0.05),
        (0.85, 0.30, 0.06),
        (0.62, 0.10, 0.10),
        (0.20, 0.22, 0.25),
        (0.75, 0.76, 0.75),
    ),
    held_out=((0.20, 0.50, 0.25), (0.10, 0.35, 0.65), (0.70, 0.75, 0.15)),
)
CART_COATS: Pool[Colour] = Pool(
    train=((0.90, 0.90, 0.89), (0.18, 0.20, 0.23), (0.88, 0.55, 0.06), (0.15, 0.35, 0.60)),
    held_out=((0.16, 0.46, 0.42), (0.55, 0.16, 0.20), (0.50, 0.52, 0.50)),
)
STRIPS: Pool[Colour] = Pool(
    train=((0.10, 0.75, 1.0), (0.15, 0.95, 0.35)), held_out=((1.0, 0.55, 0.10), (0.85, 0.9, 1.0))
)
"""The light strip around a cart."""
CARGO_COATS: Pool[Colour] = Pool(
    train=((0.66, 0.52, 0.36), (0.56, 0.42, 0.27), (0.72, 0.71, 0.68), (0.22, 0.36, 0.56)),
    held_out=((0.48, 0.34, 0.30), (0.66, 0.22, 0.16), (0.30, 0.50, 0.36)),
)
DRIVER_HELMETS: Pool[Colour] = Pool(
    train=((0.93, 0.76, 0.10), (0.92, 0.92, 0.90)), held_out=((0.15, 0.40, 0.75),)
)
DRIVER_VESTS: Pool[Colour] = Pool(
    train=((0.80, 0.90, 0.12), (0.95, 0.42, 0.06)), held_out=((0.95, 0.20, 0.30),)
)
DRIVER_TROUSERS: Pool[Colour] = Pool(
    train=((0.14, 0.18, 0.28), (0.25, 0.25, 0.26)), held_out=((0.40, 0.34, 0.24),)
)
SKINS: Pool[Colour] = Pool(
    train=((0.80, 0.60, 0.48), (0.45, 0.30, 0.22)), held_out=((0.62, 0.45, 0.34),)
)

FORKLIFT_BODY = Band(train=((1.80, 2.05), (2.15, 2.40)), held_out=((2.05, 2.15), (2.4, 2.5)))
"""Without the forks."""
FORKLIFT_WIDTH = Band(train=((1.0, 1.1), (1.15, 1.25)), held_out=((1.1, 1.15),))
FORKLIFT_HEIGHT = Band(train=((2.08, 2.16), (2.22, 2.30)), held_out=((2.16, 2.22),))
CART_LENGTH = Band(train=((1.1, 1.35), (1.45, 1.75)), held_out=((1.35, 1.45), (1.75, 1.85)))
CART_WIDTH = Band(train=((0.62, 0.75), (0.80, 0.92)), held_out=((0.75, 0.80),))
CART_HEIGHT = Band(train=((0.26, 0.32), (0.35, 0.40)), held_out=((0.32, 0.35),))
PALE = Band(train=((0.85, 0.96), (1.0, 1.1)), held_out=((0.96, 1.0), (1.1, 1.18)))
"""Every coat is darker or paler by a factor."""


@dataclass(frozen=True, slots=True)
class VehicleDraws:
    """Draws one vehicle's look; each name of a vehicle has draws of its own."""

    rng: np.random.Generator
    looks: Split

    @classmethod
    def of(cls, seed: int, name: str, looks: Split) -> VehicleDraws:
        """The draws of the vehicle `name`."""
        own = np.random.SeedSequence([seed, SEED, zlib.crc32(name.encode())])
        return cls(np.random.default_rng(own), looks)

    def length(self, band: Band) -> float:
        """A number of the band."""
        return band.draw(self.rng, self.looks)

    def coat(self, pool: Pool[Colour]) -> Colour:
        """A colour of the pool, a little darker or paler."""
        red, green, blue = pool.draw(self.rng, self.looks)
        pale = PALE.draw(self.rng, self.looks)
        return (min(red * pale, 1.0), min(green * pale, 1.0), min(blue * pale, 1.0))

    def cargo(self) -> Cargo:
        """What it carries."""
        drawn = LOADS.draw(self.rng, self.looks)
        return drawn if self.rng.random() < LOADED else Cargo.NONE
