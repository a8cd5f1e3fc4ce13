from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tml_ros.model.preset import HearingPreset
from tml_ros.sim.render.plan import PLAN, PlanError, RenderPlan
from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split


def test_files_lie_on_a_fixed_grid_of_seeds() -> None:
    plan = RenderPlan(suites=(Suite.TIME, Suite.HAZARDS), seeds=(5, 18))
    assert [(task.name, task.seeds) for task in plan.shards()] == [
        ("time_000000000", (5, 8)),
        ("hazards_000000000", (5, 8)),
        ("time_000000008", (8, 16)),
        ("hazards_000000008", (8, 16)),
        ("time_000000016", (16, 18)),
        ("hazards_000000016", (16, 18)),
    ]


def test_every_seed_is_in_one_file() -> None:
    for seeds in ((0, 1), (3, 40), (7, 9), (8, 16)):
        plan = RenderPlan(suites=(Suite.TIME,), seeds=seeds)
        found = [seed for task in plan.shards() for seed in range(*task.seeds)]
        assert found == list(range(*seeds))


def test_its_scenarios_are_those_that_the_seed_gives_elsewhere() -> None:
    plan = RenderPlan(looks=Split.HELD_OUT, difficulty=0.5, seconds=30.0, camera_size=(320, 240))
    expected = random_scenario(
        4,
        suite=Suite.DIALOGUE,
        looks=Split.HELD_OUT,
        difficulty=0.5,
        seconds=30.0,
        camera_size=(320, 240),
    )
    assert plan.scenario(Suite.DIALOGUE, 4) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"looks": Split.HELD_OUT},
        {"difficulty": 0.0},
        {"seconds": 30.0},
        {"camera_size": (320, 240)},
        {"camera_rate": 5.0},
        {"patches": (12, 7)},
        {"hearing": HearingPreset(bins=8)},
        {"jpeg": 80},
        {"sound": False},
        {"pictures": False},
        {"per_shard": 4},
    ],
)
def test_other_settings_are_told_apart_and_more_seeds_are_not(change: dict[str, Any]) -> None:
    plan = RenderPlan()
    more = RenderPlan(suites=(Suite.TIME,), seeds=(100, 200))
    assert plan.fingerprint == more.fingerprint
    assert plan.fingerprint != replace(plan, **change).fingerprint


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seeds": (3, 3)}, "seeds"),
        ({"seeds": (-1, 3)}, "seeds"),
        ({"suites": ()}, "suite"),
        ({"suites": (Suite.TIME, Suite.TIME)}, "suite"),
        ({"difficulty": 1.1}, "difficulty"),
        ({"seconds": 19.0}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"camera_size": (79, 160)}, "wide"),
        ({"camera_size": (240, 1000)}, "high"),
        ({"camera_rate": 31.0}, "per second"),
        ({"patches": (0, 4)}, "patches"),
        ({"jpeg": 20}, "JPEG"),
        ({"per_shard": 0}, "shard"),
        ({"sound": False, "pictures": False}, "pictures, sound"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanError, match=says):
        RenderPlan(**change)


def test_a_plan_survives_being_written_down() -> None:
    plan = RenderPlan(looks=Split.HELD_OUT, difficulty=0.3, hearing=HearingPreset(bins=8))
    assert PLAN.validate_json(PLAN.dump_json(plan)) == plan
