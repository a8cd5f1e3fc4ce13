"""How well a pupil tells hazards, kind by kind, by the measures of `bench.judge.ranking`.

What is right is known by turn, so spans and doubts are made of turns: one that begins, ends or is
doubtful within a turn is doubtful for all of it. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.judge.ranking import TURN_S, RecallAt, ScoredRun, auc, recall_at
from tml_ros.model.hazard_places import HEARD, SEEN, hazard_index
from tml_ros.model.preset import Preset
from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.sim.render.patch_labels import THINGS
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.training.exams.alarm_scores import alarm_scores
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.turn.hazard import HazardKind

OF_PERSONS = (HazardKind.PERSON_DOWN, HazardKind.MISSING_HELMET)
"""An empty scene answers for these; what counts is to tell them where there is somebody."""
_PERSON = tuple(THINGS.index(thing) for thing in ("feet", "helmet", "bare_head", "lying"))
_PLACE = "/"
"""In a run's zone, between the number of the lesson and that of the place."""

Labels = NDArray[np.int8]


def hazard_figures(
    sheets: Sequence[AnswerSheet], preset: Preset, *, per_hour: float = 1.0
) -> dict[str, float]:
    """By name: of each kind that is ever known, `hazard/KIND/...`.

    auc: of turns; auc_given_person too. spans: how many there are to be found, and recall: the
    share that is found at so many false alarms in an hour of a cell. hours: of all lessons.
    """
    figures: dict[str, float] = {}
    for kind in (*SEEN, *HEARD):
        runs = scored_runs(sheets, preset, kind)
        if not runs:
            continue
        name = f"hazard/{kind.value}"
        given = _given_person(sheets, preset, kind) if kind in OF_PERSONS else []
        for what, chosen in (("auc", runs), ("auc_given_person", given)):
            found = auc(chosen)
            if found is not None:
                figures[f"{name}/{what}"] = found
        told = recall_of(runs, per_hour=per_hour)
        if told.recall is not None:
            figures[f"{name}/spans"] = sum(len(run.spans) for run in runs)
            figures[f"{name}/recall"] = told.recall.value
    figures["hours"] = sum(TURN_S * len(sheet.hazards) for sheet in sheets) / 3600
    return figures


def recall_of(runs: Sequence[ScoredRun], *, per_hour: float) -> RecallAt:
    """Recall at so many false alarms in an hour of a cell, all its places together."""
    places_h = sum(run.seconds for run in runs) / 3600
    return recall_at(as_alarms(runs), per_hour=per_hour * cell_hours(runs) / places_h)


def as_alarms(runs: Sequence[ScoredRun]) -> list[ScoredRun]:
    """With scores that stand for alarms under the usual policy of their kind."""
    return [
        replace(run, scores=alarm_scores(run.scores, DEFAULT_POLICIES[run.kind])) for run in runs
    ]


def cell_hours(runs: Sequence[ScoredRun]) -> float:
    """How long the lessons are together in which something of the kind is known."""
    lessons = {run.zone.partition(_PLACE)[0]: run.seconds for run in runs}
    return sum(lessons.values()) / 3600


def scored_runs(sheets: Sequence[AnswerSheet], preset: Preset, kind: HazardKind) -> list[ScoredRun]:
    """The logits of a kind, lesson by lesson and place by place, wherever something is known."""
    runs = []
    for number, sheet in enumerate(sheets):
        for place in range(_places(preset, kind)):
            column = hazard_index(preset, kind, place)
            labels = sheet.right.hazards[:, column]
            if (labels >= 0).any():
                name = f"{number}{_PLACE}{place}"
                runs.append(_run(kind, name, sheet.hazards[:, column], labels))
    return runs


def _given_person(
    sheets: Sequence[AnswerSheet], preset: Preset, kind: HazardKind
) -> list[ScoredRun]:
    """The same, turns without the hazard being left out where nobody is in the pictures."""
    runs = []
    for number, sheet in enumerate(sheets):
        somebody = _somebody(sheet, preset)
        for place in range(_places(preset, kind)):
            column = hazard_index(preset, kind, place)
            labels = sheet.right.hazards[:, column]
            labels = np.where((labels == 0) & ~somebody, np.int8(-1), labels)
            if (labels >= 0).any():
                runs.append(
                    _run(kind, f"{number}{_PLACE}{place}", sheet.hazards[:, column], labels)
                )
    return runs


def _somebody(sheet: AnswerSheet, preset: Preset) -> NDArray[np.bool_]:
    """bool [t]: a patch of the last turns, in which all are sent once, shows part of a person."""
    shown = (sheet.right.things[:, _PERSON] == 1).any(axis=1)
    turns = np.zeros(len(sheet.hazards), np.bool_)
    turns[sheet.patch_turn[shown]] = True
    padded = np.concatenate([np.zeros(preset.sight.refresh_turns - 1, np.bool_), turns])
    windows = np.lib.stride_tricks.sliding_window_view(padded, preset.sight.refresh_turns)
    return np.asarray(windows.any(axis=1))


def _run(kind: HazardKind, zone: str, scores: NDArray[np.float32], labels: Labels) -> ScoredRun:
    spans = tuple(HazardSpan(kind, zone, a, b, a) for a, b in _stretches(labels == 1))
    doubts = tuple(Doubt(kind, zone, a, b) for a, b in _stretches(labels == -1))
    return ScoredRun(kind, zone, scores.astype(np.float64), spans, doubts)


def _stretches(there: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Seconds from the middle of each first turn to that of the first one after."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]])))
    return [
        (float(TURN_S * (first + 0.5)), float(TURN_S * (end + 0.5)))
        for first, end in edges.reshape(-1, 2)
    ]


def _places(preset: Preset, kind: HazardKind) -> int:
    return preset.sight.zones if kind in SEEN else preset.hearing.microphones
