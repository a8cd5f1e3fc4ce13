"""How a microphone's sound of a lesson is altered: louder or softer, coloured, with noise under it.

Knows nothing of what is heard. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Sound = NDArray[np.float32]

MOST_GAIN_DB = 12.0
_TAPS = 33
_BANDS = 8
_BAND_DB = 4.0
_SILENT = 1e-5


@dataclass(frozen=True, slots=True)
class SoundChange:
    """gain: factor. taps: float32 [n], n odd, of a filter without delay; None for none.
    under_db: by how much noise lies below the sound's own mean level; None for none. noise_taps:
    colour of that noise, as taps. seed: of the noise.
    """

    gain: float = 1.0
    taps: Sound | None = None
    under_db: float | None = None
    noise_taps: Sound | None = None
    seed: int = 0

    def sound(self, samples: Sound, other: Sound | None = None) -> Sound:
        """float32 [n], mono, 16 kHz, altered; beyond -1..1 it is clipped, as a microphone does.

        other: float32 [n], to lie under it in place of noise.
        """
        if self.under_db is not None:
            level = _level(samples)
            if other is None:
                rng = np.random.default_rng(self.seed)
                other = _filtered(rng.standard_normal(len(samples), np.float32), self.noise_taps)
            factor = level * 10 ** (-self.under_db / 20) / max(_level(other), _SILENT)
            samples = samples + other * np.float32(factor)
        samples = _filtered(samples, self.taps)
        return np.clip(samples * np.float32(self.gain), -1.0, 1.0)


def drawn_sound_change(rng: np.random.Generator, *, strength: float) -> SoundChange:
    """One at random. strength: 0 is none, 1 is usual."""
    gain_db = strength * rng.uniform(-MOST_GAIN_DB, MOST_GAIN_DB)
    coloured, noisy = (rng.random(2) < 0.5).tolist()
    bands = strength * rng.uniform(-_BAND_DB, _BAND_DB, _BANDS)
    under_db = rng.uniform(12.0, 35.0)
    slope = rng.uniform(-12.0, 3.0)
    seed = int(rng.integers(2**63))
    if not strength:
        return SoundChange()
    return SoundChange(
        gain=float(10 ** (gain_db / 20)),
        taps=_taps(bands) if coloured else None,
        under_db=under_db if noisy else None,
        noise_taps=_taps(np.linspace(0.0, 2 * slope, _BANDS)),
        seed=seed,
    )


def _taps(bands_db: NDArray[np.float64]) -> Sound:
    """A filter of linear phase whose gain follows the bands, evenly from 0 to 8 kHz."""
    designed = signal.firwin2(_TAPS, np.linspace(0.0, 1.0, len(bands_db)), 10 ** (bands_db / 20))
    return np.asarray(designed, np.float32)


def _filtered(samples: Sound, taps: Sound | None) -> Sound:
    if taps is None:
        return samples
    return np.convolve(samples, taps, "same").astype(np.float32, copy=False)


def _level(samples: Sound) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
