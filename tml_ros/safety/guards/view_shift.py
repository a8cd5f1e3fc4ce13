"""Measure how a camera's picture lies over an earlier one: shift, rotation and zoom.

The picture is made small and freed of its lighting, then cut into overlapping square blocks. Each
block is matched by phase correlation (Kuglin and Hines 1975), low-passed against noise; the blocks
that match vote for one similarity transform. Something that was not in the earlier picture does
not match at all, so a person or a vehicle moves no votes.

Pure functions of pictures: no time, no state, no alarms.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

PLANE_PIXELS = 160 * 120
BLOCK = 64
STRIDE = 32
MAX_SHIFT = 24
"""Pixels of the small picture within which a block is looked for."""
MATCH = 0.27
"""Height of the correlation peak, 1 for a perfect match, above which a block counts as found. The
highest of 750 peaks between blocks of pure noise, strong enough to have a phase, was 0.23."""
STILL_ADVANTAGE = 0.75
"""A repeating pattern matches in several places: no shift wins if nearly as good as the best."""
PASS_BAND = 0.2
"""Cycles per pixel at which the low-pass has fallen to 1/e."""
WEAK = 10.0
"""Power below which a block's spectrum is too weak to have a phase."""
INLIER_PIXELS = 1.0
MIN_FOR_ROTATION = 4

Spectra = NDArray[np.complex64]


@dataclass(frozen=True, slots=True)
class BlockShifts:
    """Where each block of a picture was found in another.

    centres: float32 [n, 2], (x, y) in pixels of the small picture, size its (width, height).
    shifts: float32 [n, 2], pixels. found: bool [n].
    """

    size: tuple[int, int]
    centres: NDArray[np.float32]
    shifts: NDArray[np.float32]
    found: NDArray[np.bool_]


def block_spectra(grey: NDArray[np.uint8]) -> tuple[Spectra, tuple[int, int]]:
    """Spectra complex64 [n, BLOCK, BLOCK // 2 + 1] of a picture's blocks, and the small size.

    grey: uint8 [h, w]. The answer is linear in the freed picture, so spectra may be averaged.
    """
    height, width = grey.shape
    scale = (PLANE_PIXELS / (height * width)) ** 0.5
    size = (max(BLOCK, round(width * scale)), max(BLOCK, round(height * scale)))
    shrinks = size[0] <= width and size[1] <= height
    small = cv2.resize(
        grey, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    ).astype(np.float32)
    local = small - cv2.blur(small, (15, 15))
    spread = np.sqrt(cv2.blur(local * local, (15, 15)))
    freed = local / (spread + 4.0)
    corners = _corners(size)
    blocks = np.stack([freed[y : y + BLOCK, x : x + BLOCK] for x, y in corners])
    return fft.rfft2(blocks * _WINDOW).astype(np.complex64, copy=False), size


def match_blocks(now: Spectra, before: Spectra, size: tuple[int, int]) -> BlockShifts:
    """Find each block of `before` in the same place's surroundings `now`."""
    cross = now * np.conj(before)
    cross *= _PASS / (np.abs(cross) + WEAK)
    peaks = fft.fftshift(fft.irfft2(cross, s=(BLOCK, BLOCK)), axes=(1, 2)) / _PEAK
    middle = BLOCK // 2
    near = slice(middle - MAX_SHIFT, middle + MAX_SHIFT + 1)
    count = len(peaks)
    best = peaks[:, near, near].reshape(count, -1).argmax(axis=1)
    rows, columns = np.divmod(best, 2 * MAX_SHIFT + 1)
    rows, columns = rows + middle - MAX_SHIFT, columns + middle - MAX_SHIFT
    each = np.arange(count)
    still = peaks[:, middle - 1 : middle + 2, middle - 1 : middle + 2].reshape(count, -1)
    is_still = still.max(axis=1) >= STILL_ADVANTAGE * peaks[each, rows, columns]
    still_rows, still_columns = np.divmod(still.argmax(axis=1), 3)
    rows = np.where(is_still, still_rows + middle - 1, rows)
    columns = np.where(is_still, still_columns + middle - 1, columns)
    heights = peaks[each, rows, columns]
    fine_rows = rows + _vertex(
        peaks[each, rows - 1, columns], heights, peaks[each, rows + 1, columns]
    )
    fine_columns = columns + _vertex(
        peaks[each, rows, columns - 1], heights, peaks[each, rows, columns + 1]
    )
    shifts = np.stack([fine_columns - middle, fine_rows - middle], axis=1).astype(np.float32)
    centres = np.asarray(_corners(size), np.float32) + BLOCK / 2
    return BlockShifts(size, centres, shifts, heights >= MATCH)


