"""Rendered scenarios made by hand: what is in which picture and sound is known exactly.

A white square on grey walks over the picture, one patch further every two turns; whoever is asked
for labels is told that feet are where it is. One line waits for the cell.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.model.preset import PATCH, Preset
from tml_ros.sim.render.facts import Facts, packed
from tml_ros.sim.render.patch_labels import THINGS
from tml_ros.sim.render.plan import RenderPlan
from tml_ros.sim.render.shard import RenderedScenario, Shard, read_shard, write_shard
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.truth import SpokenLine, Truth
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES

TURNS = 30
COLUMNS, ROWS = 6, 4
PRESET = Preset(name="made")
IN_ZONE = range(10, 15)
"""Somebody is in the zone on the left."""
SIREN = range(20, 25)
IMPACT = range(5, 8)
SMOKE = range(26, 30)
"""Half of every patch."""
WAITING = 4_800
"""Samples of the line that waits."""

MADE: dict[str, Any] = {
    "scenario": "made",
    "seconds": TURNS * 0.2,
    "zones": {
        "left": {"polygon": [[-2, -1], [-1, -1], [-1, 0], [-2, 0]]},
        "right": {"polygon": [[1, -1], [2, -1], [2, 0], [1, 0]]},
    },
    "cameras": {"hall": {"at": [0, -4, 3], "to": [0, 0, 0.5], "rate": 5.0}},
    "microphones": {"mic": {"at": [0, 2, 2], "echo_db": -10.0, "echo_ms": 50.0}},
    "people": {"worker": {"at": [0, 0], "stays": True}},
    "lines": [
        {"who": "worker", "act": "ask_safe", "at": 0.4, "about": "left"},
        {"who": "worker", "act": "thanks", "into": 1.0},
    ],
}


def square_at(turn: int) -> int:
    """The patch in which the square is."""
    return turn // 2 % (COLUMNS * ROWS)


def picture(turn: int) -> NDArray[np.uint8]:
    """uint8 [160, 240, 3]: the square fills the middle of its patch."""
    rgb = np.full((ROWS * PATCH, COLUMNS * PATCH, 3), 96, np.uint8)
    row, column = divmod(square_at(turn), COLUMNS)
    rgb[row * PATCH + 8 : row * PATCH + 32, column * PATCH + 8 : column * PATCH + 32] = 240
    return rgb


def made_arrays(seed: int) -> dict[str, NDArray[Any]]:
    """As `scenario_arrays` names them. seed: of the sound."""
    rng = np.random.default_rng(seed)
    seen = np.zeros((TURNS, len(SEEN), 2), np.int8)
    heard = np.zeros((TURNS, len(HEARD), 1), np.int8)
    seen[IN_ZONE, SEEN.index(HazardKind.PERSON_IN_ZONE), 0] = 1
    seen[IN_ZONE.stop, SEEN.index(HazardKind.PERSON_IN_ZONE), 0] = -1
    heard[SIREN, HEARD.index(HazardKind.SIREN), 0] = 1
    heard[IMPACT, HEARD.index(HazardKind.IMPACT_SOUND), 0] = 1
    patches = np.zeros((TURNS, COLUMNS * ROWS, len(THINGS)), np.int8)
    patches[np.arange(TURNS), [square_at(turn) for turn in range(TURNS)], 0] = 1
    smoke = np.zeros((TURNS, COLUMNS * ROWS), np.uint8)
    smoke[SMOKE] = 128
    files = [
        cv2.imencode(".jpg", picture(turn), [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        for turn in range(TURNS)
    ]
    sound = rng.normal(0, 1_000, TURNS * TURN_SAMPLES).astype(np.int16)
    lines = (
        SpokenLine(0, "worker", Act.ASK_SAFE, "Is the left safe?", 1.0, 0.4),
        SpokenLine(1, "worker", Act.THANKS, "Thank you.", 0.3, None, into_s=1.0),
    )
    truth = Truth(seconds=TURNS * 0.2, lines=lines)
    facts = packed(Facts(Scenario.model_validate(MADE), truth, ()))
    return {
        "facts": np.frombuffer(facts, np.uint8),
        "frames/hall": np.concatenate(files),
        "frames/hall/ends": np.cumsum([len(file) for file in files], dtype=np.int64),
        "frames/hall/stamps": np.arange(TURNS, dtype=np.int64) * TURN_NS,
        "patches/hall": patches,
        "smoke/hall": smoke,
        "sound/mic": sound,
        "waiting": np.array([1], np.int64),
        "waiting/mic": np.full(WAITING, 8_192, np.int16),
        "waiting/mic/ends": np.array([WAITING], np.int64),
        "seen": seen,
        "heard": heard,
        "in_view": np.ones((TURNS, 1, 2), np.uint8),
    }


def write_scenes(folder: Path, seeds: range, **plan: Any) -> Shard:
    """A shard of scenarios that differ by their sound."""
    about = RenderPlan(
        suites=(Suite.HAZARDS,), seeds=(seeds.start, seeds.stop), camera_rate=5.0, **plan
    )
    made = [(seed, Scenario.model_validate(MADE), made_arrays(seed)) for seed in seeds]
    path = folder / f"hazards_{seeds.start:09d}.safetensors"
    write_shard(path, about, made)
    return read_shard(path)


def made_scene(folder: Path) -> RenderedScenario:
    """One of them."""
    return write_scenes(folder, range(0, 1))[0]
