"""How somebody falls and lies: to which side, thrown how far, each limb turned how. Drawn by split.

Knows nothing of time: `people_body` leads from standing to lying and back. Pure.

Angles in radians, limbs' ways in the frame of the trunk: x forward, y left, z to the head.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tml_ros.sim.scene.people_resting import rested
from tml_ros.sim.scene.people_skeleton import INDEX, LIMBS, SIDES, Array, pointing, turns
from tml_ros.sim.split import Band, Pool, Split


class Side(str, Enum):
    """On what somebody lies."""

    BACK = "back"
    FACE = "face"
    LEFT = "left"
    RIGHT = "right"


TURNED = Band(train=((-0.7, -0.25), (-0.1, 0.5)), held_out=((-0.25, -0.1), (0.5, 0.8)))
"""How far the fall's direction is off the one that the side alone would have."""
ROLLED = Band(train=((-0.30, -0.1), (0.0, 0.2)), held_out=((-0.1, 0.0), (0.2, 0.35)))
"""About the own axis, off lying quite flat."""
ARMS_OUT = Band(train=((0.15, 0.7), (1.3, 1.9)), held_out=((0.7, 1.3), (1.9, 2.7)))
"""An arm's angle away from the body; beyond a right angle it lies beside the head."""
ELBOWS = Band(train=((0.1, 0.6), (1.0, 1.4)), held_out=((0.6, 1.0), (1.4, 1.9)))
LEGS_APART = Band(train=((0.02, 0.16), (0.28, 0.4)), held_out=((0.16, 0.28), (0.4, 0.5)))
KNEES = Band(train=((0.0, 0.2), (0.7, 1.0)), held_out=((0.2, 0.7), (1.0, 1.2)))
"""How far a leg is drawn up."""
COLLAPSES = Pool(train=(0.0, 0.9), held_out=(0.45,))
"""How much the knees give way before the body topples: 0 like a board, 1 quite."""
FALL_SECONDS = Band(train=((0.58, 0.66), (0.72, 0.8)), held_out=((0.66, 0.72), (0.8, 0.85)))

_TRIES = 12


@dataclass(frozen=True, slots=True)
class Lying:
    """direction: where the head comes to lie, seen from the feet. slide: how far the feet are
    thrown along `thrown`. buckle: how much the knees give way. seconds: how long the fall takes.
    up: the way one faces after getting up. rotations: float64 [13, 3, 3] of the lying limbs.
    """

    side: Side
    direction: float
    slide: float
    thrown: float
    buckle: float
    seconds: float
    up: float
    rotations: Array


def draw_lying(
    rng: np.random.Generator,
    split: Split,
    *,
    heading: float,
    pace: float,
    room: Callable[[float], float],
) -> Lying:
    """A fall of somebody who faces `heading` and walks at `pace`.

    room: how much space there is in a direction, m; of several falls the first with enough of it
    for a body is taken, else the one with most.
    """
    tries: list[tuple[float, int, Side, float]] = []
    for _ in range(_TRIES):
        side = list(Side)[int(rng.integers(4))]
        if pace > 0.3 and side is Side.BACK:
            side = Side.FACE
        off = TURNED.draw(rng, split) * (1 if rng.random() < 0.5 else -1)
        direction = heading + _NATURAL[side] + off
        tries.append((min(room(direction), 2.1), -len(tries), side, direction))
    _, _, side, direction = max(tries)
    seconds = FALL_SECONDS.draw(rng, split)
    trunk = _trunk(side, direction, ROLLED.draw(rng, split))
    rotations = rested(_limbs(rng, split, side, trunk))
    up = {Side.BACK: direction + math.pi, Side.FACE: direction}.get(side, heading)
    return Lying(
        side=side,
        direction=direction,
        slide=0.5 * pace * seconds,
        thrown=heading,
        buckle=COLLAPSES.draw(rng, split),
        seconds=seconds,
        up=up,
        rotations=rotations,
    )


_NATURAL = {
    Side.BACK: math.pi,
    Side.FACE: 0.0,
    Side.LEFT: math.pi / 2,
    Side.RIGHT: -math.pi / 2,
}
"""In which direction somebody falls who comes to lie on that side, to where they face."""


def _trunk(side: Side, direction: float, rolled: float) -> Array:
    """The turn of a trunk that lies on that side with its head in that direction: [3, 3]."""
    head = np.array([math.cos(direction), math.sin(direction), 0.0])
    upward = np.array([0.0, 0.0, 1.0])
    flat = np.cross(upward, head)
    forward = {Side.BACK: upward, Side.FACE: -upward, Side.LEFT: -flat, Side.RIGHT: flat}[side]
    flat_body = np.stack([forward, np.cross(head, forward), head], axis=1)
    return np.asarray(flat_body @ turns(2, np.array([rolled]))[0])


