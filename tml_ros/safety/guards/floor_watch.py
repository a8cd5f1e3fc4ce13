"""Who stands on the floor of one camera, picture after picture.

Joins the plate, the motion and the tracks, and decides what the plate may learn: slow change where
nobody is, floor that somebody uncovered, things that were put down; never somebody who stands
still. Knows nothing of zones. Owned by one guard, hence by one thread.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.background import Background, Image, Mask, Plane
from tml_ros.safety.guards.blobs import Blob, find_blobs
from tml_ros.safety.guards.motion import Motion
from tml_ros.safety.guards.movers import Movers
from tml_ros.safety.guards.track import Track
from tml_ros.safety.guards.uncovered_floor import STILL_S, weigh_outline

UNCOVERED_S = 0.25
"""Floor that looks uncovered for so long is."""
TRUSTED_S = 3.0
"""Plate that was seen free for so long is floor: what stands in front of it is a thing."""
ABSORB_S = 3.0
"""A thing that nobody carries is part of the scene after so long."""
SHADE_PACE = 0.1
"""A shadow that stays is taken for floor so much more slowly."""
EVENT_SHARE = 0.45
FRESH_SHARE = 0.15
"""More of the picture than this in all, or at once, is a change of light and not somebody."""
MARGIN = np.ones((5, 5), np.uint8)


class FloorWatch:
    """Plate, motion and tracks of one camera at the working size; its time begins with 0 s."""

    def __init__(self, picture: Image) -> None:
        """Begin with a first picture."""
        shape = picture.shape[:2]
        self._background = Background(picture)
        self._motion = Motion((shape[0], shape[1]))
        self._movers = Movers()
        self._differed: Mask = np.zeros(shape, np.uint8)
        self._uncovered_s = np.zeros(shape, np.float32)
        self._foreign_s = np.zeros(shape, np.float32)
        self._trusted_s = np.zeros(shape, np.float32)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the pictures this watch was begun with."""
        return self._background.plate.shape

    @property
    def people(self) -> list[Track]:
        """Everybody who is believed to be there."""
        return [track for track in self._movers.tracks if track.believed]

    def uncovered(self, blob: Blob) -> NDArray[np.bool_]:
        """Pixels of a blob's box that may be uncovered floor rather than the thing itself."""
        doubtful: NDArray[np.bool_] = self._uncovered_s[blob.slices] > 0
        return doubtful

    def observe(self, picture: Image, now_s: float, dt_s: float) -> None:
        """Take in the next picture, `dt_s` after the last one."""
        background = self._background
        differs = background.compare(picture)
        still_s = self._motion.still_for(picture, now_s, background.threshold)
        fresh = cv2.bitwise_and(differs, cv2.bitwise_not(self._differed))
        self._differed = cv2.dilate(differs, MARGIN)
        if (
            cv2.countNonZero(differs) > EVENT_SHARE * differs.size
            or cv2.countNonZero(fresh) > FRESH_SHARE * differs.size
        ):
            background.absorb(picture, cv2.bitwise_not(self._kept(now_s)))
            self._movers.hold(now_s)
            return
        blobs, covered = find_blobs(background, picture, differs, still_s)
        for blob in self._movers.concerned(blobs):
            outline = weigh_outline(picture, background.plate, blob, still_s, background.threshold)
            blob.solidity = outline.solidity
            uncovered = outline.uncovered & (self._trusted_s[outline.box] < TRUSTED_S)
            since = self._uncovered_s[outline.box]
            self._uncovered_s[outline.box] = np.where(uncovered, since + np.float32(dt_s), 0)
        self._movers.update(blobs, picture, now_s, dt_s)
        kept = self._kept(now_s)
        free = cv2.bitwise_not(cv2.bitwise_or(self._differed, kept))
        background.learn(picture, free, dt_s)
        cv2.accumulate(np.full(free.shape, dt_s, np.float32), self._trusted_s, mask=free)
        foreign = cv2.bitwise_and(differs, cv2.bitwise_not(kept))
        self._absorb(picture, foreign, covered, still_s, dt_s)

    def _absorb(
        self, picture: Image, foreign: Mask, covered: Mask, still_s: Plane, dt_s: float
    ) -> None:
        """Take into the plate what somebody uncovered or put down.

        foreign: what differs from the plate and is nobody; covered: where that is not mere shade.
        """
        x, y, width, height = cv2.boundingRect(foreign)
        box = (slice(y, y + height), slice(x, x + width))
        pace = np.where(covered[box] > 0, np.float32(dt_s), np.float32(dt_s * SHADE_PACE))
        since = np.where(foreign[box] > 0, self._foreign_s[box] + pace, np.float32(0))
        self._foreign_s = np.zeros_like(self._foreign_s)
        self._foreign_s[box] = since
        taken = self._uncovered_s > UNCOVERED_S
        taken[box] |= (since > ABSORB_S) & (still_s[box] > STILL_S)
        if taken.any():
            where = cv2.dilate(taken.view(np.uint8) * np.uint8(255), np.ones((3, 3), np.uint8))
            self._background.absorb(picture, where)
            for seconds in (self._uncovered_s, self._foreign_s, self._trusted_s):
                seconds[taken] = 0

    def _kept(self, now_s: float) -> Mask:
        """Where the plate must not learn: people, and what may turn out to be people."""
        mask = np.zeros(self.shape[:2], np.uint8)
        for track in self._movers.tracks:
            if track.blob is not None and (track.believed or now_s - track.born_s < ABSORB_S):
                mask[track.blob.slices] |= track.blob.mask
            if track.believed:
                x0, y0, x1, y1 = (round(v) for v in track.box)
                mask[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = 255
        return cv2.dilate(mask, MARGIN)
