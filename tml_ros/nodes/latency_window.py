"""How long something took, over its newest occurrences. Any thread; knows nothing of clocks."""

from __future__ import annotations

import math
import threading
from collections import deque


class LatencyWindow:
    """Keeps the newest `size` durations."""

    def __init__(self, size: int = 600) -> None:
        """Start empty."""
        self._durations: deque[int] = deque(maxlen=size)
        self._lock = threading.Lock()

    def add(self, duration_ns: int) -> None:
        """Note one duration."""
        with self._lock:
            self._durations.append(duration_ns)

    def percentile_ms(self, percent: float) -> float | None:
        """The nearest-rank percentile in ms, or None while there is no duration."""
        with self._lock:
            ordered = sorted(self._durations)
        if not ordered:
            return None
        rank = max(1, math.ceil(percent / 100 * len(ordered)))
        return ordered[rank - 1] / 1e6


def milliseconds(value: float | None) -> str:
    """For people and diagnostics: one decimal, or "none"."""
    return "none" if value is None else f"{value:.1f}"
