"""Stamps of sound follow its samples, not the accidents of its delivery."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.turn.audio_clock import AudioClock

MS = 1_000_000
T0 = 1_700_000_000_000 * MS


def starts(arrivals_ms, *, rate=16_000, frames=320):
    clock = AudioClock(rate=rate)
    return [(clock.start_of(T0 + round(ms * MS), frames) - T0) / MS for ms in arrivals_ms]


def test_blocks_that_arrive_on_time_start_where_the_last_one_ended():
    assert starts([20, 40, 60, 80]) == [0, 20, 40, 60]


@pytest.mark.parametrize(("rate", "frames"), [(44_100, 441), (44_100, 1_024), (8_000, 1)])
def test_counting_does_not_lose_fractions_of_a_nanosecond(rate, frames):
    clock = AudioClock(rate=rate)
    for number in range(1, 5_001):
        arrival_ns = T0 + number * frames * 1_000_000_000 // rate
        start_ns = clock.start_of(arrival_ns, frames)
        assert abs(start_ns - (arrival_ns - frames * 1_000_000_000 // rate)) <= 2


def test_late_and_bunched_arrivals_do_not_move_the_stamps():
    on_time = np.arange(1, 500) * 20.0
    delayed = on_time.copy()
    delayed[100:105] = delayed[104] + 60
    delayed[200:212] = delayed[211]
    assert np.abs(np.array(starts(delayed)) - (on_time - 20)).max() < 1


def test_random_delays_move_the_stamps_by_less_than_the_shortest_of_a_second():
    on_time = np.arange(1, 2_000) * 20.0
    delays = np.random.default_rng(5).exponential(8, len(on_time))
    error = np.array(starts(on_time + delays)) - (on_time - 20)
    assert np.abs(error[500:]).max() < 3
    assert np.abs(np.diff(error)).max() < 1


@pytest.mark.parametrize("parts_per_million", [-200, 200])
def test_a_sound_card_off_its_rate_is_followed(parts_per_million):
    arrivals = np.arange(1, 20_000) * 20 * (1 + parts_per_million / 1e6)
    stamps = np.array(starts(arrivals))
    assert np.abs(stamps - (arrivals - 20)).max() < 2
    assert np.abs(np.diff(stamps) - 20).max() < 0.1


def test_a_first_block_that_was_held_up_is_made_good_at_once():
    stamps = starts([120, 140 - 60, 160 - 60, 180 - 60])
    assert stamps[1:] == [60, 80, 100]


@pytest.mark.parametrize("gap_ms", [260, 900, 5_000, -300, -3_600_000])
def test_a_gap_or_a_jump_of_the_clock_is_followed_at_once(gap_ms):
    arrivals = [20, 40, 60, 80 + gap_ms, 100 + gap_ms]
    assert starts(arrivals)[3:] == [60 + gap_ms, 80 + gap_ms]


def test_sound_lost_on_the_way_is_noticed_within_a_second():
    arrivals = [number * 20 for number in range(1, 200) if not 50 <= number < 53]
    stamps = starts(arrivals)
    assert stamps[-1] == pytest.approx(arrivals[-1] - 20, abs=1)
    assert stamps[49 + 52] == pytest.approx(arrivals[49 + 52] - 20, abs=1)


def test_an_empty_block_starts_where_the_count_stands():
    clock = AudioClock(rate=16_000)
    assert clock.start_of(T0, 0) == T0
    clock.start_of(T0 + 20 * MS, 320)
    assert clock.start_of(T0 + 90 * MS, 0) == T0 + 20 * MS


def test_after_reset_the_next_block_starts_a_new_count():
    clock = AudioClock(rate=16_000)
    clock.start_of(T0, 320)
    clock.reset()
    assert clock.start_of(T0 + 60 * MS, 320) == T0 + 40 * MS


def test_a_mistake_of_the_caller_is_a_value_error():
    with pytest.raises(ValueError, match="rate"):
        AudioClock(rate=0)
    with pytest.raises(ValueError, match="frames"):
        AudioClock(rate=16_000).start_of(0, -1)
