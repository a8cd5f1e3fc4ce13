"""What is in each patch of a picture, for training an eye. Pure.

Patches are those of 40 x 40 pixels that the model cuts a letterboxed picture into, row by row. The
truth is that of the moment at which the picture was taken, worked out as for the hazards. Of each
thing in `THINGS` a patch is 1 where it is plainly there, 0 where it is not, -1 where one could not
blame anybody:

feet: the middle of a sole of somebody on their feet, seen. -1: hidden, or only the rim of a foot
    reaches into the patch, or of somebody falling, lying or rising.
feet_in_zone: the same of a sole at least 0.12 m inside of a zone. -1 as well: within 0.12 m of a
    zone's line on either side.
helmet, bare_head: the middle of a head that is seen whole, its radius at least 3 pixels. -1: hidden
    in part or smaller (then both), or only its rim reaches into the patch.
lying: at least a seventh of the body of somebody lying is seen in the patch. -1: less, or of
    somebody falling or rising.
vehicle: at least a tenth of a vehicle is seen in the patch. -1: less.

Behind smoke that hides half of a patch, what would be 1 is -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.letterbox import Placement
from tml_ros.model.preset import PATCH
from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.people import DOWNWARD, People
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.truth.moment import Posture
from tml_ros.sim.truth.seen_hazards import EDGE_M, HEAD_PIXELS
from tml_ros.sim.truth.sightings import Eye, Hiding, box_cloud
from tml_ros.sim.truth.watch import VehicleSource, Watch, WatchedPerson
from tml_ros.sim.truth.zone_depth import depth_in

THINGS: Final = ("feet", "feet_in_zone", "helmet", "bare_head", "lying", "vehicle")
FOOT_M: Final = 0.13
"""From the middle of a sole to its rim."""
LYING_SHARE: Final = 1 / 7
VEHICLE_SHARE: Final = 0.1
HIDES: Final = 128
"""Smoke of a patch, 0..255, from which it hides what is behind."""
_WHOLE_HEAD = 0.99
_CHUNK = 1200

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Labels = NDArray[np.int8]


def patch_labels(
    scenario: Scenario,
    camera: str,
    times: Array,
    placement: Placement,
    *,
    people: People,
    vehicles: VehicleSource,
    blocks: Sequence[Block],
    view: CameraView,
) -> Labels:
    """int8 [n, patches, things] of the pictures taken at `times`, float64 [n].

    placement: where a picture lies in the one that is cut into patches.
    """
    parts = []
    for begin in range(0, len(times), _CHUNK):
        part = times[begin : begin + _CHUNK]
        watch = Watch(scenario, people, vehicles, blocks, {camera: view}, times=part)
        parts.append(_Patches(watch, camera, placement, blocks).labels())
    nothing = np.zeros((0, _patches(placement), len(THINGS)), np.int8)
    return np.concatenate([nothing, *parts])


def behind_smoke(labels: Labels, smoke: NDArray[np.uint8]) -> Labels:
    """Labels [n, patches, things] with what smoke, uint8 [n, patches], hides made doubtful."""
    hidden = (labels == 1) & (smoke >= HIDES)[:, :, None]
    return np.where(hidden, np.int8(-1), labels)


def patch_means(
    layer: NDArray[np.float32], placement: Placement, *, padding: float = 0.0
) -> NDArray[np.float32]:
    """The mean of a picture's layer, float32 [h, w], over each patch: float32 [patches]."""
    import cv2  # noqa: PLC0415 - labels of people need no pictures

    size = (placement.inner_width, placement.inner_height)
    whole = np.full((placement.height, placement.width), padding, np.float32)
    rows = slice(placement.top, placement.top + placement.inner_height)
    columns = slice(placement.left, placement.left + placement.inner_width)
    whole[rows, columns] = cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
    cells = whole.reshape(placement.height // PATCH, PATCH, placement.width // PATCH, PATCH)
    means: NDArray[np.float32] = cells.mean(axis=(1, 3)).ravel()
    return means


class _Patches:
    """The labels of one camera at n moments."""

    def __init__(
        self, watch: Watch, camera: str, placement: Placement, blocks: Sequence[Block]
    ) -> None:
        self._watch, self._camera, self._placement = watch, camera, placement
        self._eye: Eye = watch.eyes[camera]
        boxes = [one.box for one in watch.vehicles]
        others = [(one.cloud, one.track.present) for one in watch.people]
        self._hiding = Hiding(blocks, boxes, others)
        shape = (len(watch.times), _patches(placement), len(THINGS))
        self._there, self._perhaps = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)

    def labels(self) -> Labels:
        """All of them."""
        for index, one in enumerate(self._watch.people):
            own = len(self._watch.vehicles) + index
            down = np.array([posture in DOWNWARD for posture in one.track.postures], np.bool_)
            lies = np.array([posture is Posture.LYING for posture in one.track.postures], np.bool_)
            self._feet(one, down, own)
            self._head(one)
            share = self._shares(one.cloud.points, one.cloud.shares, one.track.present & down, own)
            self._put("lying", (share >= LYING_SHARE) & lies[:, None], share > 0)
        for own, vehicle in enumerate(self._watch.vehicles):
            cloud = box_cloud(vehicle.box)
            share = self._shares(cloud.points, cloud.shares, vehicle.box.present, own)
            self._put("vehicle", share >= VEHICLE_SHARE, share > 0)
        return np.where(self._there, 1, np.where(self._perhaps, -1, 0)).astype(np.int8)

    def _feet(self, one: WatchedPerson, down: Flags, own: int) -> None:
        soles = one.track.poses.soles
        pixels = self._eye.pixels(soles)
        within = self._eye.holds(pixels) & one.track.present[:, None]
        plain = within & ~self._hiding.hidden(self._eye.place, soles, own=own) & ~down[:, None]
        depth = np.full(soles.shape[:2], -np.inf)
        for polygon in self._watch.zones.values():
            depth = np.maximum(depth, depth_in(polygon, soles[:, :, :2]))
        rim = self._rims(pixels, self._pixels_of(FOOT_M, soles))
        near = self._marked(rim, np.repeat(within[:, :, None], rim.shape[2], axis=2))
        self._put("feet", self._marked(pixels, plain), near)
        inside = self._marked(pixels, plain & (depth >= EDGE_M))
        perhaps = within & (depth > -EDGE_M)
        near = self._marked(rim, np.repeat(perhaps[:, :, None], rim.shape[2], axis=2))
        self._put("feet_in_zone", inside, near)

    def _head(self, one: WatchedPerson) -> None:
        seen = one.seen[self._camera]
        middle = one.cloud.points[:, one.cloud.head[0]][:, None]
        pixels = self._eye.pixels(middle)
        within = self._eye.holds(pixels) & one.track.present[:, None]
        plain = (seen.head_share > _WHOLE_HEAD) & (seen.head_radius >= HEAD_PIXELS)
        rim = self._rims(pixels, np.asarray(seen.head_radius)[:, None])
        around = self._marked(rim, np.repeat(within[:, :, None], rim.shape[2], axis=2))
        there = self._marked(pixels, within & plain[:, None])
        mine, other = ("helmet", "bare_head") if one.person.helmet else ("bare_head", "helmet")
        self._put(mine, there, around)
        self._put(other, np.zeros_like(there), around & ~plain[:, None])

    def _shares(self, points: Array, shares: Array, present: Flags, own: int) -> Array:
        """How much of a body is seen in each patch: float64 [n, patches]."""
        total = np.zeros(self._there.shape[:2])
        rows = np.flatnonzero(present)
        if not len(rows):
            return total
        pixels = self._eye.pixels(points)
        hidden = self._hiding.hidden(self._eye.place, points, own=own)
        seen = self._eye.holds(pixels) & ~hidden & present[:, None]
        moment, point = np.nonzero(seen)
        np.add.at(total, (moment, self._at(pixels[seen])), shares[point])
        return total

    def _put(self, thing: str, there: Flags, perhaps: Flags) -> None:
        self._there[:, :, THINGS.index(thing)] |= there
        self._perhaps[:, :, THINGS.index(thing)] |= perhaps

    def _marked(self, pixels: Array, chosen: Flags) -> Flags:
        """The patches that hold any of the chosen pixels [n, ..., 2]: bool [n, patches]."""
        chosen = chosen & self._eye.holds(pixels)
        marked = np.zeros(self._there.shape[:2], np.bool_)
        marked[np.nonzero(chosen)[0], self._at(pixels[chosen])] = True
        return marked

    def _at(self, pixels: Array) -> NDArray[np.int64]:
        """The patches of pixels of the camera's picture, [k, 2] to [k]."""
        place, view = self._placement, self._eye.view
        x = place.left + pixels[:, 0] * place.inner_width / view.width
        y = place.top + pixels[:, 1] * place.inner_height / view.height
        across = np.clip(x // PATCH, 0, place.width // PATCH - 1)
        down = np.clip(y // PATCH, 0, place.height // PATCH - 1)
        return np.asarray(down * (place.width // PATCH) + across, np.int64)

    def _pixels_of(self, metres: float, points: Array) -> Array:
        """How large something of that size looks at those points [n, k, 3]: float64 [n, k]."""
        view = self._eye.view
        depth = (points - self._eye.place) @ -view.axes()[2]
        focal = 0.5 * view.height / np.tan(np.radians(view.fovy_deg) / 2)
        return np.asarray(focal * metres / np.maximum(depth, 1e-3))

    def _rims(self, pixels: Array, radius: Array) -> Array:
        """Each pixel and eight about it: [n, k, 2] and [n, k] to [n, k, 9, 2]."""
        angles = np.arange(8) * np.pi / 4
        around = np.concatenate([[[0.0, 0.0]], np.stack([np.cos(angles), np.sin(angles)], axis=1)])
        return np.asarray(pixels[:, :, None] + radius[:, :, None, None] * around)


def _patches(placement: Placement) -> int:
    return (placement.width // PATCH) * (placement.height // PATCH)
