"""What sounds like a siren and what does not, over made machines.

Thresholds were chosen on seeds below 1000. Seeds 8001 and 8010 once failed here and led to repairs;
the others were not looked at before.
"""

import subprocess
from shutil import which

import numpy as np
import pytest
import soxr
from sound_stream import NAME, hear, spans
from synthetic_sounds import (
    RATE,
    SIRENS,
    blows,
    decibels,
    echoing,
    machine,
    placed,
    radio,
    reversing_beeper,
    scaled,
    siren,
    time,
    voice,
)

from tml_ros.devices.wav_file import read_wav
from tml_ros.safety.alarm import Priority
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.safety.guards.siren import SirenGuard
from tml_ros.turn.hazard import HazardKind


def judged(sound):
    return spans(hear(SirenGuard(NAME), sound), HazardKind.SIREN)


@pytest.mark.parametrize("seed", [8001, 8102, 8103])
@pytest.mark.parametrize(
    ("kind", "latest"),
    [("wail", 1.8), ("yelp", 1.8), ("din", 1.8), ("whoop", 3.5), ("hilo", 3.8), ("alternating", 2)],
)
def test_a_siren_as_loud_as_the_machines_is_heard_once_from_begin_to_end(kind, latest, seed):
    rng = np.random.default_rng(seed)
    sound = machine(rng, 18) + placed(siren(rng, kind, 9), 18, 5)
    ((came, went),) = judged(sound)
    assert 5.3 <= came <= 5 + latest
    assert 14 <= went <= 17


@pytest.mark.parametrize("kind", SIRENS)
@pytest.mark.parametrize("level", [0.003, 0.3])
def test_a_siren_in_an_otherwise_silent_room_is_heard_at_any_level(kind, level):
    rng = np.random.default_rng(8010)
    hiss = 1e-4 * rng.standard_normal(12 * RATE)
    ((came, went),) = judged(hiss + placed(siren(rng, kind, 6) * level / 0.1, 12, 2))
    assert came <= 5.0
    assert 8 <= went <= 11


def test_a_siren_that_sounds_from_the_first_sample_on_is_heard():
    rng = np.random.default_rng(8011)
    ((came, _),) = judged(machine(rng, 6) + siren(rng, "wail", 6) * decibels(6))
    assert came <= 2.0


def test_a_slow_wail_stays_one_siren_through_its_turning_points():
    t = time(30)
    phase = 2 * np.pi * np.cumsum(900 - 300 * np.cos(2 * np.pi * t / 10)) / RATE
    rng = np.random.default_rng(8012)
    ((_, went),) = judged(machine(rng, 34)[: 34 * RATE] + placed(scaled(np.sin(phase)), 34, 1))
    assert went >= 31


def test_a_wail_in_an_echoing_hall_is_heard():
    rng = np.random.default_rng(8013)
    sound = echoing(rng, siren(rng, "wail", 8)) * decibels(3)
    assert len(judged(machine(rng, 14) + placed(sound, 14, 3))) == 1


@pytest.mark.parametrize("priority", Priority)
def test_the_cells_own_attention_tone_is_no_siren(priority):
    rng = np.random.default_rng(8014)
    tones = np.tile(np.concatenate([attention_tone(priority), np.zeros(RATE // 2)]), 6)
    assert judged(0.1 * machine(rng, 12) + placed(tones, 12, 3)) == []


def whistle(rng, seconds):
    return scaled(np.sin(2 * np.pi * rng.uniform(500, 2900) * time(seconds)))


def nothing(_rng, seconds):
    return np.zeros(round(seconds * RATE), np.float32)


def hammer(rng, seconds):
    return blows(rng, seconds, np.arange(0.5, seconds - 1, 0.45))


@pytest.mark.parametrize("seed", [8021, 8022])
@pytest.mark.parametrize("level", [0, 12])
@pytest.mark.parametrize("made", [nothing, whistle, reversing_beeper, hammer, voice])
def test_what_is_no_siren_raises_none(made, level, seed):
    rng = np.random.default_rng(seed)
    assert judged(machine(rng, 24) + placed(made(rng, 20), 24, 2) * decibels(level)) == []


def test_a_band_on_the_radio_raises_none():
    rng = np.random.default_rng(8023)
    assert judged(machine(rng, 40) + radio(rng, 40)) == []


def test_a_drive_whose_hum_sets_in_raises_none():
    rng = np.random.default_rng(8024)
    assert judged(0.1 * machine(rng, 20) + placed(machine(rng, 15), 20, 4)) == []


@pytest.mark.skipif(which("espeak-ng") is None, reason="needs the espeak-ng program for speech")
@pytest.mark.parametrize("language", ["en", "de", "cmn"])
def test_speech_raises_none(language, tmp_path):
    path = tmp_path / "speech.wav"
    words = "Attention please, the machine in hall three will be started at 14:30. " * 3
    subprocess.run(["espeak-ng", "-v", language, "-w", str(path), words], check=True, timeout=60)
    rate, samples = read_wav(path)
    speech = scaled(soxr.resample(samples[:, 0], rate, RATE))
    rng = np.random.default_rng(8025)
    assert judged(speech + 0.1 * machine(rng, len(speech) / RATE)[: len(speech)]) == []
