from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.report import session_log
from tml_ros.report.session_log import ALARM_LATENCY, SessionLog, Snapshot, summary
from tml_ros.safety.alarm import AlarmEvent, AlarmState, AlarmTransition
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import Gap, GapKind, MicroTurn

SECOND = 1_000_000_000
Change = Callable[..., AlarmTransition]


def test_the_summary_counts_what_was_recorded(log: SessionLog, visit: Callable[..., None]) -> None:
    start = log.started_ns or 0
    visit(12.4, 20.1)
    visit(30)
    visit(31, 32, kind=HazardKind.SIREN, zone="mic")
    log.record_turn(MicroTurn(0, start, gaps=(Gap(GapKind.AUDIO_MISSING, "mic", 5),)))
    for index in range(31):
        log.record_frame("gate", start + index * SECOND // 15)
    log.record_latency(ALARM_LATENCY, 40.0)
    told = summary(log)
    assert told["alarms_raised"] == {"person_in_zone": 2, "siren": 1}
    assert told["active_at_end"] == [["person_in_zone", "press_area"]]
    assert (told["seconds"], told["turns"]) == (48.0, 1)
    assert told["gaps"] == {"audio_missing": {"mic": 1}}
    assert told["cameras"] == {"gate": {"frames": 31, "per_second": 15.0}}
    assert told["latency_ms"] == {"count": 1, "p50": 40.0, "p95": 40.0, "max": 40.0}
    assert json.loads(json.dumps(told)) == told


def test_an_empty_log_has_a_summary(cell: CellDescription) -> None:
    told = summary(SessionLog(cell))
    assert (told["seconds"], told["alarms_raised"], told["active_at_end"]) == (0.0, {}, [])


def test_an_alarm_whose_hazard_is_gone_is_not_active_at_the_end(
    log: SessionLog, visit: Callable[..., None], change: Change
) -> None:
    visit(5)
    log.record_transition(change(AlarmEvent.RETURNED, 6, AlarmState.RETURNED_UNACKNOWLEDGED))
    assert summary(log)["active_at_end"] == []


def test_raising_anew_is_not_counted_as_another_alarm(
    log: SessionLog, visit: Callable[..., None], change: Change
) -> None:
    visit(5)
    log.record_transition(change(AlarmEvent.REALARMED, 65, AlarmState.ACTIVE_UNACKNOWLEDGED))
    assert summary(log)["alarms_raised"] == {"person_in_zone": 1}


def test_an_alarm_that_is_only_shelved_does_not_stand(log: SessionLog, change: Change) -> None:
    log.record_transition(change(AlarmEvent.SHELVED, 6, AlarmState.NORMAL))
    assert log.alarms == {}
    assert summary(log)["alarms_raised"] == {}


def test_the_threshold_of_the_cell_decides_what_a_hazard_run_is() -> None:
    cell = CellDescription.model_validate(
        {
            "cell": "c",
            "microphones": {"mic": {}},
            "alarms": {"siren": {"threshold": 0.8}},
        }
    )
    log = SessionLog(cell)
    for index, score in enumerate((0.7, 0.9, 0.7)):
        hazard = Hazard(HazardKind.SIREN, "mic", score, HazardSource.GUARD, index)
        log.record_hazard(hazard)
    (runs,) = log.hazards.values()
    assert [(run.start_ns, run.end_ns, run.peak) for run in runs.runs] == [(1, 2, 0.9)]


def test_what_the_bounds_leave_out_is_counted(
    log: SessionLog, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = log.started_ns or 0
    monkeypatch.setattr(session_log, "MAX_TRANSITIONS", 3)
    monkeypatch.setattr(session_log, "MAX_SNAPSHOTS", 1)
    monkeypatch.setattr(session_log, "MAX_SPEECH", 1)
    for at in range(5):
        log.record_transition(
            change(AlarmEvent.RAISED, at, AlarmState.ACTIVE_UNACKNOWLEDGED),
            Snapshot("gate", start, 1, 1, b"jpeg"),
        )
        log.record_speech(start, "words")
    assert len(log.transitions) == 3
    assert [record.snapshot is not None for record in log.transitions] == [True, False, False]
    assert len(log.speech) == 1
    assert summary(log)["counters"] == {
        "snapshots_left_out": 2,
        "speech_left_out": 4,
        "transitions_left_out": 2,
    }
    assert summary(log)["alarms_raised"] == {"person_in_zone": 5}


def test_a_wording_keeps_one_clip_however_often_it_is_said(log: SessionLog) -> None:
    start = log.started_ns or 0
    first, second = np.zeros(10, np.float32), np.ones(10, np.float32)
    log.record_speech(start, "Stop.", samples=first)
    log.record_speech(start + SECOND, "Stop.", samples=second)
    assert len(log.speech) == 2
    assert log.clips == {"Stop.": first}
