"""Somebody's feet are in a keep-out zone: judged without learned weights.

Somebody is whatever came by its own motion and now stands in front of the floor; feet are where it
meets the floor. Works from the first picture on, also when people are already in it. Blind to
somebody who has not moved at all since the first picture, and misled by a mirror-like floor, whose
reflections lengthen people downwards. Owned by one thread.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from tml_ros.safety.guards.background import Image, Mask
from tml_ros.safety.guards.feet import feet_of
from tml_ros.safety.guards.floor_watch import FloorWatch
from tml_ros.safety.guards.picture import Picture
from tml_ros.safety.guards.track import Track
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

LEAST_STEP_S = 0.09
"""Pictures closer than this to the last judged one are not judged anew: the answer stands. People
do not move far in a tenth of a second, and four cameras are to share one core."""
LONGEST_STEP_S = 2.0
LEAVE_S = 0.35
"""Feet count as out of the zone after so long outside."""
FEET_SHARE = 0.5
PRESENT, ABSENT = 0.9, 0.0


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
        self._watch: FloorWatch | None = None
        self._begun_ns = 0
        self._last_s = 0.0
        self._masks: dict[str, Mask] = {}
        self._inside_s: dict[tuple[str, int], float] = {}
        self._occupants: dict[str, Track | None] = dict.fromkeys(self._zones)

    def observe_picture(self, picture: Picture) -> list[Hazard]:
        """One hazard per zone, with the box of who is in it.

        A picture of another size than the last begins anew: it is another view.
        """
        image = cv2.GaussianBlur(picture.small, (3, 3), 0)
        if self._watch is None or self._watch.shape != image.shape:
            self.reset()
            self._begun_ns = picture.frame.stamp_ns
            self._watch = self._begin(image)
        # Seconds since the beginning: exact, whatever the clock's epoch.
        now_s = (picture.frame.stamp_ns - self._begun_ns) * 1e-9
        if (dt_s := now_s - self._last_s) >= LEAST_STEP_S:
            self._watch.observe(image, now_s, min(dt_s, LONGEST_STEP_S))
            self._last_s = now_s
            self._find_occupants(self._watch, now_s)
        return [self._hazard(zone, picture) for zone in self._zones]

    def _begin(self, image: Image) -> FloorWatch:
        rows, columns = image.shape[:2]
        for zone, polygon in self._zones.items():
            corners = np.round(np.array(polygon) * (columns, rows) * 16).astype(np.int32)
            mask = np.zeros((rows, columns), np.uint8)
            self._masks[zone] = cv2.fillPoly(mask, [corners], 255, shift=4)
        return FloorWatch(image)

    def _find_occupants(self, watch: FloorWatch, now_s: float) -> None:
        self._occupants = dict.fromkeys(self._zones)
        inside_s: dict[tuple[str, int], float] = {}
        for person in watch.people:
            feet = None
            if person.blob is not None:
                feet = feet_of(person, person.blob, watch.uncovered(person.blob))
            for zone, mask in self._masks.items():
                key = (zone, person.id)
                last_s = self._inside_s.get(key)
                if (
                    feet is not None
                    and len(feet)
                    and ((mask[feet[:, 1], feet[:, 0]] > 0).mean() >= FEET_SHARE)
                ):
                    last_s = now_s
                if last_s is None:
                    continue
                inside_s[key] = last_s
                if person.seen_s - last_s <= LEAVE_S:
                    self._occupants[zone] = person
        self._inside_s = inside_s

    def _hazard(self, zone: str, picture: Picture) -> Hazard:
        person = self._occupants[zone]
        box = None
        if person is not None:
            x0, y0, x1, y1 = (round(v / picture.scale) for v in person.box)
            height, width = picture.frame.rgb.shape[:2]
            box = Box(self._camera, max(0, x0), max(0, y0), min(width, x1), min(height, y1))
        return Hazard(
            HazardKind.PERSON_IN_ZONE,
            zone,
            ABSENT if person is None else PRESENT,
            HazardSource.GUARD,
            picture.frame.stamp_ns,
            box,
        )
