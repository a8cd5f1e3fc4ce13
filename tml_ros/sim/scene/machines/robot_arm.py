"""A robot arm that takes a piece from a feeder and puts it into a bin, once in a period.

Knows nothing of time but what `motion` says. Drawn in its own frame: its operator stands at -y, the
feeder and the bin stand left and right of that way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tml_ros.sim.scenario.scenario import MachinePart
from tml_ros.sim.scene.machines import arm_figure, fittings, machine_looks, motion
from tml_ros.sim.scene.machines.arm_figure import ArmSize
from tml_ros.sim.scene.machines.machine_looks import ArmBuild, MachineDraws
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing, about
from tml_ros.sim.shapes import Colour

PIECE_HALF = 0.09


class Pose(NamedTuple):
    """Where the wrist is: angle about the turret (radians), distance from its axis and height."""

    swing: float
    out: float
    height: float


@dataclass(frozen=True, slots=True)
class ArmLook:
    """Metres, radians; colours RGB 0..1. take, put: where the feeder and the bin stand, by angle
    about the turret (0 to the operator) and distance.
    """

    build: ArmBuild
    coat: Colour
    foot: Colour
    stand: Colour
    piece: Colour
    size: ArmSize
    take: tuple[float, float]
    put: tuple[float, float]
    table: float

    @classmethod
    def drawn(cls, draws: MachineDraws) -> ArmLook:
        """An arm that nobody has seen yet."""
        reach = draws.length(machine_looks.ARM_REACH)
        swing = math.radians(draws.length(machine_looks.ARM_SWING)) * draws.side()
        return cls(
            build=machine_looks.ARM_BUILDS.draw(draws.rng, draws.looks),
            coat=draws.coat(machine_looks.ARM_COATS),
            foot=draws.coat(machine_looks.COATS),
            stand=draws.coat(machine_looks.COATS),
            piece=draws.coat(machine_looks.BOXES),
            size=ArmSize.of(reach, draws.length(machine_looks.ARM_PEDESTAL)),
            take=(-swing / 2, reach * draws.rng.uniform(0.85, 1.0)),
            put=(swing / 2, reach * draws.rng.uniform(0.8, 1.0)),
            table=draws.rng.uniform(0.45, 0.65),
        )


def robot_arm(name: str, part: MachinePart, draws: MachineDraws) -> MadeProp:
    """The robot arm `name`."""
    look = ArmLook.drawn(draws)
    stand = Standing(part.at, math.radians(part.facing + 90.0))
    size = look.size
    take, put = _floor(look.take), _floor(look.put)
    stack = (*_floor((math.pi * 0.8, 0.55)), 1.0)
    still = [
        *arm_figure.foot(size, look.foot),
        *arm_figure.feeder(take, look.table, look.stand),
        *arm_figure.bin_at(put, look.table, look.stand),
        *arm_figure.stack_post(stack),
        *fittings.light_stack(stack),
    ]
    feet = [(0.0, 0.0, 0.42, 0.42), (*take, 0.22, 0.22), (*put, 0.26, 0.26)]
    dark, below = fittings.floor_dark(name, feet)
    links = arm_figure.links(look.build, size, look.coat)
    bodies = [body(f"{name}/{link}", shapes) for link, shapes in links.items()]
    bodies.append(body(f"{name}/piece", arm_figure.piece(PIECE_HALF, look.piece)))
    bodies.append(body(f"{name}/runs", [fittings.lit_lamp(0)]))
    bodies.append(body(f"{name}/stands", [fittings.lit_lamp(2)]))

    def places(time_s: float) -> Mapping[str, Placed]:
        share = motion.cycle(part, time_s) % 1.0
        pose = pose_at(look, share)
        swing, raised, bent = joints(size, pose)
        turret = about("z", swing)
        upper, fore = turret @ about("x", raised), turret @ about("x", bent)
        shoulder = np.array([0.0, 0.0, size.shoulder])
        elbow = shoulder + upper @ np.array([0.0, -size.upper, 0.0])
        wrist = elbow + fore @ np.array([0.0, -size.fore, 0.0])
        shut = motion.GRIP <= share < motion.RELEASE
        found = {
            "turret": stand.placed((0, 0, 0), turret),
            "upper": stand.placed(shoulder, upper),
            "fore": stand.placed(elbow, fore),
            "shut" if shut else "open": stand.placed(wrist, turret),
            "runs" if motion.moving(part, time_s) else "stands": stand.placed(stack),
        }
        if shut:
            carried = wrist - np.array([0.0, 0.0, size.hand])
            found["piece"] = stand.placed(carried, turret)
        elif share < motion.GRIP:
            # The next piece is lifted out of the feeder's shaft.
            lifted = min(share / 0.12, 1.0)
            height = look.table + PIECE_HALF * (2 * lifted - 1.0) - 0.01
            found["piece"] = stand.placed((*take, height), about("z", look.take[0]))
        return {f"{name}/{which}": placed for which, placed in found.items()}

    blocks = [*stand.blocks((0, 0, size.shoulder / 2), (0.25, 0.25, size.shoulder / 2))]
    for place in (take, put):
        middle = (*place, look.table / 2)
        blocks += stand.blocks(middle, (0.24, 0.24, look.table / 2))
    return MadeProp(
        shapes=stand.geoms([*below, *still]),
        bodies=tuple(bodies),
        blocks=tuple(blocks),
        assets=dark.assets,
        files=dark.files,
        moves=places,
    )


def pose_at(look: ArmLook, share: float) -> Pose:
    """The wrist at a share of the cycle; smooth, and the end is the beginning."""
    size = look.size
    low = look.table + PIECE_HALF + size.hand
    into = look.table - 0.12 + size.hand
    high = max(size.shoulder, low + 0.35)
    rest = Pose((look.take[0] + look.put[0]) / 2, 0.6 * size.reach, high)
    above_take, at_take = Pose(*look.take, low + 0.3), Pose(*look.take, low)
    above_put, at_put = Pose(*look.put, low + 0.35), Pose(*look.put, into)
    taking = (rest, above_take, at_take, at_take, above_take)
    keys = (*taking, above_put, at_put, at_put, at_put, above_put, rest)
    index = max(i for i, key in enumerate(motion.ARM_KEYS[:-1]) if key <= share)
    begin, end = motion.ARM_KEYS[index], motion.ARM_KEYS[index + 1]
    along = (share - begin) / (end - begin)
    eased = along * along * (3 - 2 * along)
    before, after = keys[index], keys[index + 1]
    return Pose(*(a + eased * (b - a) for a, b in zip(before, after, strict=True)))


def joints(size: ArmSize, pose: Pose) -> tuple[float, float, float]:
    """Angles of the turret, of the upper arm and of the forearm against the level, so that the
    wrist is where the pose says. Raises ValueError for what is out of reach.
    """
    up = pose.height - size.shoulder
    distance = math.hypot(pose.out, up)
    if not abs(size.upper - size.fore) < distance < size.upper + size.fore:
        raise ValueError(f"out of reach: {pose}")
    to_wrist = math.atan2(up, pose.out)
    opening = math.acos((size.upper**2 + distance**2 - size.fore**2) / (2 * size.upper * distance))
    raised = to_wrist + opening
    elbow_out = pose.out - size.upper * math.cos(raised)
    elbow_up = up - size.upper * math.sin(raised)
    # A link lies along -y, and turning about x by a negative angle lifts its end.
    return pose.swing, -raised, -math.atan2(elbow_up, elbow_out)


def _floor(place: tuple[float, float]) -> tuple[float, float]:
    """Angle and distance about the turret as x and y; angle 0 is at -y."""
    angle, out = place
    return (out * math.sin(angle), -out * math.cos(angle))
