"""The floor is moved to where most is gained."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.training.exams.answer_sheet import AnswerSheet, RightAnswers
from tml_ros.training.exams.floor_exam import LISTEN, NOD, SPEAK
from tml_ros.training.graduation.floor_calibration import floor_calibrated

TURNS = 100


def sheet(wanted: int, *, asked: float, idle: float, floor: int = SPEAK) -> AnswerSheet:
    """Every tenth turn wants the floor, `wanted` in all. asked, idle: logit of it in such turns,
    and in one of two others; LISTEN has 0.
    """
    right = np.full(TURNS, LISTEN)
    at = np.arange(5, TURNS, 10)[:wanted]
    right[at] = floor
    logits = np.full((TURNS, 3), -9, np.float32)
    logits[:, LISTEN] = 0
    logits[1::2, floor] = idle
    logits[at, floor] = asked
    nothing = np.zeros(TURNS, np.bool_)
    text = np.zeros((TURNS, 4), np.int64)
    known = RightAnswers(
        about="",
        hazards=np.full((TURNS, 3), -1, np.int8),
        things=np.zeros((0, 6), np.int8),
        smoke=np.zeros(0, np.float32),
        floor=right,
        floor_weight=np.ones(TURNS, np.float32),
        text=text,
        text_weight=np.zeros(TURNS, np.float32),
    )
    return AnswerSheet(
        right=known,
        hazards=np.zeros((TURNS, 3), np.float32),
        floor=logits,
        things=np.zeros((0, 6), np.float32),
        smoke=np.zeros(0, np.float32),
        text=text,
        speaking=nothing,
        nodding=nothing,
        patch_turn=np.zeros(0, np.int64),
    )


def test_who_is_too_shy_is_encouraged_and_no_further() -> None:
    made = floor_calibrated([sheet(10, asked=-2.0, idle=-3.0)])
    assert made.before.starts_in_time == 0
    assert (made.after.starts_in_time, made.after.false_starts) == (10, 0)
    assert 2.0 <= made.offset[SPEAK] < 3.0


def test_who_is_too_eager_is_held_back() -> None:
    made = floor_calibrated([sheet(10, asked=3.0, idle=1.0)])
    assert made.before.false_starts > 0
    assert (made.after.starts_in_time, made.after.false_starts) == (10, 0)
    assert -3.0 <= made.offset[SPEAK] <= -1.0


def test_who_does_well_is_left_alone() -> None:
    assert not floor_calibrated([sheet(10, asked=3.0, idle=-3.0)]).offset.any()


@pytest.mark.parametrize(("price", "starts"), [(0.1, 10), (20.0, 0)])
def test_false_starts_have_a_price(price: float, starts: int) -> None:
    """Who begins everywhere alike begins rightly ten times, and wrongly forty."""
    made = floor_calibrated([sheet(10, asked=-1.0, idle=-1.0)], price=price)
    assert made.after.starts_in_time == starts


def test_nods_are_moved_by_themselves() -> None:
    made = floor_calibrated([sheet(10, asked=-1.0, idle=-3.0, floor=NOD)])
    assert made.after.nods_given == 10
    assert made.offset[SPEAK] == 0
    assert made.offset[NOD] > 0


def test_without_anything_to_choose_by_nothing_is_moved() -> None:
    assert not floor_calibrated([sheet(0, asked=0.0, idle=-9.0)]).offset.any()
