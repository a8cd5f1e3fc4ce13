"""Camera pictures made from seeds: a textured hall, people, noise, and what befalls a camera.

Nothing here comes from the guards. A scene is a function of time giving uint8 [h, w, 3].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cv2
import numpy as np

from tml_ros.safety.guards.guard import CameraGuard
from tml_ros.safety.guards.picture import prepare_picture
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import Frame

SIZES_AND_RATES = [((160, 120), 30.0), ((320, 240), 5.0), ((640, 480), 15.0), ((1920, 1080), 5.0)]
Scene = Callable[[float], np.ndarray]


def hall(size=(320, 240), seed=1):
    """A floor with stains and joints, walls, columns, a machine, lines. float32 [h, w, 3]."""
    rng = np.random.default_rng(seed)
    width, height = 640, 480
    stains = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 2.5)
    picture = np.full((height, width, 3), 110, np.float32) + 60 * stains[..., None]
    picture[:150] = 165 + 40 * stains[:150, :, None]
    for x in (90, 300, 520):
        cv2.rectangle(picture, (x, 20), (x + 30, 260), (205, 200, 190), -1)
        cv2.line(picture, (x + 30, 20), (x + 30, 260), (60, 60, 60), 2)
    cv2.rectangle(picture, (380, 180), (500, 330), (50, 90, 60), -1)
    for y in range(195, 320, 18):
        cv2.line(picture, (390, y), (490, y), (150, 170, 150), 2)
    for x in range(-200, 800, 110):
        cv2.line(picture, (x, 479), (x + 160, 150), (70, 70, 72), 1)
    cv2.line(picture, (40, 470), (330, 240), (220, 190, 40), 6)
    interpolation = cv2.INTER_AREA if size[0] < width else cv2.INTER_LINEAR
    return cv2.resize(picture, size, interpolation=interpolation)


def with_person(picture, x, *, tall=0.5, feet=0.95):
    """A person in a vest at fractions of the picture: x of the middle, height, feet."""
    height, width = picture.shape[:2]
    top, bottom = (feet - tall) * height, feet * height
    half = 0.16 * tall * height
    parts = [
        (top, top + 0.15 * (bottom - top), 0.5 * half, (230, 200, 40)),
        (top + 0.15 * (bottom - top), top + 0.55 * (bottom - top), half, (240, 100, 30)),
        (top + 0.55 * (bottom - top), bottom, 0.7 * half, (40, 50, 90)),
    ]
    out = picture.copy()
    for upper, lower, side, colour in parts:
        corner = (round(x * width - side), round(upper))
        cv2.rectangle(out, corner, (round(x * width + side), round(lower)), colour, -1)
    return out


def warped(picture, *, right=0.0, down=0.0, turn=0.0, zoom=1.0):
    """The view after the camera moved: fractions of the width, degrees, factor."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, zoom)
    matrix[:, 2] += (right * width, down * width)
    return cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)


def noisy(scene: Callable[[float], np.ndarray], sigma=3.0, seed=7) -> Scene:
    """Seen by a sensor: noise, a crop of a large field of it for each picture, then 8 bits."""
    rng = np.random.default_rng(seed)
    field = None

    def taken(t):
        nonlocal field
        picture = scene(t)
        height, width, _ = picture.shape
        if field is None:
            shape = (height + 61, width + 61, 3)
            field = sigma * rng.standard_normal(shape, np.float32)
        y, x = rng.integers(0, 61, 2)
        noise = field[y : y + height, x : x + width]
        return np.clip(picture + noise, 0, 255).astype(np.uint8)

    return taken


def film(scene: Scene, *, seconds: float, rate: float = 10.0) -> Iterable[tuple[float, np.ndarray]]:
    """Pictures of a scene with their times."""
    return ((n / rate, scene(n / rate)) for n in range(round(seconds * rate)))


def changes(
    guard: CameraGuard, pictures: Iterable[tuple[float, np.ndarray]]
) -> dict[HazardKind, list[float]]:
    """When each kind came and went, in turn: [came, went, came ...] in seconds."""
    times: dict[HazardKind, list[float]] = {}
    for t, rgb in pictures:
        for hazard in guard.observe_picture(prepare_picture(Frame("front", round(t * 1e9), rgb))):
            seen = times.setdefault(hazard.kind, [])
            if (hazard.score >= 0.5) != bool(len(seen) % 2):
                seen.append(t)
    return times
