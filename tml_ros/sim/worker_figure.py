"""What the worker looks like: the shapes of each limb as MuJoCo XML.

Helmet with a peak, high-visibility vest with reflective bands, work trousers, boots. Knows nothing
of poses: each limb is a body of its own that whoever renders moves about. A limb hangs down from
its origin along -z, x is forward.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tml_ros.sim.shapes import Colour, box, capsule, cylinder, ellipsoid, paint
from tml_ros.sim.worker import ANKLE, FOREARM, SHIN, THIGH, UPPER_ARM

SILVER: Colour = (0.86, 0.88, 0.90)
SKIN: Colour = (0.80, 0.60, 0.48)
BOOT: Colour = (0.12, 0.10, 0.09)
CORNERS = 14
"""Of a cross-section of the torso."""


@dataclass(frozen=True, slots=True)
class Clothes:
    """Colours as RGB 0..1."""

    helmet: Colour
    vest: Colour
    shirt: Colour
    trousers: Colour


TORSO = (
    ("vest", (-0.09, 0.135, 0.192), (0.06, 0.118, 0.164)),
    ("band", (0.06, 0.122, 0.167), (0.115, 0.122, 0.167)),
    ("vest", (0.115, 0.117, 0.162), (0.22, 0.125, 0.175)),
    ("band", (0.22, 0.132, 0.182), (0.275, 0.133, 0.186)),
    ("vest", (0.275, 0.128, 0.181), (0.42, 0.118, 0.200)),
    ("vest", (0.42, 0.118, 0.200), (0.50, 0.085, 0.150)),
    ("vest", (0.50, 0.085, 0.150), (0.535, 0.060, 0.075)),
)
"""Slices from the hips upwards: colour, then height, half depth and half width below and above."""


def meshes() -> str:
    """The slices of the torso as MuJoCo mesh assets."""
    return "".join(
        f'<mesh name="torso{index}" inertia="convex" {_slice(below, above)}/>'
        for index, (_, below, above) in enumerate(TORSO)
    )


def bodies(clothes: Clothes) -> str:
    """One mocap body per limb, named as in `Pose.limbs`, parked below the floor."""
    return "".join(
        f'<body name="{name}" mocap="true" pos="0 0 -9">{"".join(shapes)}</body>'
        for name, shapes in _limbs(clothes)
    )


def _limbs(wear: Clothes) -> Iterator[tuple[str, Sequence[str]]]:
    yield (
        "pelvis",
        [ellipsoid((0, 0, -0.04), (0.115, 0.155, 0.13), wear.trousers)],
    )
    looks = {"vest": paint(wear.vest, "matt"), "band": paint(SILVER, "shiny")}
    torso = [
        f'<geom type="mesh" mesh="torso{index}" {looks[kind]}/>'
        for index, (kind, _, _) in enumerate(TORSO)
    ]
    braces = [
        capsule((front, side * 0.095, 0.27), (front * 0.72, side * 0.105, 0.49), 0.022, SILVER)
        for side in (1, -1)
        for front in (0.118, -0.118)
    ]
    yield "torso", [*torso, *braces]
    yield (
        "head",
        [
            capsule((0, 0, -0.05), (0, 0, 0.06), 0.052, SKIN),
            ellipsoid((0.015, 0, 0.125), (0.095, 0.078, 0.115), SKIN),
            ellipsoid((0.005, 0, 0.185), (0.122, 0.102, 0.105), wear.helmet, material="shiny"),
            ellipsoid((0.03, 0, 0.165), (0.152, 0.116, 0.016), wear.helmet, material="shiny"),
            ellipsoid((0.0, 0, 0.222), (0.117, 0.020, 0.076), wear.helmet, material="shiny"),
        ],
    )
    for side in ("left", "right"):
        yield (
            f"thigh_{side}",
            [capsule((0, 0, -0.04), (0, 0, -THIGH), 0.082, wear.trousers)],
        )
        yield (
            f"shin_{side}",
            [
                capsule((0, 0, -0.02), (0, 0, 0.04 - SHIN), 0.066, wear.trousers),
                cylinder((0, 0, -0.25), (0, 0, -0.19), 0.070, SILVER, material="shiny"),
            ],
        )
        yield (
            f"foot_{side}",
            [
                box((0.055, 0, -ANKLE + 0.03), (0.125, 0.048, 0.03), BOOT),
                ellipsoid((0.015, 0, -0.015), (0.085, 0.056, 0.075), BOOT),
                ellipsoid((0.12, 0, -0.035), (0.075, 0.052, 0.042), BOOT),
            ],
        )
        yield (
            f"upper_arm_{side}",
            [
                ellipsoid((0, 0, -0.02), (0.068, 0.062, 0.072), wear.vest),
                capsule((0, 0, -0.07), (0, 0, -UPPER_ARM), 0.055, wear.shirt),
            ],
        )
        yield (
            f"forearm_{side}",
            [
                capsule((0, 0, 0), (0, 0, -FOREARM + 0.03), 0.047, wear.shirt),
                ellipsoid((0.01, 0, -FOREARM - 0.05), (0.042, 0.036, 0.075), SKIN),
            ],
        )


def _slice(below: tuple[float, float, float], above: tuple[float, float, float]) -> str:
    """An oval slice as a convex hull of its two rims."""
    vertices = [
        f"{depth * math.cos(angle):.4f} {width * math.sin(angle):.4f} {height:.4f}"
        for height, depth, width in (below, above)
        for angle in (2 * math.pi * corner / CORNERS for corner in range(CORNERS))
    ]
    return f'vertex="{"  ".join(vertices)}"'
