"""What people of the simulated factory look like and how they carry themselves: drawn, by split.

Knows nothing of shapes or poses; only what may be chosen from. Pure.

A bare head may wear a cap, a beanie or a hood: none of them is a helmet, and that is on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from tml_ros.sim.shapes import Colour
from tml_ros.sim.split import Band, Pool, Split


class Helmet(str, Enum):
    """Forms of safety helmets."""

    RIDGED = "ridged"
    """With a ridge from front to back and a peak."""
    BRIMMED = "brimmed"
    """With a brim all around."""
    SMOOTH = "smooth"
    """A peak and no ridge."""
    MUFFED = "muffed"
    """With ear muffs at its sides."""
    VENTED = "vented"
    """Three ribs, slots between them, a short peak, a chin strap."""


class Bare(str, Enum):
    """What is on a head without a helmet."""

    SHORT_HAIR = "short_hair"
    BALD = "bald"
    PONYTAIL = "ponytail"
    CAP = "cap"
    BEANIE = "beanie"
    LONG_HAIR = "long_hair"
    BUN = "bun"
    BACKWARD_CAP = "backward_cap"
    HOOD = "hood"


class VestCut(str, Enum):
    """How a vest's reflecting bands run."""

    BRACES = "braces"
    """Two around the body, two over the shoulders."""
    HOOPS = "hoops"
    """Two around the body only."""
    SINGLE = "single"
    """One around the body, two over the shoulders."""


class Top(str, Enum):
    """What is worn on the upper body, under the vest if there is one."""

    SHIRT = "shirt"
    T_SHIRT = "t_shirt"
    """Bare forearms."""
    JACKET = "jacket"
    """Thicker, and down over the hips."""
    OVERALL = "overall"
    """Of the trousers' colour."""


SIZES = Band(train=((0.90, 0.97), (1.01, 1.07)), held_out=((0.86, 0.90), (0.97, 1.01), (1.07, 1.1)))
"""Of all lengths; 1 is 1.73 m tall without a helmet."""
GIRTHS = Band(
    train=((0.88, 1.02), (1.10, 1.22)), held_out=((0.82, 0.88), (1.02, 1.10), (1.22, 1.3))
)
"""Of all thicknesses."""
SKINS: Pool[Colour] = Pool(
    train=((0.80, 0.60, 0.48), (0.90, 0.72, 0.60), (0.46, 0.31, 0.22), (0.64, 0.46, 0.33)),
    held_out=((0.85, 0.66, 0.54), (0.33, 0.21, 0.15), (0.55, 0.38, 0.27)),
)
HAIRS: Pool[Colour] = Pool(
    train=((0.10, 0.08, 0.07), (0.30, 0.19, 0.11), (0.62, 0.48, 0.26), (0.55, 0.55, 0.54)),
    held_out=((0.20, 0.13, 0.09), (0.45, 0.20, 0.10), (0.78, 0.66, 0.42)),
)
HELMETS = Pool(
    train=(Helmet.RIDGED, Helmet.BRIMMED, Helmet.SMOOTH), held_out=(Helmet.MUFFED, Helmet.VENTED)
)
HELMET_COLOURS: Pool[Colour] = Pool(
    train=(
        (0.95, 0.94, 0.90),
        (0.97, 0.78, 0.08),
        (0.14, 0.34, 0.76),
        (0.84, 0.13, 0.10),
        (0.98, 0.45, 0.08),
    ),
    held_out=((0.90, 0.86, 0.20), (0.10, 0.52, 0.28), (0.88, 0.88, 0.92), (0.30, 0.52, 0.86)),
)
BARE = Pool(
    train=(Bare.SHORT_HAIR, Bare.BALD, Bare.PONYTAIL, Bare.CAP, Bare.BEANIE),
    held_out=(Bare.LONG_HAIR, Bare.BUN, Bare.BACKWARD_CAP, Bare.HOOD),
)
CAP_COLOURS: Pool[Colour] = Pool(
    train=((0.12, 0.14, 0.22), (0.30, 0.31, 0.30), (0.50, 0.14, 0.12), (0.66, 0.63, 0.55)),
    held_out=((0.08, 0.08, 0.09), (0.16, 0.30, 0.20), (0.22, 0.30, 0.50), (0.72, 0.70, 0.66)),
)
VEST_COLOURS: Pool[Colour] = Pool(
    train=((1.0, 0.40, 0.06), (0.78, 0.95, 0.12), (0.95, 0.84, 0.08)),
    held_out=((1.0, 0.26, 0.10), (0.60, 0.92, 0.22), (0.16, 0.36, 0.80)),
)
VEST_CUTS = Pool(train=(VestCut.BRACES, VestCut.HOOPS), held_out=(VestCut.SINGLE,))
TOPS = Pool(train=(Top.SHIRT, Top.T_SHIRT, Top.JACKET), held_out=(Top.OVERALL,))
TOP_COLOURS: Pool[Colour] = Pool(
    train=(
        (0.20, 0.26, 0.42),
        (0.42, 0.43, 0.45),
        (0.26, 0.34, 0.30),
        (0.72, 0.71, 0.67),
        (0.48, 0.14, 0.13),
        (0.13, 0.13, 0.14),
    ),
    held_out=((0.34, 0.46, 0.60), (0.56, 0.50, 0.38), (0.18, 0.36, 0.24), (0.58, 0.30, 0.16)),
)
TROUSERS: Pool[Colour] = Pool(
    train=((0.13, 0.17, 0.30), (0.22, 0.22, 0.24), (0.24, 0.25, 0.17), (0.44, 0.40, 0.33)),
    held_out=((0.10, 0.10, 0.11), (0.28, 0.34, 0.46), (0.34, 0.27, 0.19), (0.50, 0.51, 0.52)),
)
BOOTS: Pool[Colour] = Pool(
    train=((0.12, 0.10, 0.09), (0.36, 0.24, 0.13)), held_out=((0.20, 0.20, 0.21), (0.46, 0.35, 0.2))
)
GLOVES: Pool[Colour | None] = Pool(
    train=(None, (0.30, 0.30, 0.28), (0.80, 0.70, 0.40)),
    held_out=((0.16, 0.32, 0.50), (0.7, 0.7, 0.7)),
)
"""None: bare hands."""
ARM_SWINGS = Band(train=((0.30, 0.42), (0.50, 0.60)), held_out=((0.20, 0.30), (0.42, 0.50)))
"""How far the arms swing in walking, rad."""
LEANS = Band(train=((0.0, 0.05), (0.08, 0.12)), held_out=((0.05, 0.08), (0.12, 0.16)))
"""How far somebody leans forward, rad."""
STRIDES = Band(train=((0.92, 0.98), (1.01, 1.06)), held_out=((0.88, 0.92), (0.98, 1.01)))
"""Length of the steps, as a share of what is usual."""
CROUCHES = Band(train=((0.42, 0.47), (0.50, 0.56)), held_out=((0.38, 0.42), (0.47, 0.50)))
"""Height of the hips in crouching, m at size 1."""
CROUCH_LEANS = Band(train=((0.35, 0.60), (0.75, 0.95)), held_out=((0.60, 0.75), (0.95, 1.1)))
"""How far the trunk leans forward in crouching, rad."""


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks. headgear colour goes with a helmet, a cap, a beanie or a hood."""

    size: float
    girth: float
    skin: Colour
    hair: Colour
    head: Helmet | Bare
    headgear: Colour
    vest: Colour | None
    vest_cut: VestCut
    top: Top
    shirt: Colour
    trousers: Colour
    boots: Colour
    gloves: Colour | None


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody moves. moods: phases of their swaying and looking around, so that no two sway
    alike.
    """

    size: float
    arm_swing: float
    lean: float
    stride: float
    crouch_height: float
    crouch_lean: float
    moods: tuple[float, float, float]


