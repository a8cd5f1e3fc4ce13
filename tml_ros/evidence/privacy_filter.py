"""Makes people in the pictures of one camera unrecognisable, before anything is kept.

Whatever is not certainly background is pixelated, and the boxes in which hazards were found; the
whole picture until there is a background. Pictures come in order of time. Owned by one thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.evidence.evidence_settings import Privacy
from tml_ros.evidence.figures import Figure, figure_in, find_figures, heads_of
from tml_ros.evidence.known_background import KnownBackground
from tml_ros.evidence.pixelation import (
    pixelate_all,
    pixelate_figures,
    pixelate_where,
    slices_of,
    upscaled,
)
from tml_ros.safety.guards.background import Image, Mask
from tml_ros.turn.hazard import Box

WORKING_PIXELS = 160 * 120
BACK_S = 1.0
"""Time that steps back by more is another timeline."""
UNKNOWN_SHARE = 0.5
"""Less of the background than this is known: the picture is made unrecognisable as a whole."""


@dataclass(frozen=True, slots=True)
class Concealed:
    """A picture that may be kept. rgb: uint8 [h, w, 3]. whole: all of it is pixelated.

    unknown: uint8 [h, w] at the working size, what was pixelated for want of a background; None:
        nothing. figures: what was pixelated besides, in a picture 1/scale times as large.
    """

    rgb: NDArray[np.uint8] = field(repr=False)
    whole: bool
    unknown: Mask | None = field(default=None, repr=False)
    figures: tuple[Figure, ...] = ()
    scale: float = 1.0

    def covered(self) -> NDArray[np.bool_]:
        """Which pixels are pixelated, bool [h, w]."""
        height, width = self.rgb.shape[:2]
        covered = np.full((height, width), self.whole)
        if self.unknown is not None:
            covered |= upscaled(self.unknown, width=width, height=height) > 0
        for figure in self.figures:
            part = covered[slices_of(figure, scale=self.scale)]
            if part.size:
                part |= upscaled(figure.mask, width=part.shape[1], height=part.shape[0]) > 0
        return covered


class PrivacyFilter:
    """Of one camera."""

    def __init__(self, privacy: Privacy) -> None:
        """Know nothing yet."""
        self._privacy = privacy
        self.reset()

    def reset(self) -> None:
        """Forget the background, as after a jump of the clock."""
        self._background: KnownBackground | None = None
        self._last_ns = 0

    def conceal(
        self, rgb: NDArray[np.uint8], came_ns: int, boxes: Sequence[Box] = (), *, scale: float = 1
    ) -> Concealed:
        """A picture as it may be kept; the one given stays as it is.

        rgb: uint8 [h, w, 3]. came_ns: when it came. boxes: of hazards, in pixels of the camera's
            picture, of which this one is a copy `scale` times as large.
        """
        if self._privacy is Privacy.OFF:
            return Concealed(rgb, whole=False)
        if self._privacy is Privacy.ALL:
            return Concealed(pixelate_all(rgb), whole=True)
        small = _small(rgb)
        enlarged = rgb.shape[1] / small.shape[1]
        dt_s = (came_ns - self._last_ns) * 1e-9
        begun = self._background is not None and self._background.shape == small.shape
        if self._background is None or not begun or dt_s < -BACK_S:
            self._background, dt_s = KnownBackground(small), 0.0
        self._last_ns = came_ns
        doubt = self._background.look(small, max(0.0, dt_s))
        unknown = cv2.countNonZero(doubt.unknown)
        if unknown > UNKNOWN_SHARE * doubt.unknown.size:
            return Concealed(pixelate_all(rgb), whole=True)
        figures = find_figures(doubt.foreign)
        for box in boxes:
            edges = (box.x0, box.y0, box.x1, box.y1)
            x0, y0, x1, y1 = (edge * scale / enlarged for edge in edges)
            figure = figure_in((x0, y0, x1, y1), small.shape)
            figures += [] if figure is None else [figure]
        if self._privacy is Privacy.FACES:
            figures = [heads_of(figure) for figure in figures]
        kept = rgb.copy()
        if unknown:
            pixelate_where(kept, doubt.unknown)
        pixelate_figures(kept, figures, scale=enlarged)
        return Concealed(
            kept, False, doubt.unknown if unknown else None, tuple(figures), scale=enlarged
        )


def _small(rgb: NDArray[np.uint8]) -> Image:
    """At the working size, slightly blurred."""
    height, width = rgb.shape[:2]
    scale = min(1.0, (WORKING_PIXELS / (width * height)) ** 0.5)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return cv2.GaussianBlur(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), (3, 3), 0)
