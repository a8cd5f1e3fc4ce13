from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.report.model_record import ModelRecord
from tml_ros.report.session_log import SessionLog
from tml_ros.report.truth_check import Fate, check_truth, told_truth
from tml_ros.report.truth_record import TruthDoubt, TruthLine, TruthRecord, TruthSpan
from tml_ros.turn.hazard import HazardKind

SECOND = 1_000_000_000
IN_ZONE, HELMET, IMPACT = (
    HazardKind.PERSON_IN_ZONE,
    HazardKind.MISSING_HELMET,
    HazardKind.IMPACT_SOUND,
)


@pytest.fixture
def true(log: SessionLog) -> Callable[..., None]:
    """`true(start, end, evident, kind=, zone=)` adds a hazard; `doubt=True` a doubt."""
    begin = log.started_ns or 0

    def ns(seconds: float) -> int:
        return begin + round(seconds * SECOND)

    def add(
        start: float,
        end: float,
        evident: float | None = None,
        *,
        kind: HazardKind = IN_ZONE,
        zone: str = "press_area",
        doubt: bool = False,
    ) -> None:
        known = log.truth or TruthRecord()
        spans, doubts = known.spans, known.doubts
        if doubt:
            doubts += (TruthDoubt(kind, zone, ns(start), ns(end)),)
        else:
            evident_ns = None if evident is None else ns(evident)
            spans += (TruthSpan(kind, zone, ns(start), ns(end), evident_ns),)
        log.truth = TruthRecord(spans, doubts, known.lines)

    return add


def fates(log: SessionLog) -> list[tuple[str, float | None]]:
    check = check_truth(log)
    assert check is not None
    return [(one.fate.value, one.after_s) for one in check.hazards]


@pytest.mark.parametrize(
    ("span", "alarm", "fate", "after_s"),
    [
        ((10, 20, 10.2), (10.7, 21), Fate.ALARMED, 0.5),
        ((10, 20, 10.2), (9.8, 21), Fate.ALARMED, -0.2),
        ((10, 20, 10.2), (13.0, 21), Fate.ALARMED, 2.8),
        ((10, 20, 10.2), (13.3, 21), Fate.LATE, 3.1),
        ((10, 20, 10.2), (9.6, 21), Fate.MISSED, None),
        ((10, 20, 10.2), (20.6, 22), Fate.MISSED, None),
        ((10, 20, None), (12.0, 21), Fate.ALARMED, 2.0),
        ((10, 20, None), None, Fate.NOT_EVIDENT, None),
        ((10, 20, 10.2), None, Fate.MISSED, None),
        ((46, 48, 46.1), None, Fate.CUT_SHORT, None),
    ],
)
def test_a_hazard_is_found_by_an_alarm_that_was_raised_for_it(
    *,
    log: SessionLog,
    true: Callable[..., None],
    visit: Callable[..., None],
    span: tuple[float, float, float | None],
    alarm: tuple[float, float] | None,
    fate: Fate,
    after_s: float | None,
) -> None:
    true(*span)
    if alarm is not None:
        visit(*alarm)
    assert fates(log) == [(fate.value, after_s)]


@pytest.mark.parametrize(
    ("trusted", "fate"),
    [(frozenset(), Fate.NOBODY_JUDGES), (frozenset({HELMET}), Fate.MISSED)],
)
def test_a_kind_that_nobody_judges_is_nobodys_miss(
    log: SessionLog, true: Callable[..., None], trusted: frozenset[HazardKind], fate: Fate
) -> None:
    log.model = ModelRecord("m", True, 1.0, 2.0, trusted)
    true(10, 20, 11, kind=HELMET)
    assert fates(log) == [(fate.value, None)]


def test_an_alarm_that_holds_tells_of_the_next_visit_too(
    log: SessionLog, true: Callable[..., None], visit: Callable[..., None]
) -> None:
    true(10, 12, 10)
    true(14, 16, 14)
    visit(10.5, 17)
    assert fates(log) == [("alarmed", 0.5), ("alarmed", 0.0)]


