"""Envelope spectra: noise is noise, modulation is found as deep as it is, tones are no defect."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.background.vibration.envelope import (
    EnvelopeSpectra,
    envelope_spectra,
    least_rate,
    plan_bands,
    running_median,
)

RATE, SHAFT = 12_000.0, 30.0


def noise(seconds: float = 10.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def spectra(samples: np.ndarray, turns: float = 80.0) -> EnvelopeSpectra:
    return envelope_spectra(
        samples - samples.mean(),
        rate=RATE,
        shaft_hz=SHAFT,
        bands=plan_bands(RATE, SHAFT, 5.4),
        highest_order=16.0,
        turns=turns,
    )


def column(found: EnvelopeSpectra, order: float) -> int:
    return round(order / found.step)


@pytest.mark.parametrize("turns", [60.0, 300.0])
def test_evidence_in_noise_is_as_rare_as_it_says(turns: float) -> None:
    passed = []
    for seed in range(6):
        evidence = spectra(noise(seed=seed), turns).evidence
        counted = evidence[evidence > 0]
        passed.append([np.mean(counted > limit) for limit in (1.0, 3.0, 5.0)])
    # -ln of a chance: a share of e^-x of all bins lies above x.
    assert np.mean(passed, axis=0) == pytest.approx(np.exp([-1.0, -3.0, -5.0]), rel=0.25)


@pytest.mark.parametrize("depth", [0.3, 0.8])
def test_modulation_is_found_as_deep_as_it_is(depth: float) -> None:
    times = np.arange(len(noise())) / RATE
    power = 1 + depth * np.cos(2 * np.pi * 4.7 * SHAFT * times)
    found = spectra(noise() * np.sqrt(power))
    assert found.depth(0, column(found, 4.7)) == pytest.approx(depth, abs=0.07)
    assert found.evidence[0, column(found, 4.7)] > 20
    assert found.depth(0, column(found, 5.9)) < 0.06


def test_two_tones_that_beat_are_cut_down_and_impulses_are_not() -> None:
    times = np.arange(len(noise())) / RATE
    apart = 3.58 * SHAFT
    tones = sum(5 * np.sin(2 * np.pi * (2000 + k * apart) * times) for k in (0, 1))
    beating = spectra(noise() + tones)
    strikes = np.zeros(len(times))
    strikes[(np.arange(0, times[-1], 1 / apart) * RATE).astype(int)] = 12.0
    striking = spectra(noise() + strikes)
    at = column(beating, 3.58)
    deep = [found.depth(row, at) for found in (beating, striking) for row in (0,)]
    assert deep[0] < 0.05
    assert deep[1] > 0.2


def test_multiples_of_the_shaft_are_no_evidence() -> None:
    times = np.arange(len(noise())) / RATE
    found = spectra(noise() * (1 + 0.5 * np.cos(2 * np.pi * SHAFT * times)))
    assert found.evidence[:, column(found, 1.0)].max() == 0
    assert found.power[0, column(found, 1.0)] > 100 * found.floor[0, column(found, 1.0)]


def test_bands_halve_and_overlap_and_each_holds_the_fastest_rate() -> None:
    bands = plan_bands(RATE, SHAFT, 5.4)
    whole = bands[0]
    assert (whole.low, whole.high) == pytest.approx((300.0, 5880.0))
    assert all(whole.low <= band.low < band.high <= whole.high + 1e-6 for band in bands)
    assert min(band.high - band.low for band in bands) >= 2.5 * 5.4 * SHAFT
    assert [band.low for band in bands[1:4]] == pytest.approx([300.0, 1695.0, 3090.0])


@pytest.mark.parametrize("shaft", [10.0, 60.0])
def test_the_least_rate_is_the_least_at_which_there_is_a_band(shaft: float) -> None:
    least = least_rate(shaft, 5.4)
    assert plan_bands(1.001 * least, shaft, 5.4)
    assert not plan_bands(0.999 * least, shaft, 5.4)


def test_the_running_median_is_that_of_each_stretch() -> None:
    values = np.random.default_rng(1).standard_normal(500).cumsum()
    found = running_median(values, 51)
    true = [np.median(values[k - 25 : k + 26]) for k in range(25, 475)]
    assert np.abs(found[25:475] - true).mean() < 0.35 * values.std() / 5
    assert running_median(values[:20], 51) == pytest.approx(np.full(20, np.median(values[:20])))