def draw_look(rng: np.random.Generator, split: Split, *, helmet: bool, vest: bool) -> Look:
    """A look. What helmet and vest are not asked for changes nothing else of it."""
    size, girth = SIZES.draw(rng, split), GIRTHS.draw(rng, split)
    skin, hair = SKINS.draw(rng, split), HAIRS.draw(rng, split)
    form, form_colour = HELMETS.draw(rng, split), HELMET_COLOURS.draw(rng, split)
    bare, bare_colour = BARE.draw(rng, split), CAP_COLOURS.draw(rng, split)
    vest_colour, cut = VEST_COLOURS.draw(rng, split), VEST_CUTS.draw(rng, split)
    top, shirt = TOPS.draw(rng, split), TOP_COLOURS.draw(rng, split)
    trousers, boots = TROUSERS.draw(rng, split), BOOTS.draw(rng, split)
    return Look(
        size=size,
        girth=girth,
        skin=skin,
        hair=hair,
        head=form if helmet else bare,
        headgear=form_colour if helmet else bare_colour,
        vest=vest_colour if vest else None,
        vest_cut=cut,
        top=top,
        shirt=trousers if top is Top.OVERALL else shirt,
        trousers=trousers,
        boots=boots,
        gloves=GLOVES.draw(rng, split),
    )


def draw_manner(rng: np.random.Generator, split: Split, *, size: float) -> Manner:
    """A manner of moving for a body of that size."""
    return Manner(
        size=size,
        arm_swing=ARM_SWINGS.draw(rng, split),
        lean=LEANS.draw(rng, split),
        stride=STRIDES.draw(rng, split),
        crouch_height=CROUCHES.draw(rng, split),
        crouch_lean=CROUCH_LEANS.draw(rng, split),
        moods=(float(rng.uniform(0, 7)), float(rng.uniform(0, 7)), float(rng.uniform(0, 7))),
    )
