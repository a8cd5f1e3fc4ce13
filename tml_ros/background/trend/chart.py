"""A picture of a quantity over time: its line, what was found in it, and the limit. PNG by OpenCV.

Knows nothing of how anything was found; axes are chosen from what is to be shown. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.background.trend.even_series import DAY_NS, HOUR_NS, SECOND_NS, Floats

WIDTH, HEIGHT = 960, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 52, 46
_INK, _GREY, _FAINT = (50, 50, 50), (130, 130, 130), (228, 228, 228)
_BLUE, _PALE = (150, 90, 30), (214, 190, 165)
_ORANGE, _SAND, _RED = (20, 120, 235), (200, 226, 250), (50, 40, 200)
"""BGR."""
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_STEPS_S = (1, 5, 15, 60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A line with an interval about it. stamps_ns: int64 [m]; line, low, high: float64 [m]."""

    stamps_ns: NDArray[np.int64]
    line: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a moment, or from one to another."""

    stamp_ns: int
    text: str
    until_ns: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """What is drawn. raw: faint, behind `values`, which is what was judged.

    stamps_ns: int64 [n]; values: float64 [n], gaps as NaN; raw likewise or None. now_ns: from which
    time is counted, else the last stamp.
    """

    title: str
    unit: str
    stamps_ns: NDArray[np.int64]
    values: Floats
    raw: Floats | None = None
    limit: float | None = None
    limit_name: str = "limit"
    band: Band | None = None
    marks: Sequence[Mark] = field(default_factory=tuple)
    now_ns: int | None = None


def draw(plot: Plot) -> bytes:
    """PNG, 960 x 420."""
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    scale = _Scale(plot)
    _axes(picture, plot, scale)
    if plot.band is not None:
        _shade(picture, plot.band, scale)
    for mark in plot.marks:
        if mark.until_ns is not None:
            left, right = scale.across(np.array([mark.stamp_ns, mark.until_ns]))
            cv2.rectangle(picture, (left, _TOP), (right, HEIGHT - _BOTTOM), _SAND, -1)
    if plot.raw is not None:
        _trace(picture, scale, plot.stamps_ns, plot.raw, colour=_PALE, thickness=1)
    _trace(
        picture, scale, plot.stamps_ns, plot.values, colour=_BLUE, thickness=2 - (plot.raw is None)
    )
    if plot.band is not None:
        _trace(picture, scale, plot.band.stamps_ns, plot.band.line, colour=_ORANGE, thickness=2)
    if plot.limit is not None:
        (row,) = scale.up(np.array([plot.limit]))
        if _TOP <= row <= HEIGHT - _BOTTOM:
            cv2.line(picture, (_LEFT, row), (WIDTH - _RIGHT, row), _RED, 1, cv2.LINE_AA)
            _text(picture, plot.limit_name, (_LEFT + 6, row - 5), _RED)
    for number, mark in enumerate(plot.marks):
        _mark(picture, mark, scale, number)
    done, encoded = cv2.imencode(".png", picture)
    return encoded.tobytes() if done else b""


class _Scale:
    """From stamps and values to pixels."""

    def __init__(self, plot: Plot) -> None:
        stamps = [plot.stamps_ns[:1], plot.stamps_ns[-1:]]
        shown = [_most_of(plot.values)]
        if plot.raw is not None:
            shown.append(_most_of(plot.raw))
        if plot.band is not None:
            stamps.append(plot.band.stamps_ns)
            shown.append(plot.band.line)
        if plot.limit is not None:
            shown.append(np.array([plot.limit]))
        times = np.concatenate(stamps) if len(plot.stamps_ns) else np.zeros(1, np.int64)
        values = np.concatenate(shown)
        values = values[np.isfinite(values)]
        self.first, self.last = int(times.min()), int(times.max())
        self.last = max(self.last, self.first + SECOND_NS)
        newest = int(plot.stamps_ns[-1]) if len(plot.stamps_ns) else self.last
        self.now_ns = newest if plot.now_ns is None else plot.now_ns
        self.last = max(self.last, self.now_ns)
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        margin = 0.06 * (high - low) or abs(high) * 0.01 or 1.0
        self.low, self.high = low - margin, high + margin

    def across(self, stamps_ns: NDArray[np.int64]) -> list[int]:
        share = (stamps_ns - self.first) / (self.last - self.first)
        return [int(x) for x in np.clip(_LEFT + share * (WIDTH - _LEFT - _RIGHT), -9e3, 9e3)]

    def up(self, values: Floats) -> list[int]:
        share = (values - self.low) / (self.high - self.low)
        rows = HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)
        return [int(y) for y in np.clip(rows, _TOP - 1, HEIGHT - _BOTTOM + 1)]


def _most_of(values: Floats) -> Floats:
    """Without the rarest, which would flatten all else."""
    found = values[np.isfinite(values)]
    return np.quantile(found, [0.002, 0.998]) if len(found) else found


def _trace(
    picture: NDArray[np.uint8],
    scale: _Scale,
    stamps_ns: NDArray[np.int64],
    values: Floats,
    *,
    colour: tuple[int, int, int],
    thickness: int,
) -> None:
    finite = np.flatnonzero(np.isfinite(values))
    if not len(finite):
        return
    apart = np.diff(stamps_ns[finite])
    wide = 6 * int(np.median(apart)) if len(apart) else 0
    for piece in np.split(finite, np.flatnonzero(apart > wide) + 1):
        line = np.stack([scale.across(stamps_ns[piece]), scale.up(values[piece])], axis=1)
        cv2.polylines(picture, [line.astype(np.int32)], False, colour, thickness, cv2.LINE_AA)


def _shade(picture: NDArray[np.uint8], band: Band, scale: _Scale) -> None:
    across = scale.across(band.stamps_ns)
    upper = np.stack([across, scale.up(band.high)], axis=1)
    lower = np.stack([across, scale.up(band.low)], axis=1)[::-1]
    cv2.fillPoly(picture, [np.concatenate([upper, lower]).astype(np.int32)], _SAND)


def _mark(picture: NDArray[np.uint8], mark: Mark, scale: _Scale, number: int) -> None:
    (x,) = scale.across(np.array([mark.stamp_ns]))
    for y in range(_TOP, HEIGHT - _BOTTOM, 10):
        cv2.line(picture, (x, y), (x, y + 5), _ORANGE, 2)
    right = x > WIDTH - 260
    place = (x - 6 if right else x + 6, _TOP + 14 + 16 * (number % 4))
    _text(picture, mark.text, place, _INK, right=right)


def _axes(picture: NDArray[np.uint8], plot: Plot, scale: _Scale) -> None:
    _text(picture, plot.title, (14, 26), _INK, size=0.58)
    _text(picture, plot.unit or "-", (14, 46), _GREY)
    for tick in _round_values(scale.low, scale.high):
        (row,) = scale.up(np.array([tick]))
        cv2.line(picture, (_LEFT, row), (WIDTH - _RIGHT, row), _FAINT, 1)
        _text(picture, f"{tick:.6g}", (_LEFT - 6, row + 4), _GREY, right=True)
    step, unit_ns, name = _round_times(scale.last - scale.first)
    first = -((scale.now_ns - scale.first) // step)
    for number in range(first, (scale.last - scale.now_ns) // step + 1):
        (x,) = scale.across(np.array([scale.now_ns + number * step]))
        cv2.line(picture, (x, HEIGHT - _BOTTOM), (x, HEIGHT - _BOTTOM + 5), _GREY, 1)
        label = f"{number * step // unit_ns:+d} {name}" if number else "now"
        _text(picture, label, (x + 16, HEIGHT - _BOTTOM + 22), _GREY, right=True)
    cv2.rectangle(picture, (_LEFT, _TOP), (WIDTH - _RIGHT, HEIGHT - _BOTTOM), _GREY, 1)


def _round_values(low: float, high: float) -> Floats:
    rough = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    ticks: Floats = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return np.where(np.abs(ticks) < step / 2, 0.0, ticks)


def _round_times(span_ns: int) -> tuple[int, int, str]:
    """Between two ticks, and what they are counted in."""
    step_s = next((step for step in _STEPS_S if span_ns / SECOND_NS / step <= 8), None)
    step = step_s * SECOND_NS if step_s else -(-span_ns // 7 // DAY_NS) * DAY_NS
    for unit_ns, name in ((DAY_NS, "d"), (HOUR_NS, "h"), (60 * SECOND_NS, "min")):
        if step >= unit_ns:
            return step, unit_ns, name
    return step, SECOND_NS, "s"


def _text(
    picture: NDArray[np.uint8],
    text: str,
    place: tuple[int, int],
    colour: tuple[int, int, int],
    *,
    size: float = 0.45,
    right: bool = False,
) -> None:
    (width, _), _ = cv2.getTextSize(text, _FONT, size, 1)
    x = place[0] - width if right else place[0]
    cv2.putText(picture, text, (max(x, 2), place[1]), _FONT, size, colour, 1, cv2.LINE_AA)
