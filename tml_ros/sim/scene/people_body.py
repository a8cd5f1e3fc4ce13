"""How somebody's limbs move: from a course through the hall to poses, many moments at once.

On their feet: feet that carry stay where they are, hips ride as high as both legs reach, knees
follow. Falling: every limb turns from how it was to how it comes to lie, ever faster, the feet
staying where they slide to, the lowest part on the floor. Knows nothing of looks. Pure.
"""

from __future__ import annotations

import numpy as np

from tml_ros.sim.scene.people_course import Course, Fall
from tml_ros.sim.scene.people_hands import CROUCHED
from tml_ros.sim.scene.people_looks import Manner
from tml_ros.sim.scene.people_skeleton import (
    INDEX,
    LIMBS,
    SIDES,
    SOLE_FORWARD,
    Array,
    Poses,
    above_floor,
    eased,
    hung,
    pointing,
    turned_by,
    turns,
    way_to,
)
from tml_ros.sim.scene.people_timeline import Upright
from tml_ros.sim.worker import ANKLE, HIP_WIDTH, SHIN, THIGH

LEG = 0.995 * (THIGH + SHIN)
STANDING_HIPS = 0.952
_SOFT = 0.012
"""How softly hips change from one leg to the other, m."""
_POINTING = [
    INDEX[f"{limb}_{side}"]
    for side, _ in SIDES
    for limb in ("thigh", "shin", "upper_arm", "forearm")
]
_ONTO_FEET_S = 0.95
"""From lying to a crouch; from there they stand up."""


class Limbs:
    """One person's body through a scenario."""

    def __init__(self, course: Course, manner: Manner) -> None:
        """Work out what every fall begins from and comes back to."""
        self._course, self._manner = course, manner
        self._falls = [(fall, *self._ends(fall)) for fall in course.falls]

    def poses(self, times: Array) -> Poses:
        """The limbs at those moments, float64 [n]; they mean nothing while nobody is there."""
        poses = self._upright(times)
        for fall, before, crouched in self._falls:
            during = np.flatnonzero((times >= fall.start_s) & (times <= fall.end_s))
            if len(during):
                after = poses.rotations[during]
                down = self._down(fall, before, crouched, after, times=times[during])
                poses.positions[during], poses.rotations[during] = down.positions, down.rotations
        return poses

    def _upright(self, times: Array) -> Poses:
        return _on_feet(self._course.upright(times), self._manner, times)

    def _ends(self, fall: Fall) -> tuple[Poses, Poses]:
        """The one pose that a fall begins from, and the crouch that getting up leads through."""
        return self._upright(np.array([fall.start_s])), self._upright(np.array([fall.lies_s]))

    def _down(
        self, fall: Fall, before: Poses, crouched: Poses, after: Array, *, times: Array
    ) -> Poses:
        """Falling, lying and getting up. after: rotations that they would have on their feet."""
        lying, size = fall.lying, self._manner.size
        since = np.clip((times - fall.start_s) / lying.seconds, 0.0, 1.0)
        topples = (0.8 * since**2 + 0.2 * since**4)[:, None, None]
        gives_way = (lying.buckle * eased(since / 0.6))[:, None, None]
        toppling = way_to(before.rotations, lying.rotations[None])
        sinking = way_to(before.rotations, crouched.rotations)
        turned = turned_by(
            before.rotations, topples * toppling + (1 - topples) * gives_way * sinking
        )
        up = np.flatnonzero(times > fall.rises_s)
        if len(up):
            share = eased((times[up] - fall.rises_s) / _ONTO_FEET_S)[:, None, None]
            onto_feet = way_to(lying.rotations[None], crouched.rotations)
            risen = turned_by(lying.rotations[None], share * onto_feet)
            turned[up] = turned_by(risen, share * way_to(risen, after[up]))
        ankles = [INDEX["foot_left"], INDEX["foot_right"]]
        origin, end = (pose.positions[0, ankles, :2].mean(axis=0) for pose in (before, crouched))
        thrown = lying.slide * np.array([np.cos(lying.thrown), np.sin(lying.thrown)])
        slid = (1 - (1 - since) ** 2)[:, None] * thrown + eased(since)[:, None] * (
            end - origin - thrown
        )
        hips = np.zeros((len(times), 3))
        loose = hung(hips, turned, size)
        hips[:, :2] = origin + slid - loose.positions[:, ankles, :2].mean(axis=1)
        hips[:, 2] = -above_floor(loose, size)
        loose.positions[:] += hips[:, None]
        return loose


