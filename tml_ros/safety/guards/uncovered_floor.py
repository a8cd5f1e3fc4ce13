"""Telling a thing that stands still from floor that somebody uncovered by leaving.

Both differ from the plate and neither moves. But where a thing ends the picture changes colour and
the plate does not; where uncovered floor ends it is the plate that changes colour, for it still
shows who stood there. Stateless.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.background import Image, Mask, Plane
from tml_ros.safety.guards.blobs import Blob

STILL_S = 0.7
"""Still for so long counts as standing still."""
LEAST_STILL_SHARE = 0.04
BAND = np.ones((5, 5), np.uint8)
NEIGHBOURS = np.ones((3, 3), np.uint8)
NEARBY = (9, 9)


@dataclass(frozen=True, slots=True)
class Outline:
    """What the outline of a blob's still part says.

    solidity: share of it that looks like the edge of a thing, 0..1; -1 where nothing is still.
    uncovered: bool [h, w] over `box`, still pixels next to outline that looks like uncovered floor.
    box: rows and columns, the blob's box and a margin.
    """

    solidity: float
    uncovered: NDArray[np.bool_]
    box: tuple[slice, slice]


def weigh_outline(picture: Image, plate: Image, blob: Blob, still_s: Plane, noise: Mask) -> Outline:
    """Look at the outline of what stands still of a blob.

    still_s: float32 [h, w], seconds since each pixel last moved.
    noise: uint8 [h, w], the difference that noise alone does not reach.
    """
    box, part = _with_margin(blob, still_s.shape)
    still = cv2.bitwise_and(part, (still_s[box] >= STILL_S).astype(np.uint8) * 255)
    still = cv2.morphologyEx(still, cv2.MORPH_OPEN, NEIGHBOURS)
    nothing = np.zeros(part.shape, np.bool_)
    if cv2.countNonZero(still) < max(12, LEAST_STILL_SHARE * blob.area):
        return Outline(-1.0, nothing, box)
    inner = cv2.bitwise_and(part, cv2.bitwise_not(cv2.erode(part, BAND)))
    outer = cv2.bitwise_and(cv2.dilate(part, BAND), cv2.bitwise_not(part))
    rim = cv2.bitwise_and(cv2.dilate(outer, NEIGHBOURS), still) > 0
    if not rim.any():
        return Outline(-1.0, nothing, box)
    seen = _contrast_across(picture[box], inner, outer)
    known = _contrast_across(plate[box], inner, outer)
    alike = seen < 0.5 * noise[box].astype(np.float32)
    uncovered = (rim & alike & (known > 1.5 * seen + 6.0)).astype(np.uint8)
    return Outline(
        float(np.mean(seen[rim] > known[rim])),
        (cv2.dilate(uncovered, BAND) > 0) & (still > 0),
        box,
    )


def _with_margin(blob: Blob, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Mask]:
    """The blob's box grown by the band on which its outline is judged, and its mask therein."""
    x0, y0, x1, y1 = blob.box
    left, top = max(0, x0 - 3), max(0, y0 - 3)
    right, bottom = min(shape[1], x1 + 3), min(shape[0], y1 + 3)
    part = np.zeros((bottom - top, right - left), np.uint8)
    part[y0 - top : y1 - top, x0 - left : x1 - left] = blob.mask
    return (slice(top, bottom), slice(left, right)), part


def _contrast_across(image: Image, inner: Mask, outer: Mask) -> Plane:
    """Largest difference in colour between both sides of an outline nearby, float32 [h, w]."""
    sides = []
    for band in (inner, outer):
        weight = (band > 0).astype(np.float32)
        mass = cv2.blur(weight, NEARBY) + 1e-3
        sides.append(cv2.blur(image * weight[..., None], NEARBY) / mass[..., None])
    contrast: Plane = np.abs(sides[0] - sides[1]).max(axis=2)
    return contrast
