"""Limbs hang together, feet stay where they stand, who falls lies flat on the floor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.people import People, Person
from tml_ros.sim.scene.people_lying import Side
from tml_ros.sim.scene.people_points import RADII, body_points
from tml_ros.sim.scene.people_skeleton import INDEX, SIDES, Poses
from tml_ros.sim.worker import ANKLE, SHIN, THIGH, UPPER_ARM

Array = NDArray[np.float64]
SEEDS = range(6)
EVERYTHING = [
    {"walk": [(2, 0), (2, 2)]},
    {"stand": 2, "facing": -120},
    {"crouch": 3},
    {"walk": [(-1, 2)]},
    {"fall": 4},
    {"stand": 2},
    {"fall": 3},
    {"walk": [(-2, -2)]},
]


def person(seed: int, steps: list[dict[str, Any]], **part: Any) -> Person:
    looks = "train" if seed % 2 else "held-out"
    scenario = Scenario.model_validate(
        {
            "scenario": "limbs",
            "seconds": 30,
            "seed": seed,
            "looks": looks,
            "hall": {"size": (30, 30), "clutter": 0},
            "people": {"ann": {"at": (-2, 0), "steps": steps, "stays": True, **part}},
        }
    )
    return People(scenario).people[0]


def of(poses: Poses, limb: str) -> Array:
    return poses.positions[:, INDEX[limb]]


@pytest.mark.parametrize("seed", SEEDS)
def test_limbs_are_turned_never_mirrored_and_hang_on_one_another(seed: int) -> None:
    ann = person(seed, EVERYTHING)
    poses = ann.limbs.poses(np.arange(0.0, 30.0, 0.07))
    turned = poses.rotations
    assert turned @ turned.transpose(0, 1, 3, 2) == pytest.approx(
        np.broadcast_to(np.eye(3), turned.shape), abs=1e-6
    )
    assert np.linalg.det(turned) == pytest.approx(1.0)
    size = ann.look.size
    for side, _ in SIDES:
        for upper, lower, length in (
            ("thigh", "shin", THIGH),
            ("upper_arm", "forearm", UPPER_ARM),
        ):
            apart = of(poses, f"{lower}_{side}") - of(poses, f"{upper}_{side}")
            assert np.linalg.norm(apart, axis=1) == pytest.approx(size * length)
        shin = np.linalg.norm(of(poses, f"foot_{side}") - of(poses, f"shin_{side}"), axis=1)
        # A leg at full stretch may fall a little short of its foot.
        assert shin == pytest.approx(size * SHIN, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_jumps(seed: int) -> None:
    poses = person(seed, EVERYTHING).limbs.poses(np.arange(0.0, 30.0, 0.01))
    speeds = np.linalg.norm(np.diff(poses.positions, axis=0), axis=2) / 0.01
    hips, others = speeds[:, 0], speeds[:, 1:]
    assert hips.max() < 8.0
    assert others.max() < 12.0


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_sinks_into_the_floor_or_floats(seed: int) -> None:
    ann = person(seed, EVERYTHING)
    points = body_points(ann.limbs.poses(np.arange(0.0, 30.0, 0.05)), ann.look.size)
    lowest = (points[:, :, 2] - ann.look.size * RADII).min(axis=1)
    assert lowest.min() > -0.05
    # Who stands on their toes has the middle of the foot above the floor.
    assert lowest.max() < 0.08


@pytest.mark.parametrize("speed", [0.5, 1.2, 1.8, 3.0])
def test_feet_on_the_floor_do_not_slide(speed: float) -> None:
    steps = [{"walk": [(3, 0), (3, 3)]}, {"stand": 3, "facing": 200}, {"walk": [(-3, 3)]}]
    poses = person(3, steps, speed=speed).limbs.poses(np.arange(0.1, 14.0, 0.02))
    size = person(3, steps).look.size
    for side, _ in SIDES:
        ankle = of(poses, f"foot_{side}")
        down = ankle[:, 2] < size * ANKLE + 1e-4
        moved = np.linalg.norm(np.diff(ankle[:, :2], axis=0), axis=1)
        assert moved[down[1:] & down[:-1]].max() < 0.004
        assert 0.3 < down.mean() < 0.95


def test_in_walking_a_foot_always_carries_and_in_running_there_is_flight() -> None:
    def share_in_the_air(speed: float) -> float:
        ann = person(3, [{"walk": [(12, 0)]}], speed=speed)
        poses = ann.limbs.poses(np.arange(0.5, 3.0, 0.01))
        ankles = np.stack([of(poses, f"foot_{side}")[:, 2] for side, _ in SIDES])
        return float((ankles > ann.look.size * ANKLE + 1e-3).all(axis=0).mean())

    assert share_in_the_air(1.2) == 0.0
    assert share_in_the_air(3.0) > 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_who_crouches_is_down_in_six_tenths_of_a_second_on_both_feet(seed: int) -> None:
    ann = person(seed, [{"stand": 2}, {"crouch": 5}])
    size = ann.look.size
    poses = ann.limbs.poses(np.array([1.9, 2.65, 6.9, 7.65]))
    hips = of(poses, "pelvis")[:, 2] / size
    assert hips[[0, 3]].min() > 0.9
    assert hips[[1, 2]].max() < 0.6
    ankles = np.stack([of(poses, f"foot_{side}")[:, 2] for side, _ in SIDES])
    assert ankles == pytest.approx(size * ANKLE, abs=1e-6)
    assert of(poses, "head")[1, 2] > 0.6


@pytest.mark.parametrize("seed", range(16))
def test_who_falls_lies_flat_within_a_second_and_is_up_again_in_one_and_a_half(seed: int) -> None:
    ann = person(seed, [{"stand": 2}, {"fall": 5}, {"stand": 5}])
    (fall,) = ann.course.falls
    assert 0.5 < fall.lies_s - 2.0 < 0.9
    assert fall.rises_s == pytest.approx(7.0)
    poses = ann.limbs.poses(np.array([1.9, fall.lies_s + 0.01, 6.9, 8.55]))
    for limb, highest in (("pelvis", 0.30), ("torso", 0.30), ("head", 0.42)):
        assert of(poses, limb)[1:3, 2].max() < highest
    points = body_points(poses, ann.look.size)
    assert points[1:3, :, 2].max() < 0.75
    assert np.linalg.norm(np.ptp(points[2, :, :2], axis=0)) > 0.9
    assert of(poses, "head")[[0, 3], 2].min() > 1.1
    # Still: nothing moves of who lies.
    assert poses.positions[1] == pytest.approx(poses.positions[2], abs=0.02)


def test_people_fall_to_all_sides_and_lie_in_many_ways() -> None:
    falls = [person(seed, [{"fall": 5}]).course.falls[0].lying for seed in range(60)]
    assert {fall.side for fall in falls} == set(Side)
    directions = np.array([fall.direction % (2 * np.pi) for fall in falls])
    assert (np.histogram(directions, bins=4, range=(0, 2 * np.pi))[0] > 3).all()
    arms = [tuple(np.round(fall.rotations[INDEX["upper_arm_left"]].ravel(), 1)) for fall in falls]
    assert len(set(arms)) > 50


def test_many_moments_at_once_are_the_same_as_one_by_one() -> None:
    ann = person(1, EVERYTHING)
    times = np.arange(0.0, 30.0, 0.9)
    together = ann.limbs.poses(times)
    for index in reversed(range(len(times))):
        alone = ann.limbs.poses(times[index : index + 1])
        assert alone.positions[0] == pytest.approx(together.positions[index], abs=1e-9)
        assert alone.rotations[0] == pytest.approx(together.rotations[index], abs=1e-9)
