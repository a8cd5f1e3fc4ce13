"""A track lays sound end to end and is honest about holes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from timed_input import SAMPLE_NS, T0, sound

from tml_ros.turn.audio_track import TOLERANCE_SAMPLES, AudioTrack
from tml_ros.turn.micro_turn import TURN_SAMPLES


@pytest.fixture
def counts():
    return Counter()


@pytest.fixture
def track(counts):
    return AudioTrack(start_ns=T0, counts=counts)


def push(track, start, samples, *, stamped=None):
    place = start if stamped is None else stamped
    track.push(T0 + place * SAMPLE_NS, sound(samples, start + 1))


@pytest.mark.parametrize("off", [-TOLERANCE_SAMPLES, -7, 7, TOLERANCE_SAMPLES])
def test_a_block_within_the_tolerance_continues_the_last(track, off):
    push(track, 0, 400)
    push(track, 400, 400, stamped=400 + off)
    assert track.frontier == 800
    assert np.array_equal(track.take(0)[0][:800], sound(800))


def test_a_block_beyond_the_tolerance_waits_for_what_lies_between(track):
    push(track, 0, 400)
    push(track, 400 + TOLERANCE_SAMPLES + 1, 400)
    assert track.frontier == 400
    push(track, 400, TOLERANCE_SAMPLES + 1)
    assert track.frontier == 801 + TOLERANCE_SAMPLES


def test_short_blocks_that_swap_places_are_told_apart(track):
    push(track, 0, 40)
    push(track, 80, 40)
    push(track, 40, 40)
    assert np.array_equal(track.take(0)[0][:120], sound(120))


def test_after_a_hole_sound_keeps_the_place_of_its_stamp(track, counts):
    push(track, 0, 1_000)
    assert track.take(0)[1] == TURN_SAMPLES - 1_000
    push(track, TURN_SAMPLES + 50, 1_000)
    push(track, TURN_SAMPLES + 50, 1_000)
    samples, missing, late = track.take(1)
    assert not samples[:50].any()
    assert np.array_equal(samples[50:1_050], sound(1_000, TURN_SAMPLES + 51))
    assert (missing, late) == (TURN_SAMPLES - 1_000, 0)
    assert counts == Counter(duplicate_samples=1_000, early_samples=0, late_samples=0)


def test_a_block_sent_twice_is_dropped_though_the_sound_has_drifted(track, counts):
    push(track, 0, 400)
    push(track, 400, 400, stamped=480)
    push(track, 400, 400, stamped=480)
    assert track.frontier == 800
    assert counts["duplicate_samples"] == 400


def test_sound_from_before_the_timeline_is_cut_off_and_counted(track, counts):
    push(track, -300, 1_000)
    assert np.array_equal(track.take(0)[0][:700], sound(700))
    assert counts["early_samples"] == 300


def test_late_and_doubled_sound_are_told_apart(track, counts):
    push(track, 0, 1_000)
    push(track, 2_000, 1_200)
    track.take(0)
    push(track, 500, 2_000)
    assert track.take(1)[2] == 1_000
    assert (counts["late_samples"], counts["duplicate_samples"]) == (1_000, 1_000)
