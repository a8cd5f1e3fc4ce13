"""What smoke there is: its colour, how thick it is, which way the draught carries it.

And the sprites that it is drawn with: soft, ragged clouds, lit from above. Knows nothing of
pictures, places and times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.split import Band, Pool, Split

SPRITES = 8
SPRITE_PIXELS = 64
SMOKE_COLOUR = Pool(
    train=((0.93, 0.93, 0.92), (0.66, 0.66, 0.66), (0.52, 0.42, 0.30), (0.13, 0.13, 0.14)),
    held_out=((0.86, 0.84, 0.74), (0.54, 0.58, 0.64), (0.33, 0.27, 0.23), (0.22, 0.21, 0.25)),
)
"""White, grey, brown and black; and yellowish, bluish, dark brown and sooty."""
DENSITY = Band(train=((0.55, 0.85), (1.1, 1.5)), held_out=((0.85, 1.1), (1.5, 1.8)))
"""Relative optical thickness at the same strength."""
DRAUGHT = Band(train=((0.05, 0.18), (0.28, 0.40)), held_out=((0.18, 0.28),))
"""Speed of the air across the hall, m/s."""
RISE = Band(train=((0.8, 1.05), (1.25, 1.5)), held_out=((1.05, 1.25),))
"""Speed of the smoke at the foot, m/s."""
SPREAD = Band(train=((0.14, 0.19), (0.23, 0.28)), held_out=((0.19, 0.23),))
"""How a puff's radius grows, m/s."""
FLAME_HEIGHT = Band(train=((0.35, 0.50), (0.60, 0.75)), held_out=((0.50, 0.60),))
"""Of a flame at the foot, m."""
FLAME_FROM = 0.7
"""No flame where the event's strength is not above this."""


@dataclass(frozen=True, slots=True)
class SmokeLook:
    """colour: RGB 0..1 in good light. draught: m/s along x and y. flame: its height, m; 0: none."""

    colour: tuple[float, float, float]
    density: float
    draught: tuple[float, float]
    rise: float
    spread: float
    flame: float


def smoke_look(rng: np.random.Generator, looks: Split, *, strength: float) -> SmokeLook:
    """One look; stronger smoke more often has a flame."""
    speed, way = DRAUGHT.draw(rng, looks), rng.uniform(0, 2 * math.pi)
    flame = FLAME_HEIGHT.draw(rng, looks)
    burns = rng.uniform() < 0.7 and strength > FLAME_FROM
    return SmokeLook(
        colour=SMOKE_COLOUR.draw(rng, looks),
        density=DENSITY.draw(rng, looks),
        draught=(speed * math.cos(way), speed * math.sin(way)),
        rise=RISE.draw(rng, looks),
        spread=SPREAD.draw(rng, looks),
        flame=flame if burns else 0.0,
    )


@lru_cache(maxsize=1)
def sprites() -> tuple[NDArray[np.float32], ...]:
    """The clouds, the same for all smoke: float32 [64, 64, 2], read-only.

    The channels: optical thickness, about 1 in the middle and 0 at the edge; and the same times how
    brightly it is lit, 0..1.
    """
    rng = np.random.default_rng(0x5A0CE)
    return tuple(_sprite(rng) for _ in range(SPRITES))


def clouds(rng: np.random.Generator, size: int, cells: tuple[int, ...]) -> NDArray[np.float32]:
    """Noise that goes on at the opposite edge: float32 [size, size], mean 0, spread 1.

    cells: bumps across, one number per size of bumps, each next about half as high.
    """
    total = np.zeros((size, size), np.float32)
    for octave, count in enumerate(cells):
        coarse = rng.uniform(-1, 1, (count, count)).astype(np.float32)
        wrapped = np.pad(coarse, 2, mode="wrap")
        pixels = round(size * (count + 4) / count)
        large = cv2.resize(wrapped, (pixels, pixels), interpolation=cv2.INTER_CUBIC)
        margin = round(size * 2 / count)
        total += large[margin : margin + size, margin : margin + size] * 0.55**octave
    total -= total.mean()
    return np.asarray(total / total.std(), np.float32)


def _sprite(rng: np.random.Generator) -> NDArray[np.float32]:
    size = SPRITE_PIXELS
    rows, columns = (np.mgrid[:size, :size] + 0.5) / (size / 2) - 1
    billows = clouds(rng, size, (4, 8, 16))
    # Bumps push the edge in and out, which makes it ragged; towards the frame all ends.
    radius = np.hypot(rows, columns)
    body = np.clip((0.85 + 0.16 * billows - radius) / 0.55, 0, 1)
    thick = body**1.3 * np.clip(0.75 + 0.45 * billows, 0.1, 2) * np.clip((0.94 - radius) * 6, 0, 1)
    thick = cv2.GaussianBlur(thick.astype(np.float32), (0, 0), 1.2)
    # Light comes from above: what has more smoke below it than above is lit.
    slope = cv2.GaussianBlur(thick, (0, 0), 2.0)
    slope = np.roll(slope, -4, axis=0) - np.roll(slope, 4, axis=0)
    lit = np.clip(0.5 + 0.9 * slope - 0.12 * rows, 0, 1)
    sprite = np.stack([thick, thick * lit], axis=2).astype(np.float32)
    sprite.flags.writeable = False
    return sprite
