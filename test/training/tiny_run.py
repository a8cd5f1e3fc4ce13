"""A pupil and lessons small enough to be taught in a test."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from tml_ros.model.hazard_places import hazard_count
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.preset import MELS, PATCH, Preset
from tml_ros.model.tokenizer import HOLD
from tml_ros.model.turn_tokens import SensorTokens, TurnTokens, nothing_sensed
from tml_ros.training.lesson import THINGS, Lesson
from tml_ros.training.loop.train_settings import TrainSettings
from tml_ros.training.pupil.pupil import Pupil

PRESET = Preset(name="taught").changed(
    transformer={
        "width": 32, "layers": 2, "heads": 2, "kv_heads": 1, "head_width": 16, "hidden": 48,
    },
    sight={"columns": 2, "rows": 1, "patches_per_turn": 2, "refresh_turns": 2, "stem": [4, 8]},
    memory={"seconds": 2.0, "sensor_seconds": 0.4, "text_tokens": 24, "sinks": 2},
    voice={"text_width": 16, "width": 16, "layers": 1, "context_tokens": 4},
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A `LessonSource`: loud turns are impacts, in loud turns one speaks; all by index and seed.

    broken: the index of a lesson that cannot be made; fatal: of one whose maker dies.
    """

    size: int = 5
    patches: bool = True
    broken: int = -1
    fatal: int = -1

    @property
    def preset(self) -> Preset:
        return PRESET

    def __len__(self) -> int:
        return self.size

    def lesson(self, index: int, seed: int) -> Lesson:
        if index == self.broken:
            raise OSError("the disk is gone")
        if index == self.fatal:
            os._exit(9)
        rng = np.random.default_rng((index, seed))
        turns = 3 + index % 3
        loud = rng.integers(0, 2, turns)
        made = tuple(self._turn(turn, bool(loud[turn]), rng) for turn in range(turns))
        patches = sum(len(turn.sensors.rgb) for turn in made)
        hazards = np.repeat(loud[:, None], hazard_count(PRESET), axis=1).astype(np.int8)
        text = np.full((turns, PRESET.text.out_per_turn), HOLD)
        text[loud == 1, 0] = 300
        return Lesson(
            about=f"made {index}",
            turns=made,
            hazards=hazards,
            things=rng.integers(-1, 2, (patches, THINGS)).astype(np.int8),
            smoke=rng.random(patches, dtype=np.float32),
            floor=loud.astype(np.int64),
            floor_weight=np.ones(turns, np.float32),
            text=text,
            text_weight=np.ones(turns, np.float32),
        )

    def _turn(self, turn: int, loud: bool, rng: np.random.Generator) -> TurnTokens:
        empty = nothing_sensed(PRESET, turn)
        hearing = PRESET.hearing
        size = (hearing.tokens, hearing.frames_per_token * MELS)
        low = 12 if loud else 0
        patches = 2 if self.patches and turn % 2 == 0 else 0
        shape = (patches, PATCH, PATCH)
        sensors = SensorTokens(
            bins=rng.integers(low, low + 4, size, dtype=np.uint8),
            microphone=np.zeros(hearing.tokens, np.int64),
            sound_place=np.arange(hearing.tokens),
            rgb=rng.integers(0, 256, (*shape, 3), dtype=np.uint8),
            masks=rng.integers(0, 2, (*shape, PRESET.sight.zones), dtype=np.uint8),
            difference=rng.integers(-127, 128, (*shape, 3), dtype=np.int8),
            camera=np.zeros(patches, np.int64),
            centre=rng.random((patches, 2), dtype=np.float32),
            state=empty.sensors.state,
        )
        return TurnTokens(turn, sensors, empty.dialogue)


def made_settings(**changed: Any) -> TrainSettings:
    """Six steps of two courses, in float32."""
    fields: dict[str, Any] = {
        "courses": {"sight": 3, "talk": 1.5}, "steps": 6, "warmup": 1, "learning_rate": 3e-3,
        "bfloat16": False, "checkpoint_every": 100, "most_tokens": 120,
    }  # fmt: skip
    return TrainSettings(**{**fields, **changed})


def made_sources(**parts: Any) -> dict[str, Made]:
    return {"sight": Made(5, **parts), "talk": Made(4, patches=False)}


def sizes_of(sources: dict[str, Made]) -> dict[str, int]:
    return {name: len(source) for name, source in sources.items()}


def pupil() -> Pupil:
    return Pupil(fresh_net(PRESET, seed=3))
