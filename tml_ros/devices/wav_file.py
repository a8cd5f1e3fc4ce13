"""Sound from a wav file: any plain PCM or float encoding, read in pieces.

Knows nothing of pacing and resampling. Belongs to the one thread that reads it. The format is
that of Microsoft's "Multiple channel audio data and WAVE files"; Python's own `wave` reads
neither float nor, before 3.12, the extensible header.
"""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_NAMES = {2: "ADPCM", 6: "A-law", 7: "mu-law", 0x11: "IMA ADPCM", 0x55: "MP3"}
_STREAMED = 0x7FFFF000
"""Programs that write to a pipe put this or more where the length of the data belongs."""
MAX_CHANNELS = 32
MAX_RATE = 768_000


class WavFileError(ValueError):
    """A file that is no readable wav; the message says what is wrong and what can be read."""


class WavFile:
    """An open wav file.

    source: a path, or the bytes of a whole file.

    rate: samples per second of each channel; channels: 1..32; frames: how many can be read.
    missing: frames the header promises and the file does not have; what is there is played.

    Raises WavFileError for a missing or broken file and for encodings other than PCM of 8, 16,
    24 or 32 bit and float of 32 or 64 bit.
    """

    def __init__(self, source: Path | str | bytes) -> None:
        """Read the header."""
        self._name = "wav data" if isinstance(source, bytes) else str(source)
        self._file = _open(source)
        try:
            self._parse()
        except BaseException:
            self._file.close()
            raise

    def _parse(self) -> None:
        head = self._file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise WavFileError(f"{self._name} is not a wav file: it does not begin with RIFF/WAVE")
        form: bytes | None = None
        while True:
            header = self._file.read(8)
            if len(header) < 8:
                missing = "fmt" if form is None else "data"
                raise WavFileError(f"{self._name} is broken: it has no {missing} chunk")
            name, size = header[:4], int.from_bytes(header[4:], "little")
            if name == b"data":
                break
            if name == b"fmt ":
                form = self._file.read(min(size, 64))
                self._file.seek(max(0, size - 64) + size % 2, os.SEEK_CUR)
            else:
                self._file.seek(size + size % 2, os.SEEK_CUR)
        if form is None:
            raise WavFileError(f"{self._name} is broken: its data comes before its fmt chunk")
        self._read_format(form)
        self._start = self._file.tell()
        there = self._file.seek(0, os.SEEK_END) - self._start
        # A length of 0 or a huge one means that whoever wrote the file could not go back to it.
        promised = there if size == 0 or size >= _STREAMED else size
        self.frames = min(there, promised) // self._frame_bytes
        self.missing = promised // self._frame_bytes - self.frames
        self.rewind()

    def _read_format(self, form: bytes) -> None:
        if len(form) < 16:
            raise WavFileError(f"{self._name} is broken: its fmt chunk has {len(form)} bytes")
        code, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", form)
        if code == _EXTENSIBLE and len(form) >= 26:
            code = int.from_bytes(form[24:26], "little")
        if (code, bits) not in _DECODERS:
            kind = _NAMES.get(code, {_PCM: "PCM", _FLOAT: "float"}.get(code, f"format {code}"))
            raise WavFileError(
                f"{self._name} holds {bits}-bit {kind}; readable are PCM of 8, 16, 24 or 32 bit "
                f"and float of 32 or 64 bit: convert it, for example with sox or ffmpeg"
            )
        if not (1 <= channels <= MAX_CHANNELS and 1 <= rate <= MAX_RATE):
            raise WavFileError(
                f"{self._name} claims {channels} channels at {rate} Hz; readable are 1.."
                f"{MAX_CHANNELS} channels at up to {MAX_RATE} Hz"
            )
        if frame_bytes != channels * bits // 8:
            raise WavFileError(
                f"{self._name} is broken: {channels} channels of {bits} bit do not take "
                f"{frame_bytes} bytes"
            )
        self.rate, self.channels, self.bits = rate, channels, bits
        self._code, self._frame_bytes = code, frame_bytes

    def read(self, frames: int) -> NDArray[np.float32]:
        """The next frames, float32 [<= frames, channels], -1..1; none after the last."""
        wanted = max(0, min(frames, self.frames - self._position))
        data = self._file.read(wanted * self._frame_bytes)
        data = data[: len(data) // self._frame_bytes * self._frame_bytes]
        self._position += len(data) // self._frame_bytes
        return _DECODERS[self._code, self.bits](data).reshape(-1, self.channels)

    def rewind(self) -> None:
        """Back to the first frame."""
        self._file.seek(self._start)
        self._position = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> WavFile:
        """Open already; closed on leaving."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def read_wav(source: Path | str | bytes) -> tuple[int, NDArray[np.float32]]:
    """A whole wav file: its rate and float32 [n, channels], -1..1. Raises WavFileError.

    source: its path, or its bytes.
    """
    with WavFile(source) as wav:
        return wav.rate, wav.read(wav.frames)


def _open(source: Path | str | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return Path(source).open("rb")
    except FileNotFoundError as problem:
        raise WavFileError(f"wav file {source} does not exist; check the path") from problem
    except OSError as problem:
        raise WavFileError(f"wav file {source} cannot be read: {problem.strerror}") from problem


def _from_u8(data: bytes) -> NDArray[np.float32]:
    return _scaled(np.frombuffer(data, np.uint8).astype(np.int16) - 128, 2**7)


def _from_s16(data: bytes) -> NDArray[np.float32]:
    return _scaled(np.frombuffer(data, "<i2"), 2**15)


def _from_s24(data: bytes) -> NDArray[np.float32]:
    triples = np.frombuffer(data, np.uint8).reshape(-1, 3)
    wide = np.zeros((len(triples), 4), np.uint8)
    wide[:, 1:] = triples
    return _scaled(wide.view("<i4")[:, 0], 2**31)


def _from_s32(data: bytes) -> NDArray[np.float32]:
    return _scaled(np.frombuffer(data, "<i4"), 2**31)


def _from_f32(data: bytes) -> NDArray[np.float32]:
    return _finite(np.frombuffer(data, "<f4"))


def _from_f64(data: bytes) -> NDArray[np.float32]:
    return _finite(np.frombuffer(data, "<f8"))


def _scaled(samples: NDArray[Any], full_scale: int) -> NDArray[np.float32]:
    floats: NDArray[np.float32] = samples.astype(np.float32)
    floats *= np.float32(1 / full_scale)
    return floats


def _finite(samples: NDArray[Any]) -> NDArray[np.float32]:
    safe = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    floats: NDArray[np.float32] = np.clip(safe, -1.0, 1.0).astype(np.float32)
    return floats


_DECODERS = {
    (_PCM, 8): _from_u8,
    (_PCM, 16): _from_s16,
    (_PCM, 24): _from_s24,
    (_PCM, 32): _from_s32,
    (_FLOAT, 32): _from_f32,
    (_FLOAT, 64): _from_f64,
}
