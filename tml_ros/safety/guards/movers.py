"""Who is there: what came by its own motion, followed while it moves and while it stands.

A track is born of motion, is believed once it has travelled, and lasts as long as something stands
in front of the plate where it was last seen; so somebody who stops stays, a shadow that grows is
nobody, and what a person leaves uncovered behind is not a person. Knows nothing of zones. Owned by
one guard, hence by one thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tml_ros.safety.guards.blobs import Blob

TRAVEL_OF_HEIGHT = 0.3
"""A track is believed after travelling this share of its height."""
BORN_MOVING_SHARE = 0.15
LOST_AFTER_S = 0.8
NEEDED_MOVING_S = 0.25
STAYED_S = 0.3
SOLID = 0.6
HOLLOW = 0.35
HOLLOW_S = 1.5
SWOLLEN = 2.5
SWELLING_S = 0.7
"""A thing that became so many times larger at once is more than the one that was followed."""
MOTIONLESS_S = 300.0
"""Something that has not stirred at all for so long is furniture."""


@dataclass(slots=True)
class Track:
    """One mover. box: x0, y0, x1, y1 in working pixels; height: of the whole figure, slow."""

    id: int
    box: tuple[float, float, float, float]
    height: float
    area: float
    born_s: float
    seen_s: float
    moved_s: float
    start: tuple[float, float]
    believed: bool = False
    moving_s: float = 0.0
    velocity: tuple[float, float] = (0.0, 0.0)
    blob: Blob | None = field(default=None, repr=False)
    shared: bool = False
    left_by_mover: bool = False
    stood_out_s: float = 0.0
    hollow_s: float = 0.0

    @property
    def centre(self) -> tuple[float, float]:
        """Centre of the box."""
        x0, y0, x1, y1 = self.box
        return (x0 + x1) / 2, (y0 + y1) / 2


class Movers:
    """The tracks of one camera."""

    def __init__(self) -> None:
        """Nobody there yet."""
        self.tracks: list[Track] = []
        self._next_id = 0

    def update(self, blobs: list[Blob], now_s: float, dt_s: float) -> None:
        """Match the blobs of one picture to the tracks, end tracks and begin new ones."""
        claims: dict[int, list[Blob]] = {track.id: [] for track in self.tracks}
        owners: dict[int, list[Track]] = {}
        for index, blob in enumerate(blobs):
            owners[index] = [
                track for track in self.tracks if _overlap(_ahead(track, dt_s), blob.box) > 0.25
            ]
            for track in owners[index]:
                claims[track.id].append(blob)
        for track in self.tracks:
            mine = claims[track.id]
            track.blob = None
            if not mine:
                continue
            best = _continuation(track, mine, dt_s)
            sharing = [t for t in owners[blobs.index(best)] if t.believed and t is not track]
            if sharing and not track.believed:
                track.seen_s = -np.inf
                continue
            swollen = track.believed and best.area > SWOLLEN * track.area
            if swollen:
                track.area *= 1.0 + dt_s / SWELLING_S
            self._follow(track, best, bool(sharing) or swollen, now_s, dt_s)
        claimed = {id(track.blob) for track in self.tracks if track.blob is not None}
        for index, blob in enumerate(blobs):
            if id(blob) in claimed:
                continue
            parent = next((t for t in owners[index] if t.believed), None)
            left = parent is not None and blob.height > 0.6 * parent.height
            if blob.moving_share > BORN_MOVING_SHARE or left:
                self._begin(blob, now_s, left_by_mover=left)
        self.tracks = [track for track in self.tracks if self._lives(track, now_s)]

    def hold(self, now_s: float) -> None:
        """Keep everybody where they are: this picture says nothing about them."""
        for track in self.tracks:
            track.seen_s = now_s

    def _follow(self, track: Track, blob: Blob, shared: bool, now_s: float, dt_s: float) -> None:
        old = track.centre
        if shared:
            track.box = _inside(_ahead(track, dt_s), blob.box)
        else:
            track.box = tuple(float(v) for v in blob.box)  # type: ignore[assignment]
            rate = min(1.0, dt_s / 1.0)
            track.height += rate * (blob.height - track.height)
            track.area += rate * (blob.area - track.area)
        new = track.centre
        if not shared:
            rate = min(1.0, dt_s / 0.4)
            track.velocity = (
                track.velocity[0] + rate * ((new[0] - old[0]) / dt_s - track.velocity[0]),
                track.velocity[1] + rate * ((new[1] - old[1]) / dt_s - track.velocity[1]),
            )
        track.blob, track.shared, track.seen_s = blob, shared, now_s
        if blob.moving_share > 0.02:
            track.moved_s = now_s
        if blob.moving_share > 0.1:
            track.moving_s += dt_s
        travelled = float(np.hypot(new[0] - track.start[0], new[1] - track.start[1]))
        track.stood_out_s = track.stood_out_s + dt_s if blob.solidity > SOLID else 0.0
        hollow = 0.0 <= blob.solidity < HOLLOW and blob.moving_share < BORN_MOVING_SHARE
        track.hollow_s = track.hollow_s + dt_s if hollow else 0.0
        if track.hollow_s > HOLLOW_S:
            track.believed, track.left_by_mover, track.start = False, False, new
        came = travelled > TRAVEL_OF_HEIGHT * track.height and track.moving_s > NEEDED_MOVING_S
        stayed = track.left_by_mover and track.stood_out_s > STAYED_S
        if (came or stayed) and not any(_part_of(track, other) for other in self.tracks):
            track.believed = True

    def _begin(self, blob: Blob, now_s: float, *, left_by_mover: bool) -> None:
        box = tuple(float(v) for v in blob.box)
        track = Track(
            id=self._next_id,
            box=box,  # type: ignore[arg-type]
            height=float(blob.height),
            area=float(blob.area),
            born_s=now_s,
            seen_s=now_s,
            moved_s=now_s,
            start=((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
            left_by_mover=left_by_mover,
            blob=blob,
        )
        self._next_id += 1
        self.tracks.append(track)

    def _lives(self, track: Track, now_s: float) -> bool:
        if now_s - track.moved_s > MOTIONLESS_S:
            return False
        return now_s - track.seen_s <= LOST_AFTER_S


def _ahead(track: Track, dt_s: float) -> tuple[float, float, float, float]:
    dx, dy = track.velocity[0] * dt_s, track.velocity[1] * dt_s
    x0, y0, x1, y1 = track.box
    return x0 + dx, y0 + dy, x1 + dx, y1 + dy


def _continuation(track: Track, blobs: list[Blob], dt_s: float) -> Blob:
    """Which of several pieces the track goes on as: the one that moves, else the largest.

    What stays behind of a figure that split is floor it uncovered, or somebody else.
    """
    ahead = _ahead(track, dt_s)
    walking = [
        blob
        for blob in blobs
        if blob.moving_share > BORN_MOVING_SHARE and blob.height > 0.6 * track.height
    ]
    return max(walking or blobs, key=lambda blob: _common(ahead, blob.box))


def _part_of(track: Track, other: Track) -> bool:
    """Whether a small track is the shadow, the reflection or a limb of a larger one beside it."""
    if other is track:
        return False
    x0, y0, x1, y1 = track.box
    ox0, oy0, ox1, oy1 = other.box
    across = max(0.0, max(x0, ox0) - min(x1, ox1))
    down = max(0.0, max(y0, oy0) - min(y1, oy1))
    if y1 - y0 < 0.4 * other.height:
        return max(across, down) < 1.2 * other.height
    below = across == 0.0 and y1 > oy1 and down < 0.6 * other.height
    return below and y1 - y0 < 0.75 * other.height and x1 - x0 < 1.5 * (ox1 - ox0)


def _overlap(a: tuple[float, float, float, float], b: tuple[int, int, int, int]) -> float:
    """Common area over the smaller of the two areas, 0..1."""
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), float((b[2] - b[0]) * (b[3] - b[1])))
    return _common(a, b) / max(smaller, 1.0)


def _common(a: tuple[float, float, float, float], b: tuple[int, int, int, int]) -> float:
    """Common area in pixels."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def _inside(
    box: tuple[float, float, float, float], outer: tuple[int, int, int, int]
) -> tuple[float, float, float, float]:
    """The box moved, and cut only where it is larger, to lie within the outer one."""
    width = min(box[2] - box[0], float(outer[2] - outer[0]))
    height = min(box[3] - box[1], float(outer[3] - outer[1]))
    x0 = min(max(box[0], outer[0]), outer[2] - width)
    y0 = min(max(box[1], outer[1]), outer[3] - height)
    return x0, y0, x0 + width, y0 + height
