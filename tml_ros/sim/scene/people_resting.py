"""Limbs of somebody lying come to rest on the floor: none in it, none in the air.

Knows nothing of how they were thrown. Pure. The trunk lies where it lies; then, from the trunk
outwards, each limb is lifted out of the floor with all that hangs on it, or sinks down to it.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from tml_ros.sim.scene.people_skeleton import INDEX, SIDES, Array, hung, touching

_TRUNK = ("pelvis", "torso", "head")
_STEPS = 14
_NEAR_ENOUGH_M = 0.004
_MOST = 0.25
"""Turned at most so far in one step, rad."""
_CHAINS = (
    (("thigh", "shin", "foot"), False),
    (("shin", "foot"), True),
    (("foot",), False),
    (("upper_arm", "forearm"), True),
    (("forearm",), True),
)
"""What turns together, and whether it sinks: a knee may stay up."""


def rested(rotations: Array) -> Array:
    """The lying limbs, float64 [13, 3, 3], as they come to rest."""
    made: Array = rotations.copy()
    floor = _lowest(made, _TRUNK)
    for side, _ in SIDES:
        for limbs, sinks in _CHAINS:
            chain = tuple(f"{limb}_{side}" for limb in limbs)
            for _ in range(_STEPS):
                deficit = floor - _lowest(made, chain)
                if abs(deficit) < _NEAR_ENOUGH_M or (deficit < 0 and not sinks):
                    break
                _lift(made, chain, deficit)
    return made


def _lowest(rotations: Array, limbs: tuple[str, ...]) -> float:
    """How low the lowest part of these limbs is, hips at 0, m at size 1."""
    poses = hung(np.zeros((1, 3)), rotations[None], 1.0)
    return float(touching(poses, 1.0, limbs).min())


def _lift(rotations: Array, chain: tuple[str, ...], height: float) -> None:
    """Turn a chain upwards (downwards) about its first joint, so far that its end rises so much."""
    way = -rotations[INDEX[chain[0]]][:, 2]
    if chain[0].startswith("foot"):
        way = rotations[INDEX[chain[0]]][:, 0]
    level = float(np.hypot(way[0], way[1]))
    if level < 0.1:
        return
    reach = 0.2 if len(chain) == 1 else 0.45 * len(chain)
    angle = float(np.clip(height / (reach * level), -_MOST, _MOST))
    axis = np.array([way[1], -way[0], 0.0]) / level
    turn = Rotation.from_rotvec(axis * angle).as_matrix()
    for limb in chain:
        rotations[INDEX[limb]] = turn @ rotations[INDEX[limb]]
