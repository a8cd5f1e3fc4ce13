"""Floor and walls of the simulated cell as pictures: concrete, painted lines, signs, worn places.

Knows nothing of the renderer. What light from the lamps and dirt in the corners do to a surface is
painted on it, because that costs nothing per frame.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim import floor_plan as plan

Surface = NDArray[np.float32]
"""float32 [h, w, 3], RGB, 0..1, row 0 is the far or upper edge."""
Colour = tuple[float, float, float]

FLOOR_PIXELS = 1536
WALL_PIXELS_PER_M = 96
YELLOW: Colour = (0.93, 0.72, 0.08)
BLACK: Colour = (0.07, 0.07, 0.08)


def floor(rng: np.random.Generator, tint: Colour) -> Surface:
    """The floor seen from above: x to the right, y upwards, all of the room."""
    size = FLOOR_PIXELS
    surface: Surface = np.ones((size, size, 3), np.float32) * _rgb(tint)
    surface *= (1.0 + 0.10 * _clouds(rng, size, size, 5) + 0.05 * _clouds(rng, size, size, 40))[
        ..., None
    ]
    surface *= (1.0 + 0.03 * _clouds(rng, size, size, size // 2))[..., None]
    _tiles(surface)
    inside = _floor_rectangle(plan.ZONE_X0, plan.ZONE_Y0, plan.ZONE_X1, plan.ZONE_Y1)
    surface[inside] = surface[inside] * 0.72 + _rgb((0.62, 0.30, 0.22)) * 0.22
    _striped_line(surface)
    _lanes(surface)
    _oil(surface, rng)
    surface *= _lamp_pools()[..., None]
    surface *= _dirt_under_things()[..., None]
    return np.clip(surface, 0, 1)


def wall(rng: np.random.Generator, *, width_m: float, height_m: float) -> Surface:
    """A wall seen from inside: dark below, light above, a yellow line between."""
    width, height = round(width_m * WALL_PIXELS_PER_M), round(height_m * WALL_PIXELS_PER_M)
    surface: Surface = np.empty((height, width, 3), np.float32)
    surface[:] = (0.70, 0.71, 0.68)
    dado = height - round(1.25 * WALL_PIXELS_PER_M)
    surface[dado:] = (0.30, 0.41, 0.46)
    surface[dado - 5 : dado + 3] = (0.86, 0.70, 0.16)
    surface *= (1.0 + 0.06 * _clouds(rng, height, width, 6))[..., None]
    surface *= (1.0 + 0.02 * _clouds(rng, height, width, 200))[..., None]
    for seam in range(0, width, round(1.5 * WALL_PIXELS_PER_M)):
        surface[:, seam : seam + 2] *= 0.86
    rows = np.arange(height, dtype=np.float32)[:, None, None] / height
    surface *= 1.08 - 0.30 * rows
    surface[-14:] *= np.linspace(1.0, 0.55, 14, dtype=np.float32)[:, None, None]
    return np.clip(surface, 0, 1)


def window() -> Surface:
    """Panes between bars, with the sky behind: 2 by 1."""
    bar: Colour = (0.30, 0.32, 0.34)
    surface: Surface = np.linspace(1.0, 0.84, 128, dtype=np.float32)[:, None, None] * np.ones(
        (1, 256, 1), np.float32
    )
    surface = surface * _rgb((0.84, 0.93, 1.0))
    for row in (0, 60, 121):
        surface[row : row + 7] = bar
    for column in (0, 61, 124, 186, 249):
        surface[:, column : column + 7] = bar
    return surface


def sign_of_duty(size: int = 128) -> Surface:
    """The round blue sign that says to wear a helmet (as ISO 7010 M014 looks from afar)."""
    sign = np.full((size, size, 3), 0.93, np.float32)
    half = size // 2
    cv2.circle(sign, (half, half), round(0.46 * size), (0.03, 0.28, 0.62), -1, cv2.LINE_AA)
    white = (0.95, 0.95, 0.95)
    brow = (half, round(0.50 * size))
    cv2.ellipse(sign, brow, (size // 4, round(0.24 * size)), 0, 180, 360, white, -1, cv2.LINE_AA)
    left, right = (size // 5, round(0.50 * size)), (size - size // 5, round(0.56 * size))
    cv2.rectangle(sign, left, right, white, -1)
    chin = (half, round(0.60 * size))
    cv2.ellipse(sign, chin, (size // 6, size // 5), 0, 0, 180, white, -1, cv2.LINE_AA)
    return sign


def png(surface: Surface) -> bytes:
    """The picture as a PNG file."""
    bgr = cv2.cvtColor(np.rint(surface * 255).astype(np.uint8), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def _rgb(colour: Colour) -> NDArray[np.float32]:
    return np.array(colour, np.float32)


def _clouds(rng: np.random.Generator, height: int, width: int, cells: int) -> NDArray[np.float32]:
    """Smooth noise with about `cells` bumps across: float32 [height, width], spread about 0.5."""
    coarse = rng.uniform(-1, 1, (max(2, cells * height // width), max(2, cells))).astype(np.float32)
    large = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.float32)


def _blurred(mask: NDArray[np.float32], spread: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), spread), np.float32)


def _column(x: float) -> int:
    return round((x + plan.ROOM_HALF) / (2 * plan.ROOM_HALF) * FLOOR_PIXELS)


def _row(y: float) -> int:
    return round((plan.ROOM_HALF - y) / (2 * plan.ROOM_HALF) * FLOOR_PIXELS)


def _floor_rectangle(x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
    return slice(_row(y1), _row(y0)), slice(_column(x0), _column(x1))


def _tiles(surface: Surface) -> None:
    step = 1.2
    for index in range(-5, 6):
        line = index * step
        surface[:, _column(line) - 1 : _column(line) + 1] *= 0.80
        surface[_row(line) - 1 : _row(line) + 1, :] *= 0.80


def _striped_line(surface: Surface) -> None:
    """Yellow and black, slanted, along the inside of the zone's edge."""
    width = plan.STRIPE_WIDTH
    x0, y0, x1, y1 = plan.ZONE_X0, plan.ZONE_Y0, plan.ZONE_X1, plan.ZONE_Y1
    rows, columns = np.indices(surface.shape[:2], dtype=np.int32)
    slanted = ((rows + columns) * (2 * plan.ROOM_HALF / FLOOR_PIXELS)) % 0.36 < 0.19
    edge = np.zeros(surface.shape[:2], np.bool_)
    edge[_floor_rectangle(x0, y0, x1, y1)] = True
    edge[_floor_rectangle(x0 + width, y0 + width, x1 - width, y1 - width)] = False
    worn = surface.mean(axis=2, keepdims=True) / 0.45
    painted = np.where(slanted[..., None], _rgb(YELLOW), _rgb(BLACK))
    surface[edge] = (painted * (0.75 + 0.25 * worn))[edge]


