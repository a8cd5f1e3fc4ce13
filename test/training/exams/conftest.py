"""Lessons that are answered as the test pleases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from random_lessons import random_lesson
from tiny_model import tiny_preset

from tml_ros.training.exams.answer_sheet import AnswerSheet, RightAnswers

PRESET = tiny_preset()
Sheet = Callable[..., AnswerSheet]


@pytest.fixture
def sheet() -> Sheet:
    """A sheet of so many turns: nothing to learn, nothing answered, but for what is given.

    What is given goes to the lesson or to the answers, by its name.
    """

    def made(turns: int, **given: Any) -> AnswerSheet:
        lesson = random_lesson(PRESET, turns)
        answers = ("hazards", "floor", "things", "smoke", "text", "speaking", "nodding")
        numbers = [len(turn.sensors.rgb) for turn in lesson.turns]
        right = RightAnswers(
            about=lesson.about,
            hazards=given.pop("hazard_labels", np.full_like(lesson.hazards, -1)),
            things=given.pop("thing_labels", np.full_like(lesson.things, -1)),
            smoke=given.pop("smoke_right", np.full_like(lesson.smoke, -1)),
            floor=given.pop("floor_right", np.zeros(turns, np.int64)),
            floor_weight=given.pop("floor_weight", np.ones(turns, np.float32)),
            text=given.pop("text_right", np.zeros_like(lesson.text)),
            text_weight=given.pop("text_weight", np.zeros(turns, np.float32)),
        )
        nothing = {
            "hazards": np.zeros(right.hazards.shape, np.float32),
            "floor": np.zeros((turns, 3), np.float32),
            "things": np.zeros(right.things.shape, np.float32),
            "smoke": np.zeros(right.smoke.shape, np.float32),
            "text": np.zeros_like(right.text),
            "speaking": np.zeros(turns, np.bool_),
            "nodding": np.zeros(turns, np.bool_),
        }
        assert set(given) <= set(answers)
        patch_turn = np.repeat(np.arange(turns), numbers)
        return AnswerSheet(right=right, patch_turn=patch_turn, **{**nothing, **given})

    return made
