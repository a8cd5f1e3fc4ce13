"""Lessons of the tiny model with nothing in them that could be learnt."""

from __future__ import annotations

import numpy as np
from tiny_model import random_clip

from tml_ros.model.hazard_places import hazard_count
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import END, HOLD
from tml_ros.training.lesson import THINGS, Lesson


def random_lesson(preset: Preset, turns: int, seed: int = 0) -> Lesson:
    """Everything in it drawn anew; speech of two tokens a turn in the first half, then silence."""
    rng = np.random.default_rng(seed)
    clip = tuple(random_clip(preset, turns, seed))
    patches = sum(len(turn.sensors.rgb) for turn in clip)
    text = np.full((turns, preset.text.out_per_turn), HOLD, np.int64)
    speech = turns // 2
    text[:speech, 0] = rng.integers(256, preset.text.vocabulary, speech)
    text[:speech, 1] = END
    return Lesson(
        about=f"random {seed}",
        turns=clip,
        hazards=rng.integers(-1, 2, (turns, hazard_count(preset)), np.int8),
        things=rng.integers(-1, 2, (patches, THINGS), np.int8),
        smoke=np.where(rng.random(patches) < 0.2, -1, rng.random(patches)).astype(np.float32),
        floor=rng.integers(0, 3, turns),
        floor_weight=rng.choice(np.array([0, 1, 4], np.float32), turns),
        text=text,
        text_weight=np.where(np.arange(turns) < speech, 1.0, 0.02).astype(np.float32),
    )