def _lanes(surface: Surface) -> None:
    """The white edges of the way for people, left of the zone and before it."""
    white = _rgb((0.80, 0.80, 0.76))
    for x in (-1.25, 0.05):
        surface[_floor_rectangle(x, -0.1, x + 0.07, 4.3)] = white
    surface[_floor_rectangle(0.05, -0.1, 6.0, -0.03)] = white
    surface[_floor_rectangle(-1.25, -1.4, 6.0, -1.33)] = white
    surface[_floor_rectangle(-1.25, -1.4, -1.18, -0.1)] = white


def _oil(surface: Surface, rng: np.random.Generator) -> None:
    mask = np.zeros(surface.shape[:2], np.float32)
    for _ in range(9):
        centre = (_column(rng.uniform(-1.5, 4.0)), _row(rng.uniform(-1.5, 3.0)))
        axes = (int(rng.integers(5, 28)), int(rng.integers(4, 18)))
        turn, depth = float(rng.uniform(0, 180)), float(rng.uniform(0.15, 0.5))
        cv2.ellipse(mask, centre, axes, turn, 0, 360, depth, -1)
    surface *= 1.0 - _blurred(mask, 6)[..., None]


def _lamp_pools() -> NDArray[np.float32]:
    rows, columns = np.indices((FLOOR_PIXELS, FLOOR_PIXELS), dtype=np.float32)
    scale = 2 * plan.ROOM_HALF / FLOOR_PIXELS
    x, y = columns * scale - plan.ROOM_HALF, plan.ROOM_HALF - rows * scale
    light = np.full(x.shape, 0.74, np.float32)
    for lamp_x, lamp_y in ((1.9, 1.5), (-0.6, 0.4), (1.2, -0.8), (3.6, 0.2)):
        light += 0.30 * np.exp(-((x - lamp_x) ** 2 + (y - lamp_y) ** 2) / 1.9)
    return np.asarray(light, np.float32)


def _dirt_under_things() -> NDArray[np.float32]:
    mask = np.zeros((FLOOR_PIXELS, FLOOR_PIXELS), np.float32)
    half_x, half_y = plan.PRESS_WIDTH / 2 + 0.05, plan.PRESS_DEPTH / 2 + 0.05
    for x0, y0, x1, y1 in (
        (plan.PRESS_X - half_x, plan.PRESS_Y - half_y, plan.PRESS_X + half_x, plan.BACK_WALL_Y),
        (-6.0, plan.BACK_WALL_Y - 0.05, 6.0, 6.0),
        (plan.RIGHT_WALL_X - 0.05, -6.0, 6.0, 6.0),
        (plan.COLUMN_X - 0.3, plan.COLUMN_Y - 0.3, plan.COLUMN_X + 0.3, plan.COLUMN_Y + 0.3),
    ):
        mask[_floor_rectangle(x0, y0, x1, y1)] = 1.0
    return np.asarray(1.0 - 0.55 * _blurred(mask, 16), np.float32)
