import numpy as np
import pytest
from sound_stream import NAME, hear, spans
from synthetic_sounds import RATE, machine

from tml_ros.safety.guards.microphone_health import MicrophoneHealth
from tml_ros.turn.hazard import HazardKind

LOST, CLIPPING = HazardKind.MICROPHONE_LOST, HazardKind.MICROPHONE_CLIPPING


def room(seconds, *, level=0.1, seed=7101):
    return machine(np.random.default_rng(seed), seconds) * level / 0.1


def judged(sound, kind):
    return spans(hear(MicrophoneHealth(NAME), sound), kind)


@pytest.mark.parametrize("value", [0.0, 0.25, -1.0, 1.0], ids=str)
def test_one_and_the_same_value_for_a_second_is_a_lost_microphone(value):
    sound = room(6)
    sound[2 * RATE : 4 * RATE] = value
    ((came, went),) = judged(sound, LOST)
    assert came == pytest.approx(3.0, abs=0.11)
    assert went == pytest.approx(4.5, abs=0.11)
    assert judged(sound, CLIPPING) == []


def test_a_value_that_sticks_for_less_than_a_second_is_not():
    sound = room(4)
    sound[RATE : RATE + 15_000] = 0.0
    assert judged(sound, LOST) == []


def test_a_click_in_a_dead_line_does_not_bring_the_microphone_back():
    sound = np.zeros(5 * RATE)
    sound[3 * RATE] = 0.5
    ((_, went),) = judged(sound, LOST)
    assert went is None


def test_the_faintest_noise_is_life():
    rng = np.random.default_rng(7102)
    faint = rng.integers(-1, 2, 5 * RATE) / 32_768
    assert judged(faint, LOST) == []


@pytest.mark.parametrize("gain", [3.0, 10.0, 100.0])
def test_sound_cut_off_at_full_scale_is_overdriven_until_it_is_not(gain):
    sound = np.concatenate([room(2), np.clip(room(3, level=0.5) * gain, -1, 1), room(3)])
    ((came, went),) = judged(sound, CLIPPING)
    assert 2.3 <= came <= 2.7
    assert 5.9 <= went <= 6.2


def test_sixteen_bit_full_scale_counts():
    sound = np.clip(np.round(room(3, level=3.0) * 32_768), -32_768, 32_767) / 32_768
    assert judged(sound, CLIPPING)


def test_one_overdriven_blow_is_not_an_overdriven_microphone():
    sound = room(4)
    sound[RATE : RATE + 3000] = np.sign(sound[RATE : RATE + 3000])
    assert judged(sound, CLIPPING) == []


@pytest.mark.parametrize("level", [0.01, 0.1, 0.2])
def test_loud_but_whole_sound_is_not_overdriven(level):
    assert judged(room(4, level=level), CLIPPING) == []
