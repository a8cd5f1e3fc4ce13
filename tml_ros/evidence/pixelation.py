"""Makes parts of a picture unrecognisable: square blocks of their mean colour.

Knows nothing of what is in the picture. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.evidence.figures import BLOCKS, Figure
from tml_ros.safety.guards.background import Mask

LEAST_BLOCK = 4


def pixelate_all(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole picture, uint8 [h, w, 3], in blocks of a twelfth of its height."""
    return _blocks(rgb, rgb.shape[0] / BLOCKS)


def pixelate_where(rgb: NDArray[np.uint8], where: Mask) -> None:
    """The same, in place, where a mask of any smaller size, uint8 [h, w], says so."""
    height, width = rgb.shape[:2]
    cv2.copyTo(pixelate_all(rgb), upscaled(where, width=width, height=height), rgb)


def pixelate_figures(rgb: NDArray[np.uint8], figures: Iterable[Figure], *, scale: float) -> None:
    """Pixelate figures in place; rgb is `scale` times as large as the picture they are of.

    Where two overlap, the coarser blocks stay.
    """
    for figure in sorted(figures, key=lambda figure: figure.block):
        part = rgb[slices_of(figure, scale=scale)]
        if part.size:
            mask = upscaled(figure.mask, width=part.shape[1], height=part.shape[0])
            # Written into a copy first: OpenCV fills contiguous arrays only.
            made = part.copy()
            cv2.copyTo(_blocks(part, figure.block * scale), mask, made)
            part[:] = made


def slices_of(figure: Figure, *, scale: float) -> tuple[slice, slice]:
    """Rows and columns of a figure in a picture `scale` times as large."""
    x0, y0, x1, y1 = (round(edge * scale) for edge in figure.box)
    return slice(y0, y1), slice(x0, x1)


def upscaled(mask: Mask, *, width: int, height: int) -> Mask:
    """A mask of a smaller size at that of a picture."""
    return cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)


def _blocks(part: NDArray[np.uint8], edge: float) -> NDArray[np.uint8]:
    height, width = part.shape[:2]
    whole = max(LEAST_BLOCK, int(np.ceil(edge)))
    # Fewer blocks where the edge does not divide the size: never finer than asked.
    size = (max(1, width // whole), max(1, height // whole))
    means = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    blocks = cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(blocks, np.uint8)
