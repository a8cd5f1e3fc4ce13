"""What belongs into a turn is in it, once; what is missing, late or too much is told."""

from __future__ import annotations

import numpy as np
import pytest
from timed_input import MS, SAMPLE_NS, SECOND, T0, assembler, block, frame, heard, kinds, sound

from tml_ros.turn.assembler_counters import AssemblerCounters
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, AudioBlock, GapKind
from tml_ros.turn.turn_assembler import MAX_READY_TURNS


def test_a_turn_closes_as_soon_as_its_sound_is_complete():
    cell = assembler()
    cell.push_audio(block(0, TURN_SAMPLES - 1))
    assert cell.poll(T0 + TURN_NS) == []
    cell.push_audio(block(TURN_SAMPLES - 1, 1))
    (turn,) = cell.poll(T0 + TURN_NS)
    assert (turn.index, turn.start_ns, turn.gaps) == (0, T0, ())
    assert np.array_equal(turn.audio["mic"], sound(TURN_SAMPLES))


def test_a_turn_waits_for_every_microphone():
    cell = assembler(("mic", "far"))
    cell.push_audio(block(0, TURN_SAMPLES))
    assert cell.poll(T0 + TURN_NS) == []
    cell.push_audio(block(0, TURN_SAMPLES, microphone="far"))
    (turn,) = cell.poll(T0 + TURN_NS)
    assert set(turn.audio) == {"mic", "far"}
    assert turn.gaps == ()


def test_what_is_missing_when_the_jitter_budget_has_passed_is_zero_and_a_gap():
    cell = assembler(jitter_ns=100 * MS)
    cell.push_audio(block(0, 1_600))
    cell.push_audio(block(2_400, 800))
    assert cell.poll(T0 + 300 * MS) == []
    (turn,) = cell.poll(T0 + 300 * MS + 1)
    expected = sound(TURN_SAMPLES)
    expected[1_600:2_400] = 0
    assert np.array_equal(turn.audio["mic"], expected)
    (gap,) = turn.gaps
    assert (gap.kind, gap.stream, gap.missing_ns) == (GapKind.AUDIO_MISSING, "mic", 50 * MS)


def test_sound_that_comes_after_its_turn_is_dropped_counted_and_told_by_the_next_turn():
    cell = assembler()
    cell.push_audio(block(0, 1_600))
    cell.poll(T0 + 301 * MS)
    cell.push_audio(block(1_600, 3_200))
    (turn,) = cell.poll(T0 + 501 * MS)
    late = [gap for gap in turn.gaps if gap.kind is GapKind.AUDIO_LATE]
    assert [gap.missing_ns for gap in late] == [100 * MS]
    assert np.array_equal(turn.audio["mic"][:1_600], sound(1_600, 3_201))
    assert cell.counters == AssemblerCounters(late_samples=1_600)


@pytest.mark.parametrize(
    "again",
    [block(0, 3_200), block(100, 500), block(1_000, 2_200)],
    ids=["same block", "inside", "tail"],
)
def test_doubled_sound_changes_nothing_and_is_counted(again):
    cell = assembler()
    cell.push_audio(block(0, TURN_SAMPLES))
    cell.push_audio(AudioBlock("mic", again.start_ns, -again.samples))
    cell.push_audio(block(TURN_SAMPLES, TURN_SAMPLES))
    turns = cell.poll(T0 + 401 * MS)
    assert np.array_equal(heard(turns), sound(2 * TURN_SAMPLES))
    assert cell.counters == AssemblerCounters(duplicate_samples=len(again.samples))


def test_of_overlapping_blocks_the_first_sound_stays():
    cell = assembler()
    cell.push_audio(block(0, 2_000))
    cell.push_audio(AudioBlock("mic", T0 + 1_500 * SAMPLE_NS, -sound(1_700, 1_501)))
    (turn,) = cell.poll(T0 + 200 * MS)
    assert np.array_equal(turn.audio["mic"][:2_000], sound(2_000))
    assert np.array_equal(turn.audio["mic"][2_000:], -sound(1_200, 2_001))
    assert cell.counters.duplicate_samples == 500


