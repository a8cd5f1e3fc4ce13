"""What somebody looks like: the shapes of each limb as MuJoCo XML, after their `Look`.

Knows nothing of poses: each limb is a body of its own that whoever renders moves about. The trunk
is one surface.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from tml_ros.sim.scene.made_prop import body
from tml_ros.sim.scene.people_heads import head
from tml_ros.sim.scene.people_looks import Look, Top, VestCut
from tml_ros.sim.scene.prop import Body
from tml_ros.sim.shapes import Colour, box, capsule, cylinder, ellipsoid, paint
from tml_ros.sim.worker import ANKLE, FOREARM, SHIN, THIGH, UPPER_ARM

SILVER: Colour = (0.86, 0.88, 0.90)
CORNERS = 16
"""Of a cross-section of the trunk."""
TORSO_REACH = 0.60
"""No part of a trunk is farther from the hips, m at size 1 and girth 1."""

Ring = tuple[float, float, float]
"""Height above the hips, half depth, half width."""
_TRUNK: tuple[Ring, ...] = (
    (-0.09, 0.118, 0.172),
    (0.0, 0.124, 0.172),
    (0.14, 0.116, 0.160),
    (0.28, 0.126, 0.180),
    (0.40, 0.122, 0.198),
    (0.47, 0.100, 0.180),
    (0.515, 0.075, 0.120),
    (0.545, 0.055, 0.070),
)
_VEST = 0.012
"""A vest lies so far outside of what is under it, m."""
_BANDS = {
    VestCut.BRACES: ((0.06, 0.115), (0.22, 0.275)),
    VestCut.HOOPS: ((0.04, 0.095), (0.20, 0.255)),
    VestCut.SINGLE: ((0.12, 0.185),),
}


def meshes(owner: str, look: Look) -> str:
    """The surfaces of the trunk as MuJoCo mesh assets."""
    made = [_surface(f"{owner}_trunk", _fitted(look, _TRUNK, 0.0))]
    if look.vest is not None:
        vest = [_ring(-0.06), *(ring for ring in _TRUNK if -0.06 < ring[0] < 0.52)]
        made.append(_surface(f"{owner}_vest", _fitted(look, vest, _VEST)))
        for index, ends in enumerate(_BANDS[look.vest_cut]):
            band = _fitted(look, [_ring(height) for height in ends], _VEST + 0.006)
            made.append(_surface(f"{owner}_band{index}", band))
    return "".join(made)


def bodies(owner: str, look: Look) -> tuple[Body, ...]:
    """One body per limb, named "<owner>/<limb>"."""
    torso = f"{owner}/torso"
    reach = TORSO_REACH * look.size * max(1.0, look.girth)
    return (
        Body(torso, "".join(_torso(owner, look)), reach),
        *(body(f"{owner}/{limb}", shapes) for limb, shapes in _limbs(look)),
    )


def _limbs(look: Look) -> Iterator[tuple[str, Sequence[str]]]:
    s, g = look.size, look.size * look.girth
    yield "pelvis", [ellipsoid((0, 0, -0.04 * s), (0.118 * g, 0.158 * g, 0.13 * s), look.trousers)]
    yield "head", head(look)
    sleeve = look.vest if look.vest is not None else look.shirt
    thick = 1.12 if look.top is Top.JACKET else 1.0
    lower = look.skin if look.top is Top.T_SHIRT else look.shirt
    hand = look.gloves or look.skin
    banded = look.vest is not None and look.vest_cut is not VestCut.SINGLE
    buttock = (0.09 * g, 0.085 * g, 0.15 * s)
    for side in ("left", "right"):
        yield (
            f"thigh_{side}",
            [
                capsule((0, 0, -0.04 * s), (0, 0, -THIGH * s), 0.080 * g, look.trousers),
                ellipsoid((-0.01 * s, 0, -0.02 * s), buttock, look.trousers),
            ],
        )
        shin = [capsule((0, 0, -0.02 * s), (0, 0, (0.04 - SHIN) * s), 0.064 * g, look.trousers)]
        if banded:
            ends = (0, 0, -0.25 * s), (0, 0, -0.19 * s)
            shin.append(cylinder(*ends, 0.069 * g, SILVER, material="shiny"))
        yield f"shin_{side}", shin
        yield f"foot_{side}", list(_boot(look))
        yield (
            f"upper_arm_{side}",
            [
                ellipsoid((0, 0, -0.02 * s), (0.064 * g, 0.058 * g, 0.070 * s), sleeve),
                capsule((0, 0, -0.07 * s), (0, 0, -UPPER_ARM * s), 0.052 * g * thick, look.shirt),
            ],
        )
        middle = (0.01 * s, 0, -(FOREARM + 0.05) * s)
        yield (
            f"forearm_{side}",
            [
                capsule((0, 0, 0), (0, 0, (0.03 - FOREARM) * s), 0.043 * g * thick, lower),
                ellipsoid(middle, (0.042 * s, 0.036 * s, 0.075 * s), hand),
            ],
        )


def _boot(look: Look) -> Iterator[str]:
    s = look.size
    yield box((0.055 * s, 0, (0.03 - ANKLE) * s), (0.125 * s, 0.048 * s, 0.03 * s), look.boots)
    for centre, half in (
        ((0.015, 0.0, -0.015), (0.085, 0.056, 0.075)),
        ((0.12, 0.0, -0.035), (0.075, 0.052, 0.042)),
    ):
        yield ellipsoid([s * c for c in centre], [s * h for h in half], look.boots)


def _torso(owner: str, look: Look) -> Iterator[str]:
    yield _meshed(f"{owner}_trunk", look.shirt, "matt")
    if look.vest is None:
        return
    yield _meshed(f"{owner}_vest", look.vest, "matt")
    for index in range(len(_BANDS[look.vest_cut])):
        yield _meshed(f"{owner}_band{index}", SILVER, "shiny")
    if look.vest_cut is not VestCut.HOOPS:
        s, g = look.size, look.size * look.girth
        for side in (1, -1):
            for front in (0.120 * g + _VEST, -0.120 * g - _VEST):
                low, high = (
                    (front, side * 0.095 * s, 0.25 * s),
                    (0.72 * front, side * 0.105 * s, 0.48 * s),
                )
                yield capsule(low, high, 0.022 * s, SILVER)


def _ring(height: float) -> Ring:
    """The cross-section at a height."""
    for (low, *below), (high, *above) in itertools.pairwise(_TRUNK):
        if low <= height <= high:
            share = (height - low) / (high - low)
            depth, width = (a + share * (b - a) for a, b in zip(below, above, strict=True))
            return height, depth, width
    raise ValueError(f"the trunk has no height {height}")


def _fitted(look: Look, rings: Sequence[Ring], outside: float) -> list[Ring]:
    """The cross-sections of this body, so far outside."""
    s, g = look.size, look.size * look.girth
    outside += 0.012 if look.top is Top.JACKET else 0.0
    return [
        (s * height, g * depth + outside, g * width + outside) for height, depth, width in rings
    ]


def _surface(name: str, rings: Sequence[Ring]) -> str:
    """A closed surface through oval rings."""
    vertices = [
        f"{depth * math.cos(angle):.4f} {width * math.sin(angle):.4f} {height:.4f}"
        for height, depth, width in rings
        for angle in (2 * math.pi * corner / CORNERS for corner in range(CORNERS))
    ]
    bottom, top = len(vertices), len(vertices) + 1
    vertices += [f"0 0 {rings[0][0]:.4f}", f"0 0 {rings[-1][0]:.4f}"]
    last = (len(rings) - 1) * CORNERS
    faces = []
    for corner in range(CORNERS):
        after = (corner + 1) % CORNERS
        faces += [(bottom, after, corner), (top, last + corner, last + after)]
        for base in range(0, last, CORNERS):
            a, b = base + corner, base + after
            faces += [(a, b, b + CORNERS), (a, b + CORNERS, a + CORNERS)]
    flat = " ".join(str(index) for face in faces for index in face)
    return f'<mesh name="{name}" inertia="shell" vertex="{"  ".join(vertices)}" face="{flat}"/>'


def _meshed(mesh: str, colour: Colour, material: str) -> str:
    return f'<geom type="mesh" mesh="{mesh}" {paint(colour, material)}/>'
