from __future__ import annotations

import shutil

import numpy as np
import pytest
from scipy import signal

from tml_ros.sim.scenario.scenario import EventKind, Scenario
from tml_ros.sim.sound.cries import shouted
from tml_ros.sim.sound.event_sounds import LOUDNESS, event_sound
from tml_ros.sim.sound.impacts import Falling, clatter, impact_of
from tml_ros.sim.sound.sirens import HORN_HZ, LOW_HZ, SirenKind, siren_of
from tml_ros.sim.sound.spoken import SPEECH_DB, active_db, speak
from tml_ros.sim.sound.voices import Voice
from tml_ros.sim.split import Split

needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is missing")


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def pitches(sound: np.ndarray, low: float = 300, high: float = 4000) -> np.ndarray:
    """The strongest tone of each 64 ms."""
    hertz, _, power = signal.spectrogram(sound, 16_000, nperseg=1024, noverlap=512)
    inside = (hertz > low) & (hertz < high)
    loud = power[inside].max(axis=0) > 1e-3 * power[inside].max()
    return hertz[inside][power[inside].argmax(axis=0)][loud]


@pytest.mark.parametrize("looks", Split)
@pytest.mark.parametrize("kind", SirenKind)
def test_a_siren_sounds_at_rms_1_from_beginning_to_end(kind: SirenKind, looks: Split) -> None:
    sound = siren_of(kind, 6.0, rng(), looks)
    assert (sound.dtype, len(sound)) == (np.float32, 96_000)
    seconds = np.sqrt(np.mean(sound.reshape(-1, 16_000) ** 2, axis=1))
    sounding = seconds[:3] if kind is SirenKind.HORN else seconds
    assert sounding.min() > 0.6
    assert seconds.max() < 1.5


@pytest.mark.parametrize("looks", Split)
def test_a_wail_glides_and_a_two_tone_siren_has_two_tones(looks: Split) -> None:
    for seed in range(4):
        # Only the lowest harmonic: the others move as it does.
        wail = pitches(siren_of(SirenKind.WAIL, 8.0, rng(seed), looks), high=2500)
        assert len(np.unique(wail)) > 12
        two = pitches(siren_of(SirenKind.TWO_TONE, 8.0, rng(seed), looks), high=1500)
        values, counts = np.unique(two, return_counts=True)
        often = values[counts > 20]
        assert 1.1 < often.max() / often.min() < 1.6
        assert counts[np.argsort(counts)[-4:]].sum() > 0.85 * counts.sum()


@pytest.mark.parametrize("looks", Split)
def test_a_horn_gives_three_pulses_and_rests(looks: Split) -> None:
    sound = siren_of(SirenKind.HORN, 8.0, rng(), looks)
    loud = np.sqrt(np.mean(sound.reshape(-1, 8000) ** 2, axis=1)) > 0.2
    assert loud.tolist() == [True, False, True, False, True, False, False, False] * 2
    assert HORN_HZ.of(looks)[0][0] - 20 < pitches(sound).min() < HORN_HZ.of(looks)[-1][1] + 20


def test_sirens_held_out_have_other_pitches_than_those_to_learn_from() -> None:
    for seed in range(10):
        lowest = pitches(siren_of(SirenKind.TWO_TONE, 3.0, rng(seed), Split.HELD_OUT), high=900)
        near = [LOW_HZ.holds(lowest.min() + off, Split.HELD_OUT) for off in (-16, -8, 0, 8, 16)]
        assert any(near)


@pytest.mark.parametrize("kind", Falling)
def test_a_blow_is_there_at_once_over_the_whole_spectrum_and_dies_away(kind: Falling) -> None:
    for seed in range(3):
        sound = impact_of(kind, rng(seed), Split.TRAIN)
        assert np.abs(sound).max() == pytest.approx(1)
        assert np.abs(sound[:480]).max() > 0.3
        onset, later = sound[:1600].astype(float), sound[-1600:].astype(float)
        assert np.mean(later**2) < 1e-3 * np.mean(onset**2)
        power = np.abs(np.fft.rfft(onset)) ** 2
        assert power[300:].sum() > 1e-4 * power.sum()


def test_clatter_is_many_small_sounds_and_none_of_the_weight_of_a_blow() -> None:
    light = clatter(5.0, rng(), Split.TRAIN)
    heavy = impact_of(Falling.BARREL, rng(), Split.TRAIN)

    def low_share(sound: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(sound)) ** 2
        edge = round(600 / 8000 * len(power))
        return float(power[:edge].sum() / power.sum())

    assert low_share(light) < 0.1
    assert low_share(heavy) > 0.4
    steps = np.abs(light[: len(light) // 800 * 800]).reshape(-1, 800).max(axis=1)
    assert np.sum((steps[1:] > 0.1) & (steps[1:] > 2 * steps[:-1])) >= 4


@needs_espeak
def test_a_shout_is_higher_and_brighter_than_the_same_words_spoken() -> None:
    voice = Voice("en-us+m3", pitch=50, speed=170)
    said = speak("Somebody help me ... please", voice)
    shout = shouted("Somebody help me ... please", voice, effort=0.8)
    assert active_db(shout.samples) == pytest.approx(SPEECH_DB, abs=0.1)
    assert len(shout.pauses) == len(said.pauses) == 1

    def bright(sound: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(sound)) ** 2
        edge = round(1000 / 8000 * len(power))
        return float(power[edge:].sum() / power[:edge].sum())

    assert bright(shout.samples) > 3 * bright(said.samples)


@needs_espeak
@pytest.mark.parametrize("looks", Split)
@pytest.mark.parametrize("kind", list(LOUDNESS))
def test_every_kind_of_event_that_is_heard_makes_a_sound_of_its_own(
    kind: EventKind, looks: Split
) -> None:
    def made(seed: int) -> np.ndarray:
        scenario = Scenario(
            scenario="hall",
            seconds=20,
            seed=seed,
            looks=looks,
            events=({"kind": kind, "at": 2, "lasts": 4},),  # type: ignore[arg-type]
        )
        return event_sound(scenario, 0, scenario.events[0])

    first = made(1)
    assert first.dtype == np.float32
    assert 0.2 * 16_000 < len(first) < 6 * 16_000
    assert np.isfinite(first).all()
    assert np.array_equal(first, made(1))
    assert not np.array_equal(first, made(2))
