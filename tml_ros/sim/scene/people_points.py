"""Points that stand for somebody's body wherever it matters where it is or what is seen of it.

Knows nothing of zones or cameras. Each point is the middle of a ball that is filled by the body;
its share is how much of the body it stands for. Pure.
"""

from __future__ import annotations

import numpy as np

from tml_ros.sim.scene.people_skeleton import INDEX, SIDES, Array, Poses, on_limbs
from tml_ros.sim.worker import FOREARM, SHIN, THIGH, UPPER_ARM

_POINTS = (
    ("head", (0.01, 0.0, 0.14), 0.105, 6.0),
    ("head", (0.01, 0.0, 0.22), 0.08, 3.0),
    ("head", (0.01, 0.0, 0.06), 0.08, 3.0),
    *(
        point
        for _, sign in SIDES
        for point in (
            ("torso", (0.0, sign * 0.10, 0.42), 0.10, 6.0),
            ("torso", (0.0, sign * 0.08, 0.27), 0.11, 6.5),
            ("torso", (0.0, sign * 0.08, 0.12), 0.10, 5.5),
            ("pelvis", (0.0, sign * 0.08, -0.03), 0.11, 5.0),
        )
    ),
    *(
        point
        for side, _ in SIDES
        for point in (
            (f"thigh_{side}", (0.0, 0.0, -0.35 * THIGH), 0.08, 4.0),
            (f"thigh_{side}", (0.0, 0.0, -0.75 * THIGH), 0.08, 3.5),
            (f"shin_{side}", (0.0, 0.0, -0.10 * SHIN), 0.066, 3.0),
            (f"shin_{side}", (0.0, 0.0, -0.60 * SHIN), 0.066, 3.0),
            (f"foot_{side}", (0.06, 0.0, -0.03), 0.06, 2.5),
            (f"upper_arm_{side}", (0.0, 0.0, -0.5 * UPPER_ARM), 0.055, 2.5),
            (f"forearm_{side}", (0.0, 0.0, -0.2 * FOREARM), 0.047, 1.5),
            (f"forearm_{side}", (0.0, 0.0, -FOREARM - 0.03), 0.045, 1.5),
        )
    ),
)
_LIMBS = [INDEX[limb] for limb, _, _, _ in _POINTS]
_PLACES = np.array([place for _, place, _, _ in _POINTS])
RADII = np.array([radius for _, _, radius, _ in _POINTS])
"""At size 1, m."""
SHARES = np.array([share for _, _, _, share in _POINTS])
SHARES /= SHARES.sum()
HEAD = (0, 1, 2)
"""The points of the head; the first is its middle."""
HEAD_RADIUS = 0.11
"""At size 1, m."""


def body_points(poses: Poses, size: float) -> Array:
    """The points: float64 [n, p, 3]."""
    return on_limbs(poses, _LIMBS, size * _PLACES)
