"""How the worker moves: from a walk over the floor to the pose of every limb.

Feet that carry stay where they are, the others swing forward; knees follow from hips and ankles.
Who stands sways a little, looks around and works with one hand. Knows nothing of the renderer or
of what the limbs look like. Pure: the same moment gives the same pose.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.walk import Walk, WalkState

THIGH, SHIN, ANKLE = 0.46, 0.44, 0.08
HIP_WIDTH, SHOULDER_WIDTH = 0.09, 0.205
SHOULDER_HEIGHT, NECK_HEIGHT = 0.47, 0.54
"""Above the hips."""
UPPER_ARM, FOREARM = 0.29, 0.25
STRIDE = 1.22
"""Two steps, m."""
CARRYING = 0.6
"""Share of a stride in which a foot is on the floor."""
SOLE_FORWARD = 0.05
"""The middle of the sole lies so far before the ankle."""
SIDES = (("left", 1.0, 0.0), ("right", -1.0, 0.5))

Vector = NDArray[np.float64]
Rotation = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limb:
    """Where a limb's origin is (float64 [3], m) and how it is turned (float64 [3, 3])."""

    position: Vector
    rotation: Rotation


@dataclass(frozen=True, slots=True)
class Pose:
    """All limbs by name, and the middles of both soles: float64 [2, 3], left first."""

    limbs: Mapping[str, Limb]
    soles: NDArray[np.float64]


def pose_at(walk: Walk, time_s: float) -> Pose | None:
    """The worker on a walk at a moment; None where the walk has not begun or has ended."""
    state = walk.at(time_s)
    if state is None:
        return None
    rest = _eased(state.stillness)
    yaw = _turn(2, state.heading)
    phase = 2 * math.pi * state.walked / STRIDE
    hips = _hips(state, phase, rest, time_s)
    sway = rest * 0.018 * math.sin(1.1 * time_s)
    lean = (1 - rest) * 0.06 + rest * (0.03 + 0.02 * math.sin(0.7 * time_s))
    twist = (1 - rest) * 0.10 * math.sin(phase)
    torso = yaw @ _turn(2, twist) @ _turn(1, lean) @ _turn(0, sway)
    look = rest * 0.45 * math.sin(0.8 * time_s) * math.sin(0.31 * time_s + 1)
    head = yaw @ _turn(2, look) @ _turn(1, 0.10 + rest * 0.12)
    limbs = {
        "pelvis": Limb(hips, yaw @ _turn(2, -0.5 * twist)),
        "torso": Limb(hips, torso),
        "head": Limb(hips + torso @ (0.0, 0.0, NECK_HEIGHT), head),
    }
    soles = []
    for side, sign, offset in SIDES:
        ankle, foot = _foot(walk, state, sign, offset, rest)
        soles.append(ankle + foot @ (SOLE_FORWARD, 0.0, -ANKLE))
        hip = hips + yaw @ (0.0, sign * HIP_WIDTH, 0.0)
        knee = _knee(hip, ankle, yaw[:, 0])
        limbs[f"thigh_{side}"] = Limb(hip, _pointing(knee - hip, yaw[:, 1]))
        limbs[f"shin_{side}"] = Limb(knee, _pointing(ankle - knee, yaw[:, 1]))
        limbs[f"foot_{side}"] = Limb(ankle, foot)
        limbs |= _arm(side, sign=sign, trunk=limbs["torso"], phase=phase, rest=rest, time_s=time_s)
    return Pose(limbs, np.stack(soles))


def _hips(state: WalkState, phase: float, rest: float, time_s: float) -> Vector:
    """Lowest when both feet carry; over the carrying foot; shifting weight when standing."""
    height = (1 - rest) * (0.905 + 0.022 * math.cos(2 * phase - 1.2 * math.pi)) + rest * 0.95
    aside = (1 - rest) * 0.02 * math.sin(phase) + rest * 0.022 * math.sin(0.9 * time_s)
    left = (-math.sin(state.heading), math.cos(state.heading))
    return np.array([state.x + aside * left[0], state.y + aside * left[1], height])


