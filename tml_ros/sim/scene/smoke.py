"""Smoke in a picture that is already drawn: puffs before, between and behind what stands there.

Each puff is a soft sprite as large as it looks from the camera; where something stands in it or
before it, the picture's depths say so. Thicknesses add up, so that no order is needed. Answers
depend on scenario, view, picture and time alone. Any thread.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import EventKind, Scenario
from tml_ros.sim.scene.flame import Flame
from tml_ros.sim.scene.plume import Plume, Puffs
from tml_ros.sim.scene.smoke_looks import SmokeLook, smoke_look, sprites

Picture = NDArray[np.uint8]
Depths = NDArray[np.float32]
"""float32 [h, w], m along the camera's axis."""
NEAREST = 0.3
"""Puffs that are nearer to the camera are left out, m."""
USUAL_LIGHT = 0.42
"""Mean of a well lit picture, 0..1."""
_SEED = 0x50CE


class Smoke:
    """All smoke of a scenario, and the flames at its foot."""

    def __init__(self, scenario: Scenario) -> None:
        """Draw what each looks like."""
        self._plumes: list[tuple[SmokeLook, Plume, Flame | None]] = []
        for number, event in enumerate(scenario.events):
            if event.kind is not EventKind.SMOKE:
                continue
            rng = np.random.default_rng((scenario.seed, _SEED, number))
            look = smoke_look(rng, scenario.looks, strength=event.strength)
            plume = Plume(event, look, rng)
            self._plumes.append((look, plume, Flame(event, look, rng) if look.flame else None))

    def in_air(self, time_s: float) -> bool:
        """Whether there is any at that moment, seen or not."""
        return any(plume.puffs(time_s) is not None for _, plume, _ in self._plumes)

    def over(self, rgb: Picture, depth: Depths, view: CameraView, time_s: float) -> Picture:
        """The picture with its smoke: uint8 [h, w, 3]; the one given, where there is none.

        depth: of what the picture shows, float32 [h, w].
        """
        light = math.nan
        for look, plume, flame in self._plumes:
            puffs = plume.puffs(time_s)
            if puffs is None:
                continue
            if math.isnan(light):
                rgb, light = rgb.copy(), _light(rgb)
            _veil(rgb, _layer(puffs, depth, view), look.colour, light)
            if flame is not None:
                flame.burn(rgb, depth, view, time_s)
        return rgb

    def opacity(self, depth: Depths, view: CameraView, time_s: float) -> NDArray[np.float32]:
        """How much of what is behind is hidden by smoke, 0..1: float32 [h, w]."""
        total = np.zeros(depth.shape, np.float32)
        for _, plume, _ in self._plumes:
            puffs = plume.puffs(time_s)
            if puffs is not None:
                total += _layer(puffs, depth, view)[..., 0]
        return np.asarray(1 - np.exp(-total), np.float32)


def _layer(puffs: Puffs, depth: Depths, view: CameraView) -> NDArray[np.float32]:
    """Optical thickness, and the same times how it is lit: float32 [h, w, 2]."""
    layer = np.zeros((*depth.shape, 2), np.float32)
    away = (puffs.place - view.position) @ view.axes()[2]
    focal = 0.5 * view.height / math.tan(math.radians(view.fovy_deg) / 2)
    pixels = view.project(puffs.place)
    for index in np.flatnonzero(-away > NEAREST):
        distance, radius = -float(away[index]), float(puffs.radius[index])
        thickness = float(puffs.thickness[index])
        _stamp(
            layer,
            depth,
            sprites()[int(puffs.sprite[index])],
            middle=(float(pixels[index, 0]), float(pixels[index, 1])),
            half=max(1.0, focal * radius / distance),
            turn=float(puffs.turn[index]),
            thickness=thickness,
            reach=(distance - radius, distance + radius),
        )
    return layer


def _stamp(
    layer: NDArray[np.float32],
    depth: Depths,
    sprite: NDArray[np.float32],
    *,
    middle: tuple[float, float],
    half: float,
    turn: float,
    thickness: float,
    reach: tuple[float, float],
) -> None:
    """Add a puff. half: half its width, pixels. reach: from which depth to which it is, m."""
    height, width = depth.shape
    x0, x1 = max(0, math.floor(middle[0] - half)), min(width, math.ceil(middle[0] + half))
    y0, y1 = max(0, math.floor(middle[1] - half)), min(height, math.ceil(middle[1] + half))
    if x0 >= x1 or y0 >= y1:
        return
    # From the sprite's pixels to those of the part of the picture that it covers.
    scale = 2 * half / sprite.shape[0]
    along, across = scale * math.cos(turn), scale * math.sin(turn)
    centre = (sprite.shape[0] - 1) / 2
    to = (middle[0] - 0.5 - x0, middle[1] - 0.5 - y0)
    matrix = np.array(
        [
            [along, -across, to[0] - (along - across) * centre],
            [across, along, to[1] - (across + along) * centre],
        ]
    )
    piece = cv2.warpAffine(sprite, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    # Of a puff with something in it, only what is before that is seen.
    near, far = reach
    free = np.clip((depth[y0:y1, x0:x1] - near) * (thickness / (far - near)), 0, thickness)
    layer[y0:y1, x0:x1] += piece * free[..., None]


def _veil(
    rgb: Picture, layer: NDArray[np.float32], colour: tuple[float, float, float], light: float
) -> None:
    """Lay the smoke over the picture, in place."""
    thick = layer[..., 0]
    rows = np.flatnonzero(thick.max(axis=1) > 0.004)
    columns = np.flatnonzero(thick.max(axis=0) > 0.004)
    if not len(rows):
        return
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    thick, lit = layer[part][..., 0], layer[part][..., 1]
    # Smoke above takes the light from what is below it.
    tall = max(3, rgb.shape[0] // 12)
    above = cv2.blur(thick, (tall | 1, tall), anchor=(tall // 2, tall - 1))
    shade = (0.55 + 0.75 * lit / (thick + 0.02)) * (0.72 + 0.28 * np.exp(-0.9 * above))
    hides = 1 - np.exp(-thick)
    below = rgb[part].astype(np.float32)
    smoke = (255 * light * shade)[..., None] * np.array(colour, np.float32)
    rgb[part] = np.clip(below + (smoke - below) * hides[..., None], 0, 255).astype(np.uint8)


def _light(rgb: Picture) -> float:
    """How well the hall is lit, by the picture: about 1 by day, less in the dark."""
    mean = float(rgb[::4, ::4].mean()) / 255
    return float(np.clip((mean / USUAL_LIGHT) ** 0.7, 0.3, 1.15))