@pytest.mark.parametrize("wander_ms", [1, 3, 4.9])
def test_stamps_that_wander_by_some_ms_leave_no_holes(wander_ms):
    cell = assembler()
    wander = np.random.default_rng(7).uniform(-wander_ms, wander_ms, 500)
    turns = []
    for number, error in enumerate(wander):
        exact = block(number * 320, 320)
        cell.push_audio(AudioBlock("mic", exact.start_ns + int(error * MS), exact.samples))
        turns += cell.poll(exact.start_ns + 20 * MS)
    assert len(turns) >= 49
    assert all(turn.gaps == () for turn in turns)
    assert np.array_equal(heard(turns), sound(len(turns) * TURN_SAMPLES))


@pytest.mark.parametrize("parts_per_million", [-400, 400])
def test_a_sound_card_that_drifts_stays_within_10_ms_of_its_stamps(parts_per_million):
    cell = assembler()
    turns = []
    for number in range(5_000):
        start_ns = T0 + number * (20 * MS + 20 * parts_per_million)
        cell.push_audio(AudioBlock("mic", start_ns, np.full(320, number, np.float32)))
        turns += cell.poll(start_ns + 20 * MS)
    place = np.flatnonzero(heard(turns) == 4_800)[0]
    should_be = 4_800 * (20 * MS + 20 * parts_per_million) / SAMPLE_NS
    assert abs(place - should_be) <= 161
    lost = sum(gap.missing_ns for turn in turns for gap in turn.gaps)
    assert lost + cell.counters.duplicate_samples * SAMPLE_NS == pytest.approx(40 * MS, abs=11 * MS)


def test_sound_that_is_not_finite_is_zero_missing_and_counted():
    cell = assembler()
    samples = sound(TURN_SAMPLES)
    samples[[5, 6]] = np.nan, np.inf
    cell.push_audio(AudioBlock("mic", T0, samples))
    (turn,) = cell.poll(T0)
    assert turn.audio["mic"][5] == turn.audio["mic"][6] == 0
    assert [gap.missing_ns for gap in turn.gaps] == [2 * SAMPLE_NS]
    assert cell.counters.nonfinite_samples == 2


def test_the_newest_frame_of_a_turn_is_given_with_its_age():
    cell = assembler(cameras=("cam",))
    for ms in (-1, 0, 120, 50, 200):
        cell.push_frame(frame(ms))
    cell.push_audio(block(0, TURN_SAMPLES))
    (turn,) = cell.poll(T0)
    assert turn.frames["cam"].frame.stamp_ns == T0 + 120 * MS
    assert turn.frames["cam"].age_ns == 80 * MS
    assert cell.counters == AssemblerCounters(early_frames=1)
    cell.push_audio(block(TURN_SAMPLES, TURN_SAMPLES))
    (turn,) = cell.poll(T0)
    assert turn.frames["cam"].age_ns == 200 * MS


def test_a_missing_and_a_late_frame_are_gaps():
    cell = assembler(cameras=("cam",))
    cell.push_audio(block(0, TURN_SAMPLES))
    (turn,) = cell.poll(T0)
    assert kinds(turn) == [GapKind.FRAME_MISSING]
    cell.push_frame(frame(150))
    cell.push_audio(block(TURN_SAMPLES, TURN_SAMPLES))
    (turn,) = cell.poll(T0)
    assert [(gap.kind, gap.missing_ns) for gap in turn.gaps] == [
        (GapKind.FRAME_MISSING, 0),
        (GapKind.FRAME_LATE, 50 * MS),
    ]
    assert cell.counters.late_frames == 1


def test_text_goes_into_the_turn_of_its_stamp_and_is_never_lost_for_being_late():
    cell = assembler()
    cell.push_text("first", T0 + 10 * MS)
    cell.push_text("second", T0 + 210 * MS)
    cell.push_audio(block(0, 2 * TURN_SAMPLES))
    cell.push_text("late", T0 + 20 * MS)
    cell.push_text("of a wrong clock", T0 + 3_600 * SECOND)
    cell.push_audio(block(2 * TURN_SAMPLES, TURN_SAMPLES))
    assert [turn.texts for turn in cell.poll(T0)] == [
        ("first",),
        ("second",),
        ("late", "of a wrong clock"),
    ]


