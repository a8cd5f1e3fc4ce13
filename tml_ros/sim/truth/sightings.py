"""How a camera sees somebody or something: which part of it, where in the picture, how large.

A body is a cloud of points, each the middle of a small ball that stands for a share of the body.
A point is seen where it lies in the picture and nothing is on the straight line to the camera: no
block (upright box), no vehicle (an upright box that is turned), none of the balls of somebody else.
Boxes are in the picture as the camera gives it out, its lens included. Smoke hides nobody here.
Knows nothing of hazards. Pure; many moments at once.

Arrays: n moments, p points of a body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import CameraPart
from tml_ros.sim.scene.lens import bent
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.truth.moment import Sighting

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NEAR_M = 2.5
"""Somebody farther from the line of sight to the middle of a body hides nothing of it."""


@dataclass(frozen=True, slots=True)
class Eye:
    """A camera. lens: its description, for what its lens does; None: a pinhole."""

    view: CameraView
    lens: CameraPart | None = None

    @property
    def place(self) -> Array:
        """float64 [3], m."""
        return np.array(self.view.position, np.float64)

    def pixels(self, points: Array) -> Array:
        """Room to picture: float64 [..., 3] to [..., 2]; NaN for what is behind the camera."""
        pixels = self.view.project(points.reshape(-1, 3))
        if self.lens is not None:
            pixels = bent(pixels, self.lens)
        return pixels.reshape(*points.shape[:-1], 2)

    def shows(self, points: Array) -> Flags:
        """Which points lie in the picture, hidden or not: [..., 3] to bool [...]."""
        return self.holds(self.pixels(points))

    def holds(self, pixels: Array) -> Flags:
        """Which pixels lie in the picture: [..., 2] to bool [...]."""
        within = (pixels > 0) & (pixels < (self.view.width, self.view.height))
        return np.asarray(within.all(axis=-1), np.bool_)


@dataclass(frozen=True, slots=True)
class Cloud:
    """A body at n moments. points: float64 [n, p, 3]. radii, shares: float64 [p]; shares sum to 1.

    head: which of the points are the head's, its middle first; none for things. head_radius: m.
    """

    points: Array
    radii: Array
    shares: Array
    head: tuple[int, ...] = ()
    head_radius: float = 0.0


@dataclass(frozen=True, slots=True)
class MovingBox:
    """An upright box that is turned, at n moments. middle: float64 [n, 3]. heading: float64 [n],
    rad. half: its half extents. present: bool [n].
    """

    middle: Array
    heading: Array
    half: tuple[float, float, float]
    present: Flags


@dataclass(frozen=True, slots=True)
class Seen:
    """What a camera sees of a body at n moments. share: float64 [n], of the body. head_share: of
    the head. head_radius: pixels, also where the head is hidden; 0 outside of the picture.
    box: float64 [n, 4], x0, y0, x1, y1; NaN where nothing is seen.
    """

    share: Array
    head_share: Array
    head_radius: Array
    box: Array

    def sighting(self, moment: int) -> Sighting | None:
        """One moment; None where nothing is seen."""
        if self.share[moment] <= 0.0:
            return None
        x0, y0, x1, y1 = (float(edge) for edge in self.box[moment])
        radius = float(self.head_radius[moment])
        return Sighting((x0, y0, x1, y1), float(self.share[moment]), radius)


class Hiding:
    """What may stand in the way. others: clouds of people, with when they are there."""

    def __init__(
        self,
        blocks: Sequence[Block],
        boxes: Sequence[MovingBox] = (),
        others: Sequence[tuple[Cloud, Flags]] = (),
    ) -> None:
        """Take them as they are."""
        self._blocks = [
            (np.array(block.centre, np.float64), np.array(block.half, np.float64))
            for block in blocks
        ]
        self._boxes = boxes
        self._others = others

    def hidden(self, eye: Array, points: Array, *, own: int | None = None) -> Flags:
        """Which points [n, p, 3] are hidden from a place: bool [n, p].

        own: the index of the vehicle (from 0) or, counted on, of the person that the points belong
        to, which does not hide itself.
        """
        hidden = np.zeros(points.shape[:2], np.bool_)
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        for centre, half in self._blocks:
            # Behind nothing that does not reach between.
            apart = (np.minimum(low, eye) > centre + half) | (np.maximum(high, eye) < centre - half)
            if not apart.any():
                hidden |= _crosses(eye - centre, points - centre, half)
        for index, box in enumerate(self._boxes):
            if index != own:
                hidden |= _behind_box(eye, points, box)
        for index, (cloud, present) in enumerate(self._others, start=len(self._boxes)):
            if index != own:
                _hide_behind(eye, points, cloud, present, hidden)
        return hidden


def sight(eye: Eye, cloud: Cloud, hiding: Hiding, *, own: int | None = None) -> Seen:
    """How the camera sees a body, see `Hiding.hidden`."""
    view, count = eye.view, cloud.points.shape[:2]
    flat = cloud.points.reshape(-1, 3)
    pixels = eye.pixels(cloud.points)
    depth = ((flat - eye.place) @ -view.axes()[2]).reshape(count)
    focal = 0.5 * view.height / np.tan(np.radians(view.fovy_deg) / 2)
    within = eye.holds(pixels)
    seen = within & ~hiding.hidden(eye.place, cloud.points, own=own)
    radii = np.where(seen, focal * cloud.radii / np.maximum(depth, 1e-3), 0.0)[..., None]
    low = np.where(seen[..., None], pixels - radii, np.inf).min(axis=1)
    high = np.where(seen[..., None], pixels + radii, -np.inf).max(axis=1)
    box = np.concatenate([low, high], axis=1)
    box = np.clip(box, 0.0, np.tile([float(view.width), float(view.height)], 2))
    box[~seen.any(axis=1)] = np.nan
    head_share, head_radius = np.zeros(count[0]), np.zeros(count[0])
    if cloud.head:
        of_head = list(cloud.head)
        shares = cloud.shares[of_head]
        head_share = seen[:, of_head] @ shares / shares.sum()
        first = cloud.head[0]
        head_radius = focal * cloud.head_radius / np.maximum(depth[:, first], 1e-3)
        head_radius = np.where(within[:, first], head_radius, 0.0)
    return Seen(seen @ cloud.shares, head_share, head_radius, box)


def box_cloud(box: MovingBox) -> Cloud:
    """The points of a box: a grid through its inside."""
    steps = np.linspace(-0.8, 0.8, 4)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    local = grid * box.half
    c, s = np.cos(box.heading)[:, None], np.sin(box.heading)[:, None]
    turned = np.stack(
        [
            c * local[:, 0] - s * local[:, 1],
            s * local[:, 0] + c * local[:, 1],
            np.broadcast_to(local[:, 2], (len(c), len(local))),
        ],
        axis=2,
    )
    shares = np.full(len(local), 1.0 / len(local))
    return Cloud(box.middle[:, None] + turned, np.full(len(local), min(box.half) / 4), shares)


def _crosses(begin: Array, ends: Array, half: Array) -> Flags:
    """Which lines from `begin` to `ends` [..., 3] go through a box around the origin."""
    enters, leaves = np.zeros(ends.shape[:-1]), np.ones(ends.shape[:-1])
    for axis in range(3):
        way = ends[..., axis] - begin[..., axis]
        way[np.abs(way) < 1e-9] = 1e-9
        one, other = (-half[axis] - begin[..., axis]) / way, (half[axis] - begin[..., axis]) / way
        np.maximum(enters, np.minimum(one, other), out=enters)
        np.minimum(leaves, np.maximum(one, other), out=leaves)
    return np.asarray(enters < leaves)


def _behind_box(eye: Array, points: Array, box: MovingBox) -> Flags:
    """Seen from the box: everything else is turned the other way."""
    c, s = np.cos(box.heading), np.sin(box.heading)
    turn = np.zeros((len(c), 3, 3))
    turn[:, 0, 0] = turn[:, 1, 1] = c
    turn[:, 0, 1], turn[:, 1, 0], turn[:, 2, 2] = s, -s, 1.0
    begin = np.einsum("nij,nj->ni", turn, eye - box.middle)[:, None]
    ends = np.einsum("nij,npj->npi", turn, points - box.middle[:, None])
    crosses = _crosses(begin, ends, np.array(box.half))
    return np.asarray(crosses & box.present[:, None])


def _hide_behind(eye: Array, points: Array, cloud: Cloud, present: Flags, hidden: Flags) -> None:
    """Hide the points that somebody stands before."""
    other, middle = cloud.points.mean(axis=1), points.mean(axis=1)
    share, apart = _beside(eye, middle[:, None], other[:, None])
    rows = np.flatnonzero(present & (apart[:, 0, 0] < _NEAR_M) & (share[:, 0, 0] < 1.2))
    if len(rows):
        share, apart = _beside(eye, points[rows], cloud.points[rows])
        before = (apart < cloud.radii) & (share < 1.0)
        hidden[rows] |= before.any(axis=2)


def _beside(eye: Array, points: Array, others: Array) -> tuple[Array, Array]:
    """Of the lines from the eye to points [n, p, 3]: where on them, 0..1, they pass others
    [n, q, 3] most closely, and how closely: float64 [n, p, q] each.
    """
    way, aside = points - eye, others - eye
    squared = np.maximum(np.sum(way * way, axis=-1), 1e-9)[..., None]
    along = np.einsum("npi,nqi->npq", way, aside)
    share = along / squared
    distance = np.sum(aside * aside, axis=-1)[:, None] - share * along
    return share, np.sqrt(np.maximum(distance, 0.0))