def _on_feet(state: Upright, manner: Manner, times: Array) -> Poses:
    """Walking, standing, crouching."""
    size, walks, down = manner.size, 1.0 - state.rest, state.crouch
    moods = manner.moods
    rotations = np.empty((len(times), len(LIMBS), 3, 3))
    yaw = turns(2, state.heading)
    twist = walks * 0.10 * np.sin(state.phase)
    runs = np.clip(state.pace - 1.4, 0.0, 1.6)
    lean = manner.lean + walks * (0.02 + 0.10 * runs)
    lean += state.rest * 0.02 * np.sin(0.7 * times + moods[0])
    lean += down * manner.crouch_lean
    sway = state.rest * (1 - down) * np.sin(1.1 * times + moods[1])
    rotations[:, INDEX["pelvis"]] = yaw @ turns(2, -0.5 * twist) @ turns(1, 0.4 * down)
    torso = yaw @ turns(2, twist) @ turns(1, lean) @ turns(0, 0.018 * sway)
    rotations[:, INDEX["torso"]] = torso
    look = state.rest * 0.45 * np.sin(0.8 * times + moods[2]) * np.sin(0.31 * times + moods[1])
    nod = 0.10 + state.rest * 0.12 + 0.3 * down
    rotations[:, INDEX["head"]] = yaw @ turns(2, look) @ turns(1, nod)
    ankles = _feet(state, manner, rotations)
    hips = _hips(state, manner, ankles, sway)
    ways, asides = [], []
    for (side, sign), ankle, (prints, _) in zip(SIDES, ankles, state.feet, strict=True):
        hip = hips + size * sign * HIP_WIDTH * yaw[:, :, 1]
        # Knees go where the toes point, and apart in a crouch.
        bends = prints[:, 2] + sign * 0.35 * down
        forward = np.stack([np.cos(bends), np.sin(bends), 0.0 * bends], axis=1)
        knee = _knees(hip, ankle, forward, size)
        aside = np.stack([-forward[:, 1], forward[:, 0], 0.0 * bends], axis=1)
        ways += [knee - hip, ankle - knee, *_arm(state, manner, torso, side, times)]
        asides += [aside, aside, torso[:, :, 1], torso[:, :, 1]]
    rotations[:, _POINTING] = pointing(np.stack(ways, axis=1), np.stack(asides, axis=1))
    positions = hung(hips, rotations, size).positions
    for (side, _), ankle in zip(SIDES, ankles, strict=True):
        # Legs at full stretch may fall a little short of the floor; feet do not.
        positions[:, INDEX[f"foot_{side}"]] = ankle
    return Poses(positions, rotations)


def _feet(state: Upright, manner: Manner, rotations: Array) -> tuple[Array, Array]:
    """Ankles of both feet, float64 [n, 3] each; their turns go into `rotations`."""
    ankles = []
    for (side, _), (prints, swing) in zip(SIDES, state.feet, strict=True):
        arc = np.sin(np.pi * swing)
        lift = manner.size * arc * (0.05 + 0.06 * (1 - state.rest) + 0.05 * (state.pace > 1.8))
        back = SOLE_FORWARD * manner.size
        ankle = (
            prints[:, 0] - back * np.cos(prints[:, 2]),
            prints[:, 1] - back * np.sin(prints[:, 2]),
            manner.size * ANKLE + lift,
        )
        ankles.append(np.stack(ankle, axis=1))
        # Toes down when it leaves the floor, up when it comes back.
        pitch = (1 - state.rest) * 0.55 * arc * (1 - 1.7 * swing)
        rotations[:, INDEX[f"foot_{side}"]] = turns(2, prints[:, 2]) @ turns(1, pitch)
    return ankles[0], ankles[1]


