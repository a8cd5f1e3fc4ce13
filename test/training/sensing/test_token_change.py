from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from made_scenes import PRESET

from tml_ros.model.ear import Ear
from tml_ros.model.mel_filters import channel_edges_hz
from tml_ros.model.preset import MELS
from tml_ros.model.turn_tokens import SensorTokens, nothing_sensed
from tml_ros.training.sensing.moved_pitch import moved_pitch
from tml_ros.training.sensing.token_change import TokenChange, drawn_token_change
from tml_ros.training.sensing.variety import AS_RENDERED, USUAL
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES


def tone(hz: float) -> np.ndarray:
    """The levels of a turn of a steady tone: uint8 [4, 160]."""
    ear = Ear(PRESET.hearing)
    time_s = np.arange(2 * TURN_SAMPLES) / SAMPLE_RATE
    sound = (0.3 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)
    ear.hear(sound[:TURN_SAMPLES])
    return ear.hear(sound[TURN_SAMPLES:]).bins


def loudest_hz(bins: np.ndarray) -> float:
    level = bins.reshape(-1, MELS).astype(float).mean(axis=0)
    return float(np.average(channel_edges_hz()[1:-1], weights=level == level.max()))


@pytest.mark.parametrize("hz", [300.0, 1000.0, 3000.0])
@pytest.mark.parametrize("factor", [0.92, 1.0, 1.08])
def test_a_tone_becomes_so_much_higher(hz: float, factor: float) -> None:
    found = loudest_hz(moved_pitch(tone(hz), factor))
    assert found == pytest.approx(loudest_hz(tone(hz * factor)), rel=0.05)


def test_without_a_change_nothing_is_copied() -> None:
    tokens = nothing_sensed(PRESET).sensors
    assert TokenChange(np.arange(4)).tokens(tokens) is tokens


def test_no_sound_stays_no_sound() -> None:
    tokens = TokenChange(np.arange(4), pitch=1.05).tokens(nothing_sensed(PRESET).sensors)
    for part in fields(SensorTokens):
        before = getattr(nothing_sensed(PRESET).sensors, part.name)
        np.testing.assert_array_equal(getattr(tokens, part.name), before)


def test_as_rendered_draws_nothing() -> None:
    for seed in range(20):
        drawn = drawn_token_change(np.random.default_rng(seed), AS_RENDERED, zones=2, places=4)
        assert (drawn.places.tolist(), drawn.still, drawn.pitch) == ([0, 1, 2, 3], False, 1.0)


def test_usually_zones_take_the_first_places_in_any_order() -> None:
    drawn = [
        drawn_token_change(np.random.default_rng(seed), USUAL, zones=2, places=4)
        for seed in range(400)
    ]
    assert all(sorted(one.places.tolist()) == [0, 1, 2, 3] for one in drawn)
    first = [set(one.places[:2].tolist()) == {0, 1} for one in drawn]
    assert 0.7 < np.mean(first) < 0.9
    assert 0.35 < np.mean([one.places[0] < one.places[1] for one in drawn]) < 0.65
    assert 0.4 < np.mean([one.pitch != 1.0 for one in drawn]) < 0.6
    assert all(0.9 < one.pitch < 1.1 for one in drawn)
