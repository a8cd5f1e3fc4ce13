from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tml_ros.cell.alarm_status import Status
from tml_ros.cell.cell_description import CellDescription
from tml_ros.report.session_log import ALARM_LATENCY, SessionLog, summary
from tml_ros.report.session_recorder import PICTURES, SessionRecorder
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import Frame

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
Show = Callable[..., None]


@pytest.fixture
def recorder(cell: CellDescription) -> SessionRecorder:
    return SessionRecorder(SessionLog(cell))


@pytest.fixture
def show(recorder: SessionRecorder) -> Show:
    def show(at: float, *, late: float = 0.01, grey: int = 0) -> None:
        stamp_ns = START + round(at * SECOND)
        frame = Frame("gate", stamp_ns, np.full((240, 320, 3), grey, np.uint8))
        arrival_ns = stamp_ns + round(late * SECOND)
        recorder.frame("gate", stamp_ns, arrival_ns, size=frame.rgb.nbytes, unpack=lambda: frame)

    return show


def raised(at: float, *, due: float | None = None) -> AlarmTransition:
    stamp_ns = START + round(at * SECOND)
    due_ns = START + round((at if due is None else due) * SECOND)
    state, kind = AlarmState.ACTIVE_UNACKNOWLEDGED, HazardKind.PERSON_IN_ZONE
    alarm = Alarm(kind, "press_area", state, Priority.HIGH, "guard", stamp_ns, due_ns)
    return AlarmTransition(stamp_ns, AlarmEvent.RAISED, alarm, due_ns)


