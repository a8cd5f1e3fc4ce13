"""The floor of a hall as a picture: its surface, worn painted lines, stains, lamp light, dirt.

The striped line around a zone lies inside of it: the line's outer edge is the zone's. Knows nothing
of the renderer. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import Place, Scenario
from tml_ros.sim.scene.hall_looks import HallLook
from tml_ros.sim.scene.hall_noise import blurred, clouds, rgb
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.shapes import Colour

Mask = NDArray[np.float32]
"""float32 [h, w], 0..1: how much of something is there."""
Texture = NDArray[np.uint8]
SUBPIXEL = 4
"""Bits of a pixel's fraction that OpenCV is told."""


class Floor:
    """A floor being painted: a picture of the hall from above, row 0 at its back wall.

    size: of the hall along x and y, metres.
    """

    def __init__(self, size: tuple[float, float], *, pixels_per_m: float) -> None:
        """Begin with nothing on it."""
        self._half = (size[0] / 2, size[1] / 2)
        self.scale = pixels_per_m
        self.width, self.height = (max(8, round(side * pixels_per_m)) for side in size)
        self.paint = np.ones((self.height, self.width, 3), np.float32)

    def pixels(self, places: Sequence[Place] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Places in the hall as (column, row): float64 [n, 2]."""
        flat = np.asarray(places, np.float64).reshape(-1, 2)
        across = (flat[:, 0] + self._half[0]) / (2 * self._half[0]) * self.width
        down = (self._half[1] - flat[:, 1]) / (2 * self._half[1]) * self.height
        return np.stack([across, down], axis=1)

    def area(self, places: Sequence[Place] | NDArray[np.float64]) -> Mask:
        """What lies in a polygon, its edge smooth."""
        mask = np.zeros((self.height, self.width), np.uint8)
        corners = np.rint((self.pixels(places) - 0.5) * (1 << SUBPIXEL)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, SUBPIXEL)
        return np.asarray(mask / np.float32(255), np.float32)

    def metres_from(
        self, place: NDArray[np.float64], rows: slice, columns: slice
    ) -> NDArray[np.float64]:
        """Of the middle of each of these pixels from a place, along x and y: float64 [h, w, 2]."""
        across, down = self.pixels(place)[0]
        x = (np.arange(columns.start, columns.stop) + 0.5 - across) / self.scale
        y = (down - np.arange(rows.start, rows.stop) - 0.5) / self.scale
        return np.stack(np.meshgrid(x, y), axis=-1)

    def lay(self, mask: Mask, colour: Colour) -> None:
        """Paint over what the mask says."""
        rows, columns = _used(mask)
        part, there = self.paint[rows, columns], mask[rows, columns, None]
        part += there * (rgb(colour) - part)

    def shade(self, factor: Mask) -> None:
        """Make darker or lighter."""
        self.paint *= factor[..., None]


def floor_texture(
    scenario: Scenario,
    look: HallLook,
    seed: np.random.SeedSequence,
    blocks: Iterable[Block],
    lamps: Sequence[Place],
    *,
    pixels_per_m: float,
) -> Texture:
    """The floor: uint8 [h, w, 3], RGB, row 0 at the back wall, column 0 at the left one.

    blocks: what stands on it and keeps dirt. lamps: what hangs above it.
    """
    floor = Floor(scenario.hall.size, pixels_per_m=pixels_per_m)
    # A source each, so that what a finer picture draws more of moves nothing else.
    surface, wear, lanes, stains = (np.random.default_rng(child) for child in seed.spawn(4))
    _surface(floor, look, surface)
    worn = _worn(floor, look, wear)
    _lanes(floor, scenario, look, lanes, worn)
    for zone in scenario.zones.values():
        if zone.painted:
            outline(floor, zone.polygon, look, worn)
    _stains(floor, stains)
    _lamp_light(floor, lamps)
    _dirt(floor, blocks)
    return np.asarray(np.clip(floor.paint, 0, 1) * 255 + 0.5, np.uint8)


def outline(floor: Floor, polygon: Sequence[Place], look: HallLook, worn: Mask) -> None:
    """The striped line around a zone, and a tint of its floor."""
    corners = np.asarray(polygon, np.float64)
    inside = floor.area(corners)
    floor.lay(inside * worn * np.float32(look.zone_tint), look.stripes[0])
    ahead = np.roll(corners, -1, axis=0)
    turn = np.sign(np.sum(corners[:, 0] * ahead[:, 1] - ahead[:, 0] * corners[:, 1])) or 1.0
    for begin, end in zip(corners, ahead, strict=True):
        length = float(np.hypot(*(end - begin)))
        if length < 1e-6:
            continue
        along = (end - begin) / length
        inwards = turn * np.array((-along[1], along[0]))
        band = [begin, end, end + inwards * look.stripe_width, begin + inwards * look.stripe_width]
        edge = np.minimum(floor.area(np.array(band)), inside)
        rows, columns = _used(edge)
        from_begin = floor.metres_from(begin, rows, columns)
        phase = from_begin @ (along + look.stripe_slant * inwards) % look.stripe_length
        from_middle = np.minimum(phase, look.stripe_length - phase) - look.stripe_length / 4
        stripes = np.clip(0.5 + from_middle * floor.scale, 0, 1).astype(np.float32)
        part = floor.paint[rows, columns]
        there = (edge[rows, columns] * worn[rows, columns])[..., None]
        light, dark = rgb(look.stripes[0]), rgb(look.stripes[1])
        part += there * (dark + stripes[..., None] * (light - dark) - part)


def _surface(floor: Floor, look: HallLook, rng: np.random.Generator) -> None:
    height, width = floor.height, floor.width
    grain = {"asphalt": 0.10, "slabs": 0.035, "resin": 0.012}.get(look.floor_kind, 0.025)
    shade = 1.0 + 0.09 * clouds(rng, height, width, 5) + 0.05 * clouds(rng, height, width, 31)
    step = look.floor_pitch * (1.6 if look.floor_kind == "slabs" else 1.0)
    offset = rng.uniform(0, step, 2)
    x = (np.arange(width) / floor.scale + offset[0]) / step
    y = (np.arange(height) / floor.scale + offset[1]) / step
    if look.floor_kind != "asphalt":
        tones = rng.uniform(-1, 1, (int(y[-1]) + 1, int(x[-1]) + 1)).astype(np.float32)
        if look.floor_kind == "checks":
            tones = 0.35 * tones + 2.2 * (np.indices(tones.shape).sum(axis=0) % 2 - 0.5)
        depth = {"slabs": 0.05, "tiles": 0.05, "resin": 0.0}.get(look.floor_kind, 0.12)
        shade += np.float32(depth) * tones[y.astype(int)][:, x.astype(int)]
        if look.floor_kind != "resin":
            joint = max(0.012, 1.0 / floor.scale) / step
            shade[:, x % 1.0 < joint] *= 0.80
            shade[y % 1.0 < joint, :] *= 0.80
    shade += grain * rng.standard_normal((height, width), np.float32)
    floor.paint[:] = rgb(look.floor)
    floor.shade(np.asarray(shade, np.float32))


def _worn(floor: Floor, look: HallLook, rng: np.random.Generator) -> Mask:
    """How much of a painted line is still there."""
    height, width = floor.height, floor.width
    patches = clouds(rng, height, width, 24) + 0.6 * clouds(rng, height, width, 90)
    left = 1.08 - look.wear * (0.55 + 0.75 * patches)
    return np.asarray(np.clip(left, 0.35, 1.0), np.float32)


def _lanes(
    floor: Floor, scenario: Scenario, look: HallLook, rng: np.random.Generator, worn: Mask
) -> None:
    """Both edges of a way along the hall and of one across it, outside of all zones."""
    half_x, half_y = scenario.hall.size[0] / 2, scenario.hall.size[1] / 2
    free = 1.0 - worn * 0
    for zone in scenario.zones.values():
        if zone.painted:
            free -= np.minimum(free, floor.area(zone.polygon))
    wide = float(rng.uniform(0.06, 0.11))
    for along in (True, False):
        room, reach = (half_y, half_x) if along else (half_x, half_y)
        middle, apart = rng.uniform(-0.55, 0.55) * room, rng.uniform(0.6, 1.0)
        for side in (middle - apart, middle + apart):
            ends = ((-reach, side), (reach, side), (reach, side + wide), (-reach, side + wide))
            line = ends if along else tuple((b, a) for a, b in ends)
            floor.lay(floor.area(line) * free * worn, look.lane)


def _stains(floor: Floor, rng: np.random.Generator) -> None:
    """Oil, and what wheels left."""
    mask = np.zeros((floor.height, floor.width), np.float32)
    for _ in range(int(rng.integers(6, 16))):
        centre = (int(rng.random() * floor.width), int(rng.random() * floor.height))
        axes = (
            int(floor.scale * rng.uniform(0.05, 0.3)),
            int(floor.scale * rng.uniform(0.04, 0.2)),
        )
        turn, depth = float(rng.uniform(0, 180)), float(rng.uniform(0.12, 0.45))
        cv2.ellipse(mask, centre, axes, turn, 0, 360, depth, -1)
    for _ in range(int(rng.integers(1, 4))):
        begin, end = (rng.random((2, 2)) * (floor.width, floor.height)).astype(int).tolist()
        wide = max(1, round(0.12 * floor.scale))
        cv2.line(mask, begin, end, float(rng.uniform(0.06, 0.16)), wide)
    floor.shade(1.0 - blurred(mask, 0.05 * floor.scale))


def _lamp_light(floor: Floor, lamps: Sequence[Place]) -> None:
    light = np.full((floor.height, floor.width), 0.90, np.float32)
    columns, rows = np.arange(floor.width), np.arange(floor.height)
    for across, down in floor.pixels(lamps) if lamps else ():
        wide = 1.7 * floor.scale
        x, y = np.exp(-(((columns - across) / wide) ** 2)), np.exp(-(((rows - down) / wide) ** 2))
        light += (0.16 * y[:, None] * x[None, :]).astype(np.float32)
    floor.shade(light)


def _dirt(floor: Floor, blocks: Iterable[Block]) -> None:
    """Dark along the walls and around what stands on the floor."""
    mask = np.zeros((floor.height, floor.width), np.float32)
    edge = max(1, round(0.10 * floor.scale))
    mask[:edge] = mask[-edge:] = 1.0
    mask[:, :edge] = mask[:, -edge:] = 1.0
    for block in blocks:
        low = np.array(block.centre[:2]) - block.half[:2]
        high = np.array(block.centre[:2]) + block.half[:2]
        (x0, y1), (x1, y0) = floor.pixels(np.stack([low, high])).astype(int)
        mask[max(0, y0 - 1) : max(0, y1 + 1), max(0, x0 - 1) : max(0, x1 + 1)] = 1.0
    floor.shade(1.0 - np.float32(0.5) * blurred(mask, 0.14 * floor.scale))


def _used(mask: Mask) -> tuple[slice, slice]:
    """The rows and columns outside of which there is nothing."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
