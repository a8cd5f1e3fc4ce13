"""An exam of a pupil that knows nothing, and of one that has learnt its lessons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from random_lessons import random_lesson
from tiny_model import tiny_preset

from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.own_state import OwnState, own_state_features
from tml_ros.model.preset import Preset
from tml_ros.training.exams.answer_sheet import answer_sheets, answered
from tml_ros.training.exams.examine import examine
from tml_ros.training.lesson import Lesson
from tml_ros.training.pupil.lesson_batch import lesson_batch
from tml_ros.training.pupil.pupil import Pupil
from tml_ros.turn.turn_output import Floor

PRESET = tiny_preset()


@dataclass
class Source:
    """Three lessons of different lengths, in which what there is to learn lies open: a hazard is
    there where the sensors' state is 1, a thing wherever the second camera looks.
    """

    preset: Preset = PRESET

    def __len__(self) -> int:
        return 3

    def lesson(self, index: int, seed: int) -> Lesson:
        lesson = random_lesson(self.preset, 12 + 9 * index, seed=10 * seed + index)
        there = np.arange(len(lesson.turns)) // 6 % 2
        turns = []
        for turn, one in zip(lesson.turns, there, strict=True):
            sensors = replace(turn.sensors, state=np.full_like(turn.sensors.state, one))
            turns.append(replace(turn, sensors=sensors))
        camera = np.concatenate([turn.sensors.camera for turn in turns])
        return replace(
            lesson,
            turns=tuple(turns),
            hazards=np.repeat(there[:, None], lesson.hazards.shape[1], axis=1).astype(np.int8),
            things=np.repeat(camera[:, None], lesson.things.shape[1], axis=1).astype(np.int8),
        )


@pytest.fixture(scope="module")
def pupil() -> Pupil:
    return Pupil(fresh_net(PRESET, seed=2))


def test_the_same_exam_gives_the_same_figures_whatever_stands_side_by_side(pupil: Pupil) -> None:
    one = examine(pupil, Source(), range(3), per_batch=3)
    other = examine(pupil, Source(), range(3), per_batch=1)
    assert one == pytest.approx(other)
    assert all(np.isfinite(value) for value in one.values())
    assert one["hours"] == pytest.approx((12 + 21 + 30) * 0.2 / 3600)
    assert {"hazard/siren/auc", "hazard/siren/recall", "floor/starts", "patch/feet"} <= set(one)


def test_of_a_network_alone_nothing_is_said_of_patches(pupil: Pupil) -> None:
    whole, alone = (examine(one, Source(), range(3)) for one in (pupil, pupil.net))
    assert alone == {name: one for name, one in whole.items() if not name.startswith("patch/")}
    assert len(whole) > len(alone)


def test_who_has_learnt_passes() -> None:
    pupil, source = Pupil(fresh_net(PRESET, seed=3)), Source()
    batch = lesson_batch(PRESET, [source.lesson(index, 0) for index in range(3)], seed=None)
    optimizer = torch.optim.AdamW([weight for _, weight in pupil.taught()], lr=1e-2)
    for _ in range(10):
        optimizer.zero_grad()
        torch.stack(list(pupil.losses(batch).values())).sum().backward()
        optimizer.step()
    figures = examine(pupil, source, range(3))
    assert figures["hazard/siren/auc"] > 0.9
    assert figures["patch/feet"] > 0.8


def test_a_sheet_belongs_to_its_lesson(pupil: Pupil) -> None:
    for index, sheet in enumerate(answer_sheets(pupil, Source(), range(3), per_batch=2)):
        alone = answered(pupil, [Source().lesson(index, 0)])[0]
        assert sheet.right.about == alone.right.about
        for name in ("hazards", "floor", "things", "smoke"):
            np.testing.assert_allclose(getattr(sheet, name), getattr(alone, name), atol=1e-5)
        np.testing.assert_array_equal(sheet.text, alone.text)
        numbers = [len(turn.sensors.rgb) for turn in Source().lesson(index, 0).turns]
        assert np.bincount(sheet.patch_turn, minlength=len(numbers)).tolist() == numbers


@pytest.mark.parametrize(
    ("state", "speaking", "nodding"),
    [
        (OwnState(), False, False),
        (OwnState(floor=Floor.SPEAK, started=True, speaking=1), True, False),
        (OwnState(floor=Floor.SPEAK, speaking=None), False, False),
        (OwnState(floor=Floor.BACKCHANNEL, speaking=8), False, True),
        (OwnState(floor=Floor.SPEAK, speaking=4000), True, False),
    ],
)
def test_what_the_session_does_is_read_off_its_own_state(
    pupil: Pupil, state: OwnState, speaking: bool, nodding: bool
) -> None:
    lesson = random_lesson(PRESET, 1)
    [turn] = lesson.turns
    told = replace(turn.dialogue, state=own_state_features(state))
    sheet = answered(pupil, [replace(lesson, turns=(replace(turn, dialogue=told),))])[0]
    assert (sheet.speaking.tolist(), sheet.nodding.tolist()) == ([speaking], [nodding])
