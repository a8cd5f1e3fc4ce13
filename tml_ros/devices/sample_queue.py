"""Sound waiting for its turn at the loudspeaker.

Bounded: what no longer fits pushes out the oldest sound, because the newest warning matters most.
May be used from any thread; `take` is short enough for an audio callback.
"""

from __future__ import annotations

import threading
from collections import deque

import numpy as np
from numpy.typing import NDArray


class SampleQueue:
    """First in, first out, at most `capacity` samples of float32."""

    def __init__(self, capacity: int) -> None:
        """Start empty."""
        self._capacity = capacity
        self._lock = threading.Lock()
        self._pieces: deque[NDArray[np.float32]] = deque()
        self._waiting = 0

    def __len__(self) -> int:
        """How many samples wait."""
        return self._waiting

    def put(self, samples: NDArray[np.float32]) -> int:
        """Add float32 [n]; returns how many of the oldest samples had to give way."""
        with self._lock:
            self._pieces.append(samples.copy())
            self._waiting += len(samples)
            dropped = max(0, self._waiting - self._capacity)
            if dropped:
                self._take(dropped)
            return dropped

    def take(self, wanted: int) -> NDArray[np.float32]:
        """The next samples, float32 [<= wanted]; fewer where fewer are waiting."""
        with self._lock:
            return self._take(wanted)

    def clear(self) -> int:
        """Forget everything; returns how many samples that were."""
        with self._lock:
            forgotten, self._waiting = self._waiting, 0
            self._pieces.clear()
            return forgotten

    def _take(self, wanted: int) -> NDArray[np.float32]:
        taken: list[NDArray[np.float32]] = []
        missing = min(wanted, self._waiting)
        self._waiting -= missing
        while missing:
            piece = self._pieces.popleft()
            if len(piece) > missing:
                self._pieces.appendleft(piece[missing:])
                piece = piece[:missing]
            missing -= len(piece)
            taken.append(piece)
        return np.concatenate(taken) if taken else np.zeros(0, np.float32)