@dataclass(frozen=True, slots=True)
class ViewShift:
    """What most blocks agree on.

    agreeing: bool [n], the blocks that follow one similarity transform.
    displacement: how far it carries the picture's corner that it carries farthest, as a fraction
        of the picture's width.
    """

    agreeing: NDArray[np.bool_]
    displacement: float


def fit_view(blocks: BlockShifts, usable: NDArray[np.bool_]) -> ViewShift:
    """The similarity transform that most usable, found blocks agree on; without a dice.

    Points are complex numbers, so that rotation, zoom and shift are `a * point + b`. Every pair of
    blocks proposes one; the one that most blocks follow is fitted to all of them, or their mean
    shift taken where they are too few to fix a rotation.
    """
    voters = np.flatnonzero(usable & blocks.found)
    agreeing = np.zeros(len(usable), np.bool_)
    if len(voters) < 2:
        return ViewShift(agreeing, 0.0)
    before = _complex(blocks.centres[voters])
    after = before + _complex(blocks.shifts[voters])
    first, second = np.triu_indices(len(voters), 1)
    turn = (after[first] - after[second]) / (before[first] - before[second])
    offset = after[first] - turn * before[first]
    misses = np.abs(turn[:, None] * before + offset[:, None] - after)
    followers = misses < INLIER_PIXELS
    winner = followers[followers.sum(axis=1).argmax()]
    agreeing[voters[winner]] = True
    if winner.sum() < MIN_FOR_ROTATION:
        a, b = 1.0, (after - before)[winner].mean()
    else:
        design = np.stack([before[winner], np.ones(winner.sum())], axis=1)
        (a, b), *_ = np.linalg.lstsq(design, after[winner], rcond=None)
    width, height = blocks.size
    corners = np.array([0, width, 1j * height, width + 1j * height])
    return ViewShift(agreeing, float(np.abs(a * corners + b - corners).max() / width))


def _complex(points: NDArray[np.float32]) -> NDArray[np.complex128]:
    return points[:, 0] + 1j * points[:, 1].astype(np.float64)


def _corners(size: tuple[int, int]) -> list[tuple[int, int]]:
    """Top left corners of the blocks, evenly over the small picture."""
    columns, rows = (
        np.linspace(0, side - BLOCK, 1 + -(-(side - BLOCK) // STRIDE)).round().astype(int)
        for side in size
    )
    return [(int(x), int(y)) for y in rows for x in columns]


def _vertex(
    left: NDArray[np.float32], middle: NDArray[np.float32], right: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Where the parabola through three neighbours peaks, -0.5..0.5 from the middle one."""
    bend = left - 2 * middle + right
    vertex = 0.5 * (left - right) / np.where(bend < -1e-9, bend, -1e9)
    return np.clip(vertex, -0.5, 0.5).astype(np.float32)


def _low_pass() -> NDArray[np.float32]:
    rows = np.fft.fftfreq(BLOCK)[:, None]
    columns = np.fft.rfftfreq(BLOCK)[None, :]
    passes = np.exp(-(rows**2 + columns**2) / PASS_BAND**2)
    passes[0, 0] = 0.0
    return passes.astype(np.float32)


_WINDOW = np.outer(np.hanning(BLOCK), np.hanning(BLOCK)).astype(np.float32)
_PASS = _low_pass()
_PEAK = float(fft.irfft2(_PASS, s=(BLOCK, BLOCK))[0, 0])