def _hips(state: Upright, manner: Manner, ankles: tuple[Array, Array], sway: Array) -> Array:
    """As high as both legs reach; over the carrying foot; shifting weight in standing."""
    size = manner.size
    aside = size * ((1 - state.rest) * 0.02 * np.sin(state.phase) + 0.022 * sway)
    back = -0.13 * size * state.crouch
    c, s = np.cos(state.heading), np.sin(state.heading)
    hips = np.stack([state.x - aside * s + back * c, state.y + aside * c + back * s, 0.0 * c], 1)
    highest = [np.full(len(c), size * STANDING_HIPS)]
    for ankle, (_, sign) in zip(ankles, SIDES, strict=True):
        joint = hips[:, :2] + size * sign * HIP_WIDTH * np.stack([-s, c], axis=1)
        apart = np.sum((joint - ankle[:, :2]) ** 2, axis=1)
        reach = np.sqrt(np.maximum((size * LEG) ** 2 - apart, 0.04))
        highest.append(ankle[:, 2] + reach)
    soft = -_SOFT * np.log(np.sum(np.exp(-np.stack(highest) / _SOFT), axis=0))
    hips[:, 2] = soft + state.crouch * (size * manner.crouch_height - soft)
    return hips


def _knees(hips: Array, ankles: Array, forward: Array, size: float) -> Array:
    """Where knees must be, float64 [n, 3]: in front of the lines from hips to ankles."""
    line = ankles - hips
    length = np.linalg.norm(line, axis=1, keepdims=True)
    line = line / length
    thigh, shin = size * THIGH, size * SHIN
    reach = np.clip(length, 0.15, 0.999 * (thigh + shin))
    along = (thigh**2 - shin**2 + reach**2) / (2 * reach)
    beside = np.sqrt(np.maximum(thigh**2 - along**2, 0.0))
    ahead = forward - line * np.sum(forward * line, axis=1, keepdims=True)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    return np.asarray(hips + along * line + beside * ahead)


def _arm(
    state: Upright, manner: Manner, torso: Array, side: str, times: Array
) -> tuple[Array, Array]:
    """Where upper arm and forearm point, float64 [n, 3] each: arms swing against the legs in
    walking and do what hands do in standing.
    """
    sign = 1.0 if side == "left" else -1.0
    runs = np.clip(state.pace - 1.4, 0.0, 1.0)
    calm = state.hands[:, :4] if sign > 0 else state.hands[:, 4:8]
    busy = state.hands[:, 8] * state.rest
    walking = np.stack(
        [
            -sign * (manner.arm_swing + 0.3 * runs) * np.sin(state.phase + 0.4),
            np.full(len(times), 0.16),
            0.30 + 0.9 * runs,
            np.full(len(times), 0.02),
        ],
        axis=1,
    )
    held = walking + state.rest[:, None] * (calm - walking)
    held = held + state.crouch[:, None] * (np.array(CROUCHED) - held)
    raised = held[:, 0] + busy * np.sin(1.7 * times + manner.moods[0])
    bent = raised + held[:, 2] + 1.2 * busy * np.sin(2.3 * times + manner.moods[1])
    ways = (
        np.stack([np.sin(raised), sign * held[:, 1], -np.cos(raised)], axis=1),
        np.stack([np.sin(bent), sign * held[:, 3], -np.cos(bent)], axis=1),
    )
    upper, fore = (np.einsum("nij,nj->ni", torso, way) for way in ways)
    return upper, fore
