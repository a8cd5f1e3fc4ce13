"""Scenarios drawn from a seed: reproducible, apart by split, and such that they can be played."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.sim.scenario.random_incidents import BEHIND_WALL_M
from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.scenario import EventKind, MachineKind, Scenario
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act

SEEDS = range(60)

drawn = st.builds(
    random_scenario,
    st.integers(0, 100_000),
    suite=st.sampled_from(Suite),
    looks=st.sampled_from(Split),
    difficulty=st.none() | st.floats(0, 1),
)


def many(suite: Suite, looks: Split = Split.TRAIN) -> list[Scenario]:
    return [random_scenario(seed, suite=suite, looks=looks) for seed in SEEDS]


def inside(polygon: tuple[tuple[float, float], ...], place: tuple[float, float]) -> bool:
    return cv2.pointPolygonTest(np.array(polygon, np.float32), place, False) >= 0


@pytest.mark.parametrize("suite", Suite)
def test_the_same_seed_gives_the_same_scenario_and_another_another(suite: Suite) -> None:
    assert many(suite) == many(suite)
    assert len({scenario.model_dump_json() for scenario in many(suite)}) == len(SEEDS)


@pytest.mark.parametrize("suite", Suite)
def test_training_and_held_out_scenarios_of_one_seed_share_neither_seed_nor_hall(
    suite: Suite,
) -> None:
    train, held_out = many(suite), many(suite, Split.HELD_OUT)
    assert not {one.seed for one in train} & {one.seed for one in held_out}
    assert not {one.hall.size for one in train} & {one.hall.size for one in held_out}
    assert {one.looks for one in held_out} == {Split.HELD_OUT}


@settings(max_examples=60, deadline=None)
@given(scenario=drawn)
def test_everything_stands_in_the_hall_and_goes_no_farther_than_behind_its_side_walls(
    scenario: Scenario,
) -> None:
    reach = np.array(scenario.hall.size) / 2
    places = [machine.at for machine in scenario.machines.values()]
    places += [corner for zone in scenario.zones.values() for corner in zone.polygon]
    places += [camera.at[:2] for camera in scenario.cameras.values()]
    assert (np.abs(np.array(places)) <= reach).all()
    ways = []
    for mover in (*scenario.people.values(), *scenario.vehicles.values()):
        ways += [mover.at, *(place for step in mover.steps for place in step.walk or ())]
    assert (
        not ways
        or (np.abs(np.array(ways)) <= reach + np.array([2 * BEHIND_WALL_M + 0.01, 0])).all()
    )


@settings(max_examples=60, deadline=None)
@given(scenario=drawn)
def test_nobody_stands_in_a_machine_and_zones_keep_clear_of_them(scenario: Scenario) -> None:
    for machine in scenario.machines.values():
        for person in scenario.people.values():
            for place in (person.at, *(p for step in person.steps for p in step.walk or ())):
                assert np.hypot(place[0] - machine.at[0], place[1] - machine.at[1]) > 0.9
        for zone in scenario.zones.values():
            assert not inside(zone.polygon, machine.at)


@settings(max_examples=60, deadline=None)
@given(scenario=drawn)
def test_lines_at_set_times_come_in_order_and_leave_room(scenario: Scenario) -> None:
    times = [line.at for line in scenario.lines if line.at is not None]
    if scenario.scenario.startswith("hazards"):
        assert times == sorted(times)
    else:
        assert all(late - early >= 1.5 for early, late in pairwise(times))


def test_hazard_scenarios_hold_every_kind_of_incident_and_of_deception() -> None:
    scenarios = many(Suite.HAZARDS)
    happened = {event.kind for one in scenarios for event in one.events}
    assert happened == set(EventKind)
    steps = [s for one in scenarios for person in one.people.values() for s in person.steps]
    assert any(step.fall for step in steps)
    assert any(step.crouch for step in steps)
    assert any(not person.helmet for one in scenarios for person in one.people.values())
    assert any(person.enters == 0 for one in scenarios for person in one.people.values())
    assert any(one.vehicles for one in scenarios)
    quiet = [one for one in scenarios if not one.people and not one.vehicles]
    assert len(quiet) < len(scenarios) / 4


def test_most_falls_and_visits_are_in_a_zone() -> None:
    for one in many(Suite.HAZARDS):
        for person in one.people.values():
            here = person.at
            for step in person.steps:
                here = step.walk[-1] if step.walk else here
                if step.fall is not None:
                    assert any(inside(zone.polygon, here) for zone in one.zones.values())


def test_dialogues_hold_every_act_that_is_not_about_time() -> None:
    acts = {line.act for one in many(Suite.DIALOGUE) for line in one.lines}
    timed = {Act.REMIND, Act.EVERY, Act.STOP_EVERY, Act.COUNT, Act.FINISH_COUNT, Act.CUE}
    assert acts == set(Act) - timed - {Act.CRY_FOR_HELP}


def test_timed_scenarios_have_something_to_count_and_to_wait_for() -> None:
    for one in many(Suite.TIME):
        assert any(m.kind is MachineKind.CONVEYOR for m in one.machines.values())
        for line in one.lines:
            assert line.act is not Act.CUE or line.about in one.vehicles


@pytest.mark.parametrize(
    ("seed", "seconds", "difficulty"), [(-1, 60.0, 0.5), (1, 5.0, 0.5), (1, 60.0, 1.5)]
)
def test_what_cannot_be_drawn_is_refused(seed: int, seconds: float, difficulty: float) -> None:
    with pytest.raises(ValueError, match="allowed"):
        random_scenario(seed, suite=Suite.TIME, seconds=seconds, difficulty=difficulty)
