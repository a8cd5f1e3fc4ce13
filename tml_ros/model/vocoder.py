"""The model's own voice: log mel magnitudes in, 16 kHz samples out, turn by turn, without weights.

A first guess of each turn lets low frequencies, whose harmonics the mels tell apart, go on as
tones, and fills high ones with noise. The fast Griffin-Lim iteration (Perraudin, Balazs and
Sondergaard, 2013) then makes samples and mels agree over the turn and its surroundings, while what
was already given out is held fixed: the streaming idea of RTISI with look-ahead (Beauregard, Zhu
and Wyse, 2005 and 2007), a turn at a time. Only mels are imposed, not single magnitudes: smooth
ones would ask for a pulse in every window, which buzzes at the rate of the windows. Knows nothing
of models or sessions. The same mels give the same samples. A stream belongs to the thread that
pushes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dmel import QUIETEST, WINDOW
from tml_ros.model.mel_filters import FREQUENCIES, frequencies_hz
from tml_ros.model.preset import MEL_FRAMES, MELS, SAMPLES_PER_FRAME
from tml_ros.model.saved_facts import SavedFacts
from tml_ros.model.session_arrays import put
from tml_ros.model.vocoder_magnitude import magnitudes_of, matched, mels_of
from tml_ros.model.vocoder_phase import STEP, PhaseFit
from tml_ros.turn.micro_turn import TURN_SAMPLES

LATENCY_SAMPLES = SAMPLES_PER_FRAME
"""400, 25 ms: sample i that comes out lies at sample i - 400 of the sound whose mels went in."""
ITERATIONS = 8
MOMENTUM = np.float32(0.5)
_AROUND = SAMPLES_PER_FRAME // STEP
"""Frames before and after a turn's own whose windows reach into it."""
_OWN = TURN_SAMPLES // STEP
_GIVEN_OUT = WINDOW - STEP
"""Samples before the turn that these windows cover and that cannot change any more."""
_BLEND = 128
"""Samples over which a turn takes over from the guess that the turn before made of it."""
_FAINTEST = np.float32(1e-5)
"""Mel magnitude that silence counts as when a frame between it and sound is put in."""
_HISS_HZ = 940.0
"""Where noise takes over; channels begin to be wider than a low voice's pitch there."""
_HISS_BLUR_HZ = 125.0
_HISS_LEVEL = 0.75