def test_an_alarm_shows_the_very_frame_that_decided(recorder: SessionRecorder, show: Show) -> None:
    for index in range(10):
        show(index / 10, grey=20 * index)
    recorder.changed(raised(0.9, due=0.5))
    snapshot = recorder.log.transitions[0].snapshot
    assert snapshot is not None
    assert snapshot.stamp_ns == START + SECOND // 2
    picture = cv2.imdecode(np.frombuffer(snapshot.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture[470, 20] == pytest.approx(100, abs=4)


def test_only_the_newest_pictures_are_kept(recorder: SessionRecorder, show: Show) -> None:
    for index in range(4 * PICTURES):
        show(float(index))
    recorder.changed(raised(4 * PICTURES, due=0))
    snapshot = recorder.log.transitions[0].snapshot
    assert snapshot is not None
    assert snapshot.stamp_ns == START + 3 * PICTURES * SECOND


def test_a_picture_that_cannot_be_read_costs_the_snapshot_only(
    recorder: SessionRecorder,
) -> None:
    def broken() -> Frame:
        raise ValueError("truncated")

    recorder.frame("gate", START, START, size=10, unpack=broken)
    recorder.changed(raised(0.1))
    assert recorder.log.transitions[0].snapshot is None
    assert recorder.log.counters["pictures_unreadable"] == 1


def test_latency_is_measured_from_what_was_due_to_the_alarm_received(
    recorder: SessionRecorder,
) -> None:
    change = raised(1.02, due=1.0)
    recorder.standing([change.alarm], START + round(1.05 * SECOND))
    recorder.changed(change)
    assert recorder.log.latencies[ALARM_LATENCY].kept == (50.0,)


def test_a_spoken_warning_has_the_priority_of_its_alarm(recorder: SessionRecorder) -> None:
    recorder.changed(raised(1.0))
    recorder.words("Warning. Person in press area. Step back.", START + SECOND)
    recorder.speech(np.ones(100, np.float32), START + SECOND)
    recorder.words("Good morning.", START + 3 * SECOND)
    recorder.end(START + 4 * SECOND)
    said = [(record.text, record.priority) for record in recorder.log.speech]
    assert said == [
        ("Warning. Person in press area. Step back.", Priority.HIGH),
        ("Good morning.", None),
    ]
    assert list(recorder.log.clips) == ["Warning. Person in press area. Step back."]


@pytest.mark.parametrize("sound_first", [False, True])
def test_a_warning_and_its_sound_are_one_in_whatever_order_they_come(
    recorder: SessionRecorder, sound_first: bool
) -> None:
    words = "Warning. Person in press area. Step back."
    recorder.changed(raised(1.0))
    recorder.words("The press", START + SECOND)
    recorder.speech(np.ones(50, np.float32), START + SECOND)
    steps = [
        lambda: recorder.words(words, START + SECOND + 1),
        lambda: recorder.warning(np.ones(100, np.float32), START + SECOND + 1),
    ]
    for step in reversed(steps) if sound_first else steps:
        step()
    recorder.warning(np.zeros(0, np.float32), START + SECOND + 2)
    recorder.end(START + 4 * SECOND)
    assert [record.text for record in recorder.log.speech] == ["The press", words]
    assert {text: len(clip) for text, clip in recorder.log.clips.items()} == {
        "The press": 50,
        words: 100,
    }


def test_what_comes_after_the_end_did_not_happen(recorder: SessionRecorder, show: Show) -> None:
    show(0.0)
    recorder.end(START + SECOND)
    show(2.0)
    recorder.sound("mic", START + 2 * SECOND)
    recorder.changed(raised(2.0))
    recorder.words("Attention.", START + 2 * SECOND)
    told = summary(recorder.log)
    assert (told["seconds"], told["spoken"], told["alarms_raised"]) == (1.0, 0, {})
    assert told["cameras"]["gate"]["frames"] == 1


def test_nodes_are_heard_of_and_their_counts_kept(recorder: SessionRecorder, show: Show) -> None:
    show(0.0)
    beat = Status(0, "press_2/interaction: heartbeat", "alive", "press_2", {"turns": "17"})
    lane = {"dropped": "3", "rejected": "0"}
    recorder.status(beat)
    recorder.status(Status(0, "press_2/guardian: camera gate", "ok", "press_2", lane))
    view = recorder.view(START)
    assert view.alive == {"interaction", "guardian"}
    assert view.turns == 17
    assert dict(recorder.log.counters) == {"guardian camera gate dropped": 3}


def heartbeat(turns: int, **values: str) -> Status:
    return Status(
        0, "press_2/interaction: heartbeat", "alive", "press_2", {"turns": str(turns), **values}
    )


def test_what_turns_lacked_before_there_was_anything_to_see_is_not_of_the_run(
    recorder: SessionRecorder, show: Show
) -> None:
    recorder.status(heartbeat(30, **{"gap frame_missing gate": "30", "late_frames": "2"}))
    assert recorder.view(START).turns == 0
    show(0.0)
    recorder.status(
        heartbeat(
            45,
            **{
                "gap frame_missing gate": "31",
                "gap timeline_restarted": "1",
                "late_frames": "2",
                "deadline_misses": "4",
            },
        )
    )
    told = summary(recorder.log)
    assert told["turns"] == 15
    assert told["gaps"] == {"frame_missing": {"gate": 1}, "timeline_restarted": {"": 1}}
    assert told["counters"] == {"deadline_misses": 4}


def test_what_the_model_states_before_it_was_given_anything_does_not_begin_the_run(
    recorder: SessionRecorder, show: Show
) -> None:
    early = Hazard(HazardKind.MODEL_LOST, "", 0.0, HazardSource.GUARD, START - 2 * SECOND)
    recorder.hazard(early)
    show(0.0)
    assert recorder.log.started_ns == START


def test_an_interaction_that_begins_anew_counts_from_there(
    recorder: SessionRecorder, show: Show
) -> None:
    recorder.status(heartbeat(30))
    show(0.0)
    recorder.status(heartbeat(7, **{"gap frame_missing gate": "1"}))
    assert (recorder.log.turns, summary(recorder.log)["gaps"]) == (
        7,
        {"frame_missing": {"gate": 1}},
    )


def test_the_view_tells_rate_and_age_of_a_stream(recorder: SessionRecorder, show: Show) -> None:
    assert recorder.view(START).streams[0].age_s is None
    for index in range(50):
        show(index / 10)
    gate = recorder.view(START + 5 * SECOND).streams[0]
    assert (gate.name, gate.kind, gate.messages) == ("gate", "camera", 50)
    assert gate.rate == pytest.approx(10)
    assert gate.age_s == pytest.approx(0.09)


def test_what_is_being_said_is_shown_as_far_as_it_has_come(recorder: SessionRecorder) -> None:
    shown = []
    for at, piece in ((1.0, "Press 1"), (1.2, " is at"), (1.4, " 71 degrees."), (9.0, "Fine.")):
        recorder.words(piece, START + round(at * SECOND))
        said = recorder.view(START + round(at * SECOND)).said
        assert said is not None
        shown.append(((said.stamp_ns - START) / SECOND, said.text))
    assert shown == [
        (1.0, "Press 1"),
        (1.0, "Press 1 is at"),
        (1.0, "Press 1 is at 71 degrees."),
        (9.0, "Fine."),
    ]
