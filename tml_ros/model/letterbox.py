"""A frame of any size inside a picture of one size: aspect kept, centred, grey around it.

Grey, because the patch stem takes grey 128 as zero: padding says nothing, while black would look
like a lens that is covered. Knows nothing of patches or cameras. Pure functions; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.zone import Polygon, zone_mask

GREY = 128


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a frame lies in a picture of width x height: its top left corner and its size there.

    All in pixels of the picture.
    """

    width: int
    height: int
    left: int
    top: int
    inner_width: int
    inner_height: int

    def mask(self, polygon: Polygon) -> NDArray[np.uint8]:
        """uint8 [height, width], 1 in a zone given in fractions of the frame, 0 in the padding."""
        x, y = self.left / self.width, self.top / self.height
        across, down = self.inner_width / self.width, self.inner_height / self.height
        placed = tuple((x + px * across, y + py * down) for px, py in polygon)
        mask = np.zeros((self.height, self.width), np.uint8)
        # Pixels that an outline touches belong to the zone; those of the padding never do.
        whole = zone_mask(placed, width=self.width, height=self.height)
        self._inner(mask)[...] = self._inner(whole)
        return mask

    def draw(self, rgb: NDArray[np.uint8], picture: NDArray[np.uint8]) -> None:
        """Draw a frame into its place. The padding of `picture` is left as it is.

        rgb: uint8 [h, w, 3]. picture: uint8 [height, width, 3], writable. What is more than twice
        too large is first halved by means of 2x2 pixels, the rest of the way is bilinear: nearly
        an area mean, at a quarter of its time. An odd last row or column is left out in halving,
        which is less than a pixel of the picture.
        """
        size = self.inner_width, self.inner_height
        while rgb.shape[1] >= 2 * size[0] and rgb.shape[0] >= 2 * size[1]:
            half = rgb.shape[1] // 2, rgb.shape[0] // 2
            even = rgb[: 2 * half[1], : 2 * half[0]]
            rgb = _resized(even, half, cv2.INTER_AREA)
        if rgb.shape[1::-1] != size:
            rgb = _resized(rgb, size, cv2.INTER_LINEAR)
        self._inner(picture)[...] = rgb

    def _inner(self, picture: NDArray[np.generic]) -> NDArray[np.generic]:
        rows = slice(self.top, self.top + self.inner_height)
        return picture[rows, self.left : self.left + self.inner_width]


def place(frame_width: int, frame_height: int, *, width: int, height: int) -> Placement:
    """Where a frame of that size lies in a picture of width x height; at least one pixel each way.

    Raises ValueError where a size is not positive.
    """
    if min(frame_width, frame_height, width, height) < 1:
        raise ValueError(
            f"sizes must be positive, not {frame_width}x{frame_height} in {width}x{height}"
        )
    # In whole numbers, so that equal aspects are placed equally whatever their size.
    if frame_width * height >= frame_height * width:
        inner = width, max(1, _rounded(frame_height * width, frame_width))
    else:
        inner = max(1, _rounded(frame_width * height, frame_height)), height
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    return Placement(width, height, left, top, *inner)


def letterbox(rgb: NDArray[np.uint8], placement: Placement) -> NDArray[np.uint8]:
    """The frame in its picture: uint8 [height, width, 3].

    A frame that has the picture's size already is given back itself, not copied.
    """
    if rgb.shape[:2] == (placement.height, placement.width):
        return rgb
    picture = np.full((placement.height, placement.width, 3), GREY, np.uint8)
    placement.draw(rgb, picture)
    return picture


def _rounded(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)


def _resized(
    rgb: NDArray[np.uint8], size: tuple[int, int], interpolation: int
) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(rgb, size, interpolation=interpolation), np.uint8)
