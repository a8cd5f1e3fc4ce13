"""Texts are exact or not, each as a whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tml_ros.model.tokenizer import ARGUMENT, DELEGATE, END, HOLD
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.training.exams.text_exam import text_figures

Sheet = Callable[..., AnswerSheet]
SAID = [[300, 301, HOLD, HOLD], [302, END, HOLD, HOLD], [HOLD] * 4, [303, END, HOLD, HOLD]]
WEIGHT = [1.0, 1.0, 0.02, 1.0]
ASKED = [[DELEGATE, 400, ARGUMENT, 401], [402, END, HOLD, HOLD]]


def figures(sheet: Sheet, right: list, said: list, weight: list[float]) -> dict[str, float]:
    one = sheet(
        len(right),
        text_right=np.array(right),
        text=np.array(said),
        text_weight=np.array(weight, np.float32),
    )
    return text_figures([one])


@pytest.mark.parametrize(
    ("place", "token", "shares"),
    [
        ((0, 0), 300, (1, 1, 1)),
        ((0, 1), 999, (2 / 3, 1 / 2, 1 / 2)),
        ((0, 2), 999, (2 / 3, 1 / 2, 1 / 2)),
        ((0, 3), 999, (1, 1, 1)),
        ((1, 0), 999, (2 / 3, 1, 1 / 2)),
        ((2, 0), 999, (1, 1, 1)),
        ((3, 1), HOLD, (2 / 3, 1 / 2, 1 / 2)),
    ],
)
def test_a_reply_is_exact_up_to_the_hold_that_ends_its_turns(
    sheet: Sheet, place: tuple[int, int], token: int, shares: tuple[float, ...]
) -> None:
    said = [list(each) for each in SAID]
    said[place[0]][place[1]] = token
    found = figures(sheet, SAID, said, WEIGHT)
    names = ("text/turns_exact", "text/begun_right", "text/replies_exact")
    assert found == pytest.approx(dict(zip(names, shares, strict=True)))


def test_two_texts_that_follow_at_once_are_two(sheet: Sheet) -> None:
    right = [SAID[1], SAID[3]]
    said = [SAID[1], [304, END, HOLD, HOLD]]
    assert figures(sheet, right, said, [1, 1])["text/replies_exact"] == 0.5


def test_delegations_are_told_apart(sheet: Sheet) -> None:
    found = figures(sheet, SAID + ASKED, SAID + ASKED[::-1], [*WEIGHT, 1, 1])
    assert found["text/replies_exact"] == 1
    assert found["text/delegations_exact"] == 0


def test_without_text_nothing_is_said_of_it(sheet: Sheet) -> None:
    assert figures(sheet, SAID, SAID, [0.02] * 4) == {}
