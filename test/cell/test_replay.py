from __future__ import annotations

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import OperatorText, Replay, ReplayInput, replay
from tml_ros.safety.alarm import AlarmEvent
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import AudioBlock, Frame

MS = 1_000_000
SECOND = 1_000_000_000
START = 50 * SECOND
HALL = np.random.default_rng(5).integers(60, 180, (48, 64, 3)).astype(np.uint8)
HALL = HALL.repeat(2, axis=0).repeat(2, axis=1)


def cell(**changes):
    return CellDescription.model_validate({"cell": "test", "cameras": {"hall": {}}, **changes})


def frames(begin_s, end_s, *, camera="hall", rate=10):
    noise = np.random.default_rng(7)
    for index in range(round(begin_s * rate), round(end_s * rate)):
        now_ns = START + index * SECOND // rate
        grain = noise.integers(0, 4, HALL.shape, dtype=np.uint8)
        yield ReplayInput(now_ns, Frame(camera, now_ns, HALL + grain))


def sound(begin_s, end_s, *, microphone="mic"):
    noise = np.random.default_rng(8)
    for index in range(round(begin_s * 10), round(end_s * 10)):
        start_ns = START + index * 100 * MS
        samples = noise.normal(0, 0.05, 1_600).astype(np.float32)
        yield ReplayInput(start_ns + 100 * MS, AudioBlock(microphone, start_ns, samples))


def merged(*streams):
    return sorted((given for stream in streams for given in stream), key=lambda g: g.now_ns)


def changes(run, records):
    return [
        (round(run.seconds_at(t.stamp_ns), 3), t.event, t.alarm.kind)
        for record in records
        for t in record.transitions
    ]


def test_a_quiet_recording_gives_its_turns_its_length_and_no_alarm():
    run = Replay(cell())
    records = list(run.run(frames(0, 3)))
    summary = run.summary()
    assert changes(run, records) == []
    assert summary.seconds == pytest.approx(2.9)
    assert summary.turns == sum(len(record.turns) for record in records)
    assert 14 <= summary.turns <= 15


def test_a_camera_that_falls_silent_is_found_while_the_microphone_goes_on():
    run = Replay(cell(microphones={"mic": {}}))
    records = list(run.run(merged(frames(0, 2), sound(0, 5))))
    ((when, event, kind),) = changes(run, records)
    assert (event, kind) == (AlarmEvent.RAISED, HazardKind.CAMERA_LOST)
    # The last frame is at 1.9 s, the camera is lost after 1 s, and time passes in steps of 0.1 s.
    assert 2.9 <= when <= 3.01


def test_a_silence_of_everything_is_lived_through():
    run = Replay(cell())
    events = changes(run, list(run.run([*frames(0, 1), *frames(6, 9)])))
    assert events[0][1:] == (AlarmEvent.RAISED, HazardKind.CAMERA_LOST)
    assert 1.9 <= events[0][0] <= 2.01
    assert events[1][1] in (AlarmEvent.RETURNED, AlarmEvent.CLEARED)
    assert events[1][0] >= 6.0


def test_time_goes_on_to_the_end_of_the_recording():
    run = Replay(cell())
    records = list(run.run(frames(0, 1), end_ns=START + 4 * SECOND))
    assert [kind for _, _, kind in changes(run, records)] == [HazardKind.CAMERA_LOST]
    assert run.summary().active_at_end == ((HazardKind.CAMERA_LOST, "hall"),)
    assert run.summary().seconds == pytest.approx(4.0, abs=0.11)


def test_a_pause_of_a_day_does_not_take_long():
    day = 86_400 * SECOND
    late = (
        ReplayInput(g.now_ns + day, Frame("hall", g.now_ns + day, g.content.rgb))
        for g in frames(0, 1)
    )
    run = Replay(cell())
    records = list(run.run([*frames(0, 1), *late]))
    assert changes(run, records)[0][2] is HazardKind.CAMERA_LOST
    assert len(records) < 1_000


def test_a_clock_that_jumps_back_begins_anew_while_seconds_go_on():
    run = Replay(cell())
    loops = [*frames(0, 4), *frames(0, 4), *frames(0, 4)]
    records = list(run.run(loops))
    seconds = [record.seconds for record in records]
    assert seconds == sorted(seconds)
    assert run.summary().seconds == pytest.approx(3 * 3.9, abs=0.2)
    assert changes(run, records) == []


def test_inputs_that_are_not_judged_let_no_time_pass_and_change_no_answer():
    judged = list(frames(0, 2))
    others = [ReplayInput(START + index * 70 * MS, None, judged=False) for index in range(60)]
    with_others = Replay(cell())
    records = list(with_others.run(merged(judged, others)))
    alone = Replay(cell())
    list(alone.run(judged))
    assert with_others.summary() == alone.summary()
    assert sum(record.given in others for record in records if record.given) == len(others)


def test_a_camera_whose_pictures_cannot_be_used_is_lost():
    run = Replay(cell())
    records = list(run.run(ReplayInput(START + index * 100 * MS, None) for index in range(70)))
    assert [kind for _, _, kind in changes(run, records)] == [HazardKind.CAMERA_LOST]


def test_operator_text_reaches_its_turn():
    text = ReplayInput(START + 450 * MS, OperatorText("is it safe?", START + 450 * MS))
    records = list(replay(merged(frames(0, 2), [text]), cell()))
    said = [(turn.start_ns, turn.texts) for r in records for turn, _ in r.turns if turn.texts]
    assert [texts for _, texts in said] == [("is it safe?",)]
    assert said[0][0] <= START + 450 * MS < said[0][0] + 200 * MS


def test_two_replays_give_the_same_records():
    def once():
        run = Replay(cell(microphones={"mic": {}}))
        records = list(run.run(merged(frames(0, 2), sound(0, 4))))
        return changes(run, records), run.summary()

    assert once() == once()


def test_nothing_to_replay_is_an_empty_summary():
    run = Replay(cell())
    assert list(run.run([])) == []
    assert (run.summary().turns, run.summary().seconds) == (0, 0.0)
