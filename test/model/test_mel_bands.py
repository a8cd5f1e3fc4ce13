"""Channels and frequencies against plain matrix products."""

import numpy as np
import pytest

from tml_ros.model.mel_bands import to_frequencies, to_mels
from tml_ros.model.mel_filters import mel_filters
from tml_ros.model.vocoder_magnitude import magnitudes_of, matched, mels_of


def magnitudes(count, seed=1):
    return np.random.default_rng(seed).random((count, 513), np.float32)


def channels(count, seed=1):
    return np.random.default_rng(seed).random((count, 80), np.float32) + np.float32(0.1)


def test_mels_are_the_filters_sums():
    expected = magnitudes(5).astype(np.float64) @ mel_filters().astype(np.float64)
    assert to_mels(magnitudes(5)) == pytest.approx(expected, rel=1e-5)


def test_each_frequency_gets_the_mean_of_its_channels():
    filters = mel_filters().astype(np.float64)
    weights = filters / np.maximum(filters.sum(axis=1, keepdims=True), 1e-9)
    expected = channels(5).astype(np.float64) @ weights.T
    assert to_frequencies(channels(5)) == pytest.approx(expected, rel=1e-5)


def test_a_frame_has_the_same_bits_in_any_company():
    many = magnitudes(500)
    whole = to_mels(many)
    assert all(to_mels(many[k : k + 1]).tobytes() == whole[k].tobytes() for k in range(500))


def test_smooth_magnitudes_have_about_the_mels_they_were_made_from():
    mels = channels(20)
    found = magnitudes_of(mels)
    assert (found >= 0).all()
    back = found.astype(np.float64) @ mel_filters()
    assert 20 * np.abs(np.log10(back / mels)).mean() < 1.0


def test_matched_spectra_keep_their_phases_and_come_nearer_to_the_mels():
    rng = np.random.default_rng(2)
    spectra = rng.standard_normal((6, 513, 2)).astype(np.float32).view(np.complex64)[..., 0]
    mels = 10 * channels(6)
    found = matched(spectra, mels)

    def distance(made):
        return np.abs(np.log10(np.abs(made) @ mel_filters() / mels)).mean()

    assert distance(found) < 0.3 * distance(spectra)
    heard = np.abs(found) > 0
    assert heard.any(axis=0).tolist() == mel_filters().any(axis=1).tolist()
    assert np.angle(found[heard]) == pytest.approx(np.angle(spectra[heard]), abs=1e-5)


@pytest.mark.parametrize(
    ("log", "mel"),
    [(0.0, 1.0), (2.0, 100.0), (np.inf, 1e3), (7.0, 1e3), (-np.inf, 1e-10), (np.nan, 1e-10)],
)
def test_mels_are_limited(log, mel):
    assert mels_of(np.array([log], np.float32)) == pytest.approx([mel], rel=1e-5)
