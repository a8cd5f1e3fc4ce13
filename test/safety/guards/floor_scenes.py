"""A drawn factory floor with people walking on it, for tests of who stands where.

Nothing of it comes from the code under test: positions are scripted, and the truth is the
scripted position of the feet, by arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 240
ZONE = ((0.30, 0.50), (0.70, 0.50), (0.78, 0.85), (0.22, 0.85))
"""Corners of the keep-out zone, fractions of the picture."""
SHIFTS = 64
"""Places from which a picture may take its noise, each way."""
ORANGE, GREY, DARK = (235, 110, 30), (120, 120, 122), (45, 48, 58)
Light = Callable[[float], "float | NDArray[np.float32]"]


@dataclass(frozen=True)
class Walker:
    """way: (seconds, x, y) of the feet, pixels of 320x240; there only between first and last."""

    way: Sequence[tuple[float, float, float]]
    vest: tuple[int, int, int] = ORANGE

    def at(self, seconds: float) -> tuple[float, float, bool] | None:
        if not self.way[0][0] <= seconds < self.way[-1][0]:
            return None
        times, xs, ys = zip(*self.way, strict=True)
        nxt = next(i for i, t in enumerate(times) if t > seconds)
        walking = math.hypot(xs[nxt] - xs[nxt - 1], ys[nxt] - ys[nxt - 1]) > 2
        return float(np.interp(seconds, times, xs)), float(np.interp(seconds, times, ys)), walking


@dataclass(frozen=True)
class Scene:
    """What happens: who walks where, under which light, seen by which camera."""

    walkers: Sequence[Walker]
    seconds: float
    light: Light = lambda _: 1.0
    noise: float = 3.0
    shadow: tuple[float, float] | None = None
    """(how far the shadow falls to the right per height, how dark: remaining share of light)."""
    size: tuple[int, int] = (WIDTH, HEIGHT)
    rate: float = 10.0
    quality: int | None = None
    seed: int = 7
    scale: float = 1.0
    """Of the figures: how far away the camera is."""
    floor: NDArray[np.uint8] = field(default_factory=lambda: _floor(3))

    def pictures(self) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """(seconds, uint8 [h, w, 3])."""
        random = np.random.default_rng(self.seed)
        width, height = self.size
        grain = random.standard_normal((height + SHIFTS, width + SHIFTS, 3), np.float32)
        noise = self.noise * grain
        for index in range(int(self.seconds * self.rate)):
            seconds = index / self.rate
            picture = self.floor.astype(np.float32)
            people = [(w, w.at(seconds)) for w in self.walkers]
            for walker, place in sorted(people, key=lambda p: p[1][1] if p[1] else 0.0):
                if place is not None:
                    self._draw(picture, walker, place, seconds)
            picture *= self.light(seconds)
            if self.size != (WIDTH, HEIGHT):
                method = cv2.INTER_AREA if self.size[0] < WIDTH else cv2.INTER_CUBIC
                picture = cv2.resize(picture, self.size, interpolation=method)
            # Drawing noise takes longer than all else: it is drawn once and seen from elsewhere.
            top, left = random.integers(0, SHIFTS, 2)
            picture += noise[top : top + picture.shape[0], left : left + picture.shape[1]]
            out = np.clip(picture, 0, 255).astype(np.uint8)
            if self.quality is not None:
                _, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
                out = cv2.imdecode(data, cv2.IMREAD_COLOR)
            yield seconds, out

    def _draw(
        self,
        picture: NDArray[np.float32],
        walker: Walker,
        place: tuple[float, float, bool],
        seconds: float,
    ) -> None:
        x, y, walking = place
        tall = self.scale * _tall(y)
        figure, mask = _figure(x, y, tall, walker.vest, seconds if walking else None)
        if self.shadow is not None:
            lean, remaining = self.shadow
            source = np.float32([[x - 20, y], [x + 20, y], [x, y - tall]])
            target = np.float32([[x - 20, y], [x + 20, y], [x + lean * tall, y + 0.5 * tall]])
            fallen = cv2.warpAffine(mask, cv2.getAffineTransform(source, target), (WIDTH, HEIGHT))
            fallen = cv2.GaussianBlur(fallen, (5, 5), 0)
            picture *= 1.0 - (1.0 - remaining) * fallen[..., None]
        np.copyto(picture, figure, where=mask[..., None] > 0.5)


def visits(scene: Scene) -> list[tuple[float, float]]:
    """When the centre of somebody's feet is in the zone, by pure geometry, (from, to) seconds."""
    corners = np.float32([(x * WIDTH, y * HEIGHT) for x, y in ZONE])
    steps = np.arange(0.0, scene.seconds, 0.05)
    spans: list[tuple[float, float]] = []
    for seconds in steps:
        places = [walker.at(seconds) for walker in scene.walkers]
        if not any(
            place and cv2.pointPolygonTest(corners, (place[0], place[1]), False) >= 0
            for place in places
        ):
            continue
        if spans and seconds - spans[-1][1] < 1.0:
            spans[-1] = (spans[-1][0], float(seconds))
        else:
            spans.append((float(seconds), float(seconds)))
    return spans


