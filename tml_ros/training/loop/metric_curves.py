"""A run's figures as a picture: losses, examinations, speed, over its steps.

Reads what a run has written, while it goes on or after; knows nothing of what figures mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.training.loop.run_folder import RunError, open_run, read_metrics

CURVES = "curves.png"
WIDTH, HEIGHT, COLUMNS = 420, 220, 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 30, 24
_MOST_POINTS = 400
_LINE, _POINT, _GRID, _INK = (180, 90, 30), (60, 60, 200), (225, 225, 225), (60, 60, 60)
_FONT = cv2.FONT_HERSHEY_SIMPLEX

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Steps and values, as many of each."""


def draw_run(folder: Path) -> Path:
    """Draw RUN/curves.png; its path. Raises RunError where there is nothing yet, OSError."""
    open_run(folder)
    curves = curves_of(read_metrics(folder))
    if not curves:
        raise RunError(f"{folder} has made no step yet")
    panels = [_panel(name, curve) for name, curve in curves.items()]
    panels += [np.full_like(panels[0], 255)] * (-len(panels) % COLUMNS)
    rows = [np.hstack(panels[at : at + COLUMNS]) for at in range(0, len(panels), COLUMNS)]
    place = folder / CURVES
    if not cv2.imwrite(str(place), np.vstack(rows)):
        raise OSError(f"{place} cannot be written")
    return place


def curves_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Curve]:
    """Loss, losses, learning rate, gradient and turns per second, then examined figures, by name.

    What is always 0, or is no number, is left out.
    """
    points: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in rows:
        step = int(row["step"]) + 1
        if row["kind"] == "step":
            figures = {"loss": row["loss"], **row["losses"], "learning rate": row["rate"]}
            figures |= {"gradient": row["gradient"]}
            figures |= {"turns per second": row["turns"] / max(row["seconds"], 1e-6)}
        else:
            figures = {f"{row['kind']}: {name}": value for name, value in row["figures"].items()}
        for name, value in figures.items():
            if value is not None:
                points[name].append((step, float(value)))
    curves = {}
    for name, found in points.items():
        steps, values = np.array(found, np.float64).T
        if values.any():
            curves[name] = steps, values
    return curves


def thinned(curve: Curve) -> Curve:
    """At most `_MOST_POINTS` points, each the mean of as many neighbours."""
    steps, values = curve
    if len(steps) <= _MOST_POINTS:
        return curve
    groups = np.arange(len(steps)) * _MOST_POINTS // len(steps)
    counts = np.bincount(groups)
    return np.bincount(groups, steps) / counts, np.bincount(groups, values) / counts


def _panel(name: str, curve: Curve) -> NDArray[np.uint8]:
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    few = len(curve[0]) <= COLUMNS * 10
    steps, values = thinned(curve)
    low, high = float(values.min()), float(values.max())
    low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
    last = max(float(steps.max()), 1.0)
    across = _LEFT + steps / last * (WIDTH - _LEFT - _RIGHT)
    up = HEIGHT - _BOTTOM - (values - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)
    for share in (0.0, 0.5, 1.0):
        y = round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM))
        cv2.line(picture, (_LEFT, y), (WIDTH - _RIGHT, y), _GRID)
        _write(picture, f"{low + share * (high - low):.4g}", (4, y + 4))
    points = np.rint(np.stack((across, up), axis=1) * 16).astype(np.int32)
    cv2.polylines(picture, [points], False, _LINE, 1, cv2.LINE_AA, 4)
    if few:
        for x, y in points:
            cv2.circle(picture, (int(x), int(y)), 2 * 16, _POINT, -1, cv2.LINE_AA, 4)
    _write(picture, name, (_LEFT, 18), size=0.45)
    _write(picture, f"{int(last)} steps", (WIDTH - 90, HEIGHT - 8))
    _write(picture, f"{values[-1]:.4g}", (WIDTH - 70, 18))
    return picture


def _write(
    picture: NDArray[np.uint8], text: str, at: tuple[int, int], *, size: float = 0.36
) -> None:
    cv2.putText(picture, text, at, _FONT, size, _INK, 1, cv2.LINE_AA)
