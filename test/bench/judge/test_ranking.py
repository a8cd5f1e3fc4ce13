"""Scores: area under the curve, and recall at a false-alarm rate, against trying everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.bench.judge.ranking import (
    RecallAt,
    ScoredRun,
    alarms_above,
    at_threshold,
    auc,
    recall_at,
    scored_run,
)
from tml_ros.sim.truth.truth import Doubt, HazardSpan, Truth
from tml_ros.turn.hazard import HazardKind

KIND, ZONE = HazardKind.SMOKE_OR_FIRE, "hall"
SPANS = (HazardSpan(KIND, ZONE, 4.0, 8.0, 5.0), HazardSpan(KIND, ZONE, 20.0, 24.0, 20.4))
DOUBTS = (Doubt(KIND, ZONE, 30.0, 32.0),)

scores_of_40_s = st.lists(st.integers(0, 6), min_size=200, max_size=200).map(
    lambda row: np.array(row, np.float64)
)


def scored(scores: np.ndarray) -> ScoredRun:
    return ScoredRun(KIND, ZONE, scores, SPANS, DOUBTS)


@given(st.lists(scores_of_40_s, min_size=1, max_size=2))
@settings(max_examples=30, deadline=None)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[np.ndarray]) -> None:
    with_it, without = [], []
    for row in rows:
        for i, score in enumerate(row):
            time = 0.2 * (i + 1)
            if any(s.evident_s - 1e-9 <= time < s.end_s - 1e-9 for s in SPANS):
                with_it.append(score)
            elif not any(
                r.start_s - 0.3 - 1e-6 <= time <= r.end_s + 0.5 + 1e-6 for r in (*SPANS, *DOUBTS)
            ):
                without.append(score)
    pairs = np.sign(np.subtract.outer(with_it, without))
    assert auc([scored(row) for row in rows]) == pytest.approx((pairs.mean() + 1) / 2)


def test_auc_needs_both() -> None:
    assert auc([]) is None
    assert auc([ScoredRun(KIND, ZONE, np.zeros(50))]) is None


@given(st.lists(scores_of_40_s, min_size=1, max_size=3), st.sampled_from([0.0, 50.0, 200.0, 1e4]))
@settings(max_examples=30, deadline=None)
def test_the_threshold_is_the_lowest_that_keeps_the_rate(
    rows: list[np.ndarray], per_hour: float
) -> None:
    runs = [scored(row) for row in rows]
    best: RecallAt | None = None
    for threshold in sorted(set(np.concatenate(rows)), reverse=True):
        tried = at_threshold(runs, threshold)
        assert tried.false_alarms is not None
        if tried.false_alarms.value > per_hour + 1e-6:
            break
        best = tried
    found = recall_at(runs, per_hour=per_hour)
    if best is None:
        assert found.threshold == np.inf
        assert found.recall is not None
        assert found.recall.value == 0.0
    else:
        assert found == best


def test_a_score_that_is_always_high_finds_nothing() -> None:
    found = at_threshold([scored(np.ones(200))], 0.5)
    assert found.recall is not None
    assert found.false_alarms is not None
    assert found.recall.value == 0.0
    assert found.false_alarms.value > 0


def test_scores_above_a_threshold_make_alarms() -> None:
    run = ScoredRun(KIND, ZONE, np.array([0, 0.9, 0.9, 0, 0.5, 1.0]))
    spans = [(alarm.raised_s, alarm.gone_s) for alarm in alarms_above(run, 0.9)]
    assert spans == [(pytest.approx(0.4), pytest.approx(0.8)), (pytest.approx(1.2), None)]


def test_a_run_takes_what_is_its_own_from_the_truth() -> None:
    other = HazardSpan(KIND, "yard", 1.0, 2.0, 1.0)
    truth = Truth(40.0, hazards=(*SPANS, other), doubts=DOUBTS)
    run = scored_run(truth, KIND, ZONE, np.zeros(200))
    assert (run.spans, run.doubts) == (SPANS, DOUBTS)


@pytest.mark.parametrize("scores", [np.array([0.0, np.nan]), np.zeros((2, 2))])
def test_scores_must_be_a_row_of_numbers(scores: np.ndarray) -> None:
    with pytest.raises(ValueError, match="one row of finite numbers"):
        ScoredRun(KIND, ZONE, scores)
