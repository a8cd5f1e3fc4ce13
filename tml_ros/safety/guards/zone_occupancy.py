"""Somebody's feet are in a keep-out zone: judged without learned weights.

Somebody is whatever came by its own motion and now stands in front of the floor; feet are where it
meets the floor. Works from the first picture on, also when people are already in it; blind to
somebody who has not moved at all since the first picture. Owned by one thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.background import Background, Image, Mask, largest_channel
from tml_ros.safety.guards.blobs import Blob, find_blobs
from tml_ros.safety.guards.feet import feet_of
from tml_ros.safety.guards.movers import Movers, Track
from tml_ros.safety.guards.picture import Picture
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

LEAST_STEP_S = 0.05
"""Pictures closer than this to the last judged one are not judged anew: the answer stands."""
MOTION_LAG_S = 0.12
STILL_S = 0.7
GHOST_S = 0.25
ABSORB_S = 3.0
LONG_GAP_S = 2.0
EVENT_SHARE = 0.45
FRESH_SHARE = 0.15
TRUSTED_S = 3.0
LEAVE_S = 0.35
"""Feet count as out of the zone after so long outside."""


class ZoneOccupancy:
    """Judges person_in_zone for every zone of one camera.

    zones: per zone its polygon, corners as fractions (x, y) of the picture, 0..1.
    """

    def __init__(self, camera: str, zones: Mapping[str, tuple[tuple[float, float], ...]]) -> None:
        """Nothing seen yet."""
        self._camera = camera
        self._zones = dict(zones)
        self.reset()

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
        self._background: Background | None = None
        self._movers = Movers()
        self._recent: deque[tuple[float, Image]] = deque(maxlen=16)
        self._last_s = 0.0
        self._masks: dict[str, Mask] = {}
        self._inside_s: dict[tuple[str, int], float] = {}
        self._hazards: list[Hazard] = []

    def observe_picture(self, picture: Picture) -> list[Hazard]:
        """One hazard per zone, score 0.9 while occupied, with the box of who is in it."""
        now_s = picture.frame.stamp_ns * 1e-9
        image = cv2.GaussianBlur(picture.small, (3, 3), 0)
        if self._background is None or self._background.plate.shape != image.shape:
            self.reset()
            self._begin(image, now_s)
        dt_s = now_s - self._last_s
        if dt_s >= LEAST_STEP_S:
            self._step(image, now_s, min(dt_s, LONG_GAP_S))
            self._last_s = now_s
        return [self._judge(zone, picture, now_s) for zone in self._zones]

    def _begin(self, image: Image, now_s: float) -> None:
        self._background = Background(image)
        rows, columns = image.shape[:2]
        self._moved_s = np.full((rows, columns), -1e3, np.float32)
        self._ghost_s = np.zeros((rows, columns), np.float32)
        self._foreign_s = np.zeros((rows, columns), np.float32)
        self._trusted_s = np.zeros((rows, columns), np.float32)
        self._differed = np.zeros((rows, columns), np.uint8)
        self._t0 = now_s
        self._last_s = now_s
        for zone, polygon in self._zones.items():
            corners = np.round(np.array(polygon) * (columns, rows) * 16).astype(np.int32)
            mask = np.zeros((rows, columns), np.uint8)
            self._masks[zone] = cv2.fillPoly(mask, [corners], 255, shift=4)

    def _step(self, image: Image, now_s: float, dt_s: float) -> None:
        background = self._background
        assert background is not None
        differs = background.compare(image)
        now = now_s - self._t0
        moved = self._motion(background, image, now_s)
        if np.count_nonzero(moved) < EVENT_SHARE * moved.size:
            self._moved_s[moved > 0] = now
        still = now - self._moved_s
        fresh = cv2.bitwise_and(differs, cv2.bitwise_not(self._differed))
        self._differed = cv2.dilate(differs, np.ones((5, 5), np.uint8))
        if (
            np.count_nonzero(differs) > EVENT_SHARE * differs.size
            or np.count_nonzero(fresh) > FRESH_SHARE * differs.size
        ):
            self._change_of_scene(background, image)
            return
        blobs = find_blobs(background, image, differs, still)
        for blob in blobs:
            self._weigh_still_part(background, image, blob, still, dt_s)
        self._movers.update(blobs, now_s, dt_s)
        protected = self._protected(differs.shape)
        free = cv2.bitwise_not(
            cv2.bitwise_or(cv2.dilate(differs, np.ones((5, 5), np.uint8)), protected)
        )
        background.learn(image, free, dt_s)
        self._trusted_s[free > 0] += dt_s
        foreign = (differs > 0) & (protected == 0)
        self._foreign_s = np.where(foreign, self._foreign_s + dt_s, 0).astype(np.float32)
        stale = ((self._foreign_s > ABSORB_S) & (still > STILL_S)) | (self._ghost_s > GHOST_S)
        if stale.any():
            background.absorb(
                image, cv2.dilate(stale.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
            )
            self._ghost_s[stale] = 0
            self._foreign_s[stale] = 0
            self._trusted_s[stale] = 0

    def _motion(self, background: Background, image: Image, now_s: float) -> Mask:
        self._recent.append((now_s, image))
        while len(self._recent) > 2 and self._recent[1][0] <= now_s - MOTION_LAG_S:
            self._recent.popleft()
        earlier = self._recent[0][1]
        change = largest_channel(cv2.absdiff(image, earlier))
        moved = cv2.compare(change, background.noise_threshold(10.0), cv2.CMP_GT)
        return cv2.morphologyEx(moved, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))

    def _weigh_still_part(
        self,
        background: Background,
        image: Image,
        blob: Blob,
        still: NDArray[np.float32],
        dt_s: float,
    ) -> None:
        """Is the part that does not move a thing, or floor that somebody uncovered?

        A thing has edges where it ends; uncovered floor has them in the plate, where the thing was.
        """
        box = blob.slices
        rows, columns = still.shape
        y0, y1 = max(0, box[0].start - 3), min(rows, box[0].stop + 3)
        x0, x1 = max(0, box[1].start - 3), min(columns, box[1].stop + 3)
        wide = (slice(y0, y1), slice(x0, x1))
        part = np.zeros((y1 - y0, x1 - x0), np.uint8)
        part[box[0].start - y0 : box[0].stop - y0, box[1].start - x0 : box[1].stop - x0] = blob.mask
        resting = cv2.bitwise_and(part, (still[wide] >= STILL_S).astype(np.uint8) * 255)
        resting = cv2.morphologyEx(resting, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        if np.count_nonzero(resting) < max(12, 0.04 * blob.area):
            self._ghost_s[wide] = 0.0
            return
        inner = cv2.bitwise_and(part, cv2.bitwise_not(cv2.erode(part, np.ones((5, 5), np.uint8))))
        outer = cv2.bitwise_and(cv2.dilate(part, np.ones((5, 5), np.uint8)), cv2.bitwise_not(part))
        rim = (cv2.dilate(outer, np.ones((3, 3), np.uint8)) & resting) > 0
        if not rim.any():
            return
        seen = _contrast_across(image[wide], inner, outer)
        known = _contrast_across(background.plate[wide], inner, outer)
        blob.solidity = float(np.mean(seen[rim] > known[rim]))
        alike = seen < 0.5 * background.noise_threshold(9.0)[wide].astype(np.float32)
        doubtful = self._trusted_s[wide] < TRUSTED_S
        uncovered = rim & doubtful & alike & (known > 1.5 * seen + 6.0)
        ghost = (cv2.dilate(uncovered.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & (
            resting > 0
        )
        self._ghost_s[wide] = np.where(ghost, self._ghost_s[wide] + dt_s, 0.0)

    def _change_of_scene(self, background: Background, image: Image) -> None:
        """Almost everything differs at once: the light has changed beyond what scaling explains."""
        protected = self._protected(image.shape[:2])
        background.absorb(image, cv2.bitwise_not(protected))
        for track in self._movers.tracks:
            track.seen_s = self._last_s

    def _protected(self, shape: tuple[int, ...]) -> Mask:
        mask = np.zeros(shape, np.uint8)
        for track in self._movers.tracks:
            young = self._last_s - track.born_s < ABSORB_S
            if track.blob is not None and (track.believed or young):
                box = track.blob.slices
                mask[box] |= track.blob.mask
            if track.believed:
                x0, y0, x1, y1 = (round(v) for v in track.box)
                mask[max(0, y0) : y1, max(0, x0) : x1] = 255
        return cv2.dilate(mask, np.ones((5, 5), np.uint8))

    def _judge(self, zone: str, picture: Picture, now_s: float) -> Hazard:
        who: Track | None = None
        for track in self._movers.tracks:
            if not track.believed:
                continue
            key = (zone, track.id)
            if track.blob is not None and self._feet_inside(track, self._masks[zone]):
                self._inside_s[key] = now_s
            if track.seen_s - self._inside_s.get(key, -1e9) <= LEAVE_S:
                who = track
        alive = {track.id for track in self._movers.tracks}
        self._inside_s = {key: s for key, s in self._inside_s.items() if key[1] in alive}
        box = None
        if who is not None:
            x0, y0, x1, y1 = (round(v / picture.scale) for v in who.box)
            height, width = picture.frame.rgb.shape[:2]
            box = Box(self._camera, max(0, x0), max(0, y0), min(width, x1), min(height, y1))
        return Hazard(
            HazardKind.PERSON_IN_ZONE,
            zone,
            0.0 if who is None else 0.9,
            HazardSource.GUARD,
            picture.frame.stamp_ns,
            box,
        )

    def _feet_inside(self, track: Track, mask: Mask) -> bool:
        assert track.blob is not None
        ghost = self._ghost_s[track.blob.slices] > 0
        feet = feet_of(track.blob, ghost, track.box if track.shared else None)
        if not len(feet):
            return False
        inside = mask[feet[:, 1], feet[:, 0]] > 0
        return bool(inside.mean() >= 0.5)


def _contrast_across(image: Image, inner: Mask, outer: Mask) -> NDArray[np.float32]:
    """Largest difference in colour between both sides of an outline nearby, float32 [h, w]."""
    sides = []
    for band in (inner, outer):
        weight = (band > 0).astype(np.float32)
        mass = cv2.blur(weight, (9, 9)) + 1e-3
        sides.append(cv2.blur(image * weight[..., None], (9, 9)) / mass[..., None])
    return np.abs(sides[0] - sides[1]).max(axis=2)
