"""The readings of one minute as few bytes, and back without a bit lost.

Differences of stamps and values as columns of bytes, most significant ones together, deflated where
that is shorter. Knows nothing of files. Pure functions; any thread.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

_PLAIN: Final = b"\x00"
_DEFLATED: Final = b"\x01"
_BYTES: Final = 16
"""Of a reading: stamp and value."""


class ChunkError(ValueError):
    """The bytes are none that `pack` made."""


def pack(stamps_ns: NDArray[np.int64], values: NDArray[np.float64]) -> bytes:
    """Stamps in order of time, int64 [n], and values, float64 [n], n at least 1."""
    steps = np.diff(stamps_ns, prepend=np.int64(0)).astype("<i8")
    table = np.concatenate([_columns(steps), _columns(values.astype("<f8"))])
    plain = table.tobytes()
    deflated = zlib.compress(plain, 1)
    return _DEFLATED + deflated if len(deflated) < len(plain) else _PLAIN + plain


def unpack(chunk: bytes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What `pack` was given. Raises ChunkError."""
    try:
        plain = zlib.decompress(chunk[1:]) if chunk[:1] == _DEFLATED else chunk[1:]
    except zlib.error as error:
        raise ChunkError(str(error)) from None
    if chunk[:1] not in (_PLAIN, _DEFLATED) or not plain or len(plain) % _BYTES:
        raise ChunkError(f"{len(plain)} bytes are no readings")
    table = np.frombuffer(plain, np.uint8).reshape(_BYTES, -1)
    steps = np.ascontiguousarray(table[:8].T).view("<i8").reshape(-1)
    values = np.ascontiguousarray(table[8:].T).view("<f8").reshape(-1)
    return np.cumsum(steps, dtype=np.int64), values.astype(np.float64)


def _columns(numbers: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.uint8]:
    """uint8 [8, n]: bytes of one significance side by side, which deflate well."""
    return np.ascontiguousarray(numbers.view(np.uint8).reshape(-1, 8).T)
