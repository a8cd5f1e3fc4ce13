"""The bones of somebody: how turned limbs hang on one another, many moments at once.

Knows nothing of why a limb is turned as it is. A limb hangs down from its origin along its own -z,
x is forward, as in `sim/worker.py`, whose measures these are. Pure.

Arrays: n moments, limbs in the order of `LIMBS`; rotations float64 [n, 13, 3, 3], positions
float64 [n, 13, 3], metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tml_ros.sim.worker import (
    ANKLE,
    FOREARM,
    HIP_WIDTH,
    NECK_HEIGHT,
    SHIN,
    SHOULDER_HEIGHT,
    SHOULDER_WIDTH,
    THIGH,
    UPPER_ARM,
)

Array = NDArray[np.float64]
SIDES = (("left", 1.0), ("right", -1.0))
LIMBS = (
    "pelvis",
    "torso",
    "head",
    *(
        f"{limb}_{side}"
        for side, _ in SIDES
        for limb in ("thigh", "shin", "foot", "upper_arm", "forearm")
    ),
)
INDEX = {name: index for index, name in enumerate(LIMBS)}
SOLE_FORWARD = 0.05
"""The middle of the sole lies so far before the ankle."""

_JOINTS = (
    ("torso", "pelvis", None),
    ("head", "torso", (0.0, 0.0, NECK_HEIGHT)),
    *(
        joint
        for side, sign in SIDES
        for joint in (
            (f"thigh_{side}", "pelvis", (0.0, sign * HIP_WIDTH, 0.0)),
            (f"shin_{side}", f"thigh_{side}", (0.0, 0.0, -THIGH)),
            (f"foot_{side}", f"shin_{side}", (0.0, 0.0, -SHIN)),
            (f"upper_arm_{side}", "torso", (0.0, sign * SHOULDER_WIDTH, SHOULDER_HEIGHT)),
            (f"forearm_{side}", f"upper_arm_{side}", (0.0, 0.0, -UPPER_ARM)),
        )
    ),
)
"""Which limb hangs on which, and where on it (at size 1)."""

_TOUCHING = (
    ("pelvis", (0.0, 0.05, -0.03), 0.11),
    ("pelvis", (0.0, -0.05, -0.03), 0.11),
    ("torso", (0.0, 0.06, 0.17), 0.12),
    ("torso", (0.0, -0.06, 0.17), 0.12),
    ("torso", (0.0, 0.075, 0.38), 0.12),
    ("torso", (0.0, -0.075, 0.38), 0.12),
    ("head", (0.01, 0.0, 0.14), 0.105),
    *(
        touching
        for side, _ in SIDES
        for touching in (
            (f"thigh_{side}", (0.0, 0.0, -0.25), 0.08),
            (f"shin_{side}", (0.0, 0.0, 0.0), 0.068),
            (f"foot_{side}", (0.0, 0.0, 0.02), 0.06),
            (f"foot_{side}", (0.17, 0.0, -ANKLE), 0.0),
            (f"foot_{side}", (-0.06, 0.0, -ANKLE), 0.0),
            (f"forearm_{side}", (0.0, 0.0, 0.0), 0.05),
            (f"forearm_{side}", (0.0, 0.0, -FOREARM - 0.06), 0.04),
        )
    ),
)
"""Balls at the outside of the body that may touch the floor: limb, middle, radius (at size 1)."""
_TOUCHING_LIMBS = [INDEX[limb] for limb, _, _ in _TOUCHING]
_TOUCHING_PLACES = np.array([place for _, place, _ in _TOUCHING])
_TOUCHING_RADII = np.array([radius for _, _, radius in _TOUCHING])


@dataclass(frozen=True, slots=True)
class Poses:
    """Where all limbs are and how they are turned, and the middles of both soles, left first:
    float64 [n, 2, 3].
    """

    positions: Array
    rotations: Array

    @property
    def soles(self) -> Array:
        """Middles of the soles."""
        feet = [INDEX["foot_left"], INDEX["foot_right"]]
        return on_limbs(self, feet, np.array([(SOLE_FORWARD, 0.0, -ANKLE)] * 2))


def hung(hips: Array, rotations: Array, size: float) -> Poses:
    """The limbs of somebody whose hips are there: float64 [n, 3]."""
    positions = np.empty((*rotations.shape[:2], 3))
    positions[:, 0] = hips
    for limb, parent, offset in _JOINTS:
        above = INDEX[parent]
        positions[:, INDEX[limb]] = positions[:, above]
        if offset is not None:
            positions[:, INDEX[limb]] += rotations[:, above] @ (size * np.array(offset))
    return Poses(positions, rotations)


def on_limbs(poses: Poses, limbs: list[int], places: Array) -> Array:
    """Points fixed to limbs: float64 [n, p, 3]. places: float64 [p, 3] from the limbs' origins."""
    return np.asarray(
        poses.positions[:, limbs] + np.einsum("npij,pj->npi", poses.rotations[:, limbs], places)
    )


