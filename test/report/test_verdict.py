from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.report.session_log import SessionLog
from tml_ros.report.verdict import moment, phrase, span_of_time, verdict
from tml_ros.safety.alarm import Priority
from tml_ros.turn.hazard import HazardKind


def test_a_quiet_run_says_so(log: SessionLog) -> None:
    assert verdict(log) == "No alarm in 48 s"


def test_the_verdict_tells_how_many_alarms_and_when(
    log: SessionLog, visit: Callable[..., None]
) -> None:
    visit(12.4, 20.1)
    visit(30, kind=HazardKind.CAMERA_DARK, zone="gate")
    assert verdict(log) == (
        "2 alarms in 48 s; person in press_area from 12.4 s to 20.1 s; "
        "camera gate dark or overexposed from 30.0 s to the end"
    )


def test_the_weightiest_alarms_are_named_and_the_rest_counted(
    log: SessionLog, visit: Callable[..., None]
) -> None:
    for at in range(4):
        visit(at, at + 0.5, priority=Priority.LOW)
    visit(40, 41, kind=HazardKind.SIREN, zone="mic", priority=Priority.CRITICAL)
    told = verdict(log)
    assert told.startswith("5 alarms in 48 s; ")
    assert "siren at mic from 40.0 s to 41.0 s" in told
    assert told.endswith("; 2 more")


@pytest.mark.parametrize("kind", HazardKind)
def test_every_kind_has_words_of_its_own(kind: HazardKind) -> None:
    assert phrase(kind, "gate")
    assert "{" not in phrase(kind, "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (119.4, "119 s"),
        (119.6, "2 min 0 s"),
        (725, "12 min 5 s"),
        (12_000, "3 h 20 min"),
    ],
)
def test_durations_read_naturally(seconds: float, words: str) -> None:
    assert span_of_time(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (119.94, "119.9 s"),
        (119.96, "2:00.0"),
        (125.3, "2:05.3"),
        (3_600, "1:00:00.0"),
        (3_725.5, "1:02:05.5"),
    ],
)
def test_moments_read_naturally(seconds: float, words: str) -> None:
    assert moment(seconds) == words
