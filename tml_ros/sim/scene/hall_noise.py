"""What painted surfaces have in common: smooth noise, blur, colours as arrays. Pure."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.shapes import Colour


def clouds(rng: np.random.Generator, height: int, width: int, cells: int) -> NDArray[np.float32]:
    """Smooth noise with about `cells` bumps along the longer side: float32 [height, width], mean 0,
    within about -1..1.
    """
    longer = max(height, width)
    shape = (max(2, cells * height // longer), max(2, cells * width // longer))
    coarse = rng.uniform(-1, 1, shape).astype(np.float32)
    return np.asarray(
        cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32
    )


def blurred(mask: NDArray[np.float32], spread: float) -> NDArray[np.float32]:
    """spread: pixels."""
    # A wide blur is as good at a quarter of the size, and much cheaper.
    if spread < 4:
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.3, spread)), np.float32)
    height, width = mask.shape
    size = (max(1, width // 4), max(1, height // 4))
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), spread / 4)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def rgb(colour: Colour) -> NDArray[np.float32]:
    """float32 [3]."""
    return np.array(colour, np.float32)
