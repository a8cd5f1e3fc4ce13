import itertools

import numpy as np
import pytest

from tml_ros.safety.alarm import Priority
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.turn.micro_turn import SAMPLE_RATE


def pulse_edges(tone):
    """Starts and ends of what is louder than silence, found without knowing how it was made."""
    window = 64
    loud = np.array([np.abs(tone[i : i + window]).max() > 0.02 for i in range(len(tone))])
    changes = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    return list(zip(changes[::2], changes[1::2], strict=True))


def fundamental_hz(tone):
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 16 * SAMPLE_RATE))
    return np.argmax(spectrum) / 16


@pytest.mark.parametrize("priority", list(Priority))
def test_a_tone_is_short_smooth_and_not_too_loud(priority):
    tone = attention_tone(priority)
    assert tone.dtype == np.float32
    assert tone.ndim == 1
    assert len(tone) <= 1.2 * SAMPLE_RATE
    assert 0.4 <= np.abs(tone).max() <= 0.7
    assert abs(tone[0]) < 1e-3
    assert abs(tone[-1]) < 1e-3
    for start, end in pulse_edges(tone):
        level = np.abs(tone[start:end])
        assert level[:80].max() < 0.5 * level.max()
        assert level[-80:].max() < 0.5 * level.max()


def test_number_rate_and_pitch_of_pulses_rise_with_priority():
    pulses, rates, pitches = [], [], []
    for priority in sorted(Priority, key=lambda each: each.rank):
        tone = attention_tone(priority)
        edges = pulse_edges(tone)
        pulses.append(len(edges))
        rates.append(1 / np.diff([start for start, _ in edges]).mean())
        pitches.append(fundamental_hz(tone[edges[0][0] : edges[0][1]]))
    for measured in (pulses, rates, pitches):
        assert all(low < high for low, high in itertools.pairwise(measured))


def test_a_pulse_has_four_harmonics():
    tone = attention_tone(Priority.HIGH)
    start, end = pulse_edges(tone)[0]
    pulse = tone[start:end] * np.hanning(end - start)
    spectrum = np.abs(np.fft.rfft(pulse, 16 * SAMPLE_RATE))
    base = fundamental_hz(tone[start:end])
    strongest = spectrum.max()
    for number in range(1, 5):
        near = spectrum[round(16 * (number * base - 15)) : round(16 * (number * base + 15))].max()
        assert 20 * np.log10(near / strongest) > -15


def test_the_same_priority_gives_the_same_samples():
    assert np.array_equal(attention_tone(Priority.LOW), attention_tone(Priority.LOW))
