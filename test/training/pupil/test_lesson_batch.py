"""Lessons side by side: every target stays with its turn and its patch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from random_lessons import random_lesson
from tiny_model import tiny_preset

from tml_ros.training.pupil.lesson_batch import QUIET_SHARE, LessonBatch, lesson_batch

PRESET = tiny_preset()
LESSONS = [random_lesson(PRESET, turns, seed=turns) for turns in (9, 30, 1)]


@pytest.fixture(scope="module")
def batch() -> LessonBatch:
    return lesson_batch(PRESET, LESSONS)


def test_targets_are_those_of_the_lessons_one_after_another(batch: LessonBatch) -> None:
    for name in ("hazards", "things", "smoke", "floor", "floor_weight"):
        joined = np.concatenate([getattr(lesson, name) for lesson in LESSONS])
        np.testing.assert_array_equal(getattr(batch, name).numpy(), joined)
    assert batch.lengths == (9, 30, 1)
    assert batch.turns == len(batch.tokens.act_at) == len(batch.tokens.boundary_at)


def test_the_tokens_come_in_the_order_of_the_targets(batch: LessonBatch) -> None:
    turns = [turn for lesson in LESSONS for turn in lesson.turns]
    patches = np.concatenate([turn.sensors.rgb for turn in turns])
    np.testing.assert_array_equal(batch.tokens.rgb.numpy(), patches)
    assert len(batch.tokens.patch_at) == len(batch.things)
    states = np.stack([turn.dialogue.state for turn in turns])
    np.testing.assert_array_equal(batch.tokens.own_state.numpy(), states)


def test_turns_of_speech_are_all_learnt_from_and_of_silent_ones_a_few() -> None:
    lessons = [random_lesson(PRESET, 400)]
    batch = lesson_batch(PRESET, lessons, seed=3)
    at, weight = batch.text_at.numpy(), batch.text_weight.numpy()
    assert at[:200].tolist() == list(range(200))
    assert (weight[:200] == 1).all()
    assert 10 < len(at) - 200 < 50
    np.testing.assert_allclose(weight[200:], 0.02 * QUIET_SHARE)
    np.testing.assert_array_equal(batch.text.numpy(), lessons[0].text[at])


def test_the_seed_chooses_the_silent_turns() -> None:
    lessons = [random_lesson(PRESET, 400)]
    first, again, other = (lesson_batch(PRESET, lessons, seed=seed).text_at for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert first.tolist() != other.tolist()


def test_without_a_seed_every_turn_with_a_weight_is_there() -> None:
    batch = lesson_batch(PRESET, LESSONS, seed=None)
    assert batch.text_at.tolist() == list(range(40))


def test_on_a_device_it_is_as_it_was(batch: LessonBatch) -> None:
    moved = batch.to("cpu")
    assert moved.hazards.dtype == torch.int8
    assert torch.equal(moved.tokens.rgb, batch.tokens.rgb)


def test_no_lesson_is_no_batch() -> None:
    with pytest.raises(ValueError, match="at least one"):
        lesson_batch(PRESET, [])