def test_an_alarm_that_is_never_taken_back_tells_nothing_later(
    log: SessionLog, true: Callable[..., None], visit: Callable[..., None]
) -> None:
    true(10, 12, 10)
    true(30, 32, 30)
    visit(10.5)
    assert fates(log) == [("alarmed", 0.5), ("missed", None)]


def test_what_is_over_in_a_moment_may_be_told_of_afterwards(
    log: SessionLog, true: Callable[..., None], visit: Callable[..., None]
) -> None:
    true(10, 10.4, 10, kind=IMPACT, zone="mic")
    visit(12.2, 13, kind=IMPACT, zone="mic")
    assert fates(log) == [("alarmed", 2.2)]


@pytest.mark.parametrize(
    ("reason", "raised", "wrong_zone"),
    [
        (None, 30.0, False),
        ((10, 20, 10), 30.0, False),
        ((29, 33, 29), 30.0, True),
    ],
)
def test_an_alarm_without_a_reason_in_its_zone_is_false(
    *,
    log: SessionLog,
    true: Callable[..., None],
    visit: Callable[..., None],
    reason: tuple[float, float, float] | None,
    raised: float,
    wrong_zone: bool,
) -> None:
    log.truth = TruthRecord()
    if reason is not None:
        true(*reason, zone="robot_area")
    visit(raised, raised + 1)
    check = check_truth(log)
    assert check is not None
    ((false),) = check.false_alarms
    assert (false.episode.number, false.wrong_zone) == (1, wrong_zone)


def test_doubt_excuses_an_alarm_and_is_no_hazard(
    log: SessionLog, true: Callable[..., None], visit: Callable[..., None]
) -> None:
    true(10, 12, doubt=True)
    visit(11, 13)
    check = check_truth(log)
    assert check is not None
    assert (check.hazards, check.false_alarms) == ((), ())
    assert check.sentence == "No hazard was there; no false alarm."


def test_faults_of_sensors_are_no_false_alarms(log: SessionLog, visit: Callable[..., None]) -> None:
    log.truth = TruthRecord()
    visit(10, 12, kind=HazardKind.CAMERA_DARK, zone="gate")
    check = check_truth(log)
    assert check is not None
    assert check.false_alarms == ()


def test_without_truth_there_is_nothing_to_check(log: SessionLog) -> None:
    assert check_truth(log) is None


def test_the_whole_is_one_sentence_and_json(
    log: SessionLog, true: Callable[..., None], visit: Callable[..., None]
) -> None:
    begin = log.started_ns or 0
    line = TruthLine("worker", "is it safe?", begin + 5 * SECOND, begin + 6 * SECOND, True)
    log.truth = TruthRecord(lines=(line,))
    true(10, 20, 10.2)
    true(10, 20, 10.5, kind=HELMET)
    true(24, 26, 24)
    true(40, 42, None)
    visit(10.7, 21)
    visit(30, 31)
    check = check_truth(log)
    assert check is not None
    assert check.sentence == (
        "1 of 4 true hazards alarmed, 1 missed, 1 of a kind that nobody here judges, "
        "1 never evident; 1 false alarm."
    )
    told = told_truth(check, log)
    assert told["sentence"] == check.sentence
    assert told["hazards"][1] == {
        "kind": "person_in_zone",
        "zone": "press_area",
        "start_s": 10.0,
        "end_s": 20.0,
        "evident_s": 10.2,
        "fate": "alarmed",
        "after_s": 0.5,
        "by": "guard",
    }
    assert told["hazards"][3]["evident_s"] is None
    assert told["false_alarms"] == [
        {
            "kind": "person_in_zone",
            "zone": "press_area",
            "raised_s": 30.0,
            "by": "guard",
            "wrong_zone": False,
        }
    ]
    assert told["lines"] == [
        {"who": "worker", "text": "is it safe?", "start_s": 5.0, "addressed": True}
    ]
