"""What lens, mast, sensor and encoder do to a picture, in the order in which a camera does it.

Light is bent by the lens (the camera trembling on its mast), blurred, amplified and flickering,
made noisy by the sensor, given the maker's colours, and packed as JPEG. Each as strong as its field
of `CameraPart` says; where all are 0, the picture passes as it is. Picture n can be asked for
before picture n - 1. Knows nothing of the scene but what the scenario says. Owned by one thread.
"""

from __future__ import annotations

import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import CameraPart, Scenario
from tml_ros.sim.scene.camera_shake import CameraShake
from tml_ros.sim.scene.exposure import Exposure
from tml_ros.sim.scene.lens import bent, source_map, straight
from tml_ros.sim.scene.sensor_noise import GRAIN, SensorNoise
from tml_ros.sim.split import Band, Pool

__all__ = ["CameraEffects", "Picture", "bent", "straight"]

Picture = NDArray[np.uint8]
"""uint8 [h, w, 3], RGB."""

BLUR = 1.6
"""Spread of a point in pixels of a picture 240 wide, where `blur` is 1."""
BEST, WORST = 94, 18
"""JPEG quality where `compression` is just above 0, and 1."""
STILL = 0.02
"""Pixels; trembling less than this is not drawn."""
WANTED = 106.0
"""What a camera would have a picture's mean be, of 255."""
EAGER = 0.7
"""How much of the way there it goes, in logarithms: the dark stays darker than the light."""
LEAST_GAIN, MOST_GAIN = 0.85, 3.0
CAST = Pool(
    train=((1.05, 1.0, 0.93), (0.95, 1.0, 1.06), (1.0, 1.03, 0.97), (1.0, 1.0, 1.0)),
    held_out=((1.09, 1.0, 0.87), (0.91, 1.01, 1.09), (1.04, 0.96, 1.03)),
)
"""Red, green and blue as the maker's white balance leaves them."""
GAMMA = Band(train=((0.85, 0.97), (1.05, 1.20)), held_out=((0.97, 1.05), (1.20, 1.32)))
_SEED = 0xCA3E7A


class CameraEffects:
    """What one camera of a scenario does to its pictures.

    usual: what is before it most of the time, uint8 [h, w, 3]; its gain is set for that, as a
    camera's that has hung there for a while. None: the gain is 1. Raises KeyError for another
    camera's name.
    """

    def __init__(self, scenario: Scenario, camera: str, *, usual: Picture | None = None) -> None:
        """Draw what is this camera's own."""
        part = scenario.cameras[camera]
        width, height = part.size
        self._rate = part.rate
        self._perfect = _flaws(part) == 0
        self._seed = (scenario.seed, _SEED, zlib.crc32(camera.encode()))
        gain, shake, noise, colours = (
            np.random.default_rng(child) for child in np.random.SeedSequence(self._seed).spawn(4)
        )
        self._exposure = Exposure(scenario, camera, gain)
        self._set = 1.0 if usual is None else _gain_for(usual)
        self._flickers = part.flicker > 0
        self._shake = CameraShake(scenario, camera, shake)
        self._noise = SensorNoise(
            noise=part.noise,
            width=width,
            height=height,
            grain=GRAIN.draw(noise, scenario.looks),
            rng=noise,
        )
        self._blur = BLUR * part.blur * width / 240
        self._quality = round(BEST + (WORST - BEST) * part.compression) if part.compression else 0
        # The worse a camera, the farther are its colours from what they should be.
        own = min(1.0, _flaws(part))
        cast = np.array(CAST.draw(colours, scenario.looks))
        shares = np.arange(256)[None, :, None] * (1 + own * (cast - 1))
        self._colours = np.asarray(shares, np.float32)
        gamma = 1 + own * (GAMMA.draw(colours, scenario.looks) - 1)
        levels = 255 * (np.arange(256) / 255) ** gamma
        self._levels = np.rint(levels).astype(np.uint8)
        self._columns, self._rows = source_map(part)
        self._bends = part.distortion > 0

    def taken(self, rgb: Picture, index: int) -> Picture:
        """Picture `index` as the camera gives it out; the one given stays as it is."""
        if self._perfect:
            return rgb
        time_s = index / self._rate
        picture = self._through_lens(rgb, time_s)
        picture = self._exposed(picture, time_s, index)
        picture = np.asarray(cv2.LUT(picture, self._levels), np.uint8)
        return _packed(picture, self._quality) if self._quality else picture

    def _through_lens(self, rgb: Picture, time_s: float) -> Picture:
        across, down = self._shake.offset(time_s)
        if self._bends or max(abs(across), abs(down)) > STILL:
            moved = cv2.remap(
                rgb,
                self._columns - np.float32(across),
                self._rows - np.float32(down),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            rgb = np.asarray(moved, np.uint8)
        if self._blur > 0.2:
            rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), self._blur), np.uint8)
        return rgb

    def _exposed(self, picture: Picture, time_s: float, index: int) -> Picture:
        gain = min(MOST_GAIN, self._set * self._exposure.gain(time_s))
        light = np.asarray(cv2.LUT(picture, gain * self._colours), np.float32)
        if self._flickers:
            light = light * self._exposure.flicker(time_s)
        rng = np.random.default_rng((*self._seed, index))
        return self._noise.onto(light, picture, gain, rng)


def _gain_for(usual: Picture) -> float:
    mean = max(1.0, float(usual.mean()))
    return float(np.clip((WANTED / mean) ** EAGER, LEAST_GAIN, MOST_GAIN))


def _flaws(part: CameraPart) -> float:
    return (
        part.noise
        + part.blur
        + part.compression
        + part.flicker
        + part.shake
        + part.exposure
        + part.distortion
    )


def _packed(picture: Picture, quality: int) -> Picture:
    """Packed as JPEG and unpacked again."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    file = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    unpacked = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.cvtColor(unpacked, cv2.COLOR_BGR2RGB), np.uint8)
