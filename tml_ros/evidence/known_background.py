"""Which parts of a camera's picture are certainly background, and which are not.

Nothing is background at first. What looks the same for a minute, with nothing stirring anywhere
near, is; so somebody who is there from the beginning stays doubtful for as long as they stir.
What then differs from it is doubtful again, and for half an hour after the last motion near it:
somebody who came and stands still is not learnt. Another view, or other light in most of the
picture, begins anew. It errs to the side of doubt: machines in motion, shadows and things put down
are doubtful too. Knows nothing of people. Owned by one thread.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.background import Background, Image, Mask, Plane, largest_channel

KNOWN_S = 60.0
"""What looked the same for so long, with nothing stirring near it, is background."""
ABSORB_S = 1800.0
"""What differs becomes background only after so long without motion near it."""
HOLD_S = 2.0
"""What was in doubt stays so for a while: detection flickers, and people come back."""
ANEW_SHARE = 0.6
"""More of the picture than this differs: another view, not something in it."""
LAGS_S = (0.12, 1.0)
"""Pictures so long ago are compared with: fast motion, and slow motion."""
REACH = (0.06, 0.2)
"""How far around motion nothing is learnt, as shares of width and height: who only turns the head
has legs, too."""
LONGEST_STEP_S = 2.0
"""A longer pause between two pictures proves nothing about the time between."""
_LONG_S = np.float32(1e6)


@dataclass(frozen=True, slots=True)
class Doubt:
    """unknown: uint8 [h, w], 255 where the background was never seen. foreign: uint8 [h, w], 255
    where it is known and something else is, or was a moment ago.
    """

    unknown: Mask
    foreign: Mask


class KnownBackground:
    """The background of one camera at the working size."""

    def __init__(self, first: Image) -> None:
        """Begin with a first picture, uint8 [h, w, 3] RGB, slightly blurred."""
        shape = first.shape[:2]
        self._plate = Background(first)
        self._known: Mask = np.zeros(shape, np.uint8)
        self._calm_s: Plane = np.zeros(shape, np.float32)
        self._foreign_ago_s: Plane = np.full(shape, _LONG_S, np.float32)
        self._recent: deque[tuple[float, Image]] = deque(maxlen=64)
        aside, upright = round(REACH[0] * shape[1]), round(REACH[1] * shape[0])
        self._reach = np.ones((2 * upright + 1, 2 * aside + 1), np.uint8)
        self._now_s = 0.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the pictures this was begun with."""
        return self._plate.plate.shape

    def look(self, picture: Image, dt_s: float) -> Doubt:
        """What of the next picture is in doubt; it came `dt_s` after the last one."""
        step_s = np.float32(min(dt_s, LONGEST_STEP_S))
        self._now_s += dt_s
        differs = self._plate.compare(picture)
        moved = self._moved(picture)
        if cv2.countNonZero(differs) > ANEW_SHARE * differs.size:
            self._forget(picture)
        stirs = cv2.bitwise_or(differs, moved)
        self._wait(cv2.bitwise_and(stirs, cv2.bitwise_not(self._known)), moved, step_s)
        self._learn(picture, differs, stirs, float(step_s))
        foreign = cv2.bitwise_and(cv2.medianBlur(stirs, 3), self._known)
        self._foreign_ago_s += step_s
        self._foreign_ago_s[foreign > 0] = 0
        held = _mask(self._foreign_ago_s < HOLD_S)
        return Doubt(cv2.bitwise_not(self._known), cv2.bitwise_and(held, self._known))

    def _moved(self, picture: Image) -> Mask:
        """What is not as it was a moment or a second ago."""
        moved: Mask = np.zeros(picture.shape[:2], np.uint8)
        for lag_s in LAGS_S:
            then = next((p for t, p in reversed(self._recent) if t <= self._now_s - lag_s), None)
            if then is not None:
                change = largest_channel(cv2.absdiff(picture, then))
                moved |= cv2.compare(change, self._plate.threshold, cv2.CMP_GT)
        self._recent.append((self._now_s, picture))
        while len(self._recent) > 1 and self._recent[1][0] <= self._now_s - LAGS_S[-1]:
            self._recent.popleft()
        return cv2.medianBlur(moved, 3)

    def _wait(self, unknown_stirs: Mask, moved: Mask, step_s: np.float32) -> None:
        """Count for how long nothing has stirred near each pixel."""
        near = cv2.dilate(cv2.bitwise_or(cv2.medianBlur(unknown_stirs, 3), moved), self._reach)
        self._calm_s += step_s
        self._calm_s[near > 0] = 0
        np.minimum(self._calm_s, _LONG_S, out=self._calm_s)
        self._known |= _mask(self._calm_s > KNOWN_S)

    def _learn(self, picture: Image, differs: Mask, stirs: Mask, step_s: float) -> None:
        near = cv2.dilate(stirs, np.ones((5, 5), np.uint8))
        self._plate.learn(picture, cv2.bitwise_not(near), step_s)
        unknown = cv2.bitwise_not(self._known)
        settled = _mask(self._calm_s > ABSORB_S)
        taken = cv2.bitwise_and(differs, cv2.bitwise_or(unknown, settled))
        if cv2.countNonZero(taken):
            self._plate.absorb(picture, taken)

    def _forget(self, picture: Image) -> None:
        self._known[:] = 0
        self._calm_s[:] = 0
        self._plate.absorb(picture, np.full(picture.shape[:2], 255, np.uint8))


def _mask(chosen: NDArray[np.bool_]) -> Mask:
    """bool [h, w] as uint8, 255 where it is chosen."""
    return np.asarray(chosen * np.uint8(255), np.uint8)
