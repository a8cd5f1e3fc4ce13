"""Speech kept in a folder that several processes share, never more than so many pieces.

A piece has one place, by what it is; another that has the same place replaces it. Files are
written whole or not at all and checked when they are read; one that is broken or of something else
counts as missing. Knows nothing of what the speech is. Any thread.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST: Final = 4096
"""Pieces kept: some 300 MB of sentences."""
_MAGIC: Final = b"tmlpace1"
_HEAD: Final = len(_MAGIC) + 32 + 4


class SpeechStore:
    """A folder; it is made when something is put there first."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        """Raises ValueError for a store without places."""
        if most < 1:
            raise ValueError(f"a store has at least one place, not {most}")
        self._folder = folder
        self._most = most

    def get(self, what: str) -> NDArray[np.float32] | None:
        """float32 [n], or None where it is not there."""
        digest = _digest(what)
        try:
            data = self._path(digest).read_bytes()
        except OSError:
            return None
        body = data[_HEAD:]
        if data[:_HEAD] != _head(digest, body) or len(body) % 2:
            return None
        speech: NDArray[np.float32] = np.frombuffer(body, "<i2") / np.float32(32767)
        return speech

    def put(self, what: str, speech: NDArray[np.float32]) -> None:
        """Keep it, in steps of 16 bits. A folder that cannot be written is no error."""
        digest = _digest(what)
        body = np.rint(speech * 32767).astype("<i2").tobytes()
        path = self._path(digest)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as part:
                part.write(_head(digest, body) + body)
            os.replace(part.name, path)  # noqa: PTH105 - one call, whole or not at all
        except OSError:
            return

    def _path(self, digest: bytes) -> Path:
        return self._folder / f"{int.from_bytes(digest[:8], 'little') % self._most:05d}"


def _digest(what: str) -> bytes:
    return hashlib.sha256(what.encode("utf-8", "surrogatepass")).digest()


def _head(digest: bytes, body: bytes) -> bytes:
    return _MAGIC + digest + zlib.crc32(body).to_bytes(4, "little")
