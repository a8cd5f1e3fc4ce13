"""Finding somebody again by their looks, where outlines do not tell people apart.

Stateless: a picture, a smaller one, and where to look.
"""

from __future__ import annotations

import cv2

from tml_ros.safety.guards.background import Image

TravelBox = tuple[float, float, float, float]
"""x0, y0, x1, y1 in working pixels, with fractions."""

REACH_OF_HEIGHT = 0.15
LEAST_REACH = 3
ALIKE = 0.5
"""Correlation from which a place looks like what is sought."""


def find_looks(picture: Image, looks: Image, near: TravelBox) -> TravelBox | None:
    """Where near a box the looks are found again, or None where nothing there is alike.

    looks: uint8 [h, w, 3]; the box found has its size.
    """
    height, width = looks.shape[:2]
    reach = max(LEAST_REACH, round(REACH_OF_HEIGHT * height))
    x, y = round((near[0] + near[2] - width) / 2), round(near[3]) - height
    left, top = max(0, x - reach), max(0, y - reach)
    window = picture[top : max(0, y + height + reach), left : max(0, x + width + reach)]
    if window.shape[0] < height or window.shape[1] < width:
        return None
    alike = cv2.matchTemplate(window, looks, cv2.TM_CCOEFF_NORMED)
    _, best, _, (dx, dy) = cv2.minMaxLoc(alike)
    if best < ALIKE:
        return None
    return left + dx, top + dy, left + dx + width, top + dy + height
