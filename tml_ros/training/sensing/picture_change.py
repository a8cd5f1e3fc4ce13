"""How all pictures of a lesson are altered, zones and labels with them, so that one scene is many.

What is altered stays the same for a lesson, as a camera stays the same; only where its noise falls
changes from picture to picture. Knows nothing of cameras and of files. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.zone import Polygon

Picture = NDArray[np.uint8]

MOST_SHIFT = 0.02
"""Of the picture's width and height: labels of patches stay true but for their very rims."""
MOST_ZOOM = 0.04
_NOISE_ROOM = 16
"""Pixels by which a field of noise is larger than a picture, so that it can fall elsewhere."""
_DRIFT = 0.002
_AS_THEY_ARE = np.tile(np.arange(256, dtype=np.uint8), (3, 1))
_GREY = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True)
class PictureChange:
    """What is done to each picture, in this order.

    mirrored: left and right. zoom: about the middle, 1 or more. shift: right and down, in fractions
    of the picture. colours: float64 [3, 3], applied to RGB. levels: uint8 [3, 256], the new level
    of each of R, G and B. noise: int8 [h + room, w + room, 3], a window of it is added; no pixels
    for none. None, False, 1 and (0, 0) change nothing, to the bit.
    """

    mirrored: bool = False
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    colours: NDArray[np.float64] | None = None
    levels: NDArray[np.uint8] | None = None
    noise: NDArray[np.int8] | None = None

    def picture(self, rgb: Picture, rng: np.random.Generator) -> Picture:
        """A picture, uint8 [h, w, 3], altered. rng: of where the noise falls."""
        if self._moves:
            height, width = rgb.shape[:2]
            rgb = _u8(
                cv2.warpAffine(
                    rgb,
                    self._pixels(width, height),
                    (width, height),
                    flags=cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                )
            )
        elif self.mirrored:
            rgb = _u8(cv2.flip(rgb, 1))
        if self.colours is not None:
            rgb = _u8(cv2.transform(rgb, self.colours))
        if self.levels is not None:
            rgb = _u8(cv2.LUT(rgb, self.levels.T.reshape(1, 256, 3)))
        return rgb if self.noise is None else _noisy(rgb, self.noise, rng)

    def polygon(self, polygon: Polygon) -> Polygon:
        """Where a zone lies then, in fractions of the picture."""
        if self.mirrored:
            polygon = tuple((1.0 - x, y) for x, y in polygon)
        if not self._moves:
            return polygon
        return tuple(
            (
                0.5 + (x - 0.5) * self.zoom + self.shift[0],
                0.5 + (y - 0.5) * self.zoom + self.shift[1],
            )
            for x, y in polygon
        )

    def patches(self, columns: int, rows: int) -> NDArray[np.int64]:
        """int64 [columns * rows]: which patch as rendered lies where each one is then."""
        grid = np.arange(columns * rows, dtype=np.int64).reshape(rows, columns)
        return np.ascontiguousarray(grid[:, ::-1] if self.mirrored else grid).ravel()

    def drifted(self, rng: np.random.Generator, *, strength: float) -> PictureChange:
        """The same a while ago: exposure and the camera's hold were a little different."""
        brighter = round(strength * rng.normal(0.0, 3.0))
        moved = strength * rng.normal(0.0, _DRIFT, 2)
        if not strength:
            return self
        levels = _AS_THEY_ARE if self.levels is None else self.levels
        return replace(
            self,
            shift=(self.shift[0] + float(moved[0]), self.shift[1] + float(moved[1])),
            levels=np.clip(levels.astype(np.int64) + brighter, 0, 255).astype(np.uint8),
        )

    @property
    def _moves(self) -> bool:
        return self.zoom != 1.0 or self.shift != (0.0, 0.0)

    def _pixels(self, width: int, height: int) -> NDArray[np.float64]:
        """The matrix by which pixels move; their centres are at half positions."""
        flip = -1.0 if self.mirrored else 1.0
        right = (0.5 - 0.5 * flip * self.zoom + self.shift[0]) * width
        down = (0.5 - 0.5 * self.zoom + self.shift[1]) * height
        return np.array(
            [
                [flip * self.zoom, 0.0, right + 0.5 * flip * self.zoom - 0.5],
                [0.0, self.zoom, down + 0.5 * self.zoom - 0.5],
            ]
        )


def drawn_picture_change(
    rng: np.random.Generator, *, width: int, height: int, strength: float, mirrored: float
) -> PictureChange:
    """One at random, for pictures of that size. strength: 1 is usual, 0 leaves colours and places
    as they are. mirrored: with that probability.
    """
    mirrors = bool(rng.random() < mirrored)
    zoom = 1.0 + strength * rng.uniform(0.0, MOST_ZOOM)
    right, down = (strength * rng.uniform(-MOST_SHIFT, MOST_SHIFT, 2)).tolist()
    moves = bool(rng.random() < 0.7) and strength > 0
    saturation = 1.0 + strength * rng.uniform(-0.6, 0.4)
    gain = np.exp(strength * (rng.normal(0.0, 0.18) + rng.normal(0.0, 0.05, 3)))
    gamma = np.exp(strength * rng.normal(0.0, 0.18))
    offset = strength * rng.normal(0.0, 8.0)
    sigma = strength * max(0.0, rng.uniform(-3.0, 6.0))
    seed = int(rng.integers(2**63))
    if not strength:
        return PictureChange(mirrored=mirrors)
    return PictureChange(
        mirrored=mirrors,
        zoom=zoom if moves else 1.0,
        shift=(right, down) if moves else (0.0, 0.0),
        colours=saturation * np.eye(3) + (1.0 - saturation) * np.tile(_GREY, (3, 1)),
        levels=_levels(gain, gamma, offset),
        noise=None if not sigma else _noise(sigma, width, height, seed),
    )


def _levels(gain: NDArray[np.float64], gamma: float, offset: float) -> NDArray[np.uint8]:
    level = np.arange(256) / 255.0
    new = 255.0 * gain[:, None] * level[None, :] ** gamma + offset
    return np.rint(np.clip(new, 0, 255)).astype(np.uint8)


def _noise(sigma: float, width: int, height: int, seed: int) -> NDArray[np.int8]:
    shape = (height + _NOISE_ROOM, width + _NOISE_ROOM, 3)
    normal = np.random.default_rng(seed).standard_normal(shape, np.float32)
    return np.clip(np.rint(normal * sigma), -127, 127).astype(np.int8)


def _noisy(rgb: Picture, noise: NDArray[np.int8], rng: np.random.Generator) -> Picture:
    height, width = rgb.shape[:2]
    down, across = rng.integers(0, _NOISE_ROOM + 1, 2).tolist()
    field = noise[down : down + height, across : across + width]
    if field.shape != rgb.shape:
        raise ValueError(f"the noise is too small for pictures of {width}x{height}")
    return _u8(cv2.add(rgb, field, dtype=cv2.CV_8U))


def _u8(picture: object) -> Picture:
    return np.asarray(picture, np.uint8)
