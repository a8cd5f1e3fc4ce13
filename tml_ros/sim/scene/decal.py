"""A soft-edged patch on the floor or a wall: shadows, light that falls in, puddles.

Knows nothing of what it stands for. MuJoCo blends it with what is below it: it lies a few
millimetres above, casts no shadow where lamps cast none, and may not be larger than its picture
says, so that its edges stay clear. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.shapes import Colour, numbers

Mask = NDArray[np.float32]
"""float32 [h, w], 0..1, row 0 is at +y: how much of the patch there is."""
ABOVE = {"puddle": 0.003, "contact": 0.004, "shadow": 0.006, "light": 0.008}
"""How high it lies above the floor by what it is, m: which of two is seen above the other."""
SPREAD = 1.25
_DENSEST = 0.97
"""MuJoCo blends nothing that is quite opaque."""


@dataclass(frozen=True, slots=True)
class Decal:
    """Its assets and files, as a prop has them, and the name of its material."""

    assets: str
    files: Mapping[str, bytes]
    material: str

    def geom(
        self,
        half: tuple[float, float],
        *,
        strength: float = 1.0,
        at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> str:
        """The patch as a flat shape of so many metres about `at`, facing +z. strength: 0..1."""
        seen = min(strength, _DENSEST)
        return (
            f'<geom type="plane" pos="{numbers(at)}" size="{numbers((*half, 1.0))}" '
            f'material="{self.material}" '
            f'rgba="1 1 1 {seen:.3f}"/>'
        )


def decal(
    name: str, mask: Mask, colour: Colour | NDArray[np.float32], *, glows: bool = False
) -> Decal:
    """name: "<owner>/<part>". colour: one, or float32 [h, w, 3], RGB 0..1. glows: as bright as its
    colour, whatever the lamps.
    """
    picture = np.empty((*mask.shape, 4), np.float32)
    picture[..., :3] = np.asarray(colour, np.float32)[..., ::-1]
    picture[..., 3] = mask
    # Where a picture ends its other side begins.
    picture[[0, -1], :, 3] = 0.0
    picture[:, [0, -1], 3] = 0.0
    pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    file = f"{name.replace('/', '-')}.png"
    emission = 1 if glows else 0
    return Decal(
        assets=(
            f'<texture name="{name}" type="2d" nchannel="4" file="{file}"/>'
            f'<material name="{name}" texture="{name}" emission="{emission}" specular="0" '
            f'shininess="0" rgba="1 1 1 {_DENSEST}"/>'
        ),
        files={file: cv2.imencode(".png", pixels)[1].tobytes()},
        material=name,
    )


def dark_below(name: str) -> Decal:
    """What is dark of the floor below a thing and close around it; `SPREAD` times as large as the
    thing.
    """
    mask = soft_box(96, 64, margin=(1 - 1 / SPREAD) / 2, spread=5.0)
    return decal(name, mask, (0.02, 0.02, 0.02))


def soft_box(width: int, height: int, *, margin: float, spread: float) -> Mask:
    """A filled rectangle with soft edges. margin: clear on each side, as a share of it; spread: of
    the softness, pixels.
    """
    mask = np.zeros((height, width), np.float32)
    x, y = round(margin * width), round(margin * height)
    mask[y : height - y, x : width - x] = 1.0
    return blurred(mask, spread)


def blurred(mask: Mask, spread: float) -> Mask:
    """With soft edges. spread: pixels."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), spread), np.float32)