def visit(
    start: float, stay: float, *, where: tuple[float, float] = (160, 160), via: float = 340
) -> Walker:
    """Somebody who comes from the side (x = via), stands in the zone, and goes back."""
    way = abs(via - where[0]) / 60
    return Walker(
        [
            (start, via, 150),
            (start + way, *where),
            (start + way + stay, *where),
            (start + 2 * way + stay, via, 150),
        ]
    )


def _tall(y: float) -> float:
    return 35 + 55 * (y - 80) / 120


def _floor(seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(rng.normal(0, 22, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1.2)
    stains = cv2.GaussianBlur(rng.normal(0, 160, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 9)
    grey = 105 + grain + stains + np.linspace(-15, 15, HEIGHT, dtype=np.float32)[:, None]
    picture = np.stack([grey * 1.02, grey, grey * 0.96], axis=2)
    for x in range(-200, 520, 60):
        cv2.line(picture, (x, HEIGHT), (160 + (x - 160) // 3, 70), (80, 78, 75), 1, cv2.LINE_AA)
    cv2.rectangle(picture, (0, 0), (WIDTH, 70), (170, 172, 165), -1)
    cv2.rectangle(picture, (235, 20), (300, 105), (60, 90, 120), -1)
    corners = np.int32([(x * WIDTH, y * HEIGHT) for x, y in ZONE])
    cv2.polylines(picture, [corners], True, (215, 190, 40), 2, cv2.LINE_AA)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _figure(
    x: float, y: float, tall: float, vest: tuple[int, int, int], gait_s: float | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The drawn person, float32 [240, 320, 3], and where it is, float32 [240, 320], 0 or 1."""
    swing = 0.0 if gait_s is None else math.sin(gait_s * 7.0) * 0.12 * tall
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)

    def limb(colour: tuple[int, int, int], ends: list[tuple[float, float]], wide: float) -> None:
        points = [(round(x + dx * tall), round(y - dy * tall)) for dx, dy in ends]
        for canvas, value in ((picture, colour), (mask, (1,))):
            cv2.line(canvas, points[0], points[1], value, max(2, round(wide * tall)))

    step = swing / tall
    trousers = (40, 55, 105)
    limb(trousers, [(-0.04, 0.48), (-0.05 + step, 0.03)], 0.10)
    limb(trousers, [(0.04, 0.48), (0.05 - step, 0.03)], 0.10)
    limb((70, 75, 90), [(-0.13, 0.76), (-0.15 - step, 0.45)], 0.06)
    limb((70, 75, 90), [(0.13, 0.76), (0.15 + step, 0.45)], 0.06)
    limb(vest, [(0.0, 0.74), (0.0, 0.52)], 0.24)
    limb((225, 225, 220), [(-0.1, 0.62), (0.1, 0.62)], 0.03)
    limb((205, 160, 130), [(0.0, 0.88), (0.0, 0.90)], 0.10)
    limb((240, 205, 40), [(-0.02, 0.95), (0.02, 0.95)], 0.10)
    return picture.astype(np.float32), mask.astype(np.float32)
