"""The walls of a hall as pictures: plaster, sheet metal, panels, bricks or blocks, with a dado.

Knows nothing of the renderer. Pure.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scene.hall_looks import HallLook
from tml_ros.sim.scene.hall_noise import clouds, rgb

BRICK = (0.50, 0.16)
BLOCK = (0.80, 0.40)
"""Width and height, metres; larger than real ones, so that they can be seen from afar."""


def wall_texture(
    look: HallLook, rng: np.random.Generator, *, width_m: float, pixels_per_m: float
) -> NDArray[np.uint8]:
    """A wall seen from inside: uint8 [h, w, 3], RGB, row 0 under the ceiling."""
    width, height = round(width_m * pixels_per_m), round(look.height * pixels_per_m)
    up = (height - 0.5 - np.arange(height, dtype=np.float64)) / pixels_per_m
    along = (np.arange(width, dtype=np.float64) + 0.5) / pixels_per_m
    shade = 1.0 + 0.06 * clouds(rng, height, width, 7) + 0.04 * clouds(rng, height, width, 50)
    shade *= _structure(look, rng, up, along, 1.0 / pixels_per_m)
    shade *= (0.84 + 0.24 * up / look.height)[:, None]
    shade *= (1.0 - 0.4 * np.exp(-up / 0.12))[:, None]
    surface = np.empty((height, width, 3), np.float32)
    surface[:] = rgb(look.wall)
    surface[up < look.dado_height] = rgb(look.dado)
    if look.dado_height > 0.5:
        surface[abs(up - look.dado_height) < 0.05] = rgb(look.trim)
    surface *= shade[..., None]
    return np.asarray(np.clip(surface, 0, 1) * 255 + 0.5, np.uint8)


def _structure(
    look: HallLook,
    rng: np.random.Generator,
    up: NDArray[np.float64],
    along: NDArray[np.float64],
    pixel: float,
) -> NDArray[np.float64]:
    """How light each place of the surface is: float64 [h, w]."""
    if look.wall_kind == "corrugated":
        ribs = 0.90 + 0.14 * np.sin(2 * np.pi * along / 0.42)
        return np.broadcast_to(ribs, (len(up), len(along)))
    if look.wall_kind == "panels":
        seam = np.where(along % 2.4 < max(0.04, pixel), 0.72, 1.0)
        across = np.where(up % 1.9 < max(0.04, pixel), 0.82, 1.0)
        return across[:, None] * seam[None, :]
    if look.wall_kind in ("bricks", "blocks"):
        wide, high = BRICK if look.wall_kind == "bricks" else BLOCK
        row = (up / high).astype(int)
        place = along[None, :] / wide + 0.5 * (row % 2)[:, None]
        tone = rng.uniform(0.84, 1.10, (int(row.max()) + 1, int(place.max()) + 1))
        joint = (place % 1.0 < max(0.03, pixel) / wide) | (
            (up % high < max(0.025, pixel))[:, None] & np.ones_like(place, np.bool_)
        )
        return np.where(joint, 0.80, tone[row[:, None], place.astype(int)])
    return np.ones((len(up), len(along)))
