from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.cascade.noise_reduction import reduced

RATE = 16_000


def scene(snr_db, seed=0):
    """A tone from 0.4 to 1.4 s in noise; what is voiced, in parts of 20 ms."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(1.8 * RATE)) / RATE
    tone = np.where((time > 0.4) & (time < 1.4), 0.1 * np.sin(2 * np.pi * 700 * time), 0.0)
    noise = rng.standard_normal(len(time)) * 0.1 / np.sqrt(2) * 10 ** (-snr_db / 20)
    voiced = np.zeros(90, bool)
    voiced[20:70] = True
    return (tone + noise).astype(np.float32), voiced


def snr_db(sound):
    inside, outside = sound[int(0.6 * RATE) : int(1.2 * RATE)], sound[: int(0.3 * RATE)]
    noise = np.mean(outside**2)
    return 10 * np.log10((np.mean(inside**2) - noise) / noise)


@pytest.mark.parametrize(("before", "gain"), [(0, 10), (5, 10), (10, 10), (20, 8)])
def test_the_noise_goes_and_the_speech_stays(before, gain):
    sound, voiced = scene(before)
    after = reduced(sound, voiced)
    assert snr_db(after) > before + gain
    assert after.dtype == np.float32 and after.shape == sound.shape and np.abs(after).max() <= 1.0


def test_loudness_does_not_matter():
    sound, voiced = scene(10)
    loud, soft = reduced(sound, voiced), reduced(sound * np.float32(0.01), voiced)
    assert np.allclose(loud, soft, atol=1e-3)


def test_the_same_sound_gives_the_same_samples():
    sound, voiced = scene(5)
    assert np.array_equal(reduced(sound, voiced), reduced(sound.copy(), voiced))


def test_silence_and_speech_without_any_pause_are_no_trouble():
    assert not reduced(np.zeros(3200, np.float32), np.zeros(10, bool)).any()
    assert len(reduced(np.zeros(0, np.float32), np.zeros(0, bool))) == 0
    sound, voiced = scene(20)
    assert np.isfinite(reduced(sound, np.ones_like(voiced))).all()
