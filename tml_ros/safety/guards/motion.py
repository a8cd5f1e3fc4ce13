"""How long each pixel has been still: pictures compared with those of a moment ago.

Knows nothing of the plate or of things. Owned by one guard, hence by one thread.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np

from tml_ros.safety.guards.background import Image, Mask, Plane, largest_channel

LAG_S = 0.12
"""How long ago the picture compared with is, at least: slow motion needs time to show."""
LIGHT_SHARE = 0.45
"""Motion of more of the picture than this is light, not motion."""
LONG_S = np.float32(1000.0)
"""Longer than anybody asks for; counting on would lose precision in a session without end."""


class Motion:
    """How long each pixel has been still."""

    def __init__(self, shape: tuple[int, int]) -> None:
        """Nothing has moved yet. shape: rows and columns of the pictures to come."""
        self._still_s: Plane = np.full(shape, LONG_S, np.float32)
        self._last_s = 0.0
        self._recent: deque[tuple[float, Image]] = deque(maxlen=16)

    def still_for(self, picture: Image, now_s: float, least: Mask) -> Plane:
        """Seconds since each pixel last moved, 0 where it moves now, float32 [h, w].

        The answer is overwritten by the next call.

        least: uint8 [h, w], the change that noise alone does not reach.
        """
        self._recent.append((now_s, picture))
        while len(self._recent) > 2 and self._recent[1][0] <= now_s - LAG_S:
            self._recent.popleft()
        change = largest_channel(cv2.absdiff(picture, self._recent[0][1]))
        moved = cv2.compare(change, least, cv2.CMP_GT)
        moved = cv2.morphologyEx(moved, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        self._still_s += np.float32(now_s - self._last_s)
        self._last_s = now_s
        np.minimum(self._still_s, LONG_S, out=self._still_s)
        if cv2.countNonZero(moved) < LIGHT_SHARE * moved.size:
            np.copyto(self._still_s, np.float32(0), where=moved > 0)
        return self._still_s
