"""A wav file as blocks of the rate and channels that were asked for.

Knows nothing of pacing. Belongs to the one thread that reads it.
"""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from tml_ros.devices.wav_file import WavFile
from tml_ros.turn.audio_format import to_int16


class WavBlocks:
    """Reads blocks of int16 [frames, channels] out of an open file.

    rate, channels: of the blocks. A file of another rate is resampled; one of other channels is
    mixed down to one or its single channel repeated.
    loop: go on with the beginning after the end, without a seam in the resampling.

    Raises ValueError where several channels would have to become several others.
    """

    def __init__(self, wav: WavFile, *, rate: int, channels: int, loop: bool) -> None:
        """Read nothing yet."""
        if wav.channels != channels and 1 not in (wav.channels, channels):
            raise ValueError(
                f"the file has {wav.channels} channels, asked for are {channels}; "
                f"possible are 1 and {wav.channels}"
            )
        self._wav = wav
        self._channels = channels
        self._loop = loop and wav.frames > 0
        self._resampler = None
        if wav.rate != rate:
            inner = min(channels, wav.channels)
            self._resampler = soxr.ResampleStream(wav.rate, rate, inner, dtype="float32")
        self._ready = np.zeros((0, channels), np.int16)
        self._exhausted = False

    def read(self, frames: int) -> NDArray[np.int16] | None:
        """The next block, int16 [frames, channels]; the last may be shorter; None after it."""
        pieces, have = [self._ready], len(self._ready)
        while have < frames and not self._exhausted:
            piece = self._convert_next(frames)
            pieces.append(piece)
            have += len(piece)
        sound = np.concatenate(pieces)
        self._ready = sound[frames:]
        return sound[:frames] if have else None

    def _convert_next(self, frames: int) -> NDArray[np.int16]:
        raw = self._wav.read(frames)
        if len(raw) < frames:
            if self._loop:
                self._wav.rewind()
            else:
                self._exhausted = True
        if self._channels == 1 and raw.shape[1] > 1:
            raw = raw.mean(axis=1, keepdims=True, dtype=np.float32)
        if self._resampler is not None:
            columns = raw.shape[1]
            raw = self._resampler.resample_chunk(raw, last=self._exhausted).reshape(-1, columns)
        return to_int16(np.repeat(raw, self._channels // raw.shape[1], axis=1))
