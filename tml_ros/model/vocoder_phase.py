"""Finding samples whose spectra have given magnitudes, for frames that overlap by three quarters.

Knows nothing of mels, turns or streams. Frozen after it is made; any thread.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tml_ros.model.dmel import WINDOW, hann_window
from tml_ros.model.mel_filters import FREQUENCIES, N_FFT

STEP = WINDOW // 4
"""Samples from frame to frame: 200, 12.5 ms."""
_OVERLAP = WINDOW // STEP
_SMALL = np.float32(1e-20)


class PhaseFit:
    """`frames` windows of 800 samples, 200 apart: `samples` = (frames - 1) * 200 + 800 in all."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self.samples = (frames - 1) * STEP + WINDOW
        self._window = hann_window()
        cover = self._overlapped(np.broadcast_to(self._window, (frames, WINDOW)))
        # Windows run out at both ends; dividing by almost nothing there would be noise.
        self._cover = np.maximum(cover, np.float32(0.2) * cover.max())
        self._centre = np.exp(2j * np.pi * (WINDOW // 2) / N_FFT * np.arange(FREQUENCIES))

    def spectra(self, samples: NDArray[np.float32]) -> NDArray[np.complex64]:
        """float32 [m] to complex64 [(m - 800) / 200 + 1, 513]."""
        frames = sliding_window_view(samples, WINDOW)[::STEP]
        spectra = np.fft.rfft(frames * self._window, N_FFT)
        return spectra.astype(np.complex64, copy=False)

    def overlapped(self, spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
        """The samples whose spectra are nearest: complex64 [frames, 513] to float32 [samples].

        Least squares over the overlapping windows (Griffin and Lim, 1984).
        """
        frames = np.fft.irfft(spectra, N_FFT)[:, :WINDOW].astype(np.float32, copy=False)
        found: NDArray[np.float32] = self._overlapped(frames) / self._cover
        return found

    def _overlapped(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = (frames * self._window).reshape(self.frames, _OVERLAP, STEP)
        total = np.zeros((self.frames + _OVERLAP - 1, STEP), np.float32)
        for part in range(_OVERLAP):
            total[part : part + self.frames] += rows[:, part]
        return total.reshape(-1)

    def travelled(
        self, last: NDArray[np.complex64], magnitudes: NDArray[np.float32]
    ) -> NDArray[np.complex64]:
        """First guess of the spectra of frames that follow one of spectrum `last` [513].

        magnitudes: float32 [n, 513]. Each peak's phase travels at its frequency, and takes the
        frequencies around it along (single pass spectrogram inversion: Beauregard, Harish and
        Wyse, 2015). complex64 [n, 513].
        """
        size = np.abs(last)
        ahead = np.where(size > 0, last / np.maximum(size, _SMALL), 1).astype(np.complex128)
        ahead *= self._centre
        logs = np.log(np.maximum(magnitudes, _SMALL))
        left, here, right = logs[:, :-2], logs[:, 1:-1], logs[:, 2:]
        peaks = (here > left) & (here >= right)
        bend = np.minimum(left - 2 * here + right, -_SMALL)
        lean = np.clip(0.5 * (left - right) / bend, -0.5, 0.5)
        every = np.arange(FREQUENCIES)
        found = np.empty(magnitudes.shape, np.complex128)
        for index, row in enumerate(peaks):
            at = np.flatnonzero(row) + 1
            if at.size:
                hops = (at + lean[index, at - 1]) * (2j * np.pi * STEP / N_FFT)
                nearest = np.searchsorted((at[1:] + at[:-1]) / 2, every)
                ahead = (ahead[at] * np.exp(hops))[nearest]
            found[index] = ahead
        phases = (found * self._centre.conj()).astype(np.complex64)
        spectra: NDArray[np.complex64] = magnitudes * phases
        return spectra
