"""The noise of an image sensor: grains that grow with the light, and rows that differ a little.

Grains are cut from a few larger sheets made beforehand, each picture another piece, turned over or
not: drawing a hundred thousand random numbers per picture would cost more than the rest of the
camera. Knows nothing of the scene. Pure after it is made.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.split import Band

SHEETS = 3
SPARE = 64
"""Pixels that a sheet is larger than a picture, along both."""
DARK, LIGHT = 5.0, 9.0
"""Spread of the grains, of 255, where `noise` is 1: in the dark, and what full light adds."""
ROWS = 1.5
"""Spread of the rows, of 255, where `noise` is 1."""
GRAIN = Band(train=((0.30, 0.50), (0.65, 0.80)), held_out=((0.50, 0.65),))
"""How far neighbouring pixels share their noise, pixels: what is left of the colour filter."""


class SensorNoise:
    """noise: 0..1. rng: its own; the sheets follow from it."""

    def __init__(
        self, *, noise: float, width: int, height: int, grain: float, rng: np.random.Generator
    ) -> None:
        """Draw the sheets."""
        self._noise = noise
        self._size = (height, width)
        shape = (height + SPARE, width + SPARE, 3)
        self._sheets = [_sheet(rng, shape, grain) for _ in range(SHEETS if noise else 0)]
        self._spread = np.asarray(
            noise * (DARK + LIGHT * np.sqrt(np.arange(256) / 255)), np.float32
        )

    def onto(
        self,
        light: NDArray[np.float32],
        before: NDArray[np.uint8],
        gain: float,
        rng: np.random.Generator,
    ) -> NDArray[np.uint8]:
        """The light with noise, as bytes: float32 [h, w, 3] to uint8 [h, w, 3].

        before: about the same picture before the gain, which says how strong the grains are; the
        gain strengthens them as it does the light. rng: this picture's.
        """
        if not self._noise:
            return np.asarray(np.clip(np.rint(light), 0, 255), np.uint8)
        height, width = self._size
        sheet = self._sheets[int(rng.integers(SHEETS))]
        down, across = (int(v) for v in rng.integers(0, SPARE, 2))
        piece = sheet[down : down + height, across : across + width]
        flip = int(rng.integers(4))
        piece = piece[:: 1 - 2 * (flip & 1), :: 1 - (flip & 2)]
        grains = cv2.multiply(cv2.LUT(before, gain * self._spread), np.ascontiguousarray(piece))
        rows = rng.standard_normal((height, 1, 1), np.float32) * (ROWS * self._noise * gain)
        return np.asarray(cv2.add(light + rows, grains, dtype=cv2.CV_8U), np.uint8)


def _sheet(
    rng: np.random.Generator, shape: tuple[int, int, int], grain: float
) -> NDArray[np.float32]:
    """Noise of spread 1 whose neighbours are alike by `grain`: float32."""
    sheet = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), grain)
    return np.asarray(sheet / sheet.std(), np.float32)
