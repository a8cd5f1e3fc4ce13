"""Turns come at their pace whatever happens to streams and clocks."""

from __future__ import annotations

import numpy as np
import pytest
from timed_input import MS, SECOND, T0, as_values, assembler, block, frame, kinds, sound

from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, GapKind


def test_without_microphones_the_frames_set_the_beat():
    cell = assembler((), ("left", "right"))
    turns = []
    for ms in range(0, 1_001, 50):
        for camera in ("left", "right"):
            cell.push_frame(frame(ms, camera=camera))
        turns += cell.poll(T0 + ms * MS)
    assert [turn.start_ns - T0 for turn in turns] == [
        0,
        TURN_NS,
        2 * TURN_NS,
        3 * TURN_NS,
        4 * TURN_NS,
    ]
    assert all(turn.frames["left"].age_ns == 50 * MS for turn in turns)
    assert all(turn.gaps == () for turn in turns)


def test_turns_come_at_their_pace_where_the_microphone_stays_silent():
    cell = assembler(cameras=("cam",))
    turns = []
    for ms in range(0, 2_001, 100):
        cell.push_frame(frame(ms))
        turns += cell.poll(T0 + ms * MS)
    assert len(turns) == 9
    assert all(kinds(turn) == [GapKind.AUDIO_MISSING] for turn in turns)
    assert [turn.frames["cam"].age_ns for turn in turns] == [100 * MS] * 9
    assert not turns[0].audio["mic"].any()


def test_turns_come_at_their_pace_where_nothing_comes_at_all():
    cell = assembler(cameras=("cam",))
    turns = [turn for ms in range(0, 3_600_001, 1_000) for turn in cell.poll(T0 + ms * MS)]
    assert [turn.index for turn in turns] == list(range(17_999))
    assert kinds(turns[-1]) == [GapKind.AUDIO_MISSING, GapKind.FRAME_MISSING]


def test_a_microphone_that_comes_back_joins_the_running_timeline():
    cell = assembler()
    cell.push_audio(block(0, TURN_SAMPLES))
    turns = [turn for ms in range(0, 60_000, 100) for turn in cell.poll(T0 + ms * MS)]
    cell.push_audio(block(300 * TURN_SAMPLES, TURN_SAMPLES))
    turns += cell.poll(T0 + 60_200 * MS)
    assert [turn.index for turn in turns] == list(range(301))
    assert np.array_equal(turns[300].audio["mic"], sound(TURN_SAMPLES, 300 * TURN_SAMPLES + 1))
    assert cell.counters.restarts == 0


@pytest.mark.parametrize("jump_s", [-3_600, -2, 6, 86_400 * 365])
def test_a_clock_that_jumps_closes_what_is_open_and_starts_a_new_timeline(jump_s):
    cell = assembler(cameras=("cam",))
    cell.push_audio(block(0, 10 * TURN_SAMPLES + 1_600))
    cell.push_text("still said", T0 + 3 * SECOND)
    t1 = T0 + 2 * SECOND + jump_s * SECOND
    cell.push_audio(block(0, TURN_SAMPLES, t0=t1))
    turns = cell.poll(t1 + TURN_NS)
    assert [turn.index for turn in turns] == [*range(11), 0]
    assert kinds(turns[10])[0] is GapKind.AUDIO_MISSING
    assert turns[11].start_ns == t1
    assert turns[11].gaps[0].kind is GapKind.TIMELINE_RESTARTED
    assert np.array_equal(turns[11].audio["mic"], sound(TURN_SAMPLES))
    assert turns[11].texts == ("still said",)
    assert cell.counters.restarts == 1


def test_a_bag_that_loops_gives_the_same_turns_every_time():
    cell = assembler(cameras=("cam",))
    loops = []
    for _ in range(3):
        for ms in range(0, 3_000, 20):
            if ms % 100 == 0:
                cell.push_frame(frame(ms))
            cell.push_audio(block(ms * 16, 320))
        loops.append(cell.poll(T0 + 3 * SECOND))
    turns = [turn for loop in loops for turn in loop]
    firsts = [number for number, turn in enumerate(turns) if turn.index == 0]
    assert len(firsts) == 3
    again = [[value[:-1] for value in as_values(turns[first + 1 : first + 15])] for first in firsts]
    assert again[0] == again[1] == again[2]
    assert cell.counters.restarts == 2


def test_sound_that_was_held_up_does_not_start_a_new_timeline():
    cell = assembler()
    cell.push_audio(block(0, TURN_SAMPLES))
    turns = [turn for ms in range(0, 3_001, 50) for turn in cell.poll(T0 + ms * MS)]
    for number in range(1, 15):
        cell.push_audio(block(number * TURN_SAMPLES, TURN_SAMPLES))
        turns += cell.poll(T0 + 3_050 * MS)
    assert [turn.index for turn in turns] == list(range(15))
    assert cell.counters.restarts == 0
    assert cell.counters.late_samples == 13 * TURN_SAMPLES


def test_a_camera_with_a_wrong_clock_disturbs_nobody():
    cell = assembler(cameras=("cam", "wrong"))
    turns = []
    for ms in range(0, 2_000, 20):
        cell.push_frame(frame(ms))
        cell.push_frame(frame(ms, camera="wrong", t0=0 if ms % 40 else 2 * T0))
        cell.push_audio(block(ms * 16, 320))
        turns += cell.poll(T0 + (ms + 20) * MS)
    assert [turn.index for turn in turns] == list(range(10))
    assert all(kinds(turn)[:1] == [GapKind.FRAME_MISSING] for turn in turns)
    assert all("cam" in turn.frames for turn in turns)
    assert cell.counters.restarts == 0
    assert cell.counters.refused_frames > 0


@pytest.mark.parametrize("offset_s", [-1_700_000_000, 30, 86_400])
def test_a_listener_on_another_clock_still_gives_the_pace(offset_s):
    cell = assembler(cameras=("cam",))
    turns = []
    for ms in range(0, 5_000, 20):
        if ms < 2_000:
            cell.push_audio(block(ms * 16, 320))
        turns += cell.poll(T0 + offset_s * SECOND + (ms + 20) * MS)
    assert [turn.index for turn in turns] == list(range(24))
    assert cell.counters.restarts == 0


def test_a_listener_whose_clock_is_set_does_not_flood_or_stall():
    cell = assembler()
    turns = []
    now_ns = 0
    for number in range(300):
        now_ns += 20 * MS
        if number == 100:
            now_ns += T0
        if number == 200:
            now_ns -= T0 // 2
        turns += cell.poll(now_ns)
    assert len(turns) == pytest.approx(29, abs=1)
