"""How well scores tell a hazard from its absence, before anybody chose a threshold. Pure.

For models that give a score in every micro-turn. AUC looks at turns, each for itself; recall at a
false-alarm rate looks at alarms, as `hazards` judges them, which is what an operator lives with:
an AUC of 0.9 can mean an alarm that nobody wants.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tml_ros.bench.judge.conduct import AlarmSpan
from tml_ros.bench.judge.hazards import (
    LIMITS,
    USUAL,
    AlarmVerdict,
    HazardLimits,
    judge_hazards,
)
from tml_ros.bench.judge.interval import Estimate, rate, share
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.bench.judge.window import EPSILON_S
from tml_ros.sim.truth.truth import Doubt, HazardSpan, Truth
from tml_ros.turn.hazard import HazardKind

TURN_S = 0.2


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """The scores of one kind in one zone in one scenario.

    scores: float [turns]; that of turn i is known at its end, 0.2 (i + 1) s. spans, doubts: those
    of that kind and zone. Raises ValueError for scores that are not finite or not in one row.
    """

    kind: HazardKind
    zone: str
    scores: NDArray[np.float64]
    spans: tuple[HazardSpan, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def __post_init__(self) -> None:
        """Check the scores."""
        if self.scores.ndim != 1 or not np.isfinite(self.scores).all():
            raise ValueError("scores must be one row of finite numbers")

    @property
    def seconds(self) -> float:
        """How long it is."""
        return TURN_S * len(self.scores)

    @property
    def times(self) -> NDArray[np.float64]:
        """When each score is known, s."""
        return TURN_S * np.arange(1, len(self.scores) + 1, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class RecallAt:
    """threshold: scores at or above raise the alarm. recall None: there is nothing to find."""

    threshold: float
    recall: Estimate | None
    false_alarms: Estimate | None


def scored_run(truth: Truth, kind: HazardKind, zone: str, scores: NDArray[np.float64]) -> ScoredRun:
    """The scores beside what is true of that kind and zone."""
    return ScoredRun(
        kind,
        zone,
        scores,
        tuple(span for span in truth.hazards if (span.kind, span.zone) == (kind, zone)),
        tuple(doubt for doubt in truth.doubts if (doubt.kind, doubt.zone) == (kind, zone)),
    )


def auc(runs: Sequence[ScoredRun]) -> float | None:
    """How often a turn with the hazard scores above one without, ties half; None without either.

    Turns that are in doubt, or in a span and not yet evident, count neither way.
    """
    present = [run.scores[_present(run)] for run in runs]
    absent = [run.scores[~_open(run, LIMITS.get(run.kind, USUAL))] for run in runs]
    return area(np.concatenate([[], *present]), np.concatenate([[], *absent]))


def area(with_it: NDArray[np.float64], without: NDArray[np.float64]) -> float | None:
    """How often one of the first scores above one of the others, ties half; None without either."""
    if not len(with_it) or not len(without):
        return None
    ranks = stats.rankdata(np.concatenate([with_it, without]))
    excess = ranks[: len(with_it)].sum() - len(with_it) * (len(with_it) + 1) / 2
    return float(excess / (len(with_it) * len(without)))


def recall_at(
    runs: Sequence[ScoredRun],
    *,
    per_hour: float,
    limits: Mapping[HazardKind, HazardLimits] = LIMITS,
) -> RecallAt:
    """Recall at the lowest threshold at which, and above which, there are not more false alarms per
    quiet hour than that. An alarm is a row of turns at or above the threshold.

    The threshold is chosen on these very runs; choose it on others for a figure to be believed.
    """
    hours, raised = 0.0, [np.empty(0)]
    fell = [np.empty(0)]
    for run in runs:
        before = np.concatenate([[-math.inf], run.scores[:-1]])
        raises = ~_open(run, limits.get(run.kind, USUAL)) & (run.scores > before)
        raised.append(run.scores[raises])
        fell.append(before[raises])
        hours += _quiet_hours(run, limits)
    # A turn raises an alarm at each threshold above the score before it, up to its own.
    highs, lows = np.sort(np.concatenate(raised)), np.sort(np.concatenate(fell))
    candidates = np.unique(np.concatenate([[], *(run.scores for run in runs)]))[::-1]
    alarms = (len(highs) - np.searchsorted(highs, candidates, side="left")) - (
        len(lows) - np.searchsorted(lows, candidates, side="left")
    )
    too_many = np.flatnonzero(alarms > per_hour * hours + 1e-9)
    kept = candidates[: too_many[0]] if len(too_many) else candidates
    threshold = float(kept[-1]) if len(kept) else math.inf
    return at_threshold(runs, threshold, limits=limits)


def at_threshold(
    runs: Sequence[ScoredRun],
    threshold: float,
    *,
    limits: Mapping[HazardKind, HazardLimits] = LIMITS,
) -> RecallAt:
    """Recall and false alarms of a given threshold."""
    found = missed = false = 0
    hours = 0.0
    for run in runs:
        judged = judge_hazards(
            run.spans, run.doubts, alarms_above(run, threshold), run.seconds, limits=limits
        )
        found += sum(span.verdict is Verdict.RIGHT for span in judged.spans)
        missed += sum(span.verdict is Verdict.WRONG for span in judged.spans)
        false += sum(alarm.verdict is AlarmVerdict.FALSE for alarm in judged.alarms)
        hours += _quiet_hours(run, limits)
    return RecallAt(threshold, share(found, found + missed), rate(false, hours))


def alarms_above(run: ScoredRun, threshold: float) -> tuple[AlarmSpan, ...]:
    """The alarms of a threshold: from the first score at or above to the next one below."""
    above = np.concatenate([[False], run.scores >= threshold])
    turns = np.flatnonzero(above[1:] != above[:-1])
    times = run.times
    return tuple(
        AlarmSpan(
            run.kind,
            run.zone,
            float(times[first]),
            float(times[turns[i + 1]]) if i + 1 < len(turns) else None,
        )
        for i, first in enumerate(turns)
        if run.scores[first] >= threshold
    )


def _present(run: ScoredRun) -> NDArray[np.bool_]:
    """Turns in which the hazard is there, evident, and out of doubt."""
    there = np.zeros(len(run.scores), bool)
    for span in run.spans:
        if span.evident_s is not None:
            there |= (run.times >= span.evident_s - EPSILON_S) & (
                run.times < span.end_s - EPSILON_S
            )
    for doubt in run.doubts:
        there &= (run.times < doubt.start_s - EPSILON_S) | (run.times >= doubt.end_s - EPSILON_S)
    return there


def _open(run: ScoredRun, limits: HazardLimits) -> NDArray[np.bool_]:
    """Turns in which an alarm would not be false."""
    there = np.zeros(len(run.scores), bool)
    reasons: list[HazardSpan | Doubt] = [*run.spans, *run.doubts]
    for reason in reasons:
        there |= (run.times >= reason.start_s - limits.before_s - EPSILON_S) & (
            run.times <= reason.end_s + limits.after_s + EPSILON_S
        )
    return there


def _quiet_hours(run: ScoredRun, limits: Mapping[HazardKind, HazardLimits]) -> float:
    judged = judge_hazards(run.spans, run.doubts, (), run.seconds, limits=limits)
    return (run.seconds - math.fsum(time.open_s for time in judged.times)) / 3600
