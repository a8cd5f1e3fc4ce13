"""A small flame at the foot of smoke: tongues that flicker, and their glow on what is near.

Drawn into a picture that is there already, hidden by what stands before it. A function of the time.
Knows nothing of the smoke. Pure after it is made.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import EventPart
from tml_ros.sim.scene.smoke_looks import SmokeLook, clouds

CATCHES = 1.0
"""It burns so long after the smoke began, s."""
TONGUES = 3
_BILLOWS = 64


class Flame:
    """The flame of one event. rng: its own."""

    def __init__(self, event: EventPart, look: SmokeLook, rng: np.random.Generator) -> None:
        """Draw the tongues."""
        if event.place is None:
            raise ValueError("a flame has a place")
        self._foot = np.array((*event.place, 0.02))
        self._height = look.flame
        self._burns = (event.at + CATCHES, event.at + event.lasts)
        self._aside = np.linspace(-0.34, 0.34, TONGUES) + rng.uniform(-0.12, 0.12, TONGUES)
        self._tall = rng.permutation([1.0, 0.8, 0.6])
        self._speeds = rng.uniform(5.0, 16.0, (TONGUES, 2))
        self._phases = rng.uniform(0, 2 * math.pi, (TONGUES, 2))
        self._billows = clouds(rng, _BILLOWS, (4, 9))

    def burn(
        self, rgb: NDArray[np.uint8], depth: NDArray[np.float32], view: CameraView, time_s: float
    ) -> None:
        """Draw it into the picture, uint8 [h, w, 3], in place. depth: float32 [h, w], m."""
        if not self._burns[0] <= time_s < self._burns[1]:
            return
        distance = float((self._foot - view.position) @ -view.axes()[2])
        if distance < 0.3:
            return
        focal = 0.5 * view.height / math.tan(math.radians(view.fovy_deg) / 2)
        tall = self._height * min(1.0, 0.4 + 0.6 * (time_s - self._burns[0]) / 2)
        high = focal * tall / distance
        x, y = (float(v) for v in view.project(self._foot[None])[0])
        beat = 1 + 0.15 * math.sin(11 * time_s + 1) * math.sin(4.3 * time_s)
        # What is as far away as the flame is lit by it, and little else.
        near = np.exp(-(((depth - distance) / (1.3 * tall)) ** 2))
        self._glow(rgb, near, (x, y - 0.2 * high), 2.4 * high, beat)
        self._tongues(rgb, depth > distance - 0.25, (x, y), high, time_s)

    def _glow(
        self,
        rgb: NDArray[np.uint8],
        near: NDArray[np.float32],
        middle: tuple[float, float],
        reach: float,
        beat: float,
    ) -> None:
        part = _part(rgb, middle, reach, reach)
        if part is None:
            return
        rows, columns = _pixels(part)
        far = ((columns - middle[0]) ** 2 + (rows - middle[1]) ** 2) / reach**2
        warm = (np.clip(1 - far, 0, 1) ** 2 * near[part] * beat)[..., None]
        lit = rgb[part] * (1 + warm * (0.45, 0.18, 0.0)) + warm * (26, 10, 0)
        rgb[part] = np.clip(lit, 0, 255).astype(np.uint8)

    def _tongues(
        self,
        rgb: NDArray[np.uint8],
        free: NDArray[np.bool_],
        foot: tuple[float, float],
        high: float,
        time_s: float,
    ) -> None:
        wide = 0.42 * high
        part = _part(rgb, (foot[0], foot[1] - 0.5 * high), 1.3 * wide, 0.75 * high)
        if part is None:
            return
        rows, columns = _pixels(part)
        up = (foot[1] - rows) / high
        aside = (columns - foot[0]) / wide
        billows = self._billows[
            ((rows / high + 1.6 * time_s) * 26).astype(np.int64) % _BILLOWS,
            ((aside + 5) * 12).astype(np.int64) % _BILLOWS,
        ]
        heat = np.zeros(np.broadcast_shapes(up.shape, aside.shape))
        for tongue in range(TONGUES):
            first, second = np.sin(self._speeds[tongue] * time_s + self._phases[tongue])
            height = up / (self._tall[tongue] * (0.85 + 0.22 * first))
            lean = self._aside[tongue] * (1 - 0.5 * height) + 0.22 * second * height**2
            # A drop: round at the foot, drawn out to a point that billows tear at.
            width = 0.75 * np.clip(height + 0.12, 0, 1) ** 0.5 * np.clip(1 - height, 0, 1) ** 1.1
            off = np.abs(aside - lean + 0.16 * billows * np.clip(height, 0, 1))
            heat = np.maximum(heat, (1 - off / (width + 1e-3)) * (width > 0.01))
        heat = np.clip(heat + 0.12 * billows, 0, 1) * (heat > 0) * free[part]
        hides = np.clip(heat * 3.2, 0, 1)[..., None]
        inner = np.clip(heat * 1.7 - 0.75 * np.clip(up, 0, 1), 0, 1)[..., None]
        fire = np.array((250, 92, 8)) + inner * np.array((5, 145, 95))
        rgb[part] = (rgb[part] * (1 - hides) + fire * hides).astype(np.uint8)


def _part(
    rgb: NDArray[np.uint8], middle: tuple[float, float], across: float, down: float
) -> tuple[slice, slice] | None:
    """The rows and columns of the picture that far around; None where there are none."""
    height, width = rgb.shape[:2]
    x0, x1 = max(0, math.floor(middle[0] - across)), min(width, math.ceil(middle[0] + across))
    y0, y1 = max(0, math.floor(middle[1] - down)), min(height, math.ceil(middle[1] + down))
    return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None


def _pixels(part: tuple[slice, slice]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows [h, 1] and columns [1, w] of the pixels' centres."""
    rows, columns = part
    return (
        np.arange(rows.start, rows.stop)[:, None] + 0.5,
        np.arange(columns.start, columns.stop)[None, :] + 0.5,
    )
