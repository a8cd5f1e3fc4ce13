"""Marks for the floor: what is asked, what is in time, and what nobody asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tml_ros.model.floor_policy import FLOORS
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.training.exams.floor_exam import FloorMarks, floor_figures, floor_marks
from tml_ros.turn.turn_output import Floor

Sheet = Callable[..., AnswerSheet]
LETTERS = {"-": Floor.LISTEN, "S": Floor.SPEAK, "b": Floor.BACKCHANNEL}


def numbers(line: str) -> np.ndarray:
    return np.array([FLOORS.index(LETTERS[letter]) for letter in line])


def marks(
    sheet: Sheet, *, right: str, said: str, session: str, weight: Sequence[float] | None = None
) -> FloorMarks:
    """session: what the session is doing as each turn begins. said: what the pupil answers."""
    turns = len(right)
    logits = np.zeros((turns, 3), np.float32)
    logits[np.arange(turns), numbers(said)] = 9
    one = sheet(
        turns,
        floor=logits,
        floor_right=numbers(right),
        floor_weight=np.ones(turns, np.float32) if weight is None else np.array(weight),
        speaking=numbers(session) == FLOORS.index(Floor.SPEAK),
        nodding=numbers(session) == FLOORS.index(Floor.BACKCHANNEL),
    )
    return floor_marks([one])


TABLE = {
    "begins at once": (
        ("---SSS---", "---SSS---", "----SS---"),
        {"starts": 1, "starts_in_time": 1, "listening": 6, "speaking": 2},
    ),
    "begins a turn late": (
        ("---SSSSSS", "----SSSSS", "-------SS"),
        {"starts": 1, "starts_in_time": 1, "listening": 3, "speaking": 2},
    ),
    "begins too late": (
        ("---SSSSSS", "-----SSSS", "-------SS"),
        {"starts": 1, "starts_late": 1, "listening": 3, "speaking": 2},
    ),
    "never begins": (
        ("---SSSSSS", "-------SS", "-------SS"),
        {"starts": 1, "listening": 3, "speaking": 2},
    ),
    "begins where nobody asked, twice": (
        ("---------", "-SS---S--", "---------"),
        {"false_starts": 2, "listening": 9},
    ),
    "falls silent in time": (
        ("SSSS-----", "SSSS-----", "SSSSSS---"),
        {"stops": 1, "stops_in_time": 1, "listening": 3, "speaking": 4},
    ),
    "falls silent too late": (
        ("SSSS-----", "SSSSSSS--", "SSSSSSSS-"),
        {"stops": 1, "stops_late": 1, "listening": 1, "speaking": 4},
    ),
    "never falls silent": (
        ("SSSS---", "SSSSSSS", "SSSSSSS"),
        {"stops": 1, "speaking": 4},
    ),
    "breaks off for nothing": (
        ("SSSSSSS", "SS--SSS", "SSSSSSS"),
        {"false_stops": 1, "speaking": 7},
    ),
    "nods": (
        ("---bb---", "----b---", "-----b--"),
        {"nods": 1, "nods_given": 1, "listening": 8},
    ),
    "nods for nothing": (
        ("--------", "--b---b-", "--------"),
        {"false_nods": 2, "listening": 8},
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_marks(sheet: Sheet, name: str) -> None:
    (right, said, session), expected = TABLE[name]
    assert marks(sheet, right=right, said=said, session=session) == FloorMarks(**expected)


def test_turns_that_are_open_count_neither_way(sheet: Sheet) -> None:
    found = marks(sheet, right="----", said="SSSS", session="----", weight=(0, 0, 1, 1))
    assert found == FloorMarks(false_starts=1, listening=2)


def test_a_shifted_logit_is_a_shyer_pupil(sheet: Sheet) -> None:
    logits = np.zeros((5, 3), np.float32)
    logits[:, FLOORS.index(Floor.SPEAK)] = 2
    one = sheet(5, floor=logits)
    assert floor_marks([one]).false_starts == 1
    assert floor_marks([one], np.array([0.0, -3.0, 0.0])).false_starts == 0


def test_figures_are_shares_and_rates(sheet: Sheet) -> None:
    logits = np.zeros((50, 3), np.float32)
    logits[:, 0] = 5
    logits[[5, 20], 1] = 9
    right = np.zeros(50, np.int64)
    right[[20, 40]] = FLOORS.index(Floor.SPEAK)
    figures = floor_figures([sheet(50, floor=logits, floor_right=right)])
    assert figures["floor/starts"] == 2
    assert figures["floor/starts_in_time"] == 0.5
    assert figures["floor/false_starts_per_hour"] == pytest.approx(3600 / (48 * 0.2))
    assert "floor/stops_in_time" not in figures
