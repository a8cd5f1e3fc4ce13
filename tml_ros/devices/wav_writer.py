"""A mono 16-bit wav file that is valid at every moment, even if the process is killed.

Knows nothing of pacing. Belongs to the one thread that writes it.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.audio_format import to_int16

HEADER_BYTES = 44
MAX_DATA_BYTES = 0x7FFFF000 - 2
"""Where a header's length field would begin to be read as "unknown": 18 hours at 16 kHz."""


class WavWriter:
    """Appends sound to a new file; the header is brought up to date after each write.

    Raises OSError where the file cannot be created or written.
    """

    def __init__(self, path: Path, *, rate: int) -> None:
        """Create the file with an empty header."""
        self._rate = rate
        self._data_bytes = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb", buffering=0)
        self._file.write(self._header())

    @property
    def samples(self) -> int:
        """Samples in the file."""
        return self._data_bytes // 2

    @property
    def full(self) -> bool:
        """Whether the format's limit is reached; what is written further is left out."""
        return self._data_bytes >= MAX_DATA_BYTES

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append float32 [n], -1..1, clipped."""
        data = to_int16(samples).tobytes()[: MAX_DATA_BYTES - self._data_bytes]
        if not data:
            return
        # Data first: a header that lags promises less than is there, never more.
        # A disk that fills up takes part of it; an odd byte is written over the next time.
        self._data_bytes += self._file.write(data) // 2 * 2
        self._file.seek(0)
        self._file.write(self._header())
        self._file.seek(HEADER_BYTES + self._data_bytes)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _header(self) -> bytes:
        size = self._data_bytes
        riff = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, self._rate, 2 * self._rate, 2, 16)
        return riff + form + struct.pack("<4sI", b"data", size)
