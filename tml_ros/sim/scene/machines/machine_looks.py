"""What machines may look like: builds, sizes and colours, for learning and for judging.

Knows nothing of shapes. Colours RGB 0..1, lengths in metres.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tml_ros.sim.shapes import Colour
from tml_ros.sim.split import Band, Pool, Split

SEED = 301
"""Sets the draws of machines apart from all others."""


class PressBuild(str, Enum):
    """What carries the crown of a press."""

    SIDE_FRAMES = "side frames"
    ONE_COLUMN = "one column"
    """Behind; it is open to three sides."""
    FOUR_POSTS = "four posts"


class ConveyorBuild(str, Enum):
    """What carries the boxes."""

    BELT = "belt"
    ROLLERS = "rollers"
    WALLED_SLATS = "walled slats"
    """Slats between high side walls."""


class ArmBuild(str, Enum):
    """What the links of a robot arm are like."""

    STOUT = "stout"
    SLIM = "slim"
    """Round tubes."""
    RODS = "rods"
    """A palletiser with parallel rods and a counterweight."""


PRESS_BUILDS = Pool((PressBuild.SIDE_FRAMES, PressBuild.ONE_COLUMN), (PressBuild.FOUR_POSTS,))
CONVEYOR_BUILDS = Pool((ConveyorBuild.BELT, ConveyorBuild.ROLLERS), (ConveyorBuild.WALLED_SLATS,))
ARM_BUILDS = Pool((ArmBuild.STOUT, ArmBuild.SLIM), (ArmBuild.RODS,))

COATS: Pool[Colour] = Pool(
    train=(
        (0.16, 0.36, 0.34),
        (0.13, 0.27, 0.45),
        (0.62, 0.64, 0.63),
        (0.30, 0.33, 0.36),
        (0.55, 0.13, 0.11),
        (0.72, 0.70, 0.60),
        (0.20, 0.42, 0.20),
    ),
    held_out=((0.10, 0.44, 0.55), (0.44, 0.27, 0.48), (0.48, 0.40, 0.24), (0.86, 0.86, 0.84)),
)
"""Of frames and housings."""
ARM_COATS: Pool[Colour] = Pool(
    train=((0.90, 0.38, 0.05), (0.92, 0.74, 0.10), (0.80, 0.81, 0.80), (0.16, 0.33, 0.62)),
    held_out=((0.62, 0.08, 0.10), (0.30, 0.62, 0.30), (0.25, 0.26, 0.29)),
)
ACCENTS: Pool[Colour] = Pool(
    train=((0.93, 0.72, 0.08), (0.85, 0.33, 0.06), (0.85, 0.86, 0.84), (0.16, 0.17, 0.19)),
    held_out=((0.70, 0.80, 0.12), (0.20, 0.45, 0.75)),
)
"""Of rams, rails and guards."""
BOXES: Pool[Colour] = Pool(
    train=(
        (0.66, 0.52, 0.36),
        (0.56, 0.42, 0.27),
        (0.74, 0.63, 0.47),
        (0.22, 0.36, 0.56),
        (0.70, 0.70, 0.68),
    ),
    held_out=((0.48, 0.34, 0.30), (0.66, 0.22, 0.16), (0.30, 0.50, 0.36)),
)
"""Of what lies on a conveyor and what an arm moves."""
PALE = Band(train=((0.80, 0.94), (1.0, 1.12)), held_out=((0.94, 1.0), (1.12, 1.2)))
"""Every coat is darker or paler by a factor."""

PRESS_WIDTH = Band(train=((1.25, 1.50), (1.62, 1.95)), held_out=((1.50, 1.62), (1.95, 2.1)))
PRESS_DEPTH = Band(train=((0.85, 1.0), (1.08, 1.25)), held_out=((1.0, 1.08), (0.75, 0.85)))
PRESS_HEIGHT = Band(train=((2.30, 2.50), (2.62, 2.85)), held_out=((2.50, 2.62),))
BED_HEIGHT = Band(train=((0.72, 0.80), (0.86, 0.95)), held_out=((0.80, 0.86),))

BELT_LENGTH = Band(train=((2.6, 3.3), (3.6, 4.2)), held_out=((3.3, 3.6), (4.2, 4.6)))
BELT_WIDTH = Band(train=((0.50, 0.62), (0.68, 0.80)), held_out=((0.62, 0.68),))
BELT_HEIGHT = Band(train=((0.62, 0.74), (0.80, 0.92)), held_out=((0.74, 0.80),))
BOX_SPACING = Band(train=((0.75, 0.95), (1.05, 1.3)), held_out=((0.95, 1.05), (1.3, 1.4)))

ARM_REACH = Band(train=((1.15, 1.35), (1.45, 1.6)), held_out=((1.35, 1.45), (1.05, 1.15)))
"""From the axis of the turret to the pieces at most."""
ARM_PEDESTAL = Band(train=((0.12, 0.25), (0.32, 0.45)), held_out=((0.25, 0.32),))
ARM_SWING = Band(train=((70.0, 100.0), (115.0, 150.0)), held_out=((100.0, 115.0),))
"""From where it takes to where it puts, degrees."""


@dataclass(frozen=True, slots=True)
class MachineDraws:
    """Draws one machine's look; each name of a machine has draws of its own."""

    rng: np.random.Generator
    looks: Split

    @classmethod
    def of(cls, seed: int, name: str, looks: Split) -> MachineDraws:
        """The draws of the machine `name`."""
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

    def side(self) -> int:
        """-1 or 1."""
        return 1 if self.rng.random() < 0.5 else -1
