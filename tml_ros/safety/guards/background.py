"""What the camera would see if nobody were there, and where it sees something else.

The plate is a running mean per pixel, scaled as a whole when the light changes. It knows nothing
of people: who looks at the foreground decides what may be absorbed into the plate and what must
not be. Owned by one guard, hence by one thread.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

PLATE_TAU_S = 8.0
NOISE_TAU_S = 5.0
LIGHT_COLUMNS = 24
"""Samples across the picture whose median brightness ratio is the change of light."""
LEAST_GAIN = 0.005
"""Less change than this is the slow learning's."""
LEAST_DIFFERENCE = 9.0
NOISIEST = np.uint8(60)
TEXTURE_WINDOW = (7, 7)
COLOUR_WINDOW = (5, 5)
SHADE_REACH = np.ones((7, 7), np.uint8)
SAME_TEXTURE, SAME_TEXTURE_DIMMED = 0.55, 0.25
"""Squared correlation from which the plate's texture still shows; less will do where the colour
is the plate's too."""
LIT = (0.35, 1.9)
"""Brightness over the plate's that a change of light on the floor explains."""
DIMMED = (0.42, 0.98)
"""The same for every colour channel of a shadow."""
TINT = 0.06
"""By how much the channels of a shadow may differ, beside noise."""
# OpenCV's stubs know arrays of any kind only; these names say what is meant.
Image: TypeAlias = NDArray[Any]
"""uint8 [h, w, 3], RGB, slightly blurred."""
Mask: TypeAlias = NDArray[Any]
"""uint8 [h, w], 0 or 255."""
Plane: TypeAlias = NDArray[Any]
"""uint8 or float32 [h, w]."""


class Background:
    """Plate, noise and light of one camera at the working size."""

    def __init__(self, first: Image) -> None:
        """Take the first picture for the plate."""
        self._mean = first.astype(np.float32)
        self._noise = np.full(first.shape[:2], 4.0, np.float32)
        self._difference = np.zeros(first.shape[:2], np.uint8)
        self.plate: Image = first.copy()
        self.threshold: Plane = np.zeros(first.shape[:2], np.uint8)

    def compare(self, picture: Image) -> Mask:
        """Follow the light, then say where the picture differs by more than the camera's noise.

        What noise alone does not reach is then in `threshold`, uint8 [h, w].
        """
        self._follow_light(picture)
        self._difference = largest_channel(cv2.absdiff(picture, self.plate))
        threshold = cv2.convertScaleAbs(self._noise, alpha=2.5, beta=LEAST_DIFFERENCE)
        self.threshold = np.minimum(threshold, NOISIEST)
        return cv2.compare(self._difference, self.threshold, cv2.CMP_GT)

    def learn(self, picture: Image, where: Mask, dt_s: float) -> None:
        """Follow slow change of the plate and of the noise where nothing is in front.

        Belongs after `compare` of the same picture.
        """
        cv2.accumulateWeighted(picture, self._mean, min(1.0, dt_s / PLATE_TAU_S), mask=where)
        cv2.accumulateWeighted(
            self._difference, self._noise, min(1.0, dt_s / NOISE_TAU_S), mask=where
        )

    def absorb(self, picture: Image, where: Mask) -> None:
        """Take the picture for the plate at once, as where something was put down or uncovered."""
        np.copyto(self._mean, picture, where=where[..., None] > 0, casting="unsafe")
        cv2.copyTo(picture, where, self.plate)

    def seen_through(self, picture: Image, box: tuple[slice, slice]) -> NDArray[np.bool_]:
        """Within a box (rows, columns): where the plate still shows through, bool [bh, bw].

        It shows where its texture is still there though brighter or darker, or where its colour
        is, under less light: shadows, reflections and patches of light, not things.
        """
        seen = cv2.cvtColor(picture[box], cv2.COLOR_RGB2GRAY).astype(np.float32)
        known = cv2.cvtColor(self.plate[box], cv2.COLOR_RGB2GRAY).astype(np.float32)
        mean_seen, mean_known = _box(seen), _box(known)
        var_seen = _box(seen * seen) - mean_seen * mean_seen
        var_known = _box(known * known) - mean_known * mean_known
        covariance = _box(seen * known) - mean_seen * mean_known
        alike = covariance * np.abs(covariance) / (var_seen * var_known + 1.0)
        noise = np.square(self._noise[box] * 1.5 + 2.0)
        light = (mean_seen + 4.0) / (mean_known + 4.0)
        textured = var_known > noise
        through = textured & (alike > SAME_TEXTURE) & (light > LIT[0]) & (light < LIT[1])

        colour_seen = cv2.blur(picture[box], COLOUR_WINDOW).astype(np.float32) + 6.0
        colour_known = cv2.blur(self.plate[box], COLOUR_WINDOW).astype(np.float32) + 6.0
        ratios = cv2.split(cv2.divide(colour_seen, colour_known))
        low = cv2.min(cv2.min(ratios[0], ratios[1]), ratios[2])
        high = cv2.max(cv2.max(ratios[0], ratios[1]), ratios[2])
        tolerance = TINT + (self._noise[box] + 1.0) / (mean_known + 6.0)
        dimmed = (low > DIMMED[0]) & (high < DIMMED[1]) & (high - low < tolerance)
        core = dimmed & np.where(textured, alike > SAME_TEXTURE_DIMMED, var_seen < 2.0 * noise)
        near_core = cv2.dilate(core.view(np.uint8), SHADE_REACH) > 0
        shown: NDArray[np.bool_] = through | (dimmed & near_core)
        return shown

    def _follow_light(self, picture: Image) -> None:
        """Scale the whole plate, hidden parts too, by the median change of brightness."""
        stride = max(1, picture.shape[1] // LIGHT_COLUMNS)
        seen = picture[::stride, ::stride].reshape(-1, 3).T.astype(np.float32, order="C")
        known = self._mean[::stride, ::stride].reshape(-1, 3).T.copy()
        usable = (seen.max(axis=0) < 250.0) & (known.min(axis=0) > 8.0)
        if np.count_nonzero(usable) > usable.size // 4:
            ratios = np.sort((seen[:, usable] + 1.0) / (known[:, usable] + 1.0), axis=1)
            ratio = ratios[:, ratios.shape[1] // 2]
            if np.abs(ratio - 1.0).max() > LEAST_GAIN:
                self._mean *= np.clip(ratio, 0.2, 5.0).astype(np.float32)
        self.plate = cv2.convertScaleAbs(self._mean)


def largest_channel(image: Image) -> Plane:
    """The largest of the three channels, uint8 [h, w]."""
    red, green, blue = cv2.split(image)
    return cv2.max(cv2.max(red, green), blue)


def _box(image: Plane) -> Plane:
    return cv2.blur(image, TEXTURE_WINDOW, borderType=cv2.BORDER_REFLECT)
