"""Operating points of made-up answers, whose best threshold is plain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import tiny_preset

from tml_ros.bench.judge.ranking import at_threshold
from tml_ros.bench.model_bars import HAZARDS
from tml_ros.model.hazard_places import hazard_count, hazard_index
from tml_ros.training.exams.answer_sheet import AnswerSheet, RightAnswers
from tml_ros.training.exams.hazard_exam import as_alarms, scored_runs
from tml_ros.training.graduation.hazard_calibration import (
    FEWEST_SPANS,
    FOLDS,
    LARGEST,
    MARGIN,
    KindCalibration,
    alarm_logit,
    calibrated,
)
from tml_ros.turn.hazard import HazardKind

PRESET = tiny_preset()
KIND = HazardKind.SIREN
TURNS = 150


def sheets(
    number: int, *, there: float = 4.0, absent: float = -4.0, false: dict[int, float] | None = None
) -> list[AnswerSheet]:
    """Scenarios of 30 s with a siren in the middle. false: logits of some in a quiet moment."""
    column = hazard_index(PRESET, KIND, 0)
    made = []
    for scenario in range(number):
        labels = np.full((TURNS, hazard_count(PRESET)), -1, np.int8)
        labels[:, column] = 0
        labels[60:90, column] = 1
        logits = np.zeros((TURNS, hazard_count(PRESET)), np.float32)
        logits[:, column] = absent
        logits[60:90, column] = there
        if false and scenario in false:
            logits[20:22, column] = false[scenario]
        right = RightAnswers(
            about=str(scenario),
            hazards=labels,
            things=np.zeros((0, 6), np.int8),
            smoke=np.zeros(0, np.float32),
            floor=np.zeros(TURNS, np.int64),
            floor_weight=np.zeros(TURNS, np.float32),
            text=np.zeros((TURNS, 4), np.int64),
            text_weight=np.zeros(TURNS, np.float32),
        )
        nothing = np.zeros(TURNS, np.bool_)
        made.append(
            AnswerSheet(
                right=right,
                hazards=logits,
                floor=np.zeros((TURNS, 3), np.float32),
                things=np.zeros((0, 6), np.float32),
                smoke=np.zeros(0, np.float32),
                text=right.text,
                speaking=nothing,
                nodding=nothing,
                patch_turn=np.zeros(0, np.int64),
            )
        )
    return made


def test_the_logit_lies_amid_those_with_and_without_the_hazard() -> None:
    assert alarm_logit(sheets(6), PRESET, KIND, per_hour=0.5) == pytest.approx(0.0)
    higher = sheets(6, there=9.0, absent=1.0)
    assert alarm_logit(higher, PRESET, KIND, per_hour=0.5) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("false", "per_hour", "logit"),
    [
        ({0: 2.0}, 0.5, 3.0),
        ({0: 2.0}, 30.0, 3.0),
        ({0: 2.0, 3: 3.0}, 30.0, 3.5),
        ({0: 5.0}, 0.5, 5.0 + MARGIN),
        ({0: 5.0}, 30.0, 0.0),
        ({0: 5.0, 3: 5.0}, 30.0, 5.0 + MARGIN),
    ],
)
def test_false_alarms_are_put_up_with_where_they_find_more(
    false: dict[int, float], per_hour: float, logit: float
) -> None:
    """Six scenarios are a twentieth of an hour: one false alarm in them is 25 in a quiet hour."""
    found = alarm_logit(sheets(6, false=false), PRESET, KIND, per_hour=per_hour)
    assert found == pytest.approx(logit)


def test_without_any_answer_nothing_is_ever_alarmed_of() -> None:
    unknown = HazardKind.IMPACT_SOUND
    assert alarm_logit(sheets(3), PRESET, unknown, per_hour=1) == LARGEST
    assert calibrated(sheets(3), PRESET, unknown, per_hour=1) is None


def test_a_kind_that_is_told_well_is_trusted() -> None:
    found = calibrated(sheets(FEWEST_SPANS), PRESET, KIND, per_hour=0.5)
    assert found is not None
    assert (found.spans, found.recall, found.false_per_hour) == (FEWEST_SPANS, 1.0, 0.0)
    assert found.auc == 1.0
    assert found.trusted


def test_it_is_judged_on_lessons_that_did_not_choose_its_logit() -> None:
    """One eighth is of another kind: all others choose a logit at which it is wrong again and
    again, and it alone one at which they would find nothing.
    """
    odd = dict.fromkeys(range(0, 40, FOLDS), 0.5)
    found = calibrated(sheets(40, there=1.0, absent=-9.0, false=odd), PRESET, KIND, per_hour=0.5)
    assert found is not None
    assert found.false_per_hour == pytest.approx(5 / (40 * 30 / 3600))
    assert found.logit == pytest.approx(0.75)
    assert not found.trusted


@given(
    st.lists(st.floats(-4, 4), min_size=6, max_size=6),
    st.dictionaries(st.integers(0, 5), st.floats(-4, 4)),
    st.floats(-4, 4),
)
def test_more_is_found_by_no_logit_that_is_wrong_no_more_often(
    there: list[float], false: dict[int, float], other: float
) -> None:
    made = [
        sheets(1, there=height, absent=-5.0, false={0: false.get(number, -5.0)})[0]
        for number, height in enumerate(there)
    ]
    runs = as_alarms(scored_runs(made, PRESET, KIND))
    chosen = at_threshold(runs, alarm_logit(made, PRESET, KIND, per_hour=0.5))
    assert chosen.false_alarms is not None
    assert chosen.false_alarms.value == 0
    tried = at_threshold(runs, other)
    assert tried.false_alarms is not None
    if tried.false_alarms.value == 0:
        assert tried.recall.value <= chosen.recall.value


@pytest.mark.parametrize(
    ("spans", "recall", "false", "trusted"),
    [
        (FEWEST_SPANS, 0.95, 1.0, True),
        (FEWEST_SPANS - 1, 1.0, 0.0, False),
        (500, 0.94, 0.0, False),
        (500, 1.0, 1.01, False),
        (0, None, 0.0, False),
    ],
)
def test_trust_is_a_matter_of_the_bar(
    spans: int, recall: float | None, false: float, trusted: bool
) -> None:
    assert KindCalibration(KIND, 0.0, 0.99, spans, recall, false).trusted is trusted


def test_every_kind_has_a_bar() -> None:
    assert HAZARDS[HazardKind.PERSON_IN_ZONE].recall == 0.95
    assert HAZARDS[HazardKind.PERSON_DOWN].recall == 0.85
    assert len(HAZARDS) == 9
