"""Figures of hazards, of answers whose worth is plain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tiny_model import tiny_preset

from tml_ros.model.hazard_places import hazard_count, hazard_index
from tml_ros.sim.render.patch_labels import THINGS
from tml_ros.training.exams.answer_sheet import AnswerSheet, RightAnswers
from tml_ros.training.exams.hazard_exam import cell_hours, hazard_figures, scored_runs
from tml_ros.turn.hazard import HazardKind

PRESET = tiny_preset()
Sheet = Callable[..., AnswerSheet]
TURNS = 100
HELMET = hazard_index(PRESET, HazardKind.MISSING_HELMET, 1)
SIREN = hazard_index(PRESET, HazardKind.SIREN, 0)


def labels(column: int, there: slice, unknown: slice = slice(0)) -> np.ndarray:
    told = np.full((TURNS, hazard_count(PRESET)), -1, np.int8)
    told[:, column] = 0
    told[there, column] = 1
    told[unknown, column] = -1
    return told


def scores(column: int, high: slice) -> np.ndarray:
    logits = np.full((TURNS, hazard_count(PRESET)), -5, np.float32)
    logits[high, column] = 5
    return logits


def test_a_siren_that_is_heard_at_once_is_found(sheet: Sheet) -> None:
    told, heard = labels(SIREN, slice(30, 50)), scores(SIREN, slice(30, 50))
    figures = hazard_figures([sheet(TURNS, hazard_labels=told, hazards=heard)], PRESET)
    assert figures == {
        "hazard/siren/auc": 1.0,
        "hazard/siren/spans": 1,
        "hazard/siren/recall": 1.0,
        "hours": pytest.approx(TURNS * 0.2 / 3600),
    }


@pytest.mark.parametrize(
    ("high", "recall"),
    [
        (slice(40, 50), 1.0),
        (slice(47, 50), 0.0),
        (slice(0, 20), 0.0),
        (slice(29, 30), 1.0),
    ],
)
def test_found_is_what_was_raised_in_time(sheet: Sheet, high: slice, recall: float) -> None:
    told = labels(SIREN, slice(30, 50), unknown=slice(29, 30))
    one = sheet(TURNS, hazard_labels=told, hazards=scores(SIREN, high))
    assert hazard_figures([one], PRESET)["hazard/siren/recall"] == recall


def test_turns_of_which_nothing_is_known_count_neither_way(sheet: Sheet) -> None:
    told = labels(SIREN, slice(30, 50), unknown=slice(50, 60))
    one = sheet(TURNS, hazard_labels=told, hazards=scores(SIREN, slice(30, 60)))
    figures = hazard_figures([one], PRESET)
    assert figures["hazard/siren/auc"] == figures["hazard/siren/recall"] == 1


def test_only_turns_with_somebody_in_view_tell_of_helmets(sheet: Sheet) -> None:
    told = labels(HELMET, slice(30, 50))
    # As sure of a helmet missing where somebody wears one as where somebody does not.
    logits = scores(HELMET, slice(30, 70))
    blank = sheet(TURNS)
    things = np.zeros_like(blank.right.things)
    seen = (blank.patch_turn >= 30) & (blank.patch_turn < 70)
    things[seen, THINGS.index("helmet")] = 1
    one = sheet(TURNS, hazard_labels=told, hazards=logits, thing_labels=things)
    figures = hazard_figures([one], PRESET)
    assert figures["hazard/missing_helmet/auc"] > 0.85
    assert figures["hazard/missing_helmet/auc_given_person"] == pytest.approx(0.5, abs=0.12)


def test_every_place_of_which_something_is_known_is_a_run(sheet: Sheet) -> None:
    told = labels(HELMET, slice(30, 50))
    runs = scored_runs([sheet(TURNS, hazard_labels=told)] * 2, PRESET, HazardKind.MISSING_HELMET)
    assert [run.zone for run in runs] == ["0/1", "1/1"]
    assert scored_runs([sheet(TURNS)], PRESET, HazardKind.SIREN) == []


def test_false_alarms_are_counted_for_the_whole_cell(sheet: Sheet) -> None:
    """Two zones that each may be wrong once in an hour would be two wrong alarms."""
    hour = 18_000
    index = hazard_index(PRESET, HazardKind.PERSON_IN_ZONE, 0)
    told = np.full((hour, hazard_count(PRESET)), -1, np.int8)
    told[:, index : index + 2] = 0
    told[100:120, index] = 1
    # Now a little surer, now a little less, so that a threshold down there is crossed all the time.
    logits = np.full((hour, hazard_count(PRESET)), -5, np.float32)
    logits[np.arange(hour) // 50 % 2 == 1] = -6
    logits[100:120, index] = 2
    logits[[5000, 5001, 5002], index] = 3
    logits[[9000, 9001, 9002], index + 1] = 4
    right = RightAnswers(
        about="an hour",
        hazards=told,
        things=np.zeros((0, len(THINGS)), np.int8),
        smoke=np.zeros(0, np.float32),
        floor=np.zeros(hour, np.int64),
        floor_weight=np.zeros(hour, np.float32),
        text=np.zeros((hour, PRESET.text.out_per_turn), np.int64),
        text_weight=np.zeros(hour, np.float32),
    )
    one = replace(sheet(1), right=right, hazards=logits)
    name = "hazard/person_in_zone/recall"
    assert hazard_figures([one], PRESET, per_hour=1.0)[name] == 0
    assert hazard_figures([one], PRESET, per_hour=2.1)[name] == 1


def test_lessons_that_know_nothing_of_a_kind_add_no_hours_to_it(sheet: Sheet) -> None:
    known = sheet(TURNS, hazard_labels=labels(SIREN, slice(30, 50)))
    runs = scored_runs([sheet(TURNS), known, sheet(TURNS)], PRESET, HazardKind.SIREN)
    assert cell_hours(runs) == pytest.approx(TURNS * 0.2 / 3600)
    assert hazard_figures([sheet(TURNS), known], PRESET)["hours"] == pytest.approx(2 / 180)
