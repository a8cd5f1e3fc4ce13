"""The tone in front of a spoken warning: the more urgent, the more, faster and higher pulses.

After the ideas of IEC 60601-1-8 (bursts of pulses with harmonics and ramps, more of them and closer
together for a higher priority) and ISO 7731 (well above machine noise, energy between 500 and
2,500 Hz); it claims conformity with neither. Pure: the same priority, the same samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.alarm import Priority
from tml_ros.turn.micro_turn import SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class _Burst:
    """pulses of `pulse_s` seconds with `pause_s` between, of fundamental `pitch_hz`, and peak."""

    pulses: int
    pulse_s: float
    pause_s: float
    pitch_hz: float
    peak: float


_BURSTS = {
    Priority.LOW: _Burst(2, 0.20, 0.25, 440.0, 0.45),
    Priority.MEDIUM: _Burst(3, 0.17, 0.16, 554.0, 0.55),
    Priority.HIGH: _Burst(5, 0.12, 0.08, 698.0, 0.65),
    Priority.CRITICAL: _Burst(8, 0.085, 0.045, 880.0, 0.70),
}
_HARMONICS = (1.0, 0.7, 0.5, 0.35)
_RAMP = 0.25
"""Part of a pulse that rises, and that falls; the standard asks for 10 to 40 %."""


def attention_tone(priority: Priority) -> NDArray[np.float32]:
    """The burst for a priority: float32 [n], mono, 16 kHz, at most 1.2 s, peak at most 0.7."""
    burst = _BURSTS[priority]
    pulse = _pulse(burst)
    pause = np.zeros(round(burst.pause_s * SAMPLE_RATE), np.float32)
    return np.concatenate([pulse] + [pause, pulse] * (burst.pulses - 1))


def _pulse(burst: _Burst) -> NDArray[np.float32]:
    count = round(burst.pulse_s * SAMPLE_RATE)
    phase = 2 * np.pi * burst.pitch_hz / SAMPLE_RATE * np.arange(count)
    tone = np.zeros(count)
    for number, weight in enumerate(_HARMONICS, start=1):
        tone += weight * np.sin(number * phase)
    ramp = np.sin(np.linspace(0.0, np.pi / 2, round(_RAMP * count))) ** 2
    tone[: len(ramp)] *= ramp
    tone[-len(ramp) :] *= ramp[::-1]
    pulse: NDArray[np.float32] = (burst.peak * tone / np.abs(tone).max()).astype(np.float32)
    return pulse
