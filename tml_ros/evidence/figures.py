"""Where in a picture somebody may be: around what is in doubt, with generous margins.

A figure of which only a part stands out from the background is to be covered whole, hence the
margins. Knows nothing of pixels' colours. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from tml_ros.safety.guards.background import Mask

LEAST_PIXELS = 5
"""Of a thing at the working size; less is noise."""
JOIN = (0.04, 0.09)
"""Parts nearer than this, as shares of width and height, are one figure."""
ASIDE, UPRIGHT = 0.15, 0.35
"""By how much of its height a figure grows to the sides, and up and down: where only a trunk
stands out, head and legs are as much again."""
LEAST_MARGIN = 0.015
"""Likewise, of the picture's width."""
HEADS = 0.4
"""The upper part of a grown figure in which the head of somebody upright is."""
BLOCKS = 12
"""In the height of a figure: a head is two of them high. Of the picture there are no more."""
SHOULDERS = 4
"""Blocks across who is cut off by the picture's edge: then only the width says how large they are.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Somebody, perhaps; at the working size.

    box: x0, y0, x1, y1, ends excluded. mask: uint8 [y1 - y0, x1 - x0], 255 where they may be.
    block: edge of the blocks that make them unrecognisable.
    """

    box: tuple[int, int, int, int]
    block: float
    mask: Mask = field(repr=False)


def find_figures(foreign: Mask) -> list[Figure]:
    """Figures in what is foreign, uint8 [h, w]."""
    rows, columns = foreign.shape
    join = (max(3, round(JOIN[0] * columns)) | 1, max(3, round(JOIN[1] * rows)) | 1)
    joined = cv2.morphologyEx(
        foreign, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, join)
    )
    count, parts, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [
        _grown((parts == number).astype(np.uint8) * np.uint8(255), (x, y, x + w, y + h))
        for number, (x, y, w, h, area) in enumerate(stats[:count].tolist())
        if number and area >= LEAST_PIXELS
    ]


def figure_in(box: tuple[float, float, float, float], shape: tuple[int, ...]) -> Figure | None:
    """Somebody in a box (x0, y0, x1, y1) of a picture [h, w]; None where it is outside."""
    rows, columns = shape[:2]
    x0, x1 = (int(np.clip(edge, 0, columns)) for edge in (np.floor(box[0]), np.ceil(box[2])))
    y0, y1 = (int(np.clip(edge, 0, rows)) for edge in (np.floor(box[1]), np.ceil(box[3])))
    if x1 <= x0 or y1 <= y0:
        return None
    mask = np.zeros((rows, columns), np.uint8)
    mask[y0:y1, x0:x1] = 255
    return _grown(mask, (x0, y0, x1, y1))


def heads_of(figure: Figure) -> Figure:
    """Where the heads are: the upper part of who is upright, all of what is not.

    Of several who hide each other, the upper part of each column.
    """
    x0, y0, x1, y1 = figure.box
    height = y1 - y0
    if height <= 1.2 * (x1 - x0):
        return figure
    reach = max(1, round(HEADS * height))
    top = figure.mask.argmax(axis=0)
    below = np.arange(height)[:, None] - top
    keep = (below < reach) | (np.arange(height)[:, None] < reach)
    return Figure(figure.box, figure.block, np.where(keep, figure.mask, 0).astype(np.uint8))


def _grown(mask: Mask, box: tuple[int, int, int, int]) -> Figure:
    """A figure with its margins, within the picture. mask: of the whole picture."""
    rows, columns = mask.shape
    x0, y0, x1, y1 = box
    # What is wider than high may be part of somebody, or somebody lying.
    size = max(y1 - y0, 0.5 * (x1 - x0))
    least = LEAST_MARGIN * columns
    aside, upright = (max(1, round(max(least, share * size))) for share in (ASIDE, UPRIGHT))
    left, top = max(0, x0 - aside), max(0, y0 - upright)
    right, bottom = min(columns, x1 + aside), min(rows, y1 + upright)
    reach = np.ones((2 * upright + 1, 2 * aside + 1), np.uint8)
    part = cv2.dilate(mask[top:bottom, left:right], reach)
    cut_off = x0 == 0 or y0 == 0 or x1 == columns or y1 == rows
    block = max(size / BLOCKS, (x1 - x0) / SHOULDERS if cut_off else 0.0)
    return Figure((left, top, right, bottom), min(block, rows / BLOCKS), part)
