"""Judge whether a camera repeats one and the same picture.

A sensor's noise makes every picture differ, but a coded or simulated picture of a still scene may
repeat itself for a while. So the patience follows what this camera has shown: three times the
longest repetition that ended by itself, within 1 to 10 s. What was learnt fades over ten minutes,
so that one hiccup does not dull the judgement for good.

Knows nothing of alarms. Owned by `CameraHealth`.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

PATIENCE_MIN_NS = 1_000_000_000
PATIENCE_MAX_NS = 10_000_000_000
PATIENCE_AT_FIRST_NS = 5_000_000_000
"""Until the camera has shown two different pictures."""
PATIENCE_FACTOR = 3
MIN_REPEATS = 3
"""At a few pictures per second, time alone would call two equal pictures frozen."""
FADE_NS = 600_000_000_000
ROW_STEP = 16


class FrozenJudge:
    """Holds on to one frame, the newest, and compares the next with it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the last picture and what was learnt of this camera."""
        self._last: NDArray[np.uint8] | None = None
        self._run_start_ns = 0
        self._repeats = 0
        self._longest_ns = 0.0
        self._has_changed = False

    def skip(self) -> None:
        """Leave a picture out: where all is crushed there is no noise to tell pictures apart."""
        self._last = None

    def observe(self, rgb: NDArray[np.uint8], stamp_ns: int) -> bool:
        """Whether the picture has been the same for too long. rgb: uint8 [h, w, 3]."""
        last, self._last = self._last, rgb
        if last is None or not identical(last, rgb):
            if last is not None:
                self._end_run(stamp_ns)
            self._run_start_ns = stamp_ns
            self._repeats = 0
            return False
        self._repeats += 1
        return self._repeats >= MIN_REPEATS and stamp_ns - self._run_start_ns > self._patience_ns()

    def _end_run(self, stamp_ns: int) -> None:
        self._has_changed = True
        run_ns = max(0, stamp_ns - self._run_start_ns)
        faded_ns = self._longest_ns * math.exp(-run_ns / FADE_NS)
        self._longest_ns = max(faded_ns, run_ns if self._repeats else 0.0)

    def _patience_ns(self) -> float:
        if not self._has_changed:
            return PATIENCE_AT_FIRST_NS
        return min(PATIENCE_MAX_NS, max(PATIENCE_MIN_NS, PATIENCE_FACTOR * self._longest_ns))


def identical(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    """Whether two pictures agree in every byte; a few rows settle most cases."""
    if first is second:
        return True
    if not np.array_equal(first[::ROW_STEP], second[::ROW_STEP]):
        return False
    return cv2.norm(first, second, cv2.NORM_INF) == 0
