"""What a pupil answers to a lesson, beside what is right, as plain arrays.

The answers are teacher-forced: in every turn the session has said and done what the lesson's has.
Of hazards, which are blind to words, they are what a live session would answer. Deterministic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray

from tml_ros.model.floor_policy import FLOORS
from tml_ros.model.own_state import COUNTER_WIDTH
from tml_ros.training.lesson import Lesson, LessonSource
from tml_ros.training.pupil.lesson_batch import QUIET_WEIGHT, lesson_batch
from tml_ros.training.pupil.pupil import Pupil
from tml_ros.turn.turn_output import Floor

_COUNTER = slice(len(FLOORS) + 1, len(FLOORS) + 1 + COUNTER_WIDTH)


@dataclass(frozen=True, slots=True)
class RightAnswers:
    """What a lesson says is right; see `Lesson`, of which the turns with their pictures are left
    out: a minute of them fills 100 MB.
    """

    about: str
    hazards: NDArray[np.int8]
    things: NDArray[np.int8]
    smoke: NDArray[np.float32]
    floor: NDArray[np.int64]
    floor_weight: NDArray[np.float32]
    text: NDArray[np.int64]
    text_weight: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """One lesson of t turns and p patches, answered.

    hazards: float32 [t, hazard_count], logits. floor: float32 [t, 3],
        logits. things: float32 [p, THINGS], smoke: float32 [p], logits.
    text: int64 [t, k], tokens that it would write, the likeliest first, in turns where text is
        written; HOLD elsewhere.
    speaking, nodding: bool [t], whether the session has the floor, or is at a backchannel, as the
        turn begins. patch_turn: int64 [p], the turn that brings a patch.
    """

    right: RightAnswers
    hazards: NDArray[np.float32]
    floor: NDArray[np.float32]
    things: NDArray[np.float32]
    smoke: NDArray[np.float32]
    text: NDArray[np.int64]
    speaking: NDArray[np.bool_]
    nodding: NDArray[np.bool_]
    patch_turn: NDArray[np.int64]


_RIGHT = fields(RightAnswers)


def answer_sheets(
    pupil: Pupil,
    source: LessonSource,
    indices: Sequence[int],
    *,
    seed: int = 0,
    per_batch: int = 8,
    dtype: torch.dtype | None = None,
) -> Iterator[AnswerSheet]:
    """The lessons of these indices, answered one batch after another.

    seed: of the lessons. dtype: of arithmetic, bfloat16 being some times faster; None: float32.
    Raises what making lessons raises.
    """
    for first in range(0, len(indices), per_batch):
        lessons = [source.lesson(index, seed) for index in indices[first : first + per_batch]]
        yield from answered(pupil, lessons, dtype=dtype)


@torch.no_grad()
def answered(
    pupil: Pupil, lessons: Sequence[Lesson], *, dtype: torch.dtype | None = None
) -> list[AnswerSheet]:
    """Lessons, answered side by side."""
    weight = pupil.net.hazards.weight
    batch = lesson_batch(pupil.net.preset, lessons, seed=None).to(weight.device)
    speaks = torch.from_numpy(np.concatenate([lesson.text_weight for lesson in lessons]))
    at = torch.nonzero(speaks >= QUIET_WEIGHT)[:, 0].to(weight.device)
    with nullcontext() if dtype is None else torch.autocast(weight.device.type, dtype):
        answers = pupil.answers(batch)
        written = pupil.net.text.generate(answers.judged.act[at])
    text = torch.full((batch.turns, written.shape[1]), pupil.net.text.hold)
    text[at.cpu()] = written.cpu()
    judged = answers.judged
    sheets, turn, patch = [], 0, 0
    for lesson in lessons:
        turns = slice(turn, turn + len(lesson.turns))
        patches = slice(patch, patch + len(lesson.things))
        speaking, nodding = _own(lesson)
        sheets.append(
            AnswerSheet(
                right=RightAnswers(**{one.name: getattr(lesson, one.name) for one in _RIGHT}),
                hazards=judged.hazards[turns].float().cpu().numpy(),
                floor=judged.floor[turns].float().cpu().numpy(),
                things=answers.things[patches].float().cpu().numpy(),
                smoke=answers.smoke[patches].float().cpu().numpy(),
                text=text[turns].numpy(),
                speaking=speaking,
                nodding=nodding,
                patch_turn=_patch_turn(lesson),
            )
        )
        turn, patch = turns.stop, patches.stop
    return sheets


def _own(lesson: Lesson) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Speaking and nodding."""
    state = np.stack([turn.dialogue.state for turn in lesson.turns])
    says = state[:, _COUNTER].any(axis=1)
    nods = state[:, FLOORS.index(Floor.BACKCHANNEL)] > 0.5
    return says & ~nods, says & nods


def _patch_turn(lesson: Lesson) -> NDArray[np.int64]:
    numbers = [len(turn.sensors.rgb) for turn in lesson.turns]
    return np.repeat(np.arange(len(numbers)), numbers)
