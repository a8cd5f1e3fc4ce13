"""Judge whether a picture is too dark or too bright to show anything.

Knows nothing of time: one picture, one answer.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BLACK_LEVEL = 20
"""Of 255: room for the noise of a sensor at full gain behind a lens cap."""
WHITE_LEVEL = 250
BLACK_SHARE = 0.9
WHITE_SHARE = 0.8


def is_badly_exposed(grey: NDArray[np.uint8]) -> bool:
    """Whether nearly all of a picture is crushed at one end. grey: uint8 [h, w], luma.

    A lamp in a dark hall or a window in a bright wall does not save the picture; a dim picture
    whose tenth part stands out of the black is usable and is not dark.
    """
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    black = counts[: BLACK_LEVEL + 1].sum() / grey.size
    white = counts[WHITE_LEVEL:].sum() / grey.size
    return bool(black >= BLACK_SHARE or white >= WHITE_SHARE)
