"""Whatever a microphone delivers, as 16 kHz mono float32; and sound as int16 again.

Knows nothing of time stamps, except for how much sound the resampler holds back (`delay_ns`).
An `AudioConverter` holds the state of one stream and belongs to the thread that feeds it.
"""

from __future__ import annotations

from array import array
from enum import Enum
from typing import Any, TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import SAMPLE_RATE

MIN_RATE = 8_000
MAX_RATE = 192_000
MAX_CHANNELS = 1_024

AudioData: TypeAlias = "bytes | bytearray | memoryview | array[Any] | NDArray[Any]"


class AudioFormatError(ValueError):
    """Sound that cannot be what it is said to be; the message says what was found and expected."""


class AudioEncoding(str, Enum):
    """How one sample is written; all little-endian."""

    S16 = "s16"
    """Signed 16 bit, -32768..32767."""
    S32 = "s32"
    """Signed 32 bit; 24-bit sound is expected in its upper bits."""
    F32 = "f32"
    """IEEE 754 float, -1..1."""
    U8 = "u8"
    """Unsigned 8 bit, 128 is silence."""


_DTYPES: dict[AudioEncoding, np.dtype[Any]] = {
    AudioEncoding.S16: np.dtype("<i2"),
    AudioEncoding.S32: np.dtype("<i4"),
    AudioEncoding.F32: np.dtype("<f4"),
    AudioEncoding.U8: np.dtype("u1"),
}


class AudioConverter:
    """Converts one stream, block by block; how it is cut into blocks does not change the result.

    Channels are averaged. Samples that are not finite become zero and are counted. The result is
    limited to -1..1. Sound that is 16 kHz already passes without resampler and without delay.

    rate: frames per second, 8,000..192,000. channels: interleaved, 1..1,024.
    encoding: an `AudioEncoding` or its value.

    Raises AudioFormatError for a rate, number of channels or encoding outside of that.
    """

    def __init__(self, *, rate: int, channels: int, encoding: AudioEncoding | str) -> None:
        """Start a stream of that format."""
        self._rate = _whole_number("rate", rate, MIN_RATE, MAX_RATE)
        self._channels = _whole_number("channels", channels, 1, MAX_CHANNELS)
        try:
            self._encoding = AudioEncoding(encoding)
        except ValueError:
            allowed = ", ".join(item.value for item in AudioEncoding)
            raise AudioFormatError(
                f"audio encoding {encoding!r} is unknown; allowed: {allowed}"
            ) from None
        self._dtype = _DTYPES[self._encoding]
        self.reset()

    @property
    def delay_ns(self) -> int:
        """Sound taken in and not given out yet, in ns.

        A block whose first frame was taken at `start_ns` continues the output at
        `start_ns - delay_ns`, read before the block is converted. 0 for 16 kHz, else below 35 ms.
        """
        return round(
            self._frames_in * 1_000_000_000 / self._rate
            - self._samples_out * 1_000_000_000 / SAMPLE_RATE
        )

    @property
    def frames_in(self) -> int:
        """Frames taken in since the last reset."""
        return self._frames_in

    @property
    def nonfinite_samples(self) -> int:
        """How many samples since the last reset were NaN or infinite, and were made zero."""
        return self._nonfinite

    def convert(self, data: AudioData) -> NDArray[np.float32]:
        """The next block.

        data: bytes or any contiguous buffer of them, or of samples of the encoding's own type; a
            numpy array [n * channels] or [n, channels]. Nothing is a block too.
        Returns float32 [m], mono, 16 kHz, -1..1, read-only; possibly shares memory with `data`.

        Raises AudioFormatError for a type that does not match the encoding, and for a size that is
        not a whole number of frames; the stream goes on as if that block had not come.
        """
        mono = self._mono(self._frames(data))
        self._frames_in += len(mono)
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono)
        return self._finish(mono)

    def flush(self) -> NDArray[np.float32]:
        """What the resampler still holds at the end of the stream; starts anew as `reset` does."""
        rest = np.zeros(0, np.float32)
        if self._resampler is not None:
            rest = self._resampler.resample_chunk(rest, last=True)
        rest = self._finish(rest)
        self.reset()
        return rest

    def reset(self) -> None:
        """Forget the stream so far, as after a gap or a jump of the clock."""
        self._frames_in = 0
        self._samples_out = 0
        self._nonfinite = 0
        self._resampler: soxr.ResampleStream | None = None
        if self._rate != SAMPLE_RATE:
            # libsoxr's time-domain ("variable-rate") engine gives out evenly, 10 to 35 ms behind;
            # its block-wise engine is up to 115 ms behind, which no jitter budget would bear, and
            # ends its passband at 7.3 kHz where the model's mel channels reach 7.6 kHz.
            self._resampler = soxr.ResampleStream(
                self._rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ", vr=True
            )

    def _frames(self, data: AudioData) -> NDArray[Any]:
        """Native samples [n, channels]."""
        buffer: Any = data
        try:
            found = np.asarray(memoryview(buffer))
        except (TypeError, ValueError):
            raise AudioFormatError(
                f"audio data must be bytes or an array of numbers, got {type(data).__name__}"
            ) from None
        if found.itemsize > 1 and found.dtype != self._dtype:
            raise AudioFormatError(
                f"audio data is of {found.dtype.name} numbers, which are not "
                f"{self._encoding.value} samples; expected bytes or {self._dtype.name}"
            )
        size = self._dtype.itemsize * self._channels
        if found.nbytes % size:
            raise AudioFormatError(
                f"audio data of {found.nbytes} bytes is truncated: a frame of {self._channels} "
                f"channel(s) {self._encoding.value} has {size} bytes"
            )
        flat = np.ascontiguousarray(found).reshape(-1)
        return flat.view(self._dtype).reshape(-1, self._channels)

    def _mono(self, frames: NDArray[Any]) -> NDArray[np.float32]:
        if self._encoding is AudioEncoding.F32:
            finite = np.isfinite(frames)
            if not finite.all():
                self._nonfinite += int(frames.size - np.count_nonzero(finite))
                frames = np.where(finite, frames, np.float32(0))
            # Limited before the resampler, where one wild value would ring through many.
            if frames.size and max(frames.max(), -frames.min()) > 1:
                frames = np.clip(frames, -1, 1)
        if self._channels > 1:
            wide = np.float32 if frames.dtype.itemsize < 4 else np.float64
            frames = frames.mean(axis=1, dtype=wide)
        mono: NDArray[Any] = frames.reshape(-1)
        if self._encoding is AudioEncoding.S16:
            mono = mono * np.float32(1 / 32_768)
        elif self._encoding is AudioEncoding.S32:
            mono = mono * (1 / 2_147_483_648)
        elif self._encoding is AudioEncoding.U8:
            mono = (mono.astype(np.float32) - 128) * np.float32(1 / 128)
        result: NDArray[np.float32] = np.asarray(mono, np.float32)
        return result

    def _finish(self, mono: NDArray[np.float32]) -> NDArray[np.float32]:
        self._samples_out += len(mono)
        if self._resampler is not None:
            # The steep filter overshoots at full-scale edges.
            np.clip(mono, -1, 1, out=mono)
        result: NDArray[np.float32] = mono.view()
        result.flags.writeable = False
        return result


def to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """float32 -1..1 to int16, rounded and clipped, same shape; the inverse of x / 32768."""
    scaled = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767)
    whole: NDArray[np.int16] = scaled.astype("<i2")
    return whole


def _whole_number(name: str, value: int, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise AudioFormatError(
            f"audio {name} must be a whole number in {low}..{high}, got {value!r}"
        )
    return value