def _foot(
    walk: Walk, state: WalkState, sign: float, offset: float, rest: float
) -> tuple[Vector, Rotation]:
    """Ankle and turn of a foot: planted, swinging, or beside the other when at rest."""
    strides = state.walked / STRIDE + offset
    planted, share = math.floor(strides), strides % 1.0
    swing = max(0.0, (share - CARRYING) / (1 - CARRYING))
    ahead = planted + CARRYING / 2 + _eased(swing) - offset
    x, y = walk.place(ahead * STRIDE, sign * HIP_WIDTH)
    lift = 0.11 * math.sin(math.pi * swing)
    # Toes down when it leaves the floor, up when it comes back.
    pitch = 0.55 * math.sin(math.pi * swing) * (1 - 1.7 * swing)
    left = sign * (HIP_WIDTH + 0.035)
    standing = (
        state.x - left * math.sin(state.heading),
        state.y + left * math.cos(state.heading),
    )
    x, y = x + rest * (standing[0] - x), y + rest * (standing[1] - y)
    ankle = np.array([x, y, ANKLE + (1 - rest) * lift])
    return ankle, _turn(2, state.heading + sign * 0.12) @ _turn(1, (1 - rest) * pitch)


def _arm(
    side: str, *, sign: float, trunk: Limb, phase: float, rest: float, time_s: float
) -> dict[str, Limb]:
    """Arms swing against the legs; the right one works at the machine when at rest."""
    torso = trunk.rotation
    swung, bent = -sign * 0.45 * math.sin(phase + 0.4), 0.35
    if sign < 0:
        calm, calm_bent = 0.75 + 0.10 * math.sin(1.7 * time_s), 0.85 + 0.12 * math.sin(2.3 * time_s)
    else:
        calm, calm_bent = 0.08, 0.25
    raised = swung + rest * (calm - swung)
    bent = bent + rest * (calm_bent - bent)
    shoulder = trunk.position + torso @ (0.0, sign * SHOULDER_WIDTH, SHOULDER_HEIGHT)
    upper = torso @ (math.sin(raised), sign * 0.16, -math.cos(raised))
    lower = torso @ (math.sin(raised + bent), sign * 0.02, -math.cos(raised + bent))
    elbow = shoulder + UPPER_ARM * upper / np.linalg.norm(upper)
    return {
        f"upper_arm_{side}": Limb(shoulder, _pointing(upper, torso[:, 1])),
        f"forearm_{side}": Limb(elbow, _pointing(lower, torso[:, 1])),
    }


def _knee(hip: Vector, ankle: Vector, forward: Vector) -> Vector:
    """Where the knee must be: in front of the line from hip to ankle."""
    line = ankle - hip
    reach = min(float(np.linalg.norm(line)), 0.999 * (THIGH + SHIN))
    line = line / np.linalg.norm(line)
    along = (THIGH**2 - SHIN**2 + reach**2) / (2 * reach)
    ahead = forward - line * float(forward @ line)
    beside = math.sqrt(max(0.0, THIGH**2 - along**2))
    return np.asarray(hip + along * line + beside * ahead / np.linalg.norm(ahead))


def _pointing(direction: Vector, left: Vector) -> Rotation:
    """The turn of a limb that hangs down along its own -z towards `direction`."""
    up = -direction / np.linalg.norm(direction)
    forward = np.cross(left, up)
    forward /= np.linalg.norm(forward)
    return np.stack([forward, np.cross(up, forward), up], axis=1)


def _turn(axis: int, angle: float) -> Rotation:
    c, s = math.cos(angle), math.sin(angle)
    after, last = (axis + 1) % 3, (axis + 2) % 3
    turn = np.eye(3)
    turn[after, after] = turn[last, last] = c
    turn[after, last], turn[last, after] = -s, s
    return turn


def _eased(share: float) -> float:
    return share * share * (3 - 2 * share)