def test_a_flood_of_future_sound_is_refused_and_counted():
    cell = assembler(("mic", "far"))
    cell.push_audio(block(0, TURN_SAMPLES // 2))
    for _ in range(100):
        cell.push_audio(block(4 * 16_000, 16_000, microphone="far"))
    cell.push_audio(block(TURN_SAMPLES // 2, TURN_SAMPLES))
    for number in range(100):
        cell.push_audio(block((10 + number) * 16_000, 16_000, microphone="far"))
    assert cell.counters.refused_samples >= 100 * 16_000


def test_a_flood_of_repeated_sound_behind_a_hole_is_refused_and_counted():
    cell = assembler()
    cell.push_audio(block(0, TURN_SAMPLES))
    for _ in range(1_000):
        cell.push_audio(block(TURN_SAMPLES + 1_600, 1_600))
    (_, turn) = cell.flush()
    assert np.array_equal(turn.audio["mic"][1_600:], sound(1_600, TURN_SAMPLES + 1_601))
    assert cell.counters == AssemblerCounters(
        duplicate_samples=99 * 1_600, refused_samples=900 * 1_600
    )


def test_a_flood_of_pictures_before_the_first_turn_is_refused_and_counted():
    cell = assembler(cameras=("cam",))
    for _ in range(1_000):
        cell.push_frame(frame(0))
    assert cell.counters == AssemblerCounters(refused_frames=1_000 - 128)


def test_who_never_polls_loses_the_oldest_turns_and_is_told():
    cell = assembler()
    for number in range(MAX_READY_TURNS + 5):
        cell.push_audio(block(number * TURN_SAMPLES, TURN_SAMPLES))
    turns = cell.poll(T0)
    assert [turns[0].index, turns[-1].index] == [5, MAX_READY_TURNS + 4]
    assert cell.counters.dropped_turns == 5


def test_more_text_than_anybody_types_is_refused_and_counted():
    cell = assembler()
    for number in range(1_000):
        cell.push_text(str(number), T0)
    assert cell.counters.refused_texts == 1_000 - 256


def test_flush_closes_what_is_left_however_incomplete():
    cell = assembler(cameras=("cam",))
    cell.push_audio(block(0, TURN_SAMPLES + 16))
    cell.push_frame(frame(450))
    turns = cell.flush()
    assert [turn.index for turn in turns] == [0, 1, 2]
    assert turns[1].gaps[0].missing_ns == TURN_NS - MS
    assert turns[2].frames["cam"].age_ns == 150 * MS
    assert cell.flush() == []


def test_flush_before_any_turn_could_start_gives_what_has_come():
    cell = assembler(cameras=("cam",))
    assert cell.flush() == []
    cell.push_frame(frame(0))
    (turn,) = cell.flush()
    assert turn.start_ns == T0
    assert kinds(turn) == [GapKind.AUDIO_MISSING]


def test_after_reset_an_assembler_is_as_new():
    cell = assembler()
    cell.push_audio(block(0, 100 * TURN_SAMPLES))
    cell.push_audio(block(0, 10))
    cell.reset()
    assert cell.poll(T0) == []
    assert cell.counters == AssemblerCounters()
    cell.push_audio(block(0, TURN_SAMPLES))
    (turn,) = cell.poll(T0)
    assert (turn.index, turn.gaps) == (0, ())


def test_what_a_turn_holds_cannot_be_written_to():
    cell = assembler()
    cell.push_audio(block(0, TURN_SAMPLES))
    (turn,) = cell.poll(T0)
    with pytest.raises(ValueError, match="read-only"):
        turn.audio["mic"][0] = 1


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda cell: cell.push_audio(block(0, 1, microphone="nobody")), r"'nobody'.*\['mic'\]"),
        (lambda cell: cell.push_frame(frame(0, camera="nobody")), r"'nobody'.*\['cam'\]"),
        (lambda cell: cell.push_audio(AudioBlock("mic", 0, np.zeros(3))), "float64"),
        (
            lambda cell: cell.push_audio(AudioBlock("mic", 0, np.zeros((3, 2), np.float32))),
            r"\[3, 2\]",
        ),
        (
            lambda cell: cell.push_audio(AudioBlock("mic", 0, np.zeros(960_001, np.float32))),
            "960001",
        ),
        (lambda _: assembler(jitter_ns=-1), "jitter_ns"),
        (lambda _: assembler(("a", "a")), "microphone may be named once"),
        (lambda _: assembler((), ("c", "c")), "camera may be named once"),
    ],
)
def test_a_mistake_of_the_caller_is_a_value_error(action, message):
    with pytest.raises(ValueError, match=message):
        action(assembler(cameras=("cam",)))