class StreamingVocoder:
    """One endless voice. It starts out of silence and ends in it if the mels do.

    Latency: one frame, 25 ms. A turn's first 25 ms are the end of the turn before.
    """

    def __init__(self) -> None:
        self._fit = PhaseFit(_AROUND + _OWN + _AROUND)
        self._fade = ((np.arange(_BLEND) + 0.5) / _BLEND).astype(np.float32)
        hiss = 1 / (1 + np.exp((_HISS_HZ - frequencies_hz()) / _HISS_BLUR_HZ))
        self._tones = np.sqrt(1 - hiss).astype(np.float32)
        self._hiss = (_HISS_LEVEL * np.sqrt(hiss)).astype(np.float32)
        self.reset()

    def reset(self) -> None:
        """What came before was silence."""
        self._tail = np.zeros(self._fit.samples - TURN_SAMPLES, np.float32)
        self._mels = np.full((_AROUND, MELS), QUIETEST, np.float32)
        self._turns = 0

    def push(self, log_mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """One turn: float32 [8, 80], log10 of mel magnitude, to float32 [3200], -1..1.

        Mels beyond -10..3 are limited and NaN counts as -10. Raises ValueError for another shape
        or dtype.
        """
        if log_mel.shape != (MEL_FRAMES, MELS) or log_mel.dtype != np.float32:
            raise ValueError(
                f"mels are {log_mel.dtype} {list(log_mel.shape)}, "
                f"allowed: float32 [{MEL_FRAMES}, {MELS}]"
            )
        own = self._between(mels_of(log_mel))
        # What comes after is not known yet; the guess that the sound stays is made good next turn.
        samples = self._found(np.concatenate([self._mels, own, np.repeat(own[-1:], _AROUND, 0)]))
        self._mels = own[-_AROUND:].copy()
        self._tail = samples[TURN_SAMPLES:].copy()
        self._turns += 1
        return np.clip(samples[_GIVEN_OUT : _GIVEN_OUT + TURN_SAMPLES], -1.0, 1.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The sound's end with the guess of what follows, and the last frames' mels."""
        return {"tail": self._tail, "mels": self._mels}

    def facts(self) -> dict[str, Any]:
        """How many turns there were: it seeds the noise."""
        return {"turns": self._turns}

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: object) -> None:
        """Go on from a saved state. Raises ValueError naming what does not fit; nothing changes."""
        turns = SavedFacts(facts, "vocoder", ["turns"]).whole("turns")
        taken = {name: np.empty_like(mine) for name, mine in self.arrays().items()}
        put(arrays, taken)
        for name, values in taken.items():
            if not np.isfinite(values).all():
                raise ValueError(f"saved array {name!r} is not finite")
        self._tail, self._mels, self._turns = taken["tail"], taken["mels"], turns

    def _between(self, mels: NDArray[np.float32]) -> NDArray[np.float32]:
        """[8, 80] every 400 samples to [16, 80] every 200, by the geometric mean."""
        roots = np.sqrt(np.maximum(np.concatenate([self._mels[-1:], mels]), _FAINTEST))
        return np.stack([roots[:-1] * roots[1:], mels], axis=1).reshape(_OWN, MELS)

    def _found(self, mels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples for the mels of all frames, float32 [4600], that begin with the tail."""
        fit = self._fit
        known = fit.spectra(self._tail)[:_AROUND]
        guess = np.concatenate([known, self._guess(known[-1], magnitudes_of(mels[_AROUND:]))])
        samples = self._held(fit.overlapped(guess))
        before: NDArray[np.complex64] | None = None
        for _ in range(ITERATIONS):
            spectra = fit.spectra(samples)
            onward = spectra if before is None else spectra + MOMENTUM * (spectra - before)
            before = spectra
            samples = self._held(fit.overlapped(matched(onward, mels)))
        return samples

    def _guess(
        self, last: NDArray[np.complex64], magnitudes: NDArray[np.float32]
    ) -> NDArray[np.complex64]:
        tones = self._fit.travelled(last, magnitudes)
        source = np.random.default_rng(self._turns)
        parts = source.standard_normal((len(magnitudes), FREQUENCIES, 2), np.float32)
        hiss = magnitudes * self._hiss * parts.view(np.complex64)[..., 0]
        guess: NDArray[np.complex64] = tones * self._tones + hiss
        return guess

    def _held(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """In place: what was given out stays, and the new sound grows out of it."""
        samples[:_GIVEN_OUT] = self._tail[:_GIVEN_OUT]
        blended = slice(_GIVEN_OUT, _GIVEN_OUT + _BLEND)
        guessed = self._tail[blended]
        samples[blended] = guessed + self._fade * (samples[blended] - guessed)
        return samples


def vocode(log_mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Whole turns at once: float32 [n * 8, 80] to float32 [n * 3200], late by 400 samples.

    The same bits as a `StreamingVocoder` that is pushed turn after turn. Raises ValueError for
    another shape or dtype.
    """
    if log_mel.ndim != 2 or len(log_mel) % MEL_FRAMES:
        raise ValueError(f"mels are {list(log_mel.shape)}, allowed: [n * {MEL_FRAMES}, {MELS}]")
    stream = StreamingVocoder()
    turns = log_mel.reshape(-1, MEL_FRAMES, log_mel.shape[1])
    return np.concatenate([np.empty(0, np.float32), *(stream.push(turn) for turn in turns)])
