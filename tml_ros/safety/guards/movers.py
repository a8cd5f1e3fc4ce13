"""Who is there: what came by its own motion, followed while it moves and while it stands.

A track is born of motion, is believed once it has travelled, and lasts as long as something stands
in front of the plate where it was last seen; so somebody who stops stays, a shadow that grows is
nobody, and what a person leaves uncovered behind is not a person. Anything that comes and goes by
itself is somebody here, a vehicle too. Knows nothing of zones. Owned by one guard, hence by one
thread.
"""

from __future__ import annotations

import math

from tml_ros.safety.guards.background import Image
from tml_ros.safety.guards.blobs import Blob
from tml_ros.safety.guards.track import Track, common_area, overlap

BORN_MOVING = 0.15
"""Share of a new thing's pixels in motion from which it is a mover."""
PIECE_OF_HEIGHT = 0.6
"""A piece of somebody at least so high may be another person, or the person itself."""
SWOLLEN, SWELLING_S = 2.5, 0.7
"""A thing so many times larger than the one that was followed is more than that one, unless it
stays so: then it had only come into view."""
DOUBLE, DOUBLE_S = 0.6, 1.0
"""Overlap of two tracks in one thing from which, after so long, they are the same."""
LOST_S = 0.8
MOTIONLESS_S = 300.0
"""Something that has not stirred at all for so long is furniture."""


class Movers:
    """The tracks of one camera."""

    def __init__(self) -> None:
        """Nobody there yet."""
        self.tracks: list[Track] = []
        self._next_id = 0

    def update(self, blobs: list[Blob], picture: Image, now_s: float, dt_s: float) -> None:
        """Match the blobs of one picture to the tracks, end tracks and begin new ones."""
        owners = [
            [track for track in self.tracks if track.may_be_at(blob.box, dt_s)] for blob in blobs
        ]
        for track in self.tracks:
            mine = [i for i, tracks in enumerate(owners) if track in tracks]
            track.blob = None
            if not mine:
                continue
            chosen = mine[_continuation(track, [blobs[i] for i in mine], dt_s)]
            rivals = [t for t in owners[chosen] if t is not track and t.believed]
            if rivals and not track.believed:
                track.seen_s = -math.inf
                continue
            shared = bool(rivals) or _swollen(track, blobs[chosen], dt_s)
            track.follow(blobs[chosen], picture, now_s, dt_s, shared=shared)
            self._believe(track)
        for track in self.tracks:
            track.double_s = track.double_s + dt_s if self._has_double(track) else 0.0
        taken = {id(track.blob) for track in self.tracks}
        for blob, tracks in zip(blobs, owners, strict=True):
            if id(blob) not in taken:
                self._begin(blob, tracks, picture, now_s)
        self.tracks = [track for track in self.tracks if _lives(track, now_s)]

    def concerned(self, blobs: list[Blob]) -> list[Blob]:
        """The blobs that may be somebody who is already followed."""
        return [
            blob
            for blob in blobs
            if any(common_area(track.box, blob.box) > 0 for track in self.tracks)
        ]

    def hold(self, now_s: float) -> None:
        """Keep everybody where they are: this picture says nothing about them."""
        for track in self.tracks:
            track.seen_s = now_s

    def _believe(self, track: Track) -> None:
        others = (other for other in self.tracks if other is not track)
        if track.earned_belief and not any(track.is_part_of(other) for other in others):
            track.believed = True

    def _has_double(self, track: Track) -> bool:
        """Whether a larger track, or an older one of its size, is in the same place."""
        return any(
            other.blob is track.blob is not None
            and (other.area, -other.id) > (track.area, -track.id)
            and overlap(track.box, other.box) > DOUBLE
            for other in self.tracks
        )

    def _begin(self, blob: Blob, tracks: list[Track], picture: Image, now_s: float) -> None:
        parent = next((track for track in tracks if track.believed), None)
        left = parent is not None and blob.height > PIECE_OF_HEIGHT * parent.height
        if blob.moving_share > BORN_MOVING or left:
            self.tracks.append(Track.begin(self._next_id, blob, picture, now_s, left_by_mover=left))
            self._next_id += 1


def _continuation(track: Track, blobs: list[Blob], dt_s: float) -> int:
    """Index of the piece that the track goes on as: the one that moves, else the largest.

    What stays behind of a figure that split is floor it uncovered, or somebody else.
    """
    ahead = track.ahead(dt_s)
    walking = [
        i
        for i, blob in enumerate(blobs)
        if blob.moving_share > BORN_MOVING and blob.height > PIECE_OF_HEIGHT * track.height
    ]
    return max(walking or range(len(blobs)), key=lambda i: common_area(ahead, blobs[i].box))


def _swollen(track: Track, blob: Blob, dt_s: float) -> bool:
    """Whether the blob is suddenly far more than the track was; it gets used to that."""
    swollen = track.believed and blob.area > SWOLLEN * track.area
    if swollen:
        track.area *= 1.0 + dt_s / SWELLING_S
    return swollen


def _lives(track: Track, now_s: float) -> bool:
    if track.double_s > DOUBLE_S:
        return False
    return now_s - track.seen_s <= LOST_S and now_s - track.moved_s <= MOTIONLESS_S
