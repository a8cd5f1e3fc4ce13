"""What the lens does to straight lines: a barrel; the corners of the picture stay in place.

A point of the picture is "straight" as a pinhole camera would see it (`CameraView.project`) and
"bent" as the camera gives it out. Truth that is stated in pixels is bent by the same functions as
the picture. Pure.

In units of half the picture's width from its middle, a straight radius r belongs to the bent radius
b by r = s b (1 + k b^2), Brown's model read backwards so that the way from a pixel to where its
light came from needs no solving; s keeps the corners in place, so that no edge stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import CameraPart

Points = NDArray[np.float64] | Sequence[tuple[float, float]]

MOST = 0.1
"""How far a line at half the width is bent where `distortion` is 1, in half widths."""
STEPS = 12


def bent(points: Points, part: CameraPart) -> NDArray[np.float64]:
    """Straight to bent: pixels, float64 [n, 2] to [n, 2]; NaN stays NaN.

    Points far outside of the picture are bent too, and stay outside.
    """
    straight_points: NDArray[np.float64] = np.array(points, np.float64).reshape(-1, 2)
    if not part.distortion:
        return straight_points
    strength, scale = _strength_and_scale(part)
    middle, unit = _middle_and_unit(part)
    offset = (straight_points - middle) / unit
    radius = np.hypot(offset[:, 0], offset[:, 1])
    wanted = radius / scale
    # Both are above the solution, and from above Newton's method walks down to it.
    solved = np.minimum(wanted, np.cbrt(wanted / strength))
    for _ in range(STEPS):
        surplus = solved * (1 + strength * solved**2) - wanted
        solved = solved - surplus / (1 + 3 * strength * solved**2)
    ratio = np.where(radius > 0, solved / np.maximum(radius, 1e-12), 1 / scale)
    return np.asarray(middle + offset * ratio[:, None] * unit, np.float64)


def straight(points: Points, part: CameraPart) -> NDArray[np.float64]:
    """Bent to straight: pixels, float64 [n, 2] to [n, 2]; undoes `bent`."""
    bent_points: NDArray[np.float64] = np.array(points, np.float64).reshape(-1, 2)
    if not part.distortion:
        return bent_points
    strength, scale = _strength_and_scale(part)
    middle, unit = _middle_and_unit(part)
    offset = (bent_points - middle) / unit
    squared = (offset**2).sum(axis=1, keepdims=True)
    return np.asarray(middle + offset * scale * (1 + strength * squared) * unit, np.float64)


def source_map(part: CameraPart) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Which column and which row each pixel's light comes from: two of float32 [h, w], as
    `cv2.remap` takes them.
    """
    width, height = part.size
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    places = straight(np.stack([columns.ravel(), rows.ravel()], axis=1), part)
    # `cv2.remap` counts from the centre of the first pixel, a camera view from its corner.
    pixels = np.asarray(places - 0.5, np.float32).reshape(height, width, 2)
    return pixels[..., 0].copy(), pixels[..., 1].copy()


def _strength_and_scale(part: CameraPart) -> tuple[float, float]:
    width, height = part.size
    strength = MOST * part.distortion
    corner_squared = 1 + (height / width) ** 2
    return strength, 1 / (1 + strength * corner_squared)


def _middle_and_unit(part: CameraPart) -> tuple[NDArray[np.float64], float]:
    width, height = part.size
    return np.array([width / 2, height / 2]), width / 2
