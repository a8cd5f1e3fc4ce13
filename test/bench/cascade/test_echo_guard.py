from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.cascade.echo_guard import EchoGuard

FLOOR_DB = -45.0


def voice(frames, seed=0):
    """Levels of the cell's own voice: words and pauses."""
    rng = np.random.default_rng(seed)
    levels = np.repeat(rng.uniform(-30, -10, frames // 5 + 1), 5)[:frames]
    levels[::25] = -80.0
    return levels


def heard_of(own, echo_db, delay):
    """Levels that a microphone has of it, in noise."""
    late = np.concatenate([np.full(delay, -100.0), own])[: len(own)] + echo_db
    return 10 * np.log10(10 ** (late / 10) + 10 ** (FLOOR_DB / 10))


def run(guard, own, heard):
    """Thresholds, frame by frame."""
    found = []
    for played, level in zip(own, heard, strict=True):
        found.append(guard.threshold_db(played))
        guard.learn(level, floor_db=FLOOR_DB, doubtful=level > max(found[-1], FLOOR_DB + 6))
    return np.array(found)


@pytest.mark.parametrize("echo_db", [-20.0, -10.0, -3.0])
@pytest.mark.parametrize("delay", [0, 3, 12])
def test_it_learns_how_late_and_how_loud_the_voice_comes_back(echo_db, delay):
    guard, own = EchoGuard(), voice(300)
    heard = heard_of(own, echo_db, delay)
    threshold = run(guard, own, heard)
    assert guard.delay == delay
    assert not np.any(heard[100:] > np.maximum(threshold[100:], FLOOR_DB + 6))
    # And not by deafness: who is 15 dB louder than the loudest echo gets through.
    assert np.median(threshold[100:]) < -10.0 + echo_db + 15


def test_before_it_knows_it_takes_the_voice_to_come_back_as_loud_as_played():
    guard = EchoGuard()
    assert guard.threshold_db(-15.0) > -15.0


def test_an_echo_below_the_noise_leaves_the_ear_open():
    guard, own = EchoGuard(), voice(300)
    threshold = run(guard, own, heard_of(own, -60.0, 3))
    assert np.median(threshold[150:]) < FLOOR_DB + 6


def test_it_guards_nothing_while_the_cell_is_silent():
    guard = EchoGuard()
    assert not guard.playing and guard.threshold_db(-100.0) == -100.0
    guard.threshold_db(-15.0)
    assert guard.playing
    for _ in range(25):
        guard.threshold_db(-100.0)
    assert not guard.playing


def test_somebody_who_talks_over_it_does_not_teach_it():
    guard, own = EchoGuard(), voice(400)
    heard = heard_of(own, -25.0, 2)
    heard[200:240] = -20.0
    threshold = run(guard, own, heard)
    assert np.median(threshold[240:280]) < np.median(threshold[150:200]) + 3
