"""One mover: what is remembered of something that came by its own motion, picture after picture.

Knows one track and the blob it goes on as; which blob that is, and who else is about, is `Movers`'.
Owned by the same thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tml_ros.safety.guards.background import Image
from tml_ros.safety.guards.blobs import Blob
from tml_ros.safety.guards.looks import TravelBox, find_looks

AnyBox = TravelBox | tuple[int, int, int, int]

SAME = 0.25
"""Overlap from which what is seen may be the track going on."""
HEIGHTS_PER_S = 1.0
"""Who walks or runs sets off at about so many of its own heights per second."""
SIZE_TAU_S = 1.0
VELOCITY_TAU_S = 0.4
STIRS, MOVES = 0.02, 0.1
"""Share of a thing's pixels in motion from which it stirs at all, and from which it moves."""
SOLID, HOLLOW = 0.6, 0.35
"""Solidity from which a still thing is one, and below which it is floor that was uncovered."""
RESTING = 0.15
HOLLOW_S = 1.5
"""What looks hollow for so long was no person: it has to earn belief anew."""
TRAVEL_OF_HEIGHT, TRAVEL_MOVING_S = 0.3, 0.25
"""Travelled this share of its height, in motion for so long: it came by itself."""
STAYED_S = 0.3
"""A piece that a mover left and that is solid for so long is somebody who stayed."""


@dataclass(slots=True, eq=False)
class Track:
    """box: where it is; height and area: of the whole figure, slowly following.

    start: the box from which it has to travel to be believed.
    blob: what it was seen as in the newest picture, None where it was not seen.
    looks: its picture when it was last seen alone.
    shared: the blob is more than this track alone, so `box` is an estimate within it.
    left_by_mover: it is a piece of somebody believed, who went on without it.
    """

    id: int
    box: TravelBox
    height: float
    area: float
    start: TravelBox
    born_s: float
    seen_s: float
    moved_s: float
    left_by_mover: bool
    blob: Blob | None = field(repr=False)
    looks: Image = field(repr=False)
    shared: bool = False
    believed: bool = False
    velocity: tuple[float, float] = (0.0, 0.0)
    moving_s: float = 0.0
    solid_s: float = 0.0
    hollow_s: float = 0.0
    double_s: float = 0.0

    @classmethod
    def begin(
        cls, number: int, blob: Blob, picture: Image, now_s: float, *, left_by_mover: bool
    ) -> Track:
        """A track of what was just seen for the first time."""
        box = _floats(blob)
        return cls(
            id=number,
            box=box,
            height=float(blob.height),
            area=float(blob.area),
            start=box,
            born_s=now_s,
            seen_s=now_s,
            moved_s=now_s,
            left_by_mover=left_by_mover,
            blob=blob,
            looks=picture[blob.slices].copy(),
        )

    def may_be_at(self, box: AnyBox, dt_s: float) -> bool:
        """Whether it may have got there: by going on as it did, or by stopping or setting off."""
        step = HEIGHTS_PER_S * self.height * dt_s
        x0, y0, x1, y1 = self.box
        around = (x0 - step, y0 - step, x1 + step, y1 + step)
        return max(overlap(self.ahead(dt_s), box), overlap(around, box)) > SAME

    def follow(
        self, blob: Blob, picture: Image, now_s: float, dt_s: float, *, shared: bool
    ) -> None:
        """Go on as this blob of the picture, or as what looks like it within a shared one."""
        if shared:
            found = find_looks(picture, self.looks, self.ahead(dt_s))
            self.box = _moved_into(found or self.box, blob)
            self.velocity = (0.0, 0.0)
        else:
            self._measure(blob, dt_s)
            self.looks = picture[blob.slices].copy()
        self.blob, self.shared, self.seen_s = blob, shared, now_s
        if blob.moving_share > STIRS:
            self.moved_s = now_s
        if blob.moving_share > MOVES:
            self.moving_s += dt_s
        self._weigh(blob, dt_s)

    def ahead(self, dt_s: float) -> TravelBox:
        """Where the box will be if it goes on as it does."""
        dx, dy = self.velocity[0] * dt_s, self.velocity[1] * dt_s
        x0, y0, x1, y1 = self.box
        return x0 + dx, y0 + dy, x1 + dx, y1 + dy

    @property
    def earned_belief(self) -> bool:
        """It came by itself, or it stayed where somebody else went on."""
        # Who walks away from the camera hardly moves the middle of a figure that gets smaller.
        travelled = max(
            math.dist(_centre(self.box), _centre(self.start)),
            math.dist(_foot(self.box), _foot(self.start)),
        )
        came = travelled > TRAVEL_OF_HEIGHT * self.height and self.moving_s > TRAVEL_MOVING_S
        return came or (self.left_by_mover and self.solid_s > STAYED_S)

    def is_part_of(self, other: Track) -> bool:
        """Whether it is the shadow, the reflection or a limb of a larger track beside it."""
        x0, y0, x1, y1 = self.box
        ox0, oy0, ox1, oy1 = other.box
        across = max(0.0, max(x0, ox0) - min(x1, ox1))
        down = max(0.0, max(y0, oy0) - min(y1, oy1))
        if y1 - y0 < 0.4 * other.height:
            return max(across, down) < 1.2 * other.height
        below = across == 0.0 and y1 > oy1 and down < 0.6 * other.height
        return below and y1 - y0 < 0.75 * other.height and x1 - x0 < 1.5 * (ox1 - ox0)

    def _weigh(self, blob: Blob, dt_s: float) -> None:
        self.solid_s = self.solid_s + dt_s if blob.solidity > SOLID else 0.0
        hollow = 0.0 <= blob.solidity < HOLLOW and blob.moving_share < RESTING
        self.hollow_s = self.hollow_s + dt_s if hollow else 0.0
        if self.hollow_s > HOLLOW_S:
            self.believed, self.left_by_mover = False, False
            self.start = self.box

    def _measure(self, blob: Blob, dt_s: float) -> None:
        before = _centre(self.box)
        self.box = _floats(blob)
        after = _centre(self.box)
        size_rate = min(1.0, dt_s / SIZE_TAU_S)
        self.height += size_rate * (blob.height - self.height)
        self.area += size_rate * (blob.area - self.area)
        rate = min(1.0, dt_s / VELOCITY_TAU_S)
        self.velocity = (
            self.velocity[0] + rate * ((after[0] - before[0]) / dt_s - self.velocity[0]),
            self.velocity[1] + rate * ((after[1] - before[1]) / dt_s - self.velocity[1]),
        )


def common_area(a: AnyBox, b: AnyBox) -> float:
    """Area in which two boxes overlap, pixels."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def overlap(a: AnyBox, b: AnyBox) -> float:
    """Common area over the smaller of the two, 0..1."""
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return common_area(a, b) / max(smaller, 1.0)


def _floats(blob: Blob) -> TravelBox:
    x0, y0, x1, y1 = blob.box
    return float(x0), float(y0), float(x1), float(y1)


def _centre(box: TravelBox) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _foot(box: TravelBox) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, box[3]


def _moved_into(box: TravelBox, blob: Blob) -> TravelBox:
    """The box moved to lie within a blob's, and made smaller only where it is larger."""
    left, top, right, bottom = blob.box
    width = min(box[2] - box[0], float(right - left))
    height = min(box[3] - box[1], float(bottom - top))
    x0 = min(max(box[0], left), right - width)
    y0 = min(max(box[1], top), bottom - height)
    return x0, y0, x0 + width, y0 + height
