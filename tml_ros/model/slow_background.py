"""What a camera usually shows: the running mean of its own earlier pictures, and how one differs.

Causal: a picture is compared before the mean takes it in. Knows nothing of patches or of what the
difference is for. Owned by the thread that steps the session; memory is fixed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.model.saved_facts import LARGEST, Facts, SavedFacts
from tml_ros.model.session_arrays import put
from tml_ros.turn.micro_turn import TURN_NS

_LONGEST_NS = 1_000_000_000
"""A single picture counts for so long at most: a camera that was away must not make whoever it
finds on its return the background at once."""
_MOST_FRAMES = 1 << 40


class SlowBackground:
    """The running mean of one camera's pictures of one size.

    The mean of all pictures while they are few; once one more would count for less than its share
    of the time constant, an exponential mean.
    """

    def __init__(self, *, width: int, height: int, seconds: float, gain: float) -> None:
        """seconds: time constant. gain: of the difference."""
        self._constant_ns = seconds * 1e9
        self._gain = gain
        self._mean = np.zeros((height, width, 3), np.float32)
        self._difference = np.zeros((height, width, 3), np.int8)
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self._frames = 0
        self._stamp_ns = 0
        self._mean.fill(0.0)

    def difference(self, picture: NDArray[np.uint8], stamp_ns: int) -> NDArray[np.int8]:
        """How a picture differs from the mean of those before it, which then takes it in.

        picture: uint8 [height, width, 3]. Returns int8 of that shape: gain * (picture - mean),
        both as fractions of full scale, limited to -1..1 and scaled to -127..127; zeros for the
        first picture. The array is this object's own and good until the next call.
        """
        if self._frames:
            self._subtract(picture)
            cv2.accumulateWeighted(picture, self._mean, self._share(stamp_ns))
        else:
            self._difference.fill(0)
            self._mean[...] = picture
        self._frames = min(self._frames + 1, _MOST_FRAMES)
        self._stamp_ns = stamp_ns
        return self._difference

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The mean: float32 [height, width, 3]."""
        return {"mean": self._mean}

    def facts(self) -> Facts:
        """How many pictures it has taken in, and when the last was taken."""
        return {"frames": self._frames, "stamp_ns": self._stamp_ns}

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: object) -> None:
        """Take over a saved state. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "background", ("frames", "stamp_ns"))
        frames, stamp_ns = saved.whole("frames"), saved.whole("stamp_ns", low=-LARGEST)
        if not np.isfinite(arrays.get("mean", 0.0)).all():
            raise ValueError("saved background.mean is not finite")
        put(arrays, self.arrays())
        self._frames, self._stamp_ns = frames, stamp_ns

    def _subtract(self, picture: NDArray[np.uint8]) -> None:
        scale = self._gain * 127.0 / 255.0
        out = self._difference
        cv2.addWeighted(picture, scale, self._mean, -scale, 0.0, dst=out, dtype=cv2.CV_8S)
        # The conversion saturates at -128, whose opposite an int8 does not have. Of an array with
        # channels a number would limit only the first.
        values = out.reshape(out.shape[0], -1)
        cv2.max(values, -127.0, dst=values)  # type: ignore[call-overload]  # a number is allowed

    def _share(self, stamp_ns: int) -> float:
        since_ns = stamp_ns - self._stamp_ns
        lasted_ns = min(since_ns, _LONGEST_NS) if since_ns > 0 else TURN_NS
        return max(1.0 / (self._frames + 1), -math.expm1(-lasted_ns / self._constant_ns))
