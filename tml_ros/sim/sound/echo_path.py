"""How the cell's own voice comes back in a microphone: later, softer, coloured by the room.

Linear and streaming: turn by turn gives what the whole at once would give. Knows nothing of what is
said. Owned by one thread.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from tml_ros.sim.scenario.scenario import MicrophonePart
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

Sound = NDArray[np.float32]

TAIL_S: Final = 0.09
"""How long the room near the microphone answers."""
SPEAKER_HZ: Final = (180.0, 6_500.0)
"""What a small loudspeaker gives."""

_TAPS: Final = 65
_SEED: Final = 0xEC40


class EchoPath:
    """From one loudspeaker to the microphone beside it. seed: of what the room adds.

    The strongest part of the echo comes after `echo_ms`; all of it together is `echo_db` of the
    voice between 300 and 3,000 Hz.
    """

    def __init__(self, part: MicrophonePart, seed: int) -> None:
        """Work out the path; nothing has been heard yet."""
        rng = np.random.default_rng(np.random.SeedSequence([seed, _SEED]))
        self._response = _response(rng) * np.float32(10 ** (part.echo_db / 20))
        # The loudspeaker's filter delays by half its length.
        delay = max(0, round(part.echo_ms / 1000 * SAMPLE_RATE) - _TAPS // 2)
        self._past = np.zeros(delay + len(self._response) - 1, np.float32)

    def reset(self) -> None:
        """Forget what was said."""
        self._past[:] = 0

    def heard(self, own: Sound | None) -> Sound:
        """What comes back during a turn in which the cell says `own`, or nothing.

        Takes and gives float32 [3200]. Raises ValueError for another length.
        """
        if own is not None and own.shape != (TURN_SAMPLES,):
            raise ValueError(f"a turn has {TURN_SAMPLES} samples, not shape {own.shape}")
        return self.back(np.zeros(TURN_SAMPLES, np.float32) if own is None else own)

    def back(self, said: Sound) -> Sound:
        """What comes back while the cell says this: float32 [n] to float32 [n], n at least 1."""
        sound = np.concatenate([self._past, said.astype(np.float32, copy=False)])
        self._past = sound[len(sound) - len(self._past) :].copy()
        due = sound[: len(said) + len(self._response) - 1]
        if not due.any():
            return np.zeros(len(said), np.float32)
        back: Sound = signal.fftconvolve(due, self._response, "valid")
        return back.astype(np.float32, copy=False)


def _response(rng: np.random.Generator) -> Sound:
    """The loudspeaker and the room about it, 0 dB between 300 and 3,000 Hz."""
    count = round(TAIL_S * SAMPLE_RATE)
    times = np.arange(count) / SAMPLE_RATE
    room = 0.09 * rng.standard_normal(count) * np.exp(-times * 60)
    room[:24] = 0
    room[0] = 1.0
    for _ in range(5):
        room[int(rng.integers(24, 500))] += rng.uniform(-0.25, 0.25)
    speaker = signal.firwin(_TAPS, SPEAKER_HZ, pass_zero=False, fs=SAMPLE_RATE)
    both = np.convolve(room, speaker)
    spectrum = np.abs(np.fft.rfft(both, 8192)) ** 2
    hertz = np.fft.rfftfreq(8192, 1 / SAMPLE_RATE)
    power = float(np.mean(spectrum[(hertz > 300) & (hertz < 3000)]))
    return np.asarray(both / np.sqrt(power), np.float32)
