"""Pictures as JPEG and PNG; the way back is `image_format.compressed_to_rgb`.

Knows nothing of files and messages. Stateless; any thread.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def jpeg_of(
    rgb: NDArray[np.uint8], *, quality: int, full_colour: bool = False
) -> NDArray[np.uint8]:
    """uint8 [h, w, 3] RGB as the bytes of a JPEG file, uint8 [n].

    quality: 1..100. full_colour: colours as finely as brightness, not at half the resolution.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    if full_colour:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    return _encoded(".jpg", rgb, options)


def png_of(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8 [h, w, 3] RGB as the bytes of a PNG file, uint8 [n]."""
    return _encoded(".png", rgb, [])


def _encoded(suffix: str, rgb: NDArray[np.uint8], options: list[int]) -> NDArray[np.uint8]:
    _, data = cv2.imencode(suffix, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), options)
    flat: NDArray[np.uint8] = data.reshape(-1)
    return flat
