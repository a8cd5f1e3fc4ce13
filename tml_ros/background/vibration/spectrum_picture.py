"""A spectrum drawn with its lines marked and named: PNG bytes for people to look at.

Knows nothing of what the lines mean. Pure functions; any thread. OpenCV draws ASCII only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.encoded_picture import png_of

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 900, 500
MAIN: Final[Colour] = (255, 98, 98)
SIDE: Final[Colour] = (255, 176, 32)
OTHER: Final[Colour] = (132, 168, 205)
SHAFT: Final[Colour] = (96, 103, 114)
_PAPER: Final[Colour] = (24, 27, 33)
_INK: Final[Colour] = (238, 240, 243)
_FAINT: Final[Colour] = (146, 153, 164)
_GRID: Final[Colour] = (48, 53, 62)
_CURVE: Final[Colour] = (86, 196, 255)
_FLOOR: Final[Colour] = (120, 200, 120)
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 16, 118, 50
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_ROWS, _ROW = 3, 16
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A line to be marked. x: in units of the axis. label: "" for a line without a name."""

    x: float
    label: str
    colour: Colour = MAIN
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes are called, and where they end; x from 0 to `right`, y from 0 to `top`."""

    x: str
    y: str
    right: float
    top: float


def draw_spectrum(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    title: str,
    note: str,
    axes: Axes,
    marks: Sequence[Mark] = (),
    floor: NDArray[np.float64] | None = None,
) -> bytes:
    """A picture of 900x500: the curve, dashed lines at the marks with their names above them.

    x, y, floor: float64 [n], x ascending from about 0. Names that would lie on each other take
    another row; where all rows are taken, the line stands without a name.
    """
    canvas: Picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    canvas[:] = _PAPER
    _grid(canvas, axes)
    inside = [mark for mark in marks if 0 <= mark.x <= axes.right]
    for mark in inside:
        _dashes(canvas, _column(mark.x, axes), mark)
    if floor is not None:
        _curve(canvas, x, floor, axes, _FLOOR)
    _curve(canvas, x, y, axes, _CURVE)
    _names(canvas, inside, axes)
    _text(canvas, title, (14, 26), 0.58, _INK, fit=WIDTH - 28)
    _text(canvas, note, (14, 48), 0.45, _FAINT, fit=WIDTH - 28)
    return png_of(canvas).tobytes()


def round_top(highest: float) -> float:
    """A round number a little above `highest`, for the end of an axis."""
    if not highest > 0:
        return 1.0
    scale = 10.0 ** math.floor(math.log10(highest * 1.08))
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return scale * next(step for step in steps if step * scale >= highest * 1.08 or step == 10)


def _column(x: float, axes: Axes) -> int:
    return round(_LEFT + x / axes.right * (WIDTH - _LEFT - _RIGHT))


def _row(y: float, axes: Axes) -> float:
    return HEIGHT - _BOTTOM - min(1.0, max(0.0, y / axes.top)) * (HEIGHT - _TOP - _BOTTOM)


def _grid(canvas: Picture, axes: Axes) -> None:
    base = HEIGHT - _BOTTOM
    for tick in _ticks(axes.right, 10):
        at = _column(tick, axes)
        cv2.line(canvas, (at, _TOP), (at, base), _GRID, 1)
        _text(canvas, f"{tick:g}", (at, base + 17), 0.42, _FAINT, centred=True)
    for tick in _ticks(axes.top, 5):
        at = round(_row(tick, axes))
        cv2.line(canvas, (_LEFT, at), (WIDTH - _RIGHT, at), _GRID, 1)
        word = f"{tick:g}"
        wide = cv2.getTextSize(word, _FONT, 0.42, 1)[0][0]
        _text(canvas, word, (_LEFT - 7 - wide, at + 5), 0.42, _FAINT)
    cv2.rectangle(canvas, (_LEFT, _TOP), (WIDTH - _RIGHT, base), _FAINT, 1)
    _text(canvas, axes.x, ((_LEFT + WIDTH - _RIGHT) // 2, HEIGHT - 12), 0.46, _INK, centred=True)
    _text(canvas, axes.y, (14, _TOP - 6 - _ROWS * _ROW), 0.42, _FAINT)


def _ticks(end: float, wanted: int) -> list[float]:
    rough = end / wanted
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(scale * s for s in (1, 2, 5, 10) if scale * s >= rough * 0.999)
    return [round(k * step, 12) for k in range(int(end / step + 1e-9) + 1)]


def _curve(
    canvas: Picture, x: NDArray[np.float64], y: NDArray[np.float64], axes: Axes, colour: Colour
) -> None:
    shown = x <= axes.right
    wide = WIDTH - _LEFT - _RIGHT
    columns = _LEFT + x[shown] / axes.right * wide
    tall = HEIGHT - _TOP - _BOTTOM
    rows = HEIGHT - _BOTTOM - np.clip(y[shown] / axes.top, 0, 1) * tall
    points = np.rint(np.stack([columns, rows], axis=1) * (1 << _SHIFT)).astype(np.int32)
    cv2.polylines(canvas, [points[:, None]], False, colour, 1, cv2.LINE_AA, _SHIFT)


def _dashes(canvas: Picture, column: int, mark: Mark) -> None:
    dash, gap = (6, 3) if mark.strong else (2, 5)
    for top in range(_TOP, HEIGHT - _BOTTOM, dash + gap):
        end = min(top + dash, HEIGHT - _BOTTOM)
        cv2.line(canvas, (column, top), (column, end), mark.colour, 1)


def _names(canvas: Picture, marks: Sequence[Mark], axes: Axes) -> None:
    """Names above the plot; strong ones find their place first."""
    taken: list[list[tuple[int, int]]] = [[] for _ in range(_ROWS)]
    for mark in sorted(marks, key=lambda mark: not mark.strong):
        if not mark.label:
            continue
        scale = 0.44 if mark.strong else 0.38
        wide = cv2.getTextSize(mark.label, _FONT, scale, 1)[0][0]
        middle = min(max(_column(mark.x, axes), 4 + wide // 2), WIDTH - 4 - wide // 2)
        span = (middle - wide // 2 - 4, middle + wide // 2 + 4)
        for row, spans in enumerate(taken):
            if all(span[1] < start or end < span[0] for start, end in spans):
                spans.append(span)
                at = (middle, _TOP - 6 - row * _ROW)
                _text(canvas, mark.label, at, scale, mark.colour, centred=True)
                break


def _text(
    canvas: Picture,
    words: str,
    at: tuple[int, int],
    scale: float,
    colour: Colour,
    *,
    centred: bool = False,
    fit: int = 0,
) -> None:
    plain = words.encode("ascii", "replace").decode()
    wide = cv2.getTextSize(plain, _FONT, scale, 1)[0][0]
    if fit and wide > fit:
        scale *= fit / wide
    place = (at[0] - wide // 2, at[1]) if centred else at
    cv2.putText(canvas, plain, place, _FONT, scale, colour, 1, cv2.LINE_AA)
