"""When a model's own words are good enough for a cell."""

from __future__ import annotations

import pytest

from tml_ros.training.exams.floor_exam import FloorMarks
from tml_ros.training.graduation.speech_trust import SpeechTrust, speech_trust


@pytest.mark.parametrize(
    ("starts", "in_time", "begun_right", "unasked", "trusted"),
    [
        (100, 0.95, 0.95, 2.0, True),
        (99, 1.0, 1.0, 0.0, False),
        (400, 0.949, 1.0, 0.0, False),
        (400, 1.0, 0.949, 0.0, False),
        (400, 1.0, 1.0, 2.1, False),
        (0, None, None, 0.0, False),
    ],
)
def test_every_bar_must_be_met(starts, in_time, begun_right, unasked, trusted):
    verdict = SpeechTrust(starts, in_time, begun_right, unasked)
    assert verdict.trusted is trusted
    assert verdict.facts()["trusted"] is trusted


def test_a_model_that_was_not_asked_to_speak_has_shown_nothing():
    verdict = speech_trust((), FloorMarks(listening=18_000, false_starts=1))
    assert (verdict.in_time, verdict.begun_right, verdict.trusted) == (None, None, False)
    assert verdict.unasked_per_hour == pytest.approx(1.0)
