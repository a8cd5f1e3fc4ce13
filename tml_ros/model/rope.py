"""Rotary positions (Su et al. 2021, RoFormer) that never drift, however old a session is.

A position is an integer: 32 to a turn, so that a turn's place in time and a token's place in its
turn are one number. Each frequency is rounded to a whole number of circles in `PERIOD` positions.
The angle therefore repeats exactly after 1.8 h: it is computed from an integer below `PERIOD`, and
a difference of positions means the same after 200,000 turns as after one.

Half of a head's width is rotated. What is pinned (sinks, instructions) keeps only the half that is
not, and so looks the same from any distance. Pure; any thread.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

PLACES = 32
"""Positions of one turn."""
PERIOD = 1 << 20
"""Positions after which all angles repeat: 32,768 turns."""

PATCH_PLACE = 8
"""Of all patches, after the 8 of sound; where they lie in the picture is in their embedding."""
BOUNDARY_PLACE = 9
TEXT_PLACE = 10
"""Of the first token of text that came in; those beyond 16 share the last place."""
ACT_PLACE = 26
OWN_TEXT_PLACE = 27
"""Of the first token of text that was said in the turn; those beyond 5 share the last place."""


class RotaryAngles:
    """The angles of a head of `head_width`; half of it rotates, in pairs."""

    def __init__(self, head_width: int, base: float) -> None:
        """Round the usual frequencies, base^(-i/n) radians per position, to whole circles."""
        pairs = head_width // 4
        usual = base ** (-np.arange(pairs) / pairs)
        circles = np.rint(usual * PERIOD / (2 * np.pi)).astype(np.int64)
        self._circles = np.maximum(circles, 1)

    def __call__(self, positions: NDArray[np.int64]) -> tuple[NDArray[np.float32], ...]:
        """Cosine and sine of each position: two float32 [*positions.shape, head_width / 4]."""
        turned = (positions[..., None] % PERIOD) * self._circles % PERIOD
        angles = turned * (2 * np.pi / PERIOD)
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def rotate(heads: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the first half of each head.

    heads: [b, n, heads, head_width]. cos, sin: [b, n, 1, head_width / 4] in the dtype of `heads`.
    """
    pairs = cos.shape[-1]
    left, right, still = heads.split((pairs, pairs, heads.shape[-1] - 2 * pairs), dim=-1)
    return torch.cat((left * cos - right * sin, right * cos + left * sin, still), dim=-1)
