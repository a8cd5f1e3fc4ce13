"""Scores that stand for alarms, beside the life of a real alarm at every threshold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.safety.alarm import AlarmPolicy, Priority
from tml_ros.safety.alarm_life import AlarmLife
from tml_ros.training.exams.alarm_scores import NEVER, alarm_scores
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_NS

SECOND = 1_000_000_000


def policy(on: float, off: float) -> AlarmPolicy:
    return AlarmPolicy(
        Priority.HIGH, on_delay_ns=round(on * SECOND), off_delay_ns=round(off * SECOND)
    )


@pytest.mark.parametrize(
    ("on", "off", "expected"),
    [
        (0.0, 0.0, [1, 5, 2, 4, 0]),
        (0.4, 0.0, [NEVER, NEVER, 1, 2, 2]),
        (0.0, 0.4, [1, 5, 5, 4, 4]),
        (0.3, 0.4, [NEVER, NEVER, 1, 2, 2]),
    ],
)
def test_an_alarm_follows_and_outlasts_its_hazard(
    on: float, off: float, expected: list[float]
) -> None:
    scores = np.array([1.0, 5.0, 2.0, 4.0, 0.0])
    assert alarm_scores(scores, policy(on, off)).tolist() == expected


@given(
    st.lists(st.sampled_from([0.1, 0.9]), min_size=1, max_size=40),
    st.sampled_from([(0.0, 1.0), (0.2, 1.0), (0.6, 5.0), (2.0, 3.0), (0.4, 0.2)]),
)
def test_it_is_up_when_a_real_alarm_is(scores: list[float], delays: tuple[float, float]) -> None:
    """But where flicker keeps a real one up: there it may be thought to be gone."""
    rule = policy(*delays)
    found = alarm_scores(np.array(scores), rule) >= 0.5
    life = AlarmLife(HazardKind.SIREN, "hall", rule)
    up = []
    for turn, score in enumerate(scores):
        now = (turn + 1) * TURN_NS
        life.observe(Hazard(HazardKind.SIREN, "hall", score, HazardSource.MODEL, now), now_ns=now)
        life.advance(now, now)
        up.append(life.state.condition_present)
    assert not (found & ~np.array(up)).any()
    raised = np.flatnonzero(np.diff([False, *up]) & np.array(up))
    assert found[raised].all()
