"""The voice: what goes in as mels comes out as sound of these mels, turn by turn."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.model.dmel import log_mel
from tml_ros.model.mel_filters import channel_edges_hz
from tml_ros.model.vocoder import LATENCY_SAMPLES, StreamingVocoder, vocode
from tml_ros.model.vocoder_phase import PhaseFit

SILENCE = np.full((8, 80), -10.0, np.float32)


def time(turns):
    return np.arange(turns * 3200) / 16000


def tone(hz, turns, level=0.3):
    return (level * np.sin(2 * np.pi * hz * time(turns))).astype(np.float32)


def voice(turns):
    """Harmonics of a gliding pitch, louder and softer four times a second, over a little hiss."""
    t = time(turns)
    pitch = 140 + 25 * np.sin(2 * np.pi * 0.7 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / 16000
    sound = sum(np.sin(k * phase) / k**1.2 for k in range(1, 25))
    hiss = np.random.default_rng(5).standard_normal(len(t))
    sound = sound * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * t)) + 0.02 * hiss
    return (0.4 * sound / np.abs(sound).max()).astype(np.float32)


def loudest_hz(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return spectrum.argmax() * 16000 / len(samples)


# In the wide channels of high frequencies mels do not tell a tone from a narrow noise, which has
# the same mel at less power.
@pytest.mark.parametrize(
    ("hz", "softer_db"), [(120, 1), (333, 1), (1000, 2), (2750, 3), (5200, 6), (7000, 7)]
)
def test_a_pure_tone_comes_back_within_a_channels_width(hz, softer_db):
    sound = vocode(log_mel(tone(hz, 8)))[2 * 3200 :]
    edges = channel_edges_hz()
    channel = np.searchsorted(edges, hz)
    width = edges[min(channel + 1, 81)] - edges[max(channel - 1, 0)]
    assert abs(loudest_hz(sound) - hz) < width / 2
    level = np.sqrt(np.mean(sound**2)) / (0.3 / np.sqrt(2))
    assert -softer_db < 20 * np.log10(level) < 1


def test_the_mels_of_what_is_said_are_those_that_went_in():
    mels = log_mel(voice(10))
    said = np.concatenate([vocode(mels)[LATENCY_SAMPLES:], np.zeros(LATENCY_SAMPLES, np.float32)])
    wanted, got = (np.maximum(m[8:-8], -2.5) for m in (mels, log_mel(said)))
    assert 20 * np.abs(wanted - got).mean() < 1.0


def test_sound_comes_out_a_frame_late():
    sound = np.zeros(4 * 3200, np.float32)
    sound[4000:8000] = tone(600, 2)[:4000]
    said = np.abs(vocode(log_mel(sound)))
    loud = np.flatnonzero(said > 0.1)
    assert loud[0] == pytest.approx(4000 + LATENCY_SAMPLES, abs=300)
    assert loud[-1] == pytest.approx(8000 + LATENCY_SAMPLES, abs=300)


@pytest.mark.parametrize("quiet", [-10.0, -3.0, -np.inf, np.nan])
def test_the_mels_of_silence_are_silence(quiet):
    mels = np.full((16, 80), quiet, np.float32)
    assert np.abs(vocode(mels)).max() < 1e-3


def test_after_the_last_sound_it_falls_silent():
    mels = np.concatenate([log_mel(voice(3)), SILENCE, SILENCE])
    said = vocode(mels)
    assert np.abs(said[4 * 3200 + LATENCY_SAMPLES :]).max() < 1e-3


def roughness(samples):
    """Third differences: small in smooth sound, large at a step."""
    return np.abs(np.diff(samples.astype(np.float64), 3))


def test_no_click_at_the_borders_of_turns():
    rough = roughness(vocode(log_mel(voice(60)))[3200:])
    near = (np.arange(len(rough)) + 3) % 3200 < 3
    assert rough[near].mean() < 1.25 * rough[~near].mean()
    assert rough[near].max() < np.quantile(rough[~near], 0.9999)


def test_no_buzz_at_the_rate_of_the_windows():
    rough = roughness(vocode(log_mel(voice(60)))[3200:])
    by_place = rough[: len(rough) // 200 * 200].reshape(-1, 10, 20).mean(axis=(0, 2))
    assert by_place.max() < 1.2 * by_place.mean()


def test_a_stream_gives_the_bits_of_the_whole():
    mels = log_mel(voice(6))
    stream = StreamingVocoder()
    streamed = [stream.push(turn) for turn in mels.reshape(-1, 8, 80)]
    assert np.concatenate(streamed).tobytes() == vocode(mels).tobytes()


@pytest.mark.parametrize("turns", [0, 1, 3])
def test_a_restored_voice_goes_on_as_the_one_that_was_saved(turns):
    mels = log_mel(voice(turns + 2)).reshape(-1, 8, 80)
    whole, other = StreamingVocoder(), StreamingVocoder()
    for turn in mels[:turns]:
        whole.push(turn)
    saved = {name: array.copy() for name, array in whole.arrays().items()}
    other.push(mels[0] + np.float32(0.5))
    other.restore(saved, json.loads(json.dumps(whole.facts())))
    for turn in mels[turns:]:
        assert other.push(turn).tobytes() == whole.push(turn).tobytes()


def test_a_reset_voice_is_a_new_one():
    mels = log_mel(voice(2))
    stream = StreamingVocoder()
    stream.push(mels[:8])
    stream.reset()
    assert stream.push(mels[8:]).tobytes() == vocode(mels[8:]).tobytes()


ODD = [np.nan, np.inf, -np.inf, 1e30, -1e30, 3.0, 0.0, -10.0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ODD), st.sampled_from(ODD)), min_size=1, max_size=4))
def test_whatever_the_mels_the_samples_are_numbers_within_full_scale(turns):
    stream = StreamingVocoder()
    for even, odd in turns:
        mels = np.full((8, 80), even, np.float32)
        mels[:, 1::2] = odd
        mels[::3] = np.float32(odd)
        samples = stream.push(mels)
        assert samples.dtype == np.float32
        assert np.isfinite(samples).all()
        assert np.abs(samples).max() <= 1.0
    calm = [stream.push(SILENCE) for _ in range(3)]
    assert np.abs(calm[-1]).max() < 1e-3


def test_nan_is_the_quietest_there_is():
    mels = log_mel(voice(1))
    broken, mended = mels.copy(), mels.copy()
    broken[2, 10:30], mended[2, 10:30] = np.nan, -10.0
    assert vocode(broken).tobytes() == vocode(mended).tobytes()


@pytest.mark.parametrize(
    "mels", [SILENCE[:7], SILENCE[:, :79], SILENCE.astype(np.float64), SILENCE[None]]
)
def test_mels_of_another_form_are_refused(mels):
    with pytest.raises(ValueError, match="allowed: "):
        StreamingVocoder().push(mels)
    with pytest.raises(ValueError, match="allowed: "):
        vocode(mels)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tail", np.zeros(3, np.float32), "tail"),
        ("mels", np.zeros((2, 80)), "mels"),
        ("mels", np.full((2, 80), np.inf, np.float32), "mels"),
        ("tail", None, "tail"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(name, value, said):
    stream = StreamingVocoder()
    stream.push(log_mel(voice(1)))
    before = {key: array.copy() for key, array in stream.arrays().items()}
    damaged = {key: np.ones_like(array) for key, array in before.items()}
    if value is None:
        del damaged[name]
    else:
        damaged[name] = value
    with pytest.raises(ValueError, match=said):
        stream.restore(damaged, {"turns": 4})
    for key, array in stream.arrays().items():
        assert array.tobytes() == before[key].tobytes()


def test_samples_are_the_overlap_of_their_own_spectra():
    fit = PhaseFit(8)
    samples = np.random.default_rng(3).standard_normal(fit.samples).astype(np.float32)
    back = fit.overlapped(fit.spectra(samples))
    # At both ends windows run out, and what lies there is faded.
    assert back[400:-400] == pytest.approx(samples[400:-400], abs=1e-5)
