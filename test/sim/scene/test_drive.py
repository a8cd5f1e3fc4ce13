"""How vehicles drive."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.sim.scenario.scenario import VehiclePart
from tml_ros.sim.scene.drive import ACCELERATION, BRAKING, Drive

PLACES = st.tuples(st.floats(-8, 8), st.floats(-8, 8))
STEPS = st.lists(
    st.one_of(
        st.lists(PLACES, min_size=1, max_size=4).map(lambda walk: {"walk": walk}),
        st.builds(
            lambda stand, facing: {"stand": stand, "facing": facing},
            st.floats(0.2, 5),
            st.one_of(st.none(), st.floats(-180, 180)),
        ),
    ),
    max_size=4,
)


def _drive(**part: object) -> Drive:
    return Drive(VehiclePart.model_validate({"at": (0, 0), **part}))


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, enters=st.sampled_from([0.0, 3.0]), stays=st.booleans())
def test_a_vehicle_neither_jumps_nor_spins_nor_drives_too_fast(
    steps: list[dict[str, object]], enters: float, stays: bool
) -> None:
    drive = _drive(steps=steps, enters=enters, stays=stays, speed=2.0)
    times = np.arange(drive.start_s, min(drive.end_s, 60.0), 0.02)
    states = [state for state in (drive.at(float(time)) for time in times) if state]
    for before, after in pairwise(states):
        moved = math.hypot(after.x - before.x, after.y - before.y)
        assert moved <= 2.0 * 0.02 + 1e-3
        assert after.speed - before.speed <= ACCELERATION * 0.02 + 0.11
        # The most is where the way has a jag of a few centimetres.
        assert abs(after.heading - before.heading) < 0.2
        if moved > 0.01:
            way = math.atan2(after.y - before.y, after.x - before.x)
            off = (way - after.heading + math.pi) % (2 * math.pi) - math.pi
            assert abs(off) < 0.35
    walks = [step["walk"] for step in steps if "walk" in step]
    assert drive.start_s == enters
    if walks:
        end = drive.at(drive.end_s)
        assert end is not None
        assert (end.x, end.y) == pytest.approx(walks[-1][-1], abs=0.02)


def test_it_is_there_from_when_it_enters_and_gone_afterwards_unless_it_stays() -> None:
    steps = [{"walk": [(5.0, 0.0)]}]
    leaves, stays = (_drive(steps=steps, enters=2.0, stays=stay) for stay in (False, True))
    assert leaves.at(1.9) is None
    assert leaves.at(2.0) is not None
    assert leaves.at(leaves.end_s + 0.1) is None
    state = stays.at(1000.0)
    assert state is not None
    assert (state.x, state.speed) == (pytest.approx(5.0), 0.0)


def test_it_stands_where_it_is_put_and_faces_as_it_is_told() -> None:
    state = _drive(facing=40.0).at(12.0)
    assert state is not None
    assert math.degrees(state.heading) == pytest.approx(40.0)
    turned = _drive(facing=40.0, steps=[{"stand": 4.0, "facing": -170.0}]).at(4.0)
    assert turned is not None
    # The shorter way round, and in a short time not all of it.
    assert math.degrees(turned.heading) == pytest.approx(190.0)
    hasty = _drive(facing=40.0, steps=[{"stand": 0.3, "facing": -170.0}]).at(4.0)
    assert hasty is not None
    assert 41 < math.degrees(hasty.heading) < 80


def test_it_reaches_its_speed_on_a_long_way_and_takes_as_long_as_physics_says() -> None:
    drive = _drive(steps=[{"walk": [(12.0, 0.0)]}], speed=2.0)
    half_way = drive.at(drive.end_s / 2)
    assert half_way is not None
    assert half_way.speed == pytest.approx(2.0)
    speeding, braking = 2.0 / ACCELERATION, 2.0 / BRAKING
    expected = speeding + braking + (12.0 - speeding - braking) / 2.0
    assert drive.end_s == pytest.approx(expected, abs=0.05)


def test_it_slows_down_in_a_curve_and_cuts_the_corner_a_little() -> None:
    drive = _drive(steps=[{"walk": [(6.0, 0.0), (6.0, 6.0)]}], speed=3.0)
    states = [drive.at(float(time)) for time in np.arange(0, drive.end_s, 0.05)]
    corner = min(
        (state for state in states if state), key=lambda s: math.dist((s.x, s.y), (6.0, 0.0))
    )
    assert 0.1 < math.dist((corner.x, corner.y), (6.0, 0.0)) < 0.6
    assert 0.5 < corner.speed < 1.6
    assert math.degrees(corner.heading) == pytest.approx(45, abs=8)


def test_where_the_way_turns_back_it_stops_and_turns_on_the_spot() -> None:
    drive = _drive(steps=[{"walk": [(4.0, 0.0), (0.0, 0.2)]}])
    states = [drive.at(float(time)) for time in np.arange(0, drive.end_s, 0.02)]
    turning = [s for s in states if s and s.speed < 0.01 and 0.5 < s.heading % math.pi < 2.6]
    assert turning
    assert all(math.dist((s.x, s.y), (4.0, 0.0)) < 0.05 for s in turning)
