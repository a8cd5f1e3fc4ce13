"""From which logit on a hazard is alarmed of, kind by kind, and whether the bar is met. Pure.

The logit is chosen so that alarms, after the delays of their policy, are false no more often than
asked for. Whether a kind meets its bar is judged crosswise: on each eighth of the lessons by the
logit that was chosen on the others, so that no lesson speaks for a logit it helped to choose. (By
halves, a logit that was chosen on an hour would be found too low by an hour of the other half more
often than not.) Each lesson must be a scenario of its own.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tml_ros.bench.judge.hazards import AlarmVerdict, judge_hazards
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.bench.judge.ranking import (
    ScoredRun,
    alarms_above,
    auc,
)
from tml_ros.bench.model_bars import HAZARDS
from tml_ros.model.preset import Preset
from tml_ros.training.exams.alarm_scores import NEVER
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.training.exams.hazard_exam import as_alarms, cell_hours, recall_of, scored_runs
from tml_ros.turn.hazard import HazardKind

FEWEST_SPANS = 20
"""Hazards to be found, below which nothing is shown."""
FOLDS = 8
MARGIN = 2.0
"""Logits above all there were, for a kind that can only be alarmed of wrongly."""
LARGEST = 30.0
"""Logits are chosen within these bounds, which no honest one comes near."""


@dataclass(frozen=True, slots=True)
class KindCalibration:
    """logit: from which on the kind is alarmed of. auc: of turns, None where it cannot be said.

    spans: hazards judged, recall: share found, false_per_hour: of a cell; all crosswise.
    """

    kind: HazardKind
    logit: float
    auc: float | None
    spans: int
    recall: float | None
    false_per_hour: float

    @property
    def trusted(self) -> bool:
        """Whether it meets its bar."""
        bar = HAZARDS[self.kind]
        if self.recall is None or self.spans < FEWEST_SPANS:
            return False
        return self.recall >= bar.recall and self.false_per_hour <= bar.per_hour


@dataclass(frozen=True, slots=True)
class _Counts:
    found: int = 0
    missed: int = 0
    false: int = 0

    def __add__(self, other: _Counts) -> _Counts:
        return _Counts(
            self.found + other.found, self.missed + other.missed, self.false + other.false
        )


def calibrated(
    sheets: Sequence[AnswerSheet], preset: Preset, kind: HazardKind, *, per_hour: float
) -> KindCalibration | None:
    """One kind; None where nothing is known of it. per_hour: false alarms of a cell, at most."""
    runs = scored_runs(sheets, preset, kind)
    if not runs:
        return None
    counts = _Counts()
    for fold in range(FOLDS):
        others = [sheet for number, sheet in enumerate(sheets) if number % FOLDS != fold]
        logit = alarm_logit(others, preset, kind, per_hour=per_hour)
        counts += _counts(as_alarms(scored_runs(sheets[fold::FOLDS], preset, kind)), logit)
    spans = counts.found + counts.missed
    return KindCalibration(
        kind=kind,
        logit=alarm_logit(sheets, preset, kind, per_hour=per_hour),
        auc=auc(runs),
        spans=spans,
        recall=counts.found / spans if spans else None,
        false_per_hour=counts.false / cell_hours(runs),
    )


def alarm_logit(
    sheets: Sequence[AnswerSheet], preset: Preset, kind: HazardKind, *, per_hour: float
) -> float:
    """The logit amid those that find most hazards with no more false alarms than that, and among
    them raise the fewest.

    Above all logits there are where nothing can be found so; `LARGEST` without any.
    """
    plain = scored_runs(sheets, preset, kind)
    if not plain:
        return LARGEST
    runs = as_alarms(plain)
    scores = np.unique(np.concatenate([run.scores for run in runs]))
    scores = scores[scores > NEVER]
    best = recall_of(plain, per_hour=per_hour)
    if best.recall is None or not best.recall.value or not NEVER < best.threshold < math.inf:
        return min(float(scores[-1]) + MARGIN, LARGEST)
    first = int(np.searchsorted(scores, best.threshold))
    most = _counts(runs, scores[first]).found
    last = _last(range(first, len(scores)), lambda at: _counts(runs, scores[at]).found >= most)
    fewest = _counts(runs, scores[last]).false
    lowest = -_last(range(-last, 1 - first), lambda at: _counts(runs, scores[-at]).false <= fewest)
    below = float(scores[lowest - 1]) if lowest else float(scores[0]) - MARGIN
    return float(np.clip((below + float(scores[last])) / 2, -LARGEST, LARGEST))


def _last(numbers: range, holds: Callable[[int], bool]) -> int:
    """The last number for which something holds that holds for the first, and stops once."""
    return numbers[bisect_left(numbers, True, lo=1, key=lambda at: not holds(at)) - 1]


def _counts(runs: Sequence[ScoredRun], logit: float) -> _Counts:
    """Of scores that stand for alarms."""
    counts = _Counts()
    for run in runs:
        if not run.spans and not run.doubts:
            # Nearly all runs: without any reason for an alarm, each is false.
            above = np.concatenate([[False], run.scores >= logit])
            counts += _Counts(false=int((above[1:] & ~above[:-1]).sum()))
            continue
        judged = judge_hazards(run.spans, run.doubts, alarms_above(run, logit), run.seconds)
        verdicts = [span.verdict for span in judged.spans]
        counts += _Counts(
            verdicts.count(Verdict.RIGHT),
            verdicts.count(Verdict.WRONG),
            sum(alarm.verdict is AlarmVerdict.FALSE for alarm in judged.alarms),
        )
    return counts
