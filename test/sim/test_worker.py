from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.walk import Leg, Walk
from tml_ros.sim.worker import ANKLE, FOREARM, SHIN, THIGH, UPPER_ARM, Pose, pose_at

WALK = Walk(
    (Leg(((0, 0), (3, 0), (3, 3)), 4.0, 0.0), Leg(((3, 3), (8, 3)))), start_s=0.0, speed=1.25
)
MOMENTS = st.floats(0.0, WALK.end_s)
UPRIGHT_S = 0.5 * WALK.end_s


def pose(time_s: float) -> Pose:
    made = pose_at(WALK, time_s)
    assert made is not None
    return made


@given(MOMENTS)
def test_every_limb_is_turned_and_never_mirrored_or_stretched(time_s: float) -> None:
    for limb in pose(time_s).limbs.values():
        assert limb.rotation @ limb.rotation.T == pytest.approx(np.eye(3), abs=1e-9)
        assert np.linalg.det(limb.rotation) == pytest.approx(1.0)


@given(MOMENTS)
def test_legs_keep_their_length_and_knees_bend_forward(time_s: float) -> None:
    limbs = pose(time_s).limbs
    forward = limbs["pelvis"].rotation[:, 0]
    for side in ("left", "right"):
        hip, knee, ankle = (limbs[f"{part}_{side}"].position for part in ("thigh", "shin", "foot"))
        assert np.linalg.norm(knee - hip) == pytest.approx(THIGH, abs=1e-3)
        # A leg at full stretch may fall a little short of its foot.
        assert np.linalg.norm(ankle - knee) == pytest.approx(SHIN, abs=0.04)
        assert (knee - (hip + ankle) / 2) @ forward > -0.05


@given(MOMENTS)
def test_forearms_hang_on_upper_arms(time_s: float) -> None:
    limbs = pose(time_s).limbs
    for side in ("left", "right"):
        upper, fore = limbs[f"upper_arm_{side}"], limbs[f"forearm_{side}"]
        end = upper.position + upper.rotation @ (0, 0, -UPPER_ARM)
        assert fore.position == pytest.approx(end, abs=1e-9)
        assert (fore.position + fore.rotation @ (0, 0, -FOREARM))[2] > 0.4


@given(MOMENTS)
def test_soles_never_sink_into_the_floor(time_s: float) -> None:
    assert pose(time_s).soles[:, 2].min() > -0.03


def test_a_foot_that_carries_does_not_slide_and_one_foot_always_carries() -> None:
    times = np.arange(0.5, 3.0, 0.02)
    ankles = np.array(
        [[pose(t).limbs[f"foot_{side}"].position for side in ("left", "right")] for t in times]
    )
    down = ankles[:, :, 2] < ANKLE + 1e-6
    assert down.any(axis=1).all()
    moved = np.linalg.norm(np.diff(ankles[:, :, :2], axis=0), axis=2)
    assert moved[down[1:] & down[:-1]].max() < 1e-6
    assert moved.max() > 0.03


def test_who_stands_has_both_feet_down_side_by_side_and_sways_a_little() -> None:
    still = [t for t in np.arange(0, WALK.end_s, 0.1) if WALK.at(t).stillness == 1.0]
    heads = []
    for time_s in still[5:-5]:
        limbs = pose(time_s).limbs
        left, right = limbs["foot_left"].position, limbs["foot_right"].position
        assert left[2] == right[2] == pytest.approx(ANKLE)
        assert np.linalg.norm(left - right) == pytest.approx(0.25, abs=0.02)
        heads.append(limbs["head"].position)
    assert 0.005 < np.ptp(heads, axis=0).max() < 0.12


def test_nobody_is_there_before_and_after_the_walk() -> None:
    assert pose_at(WALK, -0.1) is None
    assert pose_at(WALK, WALK.end_s + 0.1) is None
    assert math.isfinite(pose(UPRIGHT_S).soles.sum())
