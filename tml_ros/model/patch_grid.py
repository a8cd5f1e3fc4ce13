"""A picture as a grid of patches: cutting patches out, and telling by how much they have changed.

Patches are numbered row by row. Pure functions of NumPy arrays; any thread.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import PATCH

BLOCK = 8
"""Pixels along the side of the blocks by which change is judged: their mean hardly has noise."""
_ACROSS = PATCH // BLOCK

_Type = TypeVar("_Type", bound=np.generic)


def cut(picture: NDArray[_Type], chosen: NDArray[np.int64]) -> NDArray[_Type]:
    """The chosen patches: [p, 40, 40, channels], of a picture [rows * 40, columns * 40, channels].

    A copy. Raises IndexError where there is no such patch.
    """
    return _cells(picture, PATCH)[_at(picture, PATCH, chosen)]


def centres(columns: int, rows: int) -> NDArray[np.float32]:
    """Where the patches of a grid have their middle: float32 [n, 2], x and y, 0..1."""
    down, across = np.divmod(np.arange(rows * columns), columns)
    middles = np.stack([(across + 0.5) / columns, (down + 0.5) / rows], axis=1)
    return middles.astype(np.float32)


def block_means(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mean of each 8x8 block to the nearest level: uint8 [height / 8, width / 8, 3]."""
    size = picture.shape[1] // BLOCK, picture.shape[0] // BLOCK
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def largest_change(means: NDArray[np.uint8], before: NDArray[np.uint8]) -> NDArray[np.float32]:
    """By how many levels the block of each patch that changed most did: float32 [n].

    The arguments are block means; of the colours the one that changed most counts.
    """
    change = _cells(np.asarray(cv2.absdiff(means, before)), _ACROSS)
    largest: NDArray[np.uint8] = change.max(axis=(1, 3, 4))
    return largest.ravel().astype(np.float32)


def put_blocks(
    means: NDArray[np.uint8], chosen: NDArray[np.int64], into: NDArray[np.uint8]
) -> None:
    """Copy the block means of the chosen patches into others of the same picture."""
    at = _at(means, _ACROSS, chosen)
    _cells(into, _ACROSS)[at] = _cells(means, _ACROSS)[at]


def _cells(picture: NDArray[_Type], side: int) -> NDArray[_Type]:
    """A view [rows, side, columns, side, channels]."""
    height, width, channels = picture.shape
    return picture.reshape(height // side, side, width // side, side, channels)


def _at(
    picture: NDArray[_Type], side: int, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], slice, NDArray[np.int64]]:
    down, across = np.divmod(chosen, picture.shape[1] // side)
    return down, slice(None), across