def _limbs(rng: np.random.Generator, split: Split, side: Side, trunk: Array) -> Array:
    """All limbs around a lying trunk."""
    made = np.empty((len(LIMBS), 3, 3))
    bent = rng.uniform(-0.12, 0.12)
    made[INDEX["pelvis"]] = trunk @ turns(2, np.array([rng.uniform(-0.2, 0.2)]))[0]
    made[INDEX["torso"]] = trunk @ turns(0, np.array([bent]))[0]
    look = {Side.BACK: rng.uniform(-0.8, 0.8), Side.FACE: 1.1 * rng.choice((-1, 1))}.get(side, 0.2)
    droop = {Side.LEFT: -0.35, Side.RIGHT: 0.35}.get(side, 0.0)
    made[INDEX["head"]] = (
        made[INDEX["torso"]] @ turns(0, np.array([droop]))[0] @ turns(2, np.array([look]))[0]
    )
    for name, _ in SIDES:
        elbow = ELBOWS.draw(rng, split) * (1.0 if rng.random() < 0.6 else -0.5)
        _arm(side, made, name, out=ARMS_OUT.draw(rng, split), elbow=elbow)
        _leg(side, made, name, apart=LEGS_APART.draw(rng, split), knee=KNEES.draw(rng, split))
    return made


def _arm(side: Side, made: Array, name: str, *, out: float, elbow: float) -> None:
    sign = 1.0 if name == "left" else -1.0
    if side in (Side.BACK, Side.FACE):
        # Flat on the floor, which is a hand's breadth behind or before the shoulders.
        depth = -0.22 if side is Side.BACK else 0.15
        upper = (depth, sign * math.sin(out), -math.cos(out))
        bent = out + elbow
        fore = (0.25 * depth, sign * math.sin(bent), -math.cos(bent))
        # Arms that lie straight out have no left of their own.
        left = (1.0, 0.0, 0.0)
    else:
        lower = (sign > 0) is (side is Side.LEFT)
        down = 0.12 if lower else 0.75
        ahead = 0.5 + 0.5 * out
        to_floor = sign * (1 if lower else -1)
        upper = (math.sin(ahead), to_floor * down, -math.cos(ahead))
        bent = ahead + 0.7 * abs(elbow)
        fore = (math.sin(bent), to_floor * 0.3 * down, -math.cos(bent))
        left = (0.0, 1.0, 0.0)
    torso = made[INDEX["torso"]]
    for limb, way in (("upper_arm", upper), ("forearm", fore)):
        made[INDEX[f"{limb}_{name}"]] = pointing(torso @ np.array(way), torso @ np.array(left))


def _leg(side: Side, made: Array, name: str, *, apart: float, knee: float) -> None:
    sign = 1.0 if name == "left" else -1.0
    left = (0.0, 1.0, 0.0)
    if side is Side.BACK:
        thigh = (0.8 * math.sin(knee) - 0.05, sign * math.sin(apart), -math.cos(knee))
        shin = (-0.9 * math.sin(knee) - 0.02, sign * 0.6 * math.sin(apart), -math.cos(knee))
        toes = 0.5
    elif side is Side.FACE:
        drawn_up = apart + 0.9 * knee
        thigh = (0.03, sign * math.sin(drawn_up), -math.cos(drawn_up))
        back = apart - 0.5 * knee
        shin = (-0.02, sign * math.sin(back), -math.cos(back))
        toes = 1.2
    else:
        lower = (sign > 0) is (side is Side.LEFT)
        hip = knee * (0.8 if lower else 1.2)
        aside = -sign * (0.0 if lower else 0.16)
        thigh = (math.sin(hip), aside, -math.cos(hip))
        shin = (math.sin(hip - 1.4 * knee), aside, -math.cos(hip - 1.4 * knee))
        toes = 0.5
    pelvis = made[INDEX["pelvis"]]
    for limb, way in (("thigh", thigh), ("shin", shin)):
        made[INDEX[f"{limb}_{name}"]] = pointing(pelvis @ np.array(way), pelvis @ np.array(left))
    outward = turns(2, np.array([sign * (0.5 if side is Side.BACK else 0.1)]))[0]
    made[INDEX[f"foot_{name}"]] = (
        made[INDEX[f"shin_{name}"]] @ outward @ turns(1, np.array([toes]))[0]
    )
