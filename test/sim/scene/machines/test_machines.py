"""Machines as the renderer takes them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import MachineKind, MachinePart, Scenario
from tml_ros.sim.scene.machines import machine_looks, motion
from tml_ros.sim.scene.machines.conveyor import ConveyorLook, box_places
from tml_ros.sim.scene.machines.machine_looks import MachineDraws
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.machines.press import PressLook, ram_height
from tml_ros.sim.scene.machines.robot_arm import ArmLook, joints, pose_at
from tml_ros.sim.scene.prop import Prop
from tml_ros.sim.split import Split

KINDS = tuple(MachineKind)


def _one(kind: MachineKind, *, seed: int = 0, looks: Split = Split.TRAIN, **more: object) -> Prop:
    part = {"kind": kind, "at": (1.0, -0.5), **more}
    scenario = Scenario.model_validate(
        {"scenario": "one", "seconds": 60, "seed": seed, "looks": looks, "machines": {"it": part}}
    )
    (prop,) = machines(scenario)
    return prop


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("looks", Split)
@pytest.mark.parametrize("seed", range(4))
def test_a_machine_moves_only_bodies_it_has_and_is_modest(
    kind: MachineKind, looks: Split, seed: int
) -> None:
    prop = _one(kind, seed=seed, looks=looks)
    names = [body.name for body in prop.bodies]
    assert len(set(names)) == len(names)
    assert all(name.startswith("it/") for name in names)
    for time in np.linspace(0, 12, 37):
        assert set(prop.places(time)) <= set(names)
    assert prop.shapes.count("<geom") < 70
    assert "".join(body.shapes for body in prop.bodies).count("<geom") < 40
    assert prop.blocks


@pytest.mark.parametrize("kind", KINDS)
def test_where_things_are_depends_on_nothing_but_the_time(kind: MachineKind) -> None:
    one, other = _one(kind, seed=5), _one(kind, seed=5)
    assert one.shapes == other.shapes
    one.places(3.0)
    for name, placed in one.places(7.3).items():
        again = other.places(7.3)[name]
        assert np.array_equal(placed.position, again.position)
        assert np.array_equal(placed.rotation, again.rotation)


@pytest.mark.parametrize("kind", KINDS)
def test_seeds_and_splits_look_different(kind: MachineKind) -> None:
    shapes = {_one(kind, seed=seed, looks=looks).shapes for seed in range(4) for looks in Split}
    assert len(shapes) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_moves_while_a_machine_is_stopped_and_nothing_jumps_when_it_goes_on(
    kind: MachineKind,
) -> None:
    prop = _one(kind, seed=2, period=4.0, stops=[(5.0, 9.0)])
    held = [prop.places(time) for time in (5.0, 6.5, 8.999)]
    for before, after in pairwise(held):
        assert before.keys() == after.keys()
        for name, placed in before.items():
            assert np.allclose(placed.position, after[name].position, atol=1e-9)
    lamps = {name for name in held[0] if name in {"it/runs", "it/stands"}}
    assert lamps == {"it/stands"}
    just_before, just_after = prop.places(4.99), prop.places(9.01)
    for name in just_before.keys() & just_after.keys():
        away = np.linalg.norm(just_before[name].position - just_after[name].position)
        assert away < 0.1


@pytest.mark.parametrize("looks", Split)
def test_what_is_drawn_is_of_its_split(looks: Split) -> None:
    for seed in range(20):
        look = PressLook.drawn(MachineDraws.of(seed, "p", looks))
        assert look.build in machine_looks.PRESS_BUILDS.of(looks)
        assert machine_looks.PRESS_WIDTH.holds(look.width, looks)
        arm = ArmLook.drawn(MachineDraws.of(seed, "r", looks))
        assert arm.build in machine_looks.ARM_BUILDS.of(looks)
        belt = ConveyorLook.drawn(MachineDraws.of(seed, "c", looks), 3.0)
        assert belt.build in machine_looks.CONVEYOR_BUILDS.of(looks)


@pytest.mark.parametrize("period", [1.0, 3.2, 30.0])
def test_the_ram_is_down_when_the_press_strikes_and_goes_through_nothing(period: float) -> None:
    part = MachinePart(kind=MachineKind.PRESS, at=(0, 0), period=period)
    for seed in range(10):
        look = PressLook.drawn(
            MachineDraws.of(seed, "p", Split.HELD_OUT if seed % 2 else Split.TRAIN)
        )
        heights = [ram_height(look, part, time) for time in np.arange(0, 2 * period, 0.02)]
        strike = motion.stroke_times(part, 2 * period)[0]
        assert ram_height(look, part, strike) == pytest.approx(min(heights), abs=1e-3)
        assert max(heights) - min(heights) > 0.3
        assert max(heights) < look.height


@pytest.mark.parametrize("facing", [-90.0, 20.0, 90.0, 180.0])
def test_a_box_is_at_the_middle_when_it_passes(facing: float) -> None:
    prop = _one(MachineKind.CONVEYOR, seed=3, facing=facing, period=2.5, stops=[(4.0, 6.0)])
    part = MachinePart(kind=MachineKind.CONVEYOR, at=(1.0, -0.5), period=2.5, stops=((4.0, 6.0),))
    for time in motion.box_passes(part, 20.0):
        places = [p.position[:2] for name, p in prop.places(time).items() if "/box" in name]
        nearest = min(math.dist(place, (1.0, -0.5)) for place in places)
        assert nearest < 1e-6


def test_boxes_seen_to_cross_the_middle_are_as_many_as_are_told() -> None:
    prop = _one(MachineKind.CONVEYOR, seed=4, period=1.7, stops=[(9.0, 14.0)])
    part = MachinePart(kind=MachineKind.CONVEYOR, at=(1.0, -0.5), period=1.7, stops=((9.0, 14.0),))
    crossed = 0
    for before, after in pairwise(prop.places(time) for time in np.arange(0, 30.01, 0.05)):
        for name in before.keys() & after.keys():
            if "/box" in name:
                was, now = before[name].position[0] - 1.0, after[name].position[0] - 1.0
                # One that goes round to the other end is not seen doing so.
                crossed += was * now < 0 and abs(was - now) < 0.3
    assert crossed == len(motion.box_passes(part, 30.0))


def test_boxes_come_and_go_inside_the_hoods_and_do_not_touch() -> None:
    for seed in range(20):
        look = ConveyorLook.drawn(MachineDraws.of(seed, "c", Split.TRAIN), 1.0 + seed)
        for cycle in np.arange(0, 3, 0.05):
            places = box_places(look, cycle)
            numbers = [number % len(look.boxes) for number, _ in places]
            assert len(set(numbers)) == len(numbers)
            along = sorted(metres for _, metres in places)
            assert all(b - a > 0.5 for a, b in pairwise(along))
            assert all(abs(metres) < look.length / 2 - 0.2 for metres in along)


@pytest.mark.parametrize("looks", Split)
def test_an_arm_reaches_all_it_wants_smoothly_and_its_links_keep_their_length(
    looks: Split,
) -> None:
    for seed in range(15):
        look = ArmLook.drawn(MachineDraws.of(seed, "r", looks))
        size = look.size
        last = None
        for share in np.linspace(0, 1, 201, endpoint=False):
            pose = pose_at(look, share)
            swing, raised, bent = joints(size, pose)
            out = size.upper * math.cos(raised) + size.fore * math.cos(bent)
            height = size.shoulder - size.upper * math.sin(raised) - size.fore * math.sin(bent)
            assert (out, height) == pytest.approx((pose.out, pose.height))
            if last is not None:
                assert math.dist(last, (swing, raised, bent)) < 0.12
            last = (swing, raised, bent)


def test_an_arm_lifts_its_piece_from_where_it_lay_and_carries_it_to_the_bin() -> None:
    part = MachinePart(kind=MachineKind.ROBOT_ARM, at=(1.0, -0.5), period=5.0)
    prop = _one(MachineKind.ROBOT_ARM, seed=1, period=5.0)
    grip, release = motion.stroke_times(part, 20.0)[:2]
    if motion.cycle(part, grip) % 1.0 > 0.5:
        grip, release = motion.stroke_times(part, 20.0)[1:3]
    lying = prop.places(grip - 0.001)["it/piece"].position
    held = prop.places(grip + 0.001)["it/piece"].position
    assert np.linalg.norm(lying - held) < 0.02
    put = prop.places(release - 0.001)["it/piece"].position
    assert np.linalg.norm(put - held) > 0.8
    assert "it/piece" not in prop.places(release + 0.001)
    assert "it/open" in prop.places(release + 0.001)
