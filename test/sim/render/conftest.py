from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.render.plan import RenderPlan
from tml_ros.sim.render.render import render
from tml_ros.sim.render.scenario_arrays import scenario_arrays
from tml_ros.sim.render.shard import Shard, read_shard, write_shard
from tml_ros.sim.render.spent import RenderRate, Stopwatch
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario.suite import Suite

ROOM: dict[str, Any] = {
    "scenario": "room",
    "seconds": 2.2,
    "seed": 5,
    "zones": {
        "press_area": {"polygon": [[-1, -1], [1, -1], [1, 1], [-1, 1]]},
        "aisle": {"polygon": [[2, -1], [3, -1], [3, 1], [2, 1]]},
    },
    "cameras": {
        "hall": {"at": [0, -4, 3], "to": [0, 0, 0.5], "size": [120, 80], "distortion": 0.5},
        "slow": {"at": [4, -3, 3], "to": [0, 0, 0], "size": [100, 80], "rate": 2.5},
    },
    "microphones": {"hall_mic": {"at": [0, 2, 2]}},
    "people": {"worker": {"at": [0, 0], "stays": True}},
    "events": [
        {"kind": "impact", "at": 0.5, "lasts": 0.5},
        {"kind": "smoke", "at": 0.1, "lasts": 2.0, "place": [0.8, 0.3], "strength": 1.0},
    ],
    "lines": [
        {"who": "worker", "act": "ask_safe", "at": 0.4, "about": "press_area"},
        {"who": "worker", "act": "thanks", "into": 1.0},
        {"who": "guest", "act": "uh_huh", "into": 0.5},
    ],
}
SMALL = RenderPlan(
    suites=(Suite.HAZARDS,),
    seeds=(0, 3),
    seconds=20.0,
    camera_size=(80, 80),
    camera_rate=5.0,
    patches=(2, 2),
    per_shard=2,
)
"""Three scenarios in two files."""


def room(**changes: object) -> Scenario:
    return Scenario.model_validate(ROOM | changes)


def skip_without(work: Callable[[], Any]) -> Any:
    """What needs MuJoCo and espeak-ng."""
    try:
        return work()
    except (SimulatorMissingError, SpeechUnavailableError) as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RenderRate]:
    """The small plan, rendered by one process."""
    folder = tmp_path_factory.mktemp("shards")
    rate = skip_without(lambda: render(SMALL, folder))
    return folder, rate


@pytest.fixture(scope="session")
def room_shard(tmp_path_factory: pytest.TempPathFactory) -> Shard:
    """The room, with two cameras, smoke, and lines that wait for the cell."""
    path = tmp_path_factory.mktemp("room") / "room.safetensors"
    arrays = skip_without(lambda: scenario_arrays(room(), RenderPlan(), Stopwatch()))
    write_shard(path, RenderPlan(suites=(Suite.DIALOGUE,), seeds=(7, 8)), [(7, room(), arrays)])
    return read_shard(path)
