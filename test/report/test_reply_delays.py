"""Which utterance of the cell answers which line, and how soon."""

from __future__ import annotations

import pytest

from tml_ros.report.reply_delays import reply_delays
from tml_ros.report.session_log import SpeechRecord
from tml_ros.report.truth_record import TruthLine
from tml_ros.safety.alarm import Priority

SECOND = 1_000_000_000


def line(end_s: float, *, addressed: bool = True) -> TruthLine:
    end_ns = round(end_s * SECOND)
    return TruthLine("anna", "Safe?", end_ns - SECOND, end_ns, addressed)


def said(at_s: float, priority: Priority | None = None) -> SpeechRecord:
    return SpeechRecord(round(at_s * SECOND), "No.", priority)


@pytest.mark.parametrize(
    ("speech", "lines", "delays"),
    [
        ([], [line(5)], {}),
        ([said(5.4)], [line(5)], {0: 0.4}),
        ([said(4.8)], [line(5)], {0: -0.2}),
        ([said(4.6)], [line(5)], {}),
        ([said(8.1)], [line(5)], {}),
        ([said(5.4)], [line(5, addressed=False)], {}),
        ([said(5.2, Priority.HIGH), said(5.6)], [line(5)], {1: 0.6}),
        ([said(5.4), said(6.4)], [line(5)], {0: 0.4}),
        ([said(5.4), said(7.4)], [line(5), line(7)], {0: 0.4, 1: 0.4}),
        ([said(6.4)], [line(5), line(6)], {0: 1.4}),
    ],
)
def test_an_answer_is_the_first_of_its_own_words_that_begins_after_a_line(
    speech: list[SpeechRecord], lines: list[TruthLine], delays: dict[int, float]
) -> None:
    assert reply_delays(speech, lines) == {
        place: pytest.approx(delay) for place, delay in delays.items()
    }
