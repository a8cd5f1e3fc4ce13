"""Log mels against an explicit Fourier sum and a filter bank of its own; streams against whole."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.model.dmel import MelStream, dequantise, log_mel, quantise
from tml_ros.model.preset import HearingPreset

HEARING = HearingPreset()


def noise(turns, seed=1, level=0.1):
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(turns * 3200)).astype(np.float32)


def chirp(turns):
    t = np.arange(turns * 3200) / 16000
    return (0.3 * np.sin(2 * np.pi * (100 + 1500 * t) * t)).astype(np.float32)


def independent_mels(samples):
    """Mel magnitudes, float64, by a DFT matrix and triangles written out again."""
    n = np.arange(800)
    window = np.sin(np.pi * n / 800) ** 2
    dft = np.exp(-2j * np.pi * np.outer(np.arange(513), n) / 1024)
    tops = np.linspace(math.log(1 + 80 / 700), math.log(1 + 7600 / 700), 82)
    edges = 700 * (np.exp(tops) - 1)
    hz = np.arange(513) * 16000 / 1024
    bank = np.stack(
        [np.interp(hz, edges[c : c + 3], [0, 1, 0], left=0, right=0) for c in range(80)]
    )
    padded = np.concatenate([np.zeros(400), samples.astype(np.float64)])
    frames = [padded[at : at + 800] * window for at in range(0, len(samples), 400)]
    return np.abs(np.array(frames) @ dft.T) @ bank.T


@pytest.mark.parametrize("sound", [noise(3), noise(3, level=1e-4), chirp(5)])
def test_log_mels_are_those_of_an_explicit_fourier_sum(sound):
    expected = independent_mels(sound)
    got = log_mel(sound)
    assert got.dtype == np.float32
    # float32 has an error of some 1e-7 of the loudest frequency in every other one.
    error = np.abs(10.0 ** got.astype(np.float64) - expected)
    assert (error <= 2e-5 * expected + 1e-5 * expected.max()).all()
    audible = expected > 1e-3 * expected.max()
    assert np.abs(got - np.log10(expected))[audible].max() < 5e-3


@pytest.mark.parametrize("sound", [noise(4), noise(4, level=1e-3), chirp(6)])
def test_levels_differ_from_independent_ones_only_at_a_levels_edge(sound):
    expected = np.log10(np.maximum(independent_mels(sound), 1e-10))
    place = (expected - HEARING.low) / (HEARING.high - HEARING.low) * HEARING.bins
    levels = np.clip(np.floor(place), 0, HEARING.bins - 1)
    differ = quantise(log_mel(sound), HEARING) != levels
    at_an_edge = np.abs(place - np.round(place)) < 1e-3
    assert not (differ & ~at_an_edge).any()
    assert differ.mean() < 1e-3
    assert len(np.unique(levels)) >= 6


def test_a_click_is_heard_in_the_frame_that_ends_after_it_and_in_the_next():
    sound = np.zeros(6400, np.float32)
    sound[3200 + 2 * 400 + 200] = 1.0
    heard = (log_mel(sound) > -9).any(axis=1)
    assert np.flatnonzero(heard).tolist() == [10, 11]


def test_a_turn_without_sound_is_at_the_floor():
    assert log_mel(np.zeros(3200, np.float32)) == pytest.approx(-10.0, abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    turns=st.integers(1, 12), seed=st.integers(0, 2**32 - 1), level=st.sampled_from([1e-6, 0.1, 1])
)
def test_a_stream_gives_the_bits_of_the_whole(turns, seed, level):
    sound = np.clip(noise(turns, seed, level), -1, 1)
    stream = MelStream()
    streamed = [stream.push(turn) for turn in sound.reshape(-1, 3200)]
    assert np.concatenate(streamed).tobytes() == log_mel(sound).tobytes()


def test_a_long_recording_has_the_bits_of_its_stream():
    sound = noise(520)
    stream = MelStream()
    streamed = np.concatenate([stream.push(turn) for turn in sound.reshape(-1, 3200)])
    assert streamed.tobytes() == log_mel(sound).tobytes()


def test_a_restored_stream_goes_on_as_the_one_that_was_saved():
    sound = noise(4).reshape(-1, 3200)
    whole, other = MelStream(), MelStream()
    whole.push(sound[0])
    whole.push(sound[1])
    saved = {name: array.copy() for name, array in whole.arrays().items()}
    facts = json.loads(json.dumps(whole.facts()))
    other.push(sound[3])
    other.restore(saved, facts)
    for turn in sound[2:]:
        assert other.push(turn).tobytes() == whole.push(turn).tobytes()


def test_a_reset_stream_is_a_new_one():
    stream = MelStream()
    stream.push(noise(1))
    stream.reset()
    sound = noise(1, seed=2)
    assert stream.push(sound).tobytes() == log_mel(sound).tobytes()


@pytest.mark.parametrize(
    ("saved", "said"),
    [
        ({}, "tail"),
        ({"tail": np.zeros(399, np.float32)}, r"\[399\]"),
        ({"tail": np.zeros(400)}, "float64"),
        ({"tail": np.full(400, np.nan, np.float32)}, "finite"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(saved, said):
    with pytest.raises(ValueError, match=said):
        MelStream().restore(saved, {})


@pytest.mark.parametrize(
    "samples", [np.zeros(3199, np.float32), np.zeros((1, 3200), np.float32), np.zeros(3200)]
)
def test_samples_of_another_form_are_refused(samples):
    with pytest.raises(ValueError, match="allowed: float32"):
        MelStream().push(samples)
    with pytest.raises(ValueError, match="allowed: float32"):
        log_mel(samples)


def test_no_sound_at_all_has_no_frames():
    assert log_mel(np.zeros(0, np.float32)).shape == (0, 80)


@pytest.mark.parametrize(
    ("value", "level"),
    [
        *((-2.5, 0), (-2.2, 1), (1.99, 15), (2.0, 15), (9.0, 15), (-10.0, 0)),
        *((np.inf, 15), (-np.inf, 0), (np.nan, 0)),
    ],
)
def test_levels_are_even_between_low_and_high_and_limited_beyond(value, level):
    assert quantise(np.array([[value]], np.float32), HEARING).tolist() == [[level]]


@given(st.integers(2, 256), st.floats(-12, 0), st.floats(0.5, 10))
def test_the_middle_of_a_level_is_in_that_level(bins, low, spread):
    hearing = HearingPreset(bins=bins, low=low, high=low + spread)
    levels = np.arange(bins, dtype=np.uint8)
    assert quantise(dequantise(levels, hearing), hearing).tolist() == levels.tolist()


def test_what_was_quantised_comes_back_within_half_a_level():
    mels = np.linspace(-2.5, 2.0, 1001).astype(np.float32)
    back = dequantise(quantise(mels, HEARING), HEARING)
    assert np.abs(back - mels).max() <= 4.5 / 16 / 2 + 1e-5