def above_floor(poses: Poses, size: float) -> Array:
    """How high the lowest part of the body is above the floor: float64 [n]."""
    return np.asarray(touching(poses, size, LIMBS).min(axis=1))


def touching(poses: Poses, size: float, limbs: Sequence[str]) -> Array:
    """How high those parts of limbs are that may touch the floor: float64 [n, t]."""
    chosen = [index for index, (limb, _, _) in enumerate(_TOUCHING) if limb in limbs]
    of = [_TOUCHING_LIMBS[index] for index in chosen]
    heights = on_limbs(poses, of, size * _TOUCHING_PLACES[chosen])[:, :, 2]
    return np.asarray(heights - size * _TOUCHING_RADII[chosen])


def turns(axis: int, angles: Array) -> Array:
    """Rotations about one axis: float64 [n] to [n, 3, 3]."""
    made = np.zeros((len(angles), 3, 3))
    after, last = (axis + 1) % 3, (axis + 2) % 3
    made[:, axis, axis] = 1.0
    made[:, after, after] = made[:, last, last] = np.cos(angles)
    made[:, last, after] = np.sin(angles)
    made[:, after, last] = -made[:, last, after]
    return made


def pointing(directions: Array, lefts: Array) -> Array:
    """Rotations of limbs that hang down towards directions: float64 [..., 3] to [..., 3, 3].

    lefts: where their own y roughly points.
    """
    up = -directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    forward = _cross(lefts, up)
    forward /= np.linalg.norm(forward, axis=-1, keepdims=True)
    return np.stack([forward, _cross(up, forward), up], axis=-1)


def _cross(one: Array, other: Array) -> Array:
    """As `np.cross`, which takes ten times as long for few vectors."""
    (a, b, c), (x, y, z) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    return np.stack([b * z - c * y, c * x - a * z, a * y - b * x], axis=-1)


def way_to(begin: Array, end: Array) -> Array:
    """The shortest turns from one to the other: rotations [n, k, 3, 3] to axis times angle, float64
    [n, k, 3]. From a half turn on it jumps: to be asked for fixed ends.
    """
    turn = begin.swapaxes(-1, -2) @ end
    vectors = Rotation.from_matrix(turn.reshape(-1, 3, 3)).as_rotvec()
    return np.asarray(vectors.reshape(turn.shape[:-1]))


def turned_by(begin: Array, vectors: Array) -> Array:
    """Rotations turned on: [n, k, 3, 3] and axis times angle [n, k, 3] to [n, k, 3, 3]."""
    turn = Rotation.from_rotvec(vectors.reshape(-1, 3)).as_matrix()
    return np.asarray(begin @ turn.reshape(*vectors.shape[:-1], 3, 3))


def eased(shares: Array) -> Array:
    """0..1 with a soft beginning and a soft end."""
    clipped = np.clip(shares, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3 - 2 * clipped))
