from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.report.episodes import episodes_of
from tml_ros.report.session_log import SessionLog
from tml_ros.report.timeline_chart import lay_out, ticks
from tml_ros.report.truth_record import TruthLine, TruthRecord, TruthSpan
from tml_ros.safety.alarm import Priority
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource


@pytest.mark.parametrize(
    ("seconds", "first", "count"),
    [(0, "0 s", 1), (0.9, "0 s", 10), (48, "0 s", 10), (600, "0 s", 11), (36_000, "0 s", 11)],
)
def test_ticks_are_few_and_round(seconds: float, first: str, count: int) -> None:
    marks = ticks(seconds)
    assert marks[0].label == first
    assert len(marks) == count
    assert all(0 <= mark.at <= 100 for mark in marks)


@pytest.mark.parametrize("seconds", [0.01, 1, 7.3, 119, 1e4, 1e6])
def test_there_are_never_more_than_eleven_ticks(seconds: float) -> None:
    assert 1 <= len(ticks(seconds)) <= 11


def test_bars_lie_where_things_happened(log: SessionLog, visit: Callable[..., None]) -> None:
    visit(12, 24)
    lane = lay_out(log, episodes_of(log.transitions)).lanes[0]
    (bar,) = lane.rows[0].bars
    assert (bar.at, bar.width, bar.number) == (25.0, 25.0, 1)
    assert bar.words == "alarm 1, high: active unacknowledged, 12.0 s to 24.0 s"


def test_an_alarm_still_active_reaches_the_end(log: SessionLog, visit: Callable[..., None]) -> None:
    visit(36)
    (bar,) = lay_out(log, episodes_of(log.transitions)).lanes[0].rows[0].bars
    assert bar.at + bar.width == 100.0


def test_hazards_truth_and_alarms_of_one_place_share_a_lane(
    log: SessionLog, visit: Callable[..., None]
) -> None:
    visit(12, 24)
    start = log.started_ns or 0
    for source in HazardSource:
        for at, score in ((12, 0.9), (20, 0.0)):
            stamp_ns = start + at * 10**9
            kind = HazardKind.PERSON_IN_ZONE
            log.record_hazard(Hazard(kind, "press_area", score, source, stamp_ns))
    span = TruthSpan(HazardKind.PERSON_IN_ZONE, "press_area", start, start + 10**9, start)
    log.truth = TruthRecord((span,))
    (lane,) = lay_out(log, episodes_of(log.transitions)).lanes
    assert [row.name for row in lane.rows] == ["alarm", "guard", "model", "truth"]
    assert [row.bars[0].strength for row in lane.rows[1:3]] == [0.9, 0.9]


def test_what_people_say_is_shown_with_who_says_it_to_whom(log: SessionLog) -> None:
    start = log.started_ns or 0
    log.truth = TruthRecord(
        lines=(
            TruthLine("worker", "is it safe?", start + 12 * 10**9, start + 18 * 10**9, True),
            TruthLine("visitor", "lunch?", start + 24 * 10**9, start + 25 * 10**9, False),
        )
    )
    asked, aside = lay_out(log, ()).lines
    assert (asked.at, asked.width, asked.look) == (25.0, 12.5, "line")
    assert asked.words == "worker: “is it safe?”, 12.0 s to 18.0 s"
    assert aside.look == "line aside"
    assert "(not to the cell)" in aside.words


def test_weightier_alarms_stand_above(log: SessionLog, visit: Callable[..., None]) -> None:
    visit(1, 2, priority=Priority.LOW)
    visit(3, 4, kind=HazardKind.SIREN, zone="mic", priority=Priority.CRITICAL)
    lanes = lay_out(log, episodes_of(log.transitions)).lanes
    assert [lane.kind for lane in lanes] == [HazardKind.SIREN, HazardKind.PERSON_IN_ZONE]


def test_a_hazard_known_by_its_alarm_alone_began_its_delay_before(
    log: SessionLog, visit: Callable[..., None]
) -> None:
    visit(12.2, 25)
    (lane,) = lay_out(log, episodes_of(log.transitions)).lanes
    assert [row.name for row in lane.rows] == ["alarm", "hazard"]
    (bar,) = lane.rows[1].bars
    # person_in_zone: on-delay 0.2 s, off-delay 1 s; the run lasts 48 s.
    assert (bar.at, bar.width) == (25.0, 25.0)
