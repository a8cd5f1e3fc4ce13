"""One camera's pictures: letterboxed, compared with what was, cut into patches.

Per camera it keeps the slow background and, of each patch, what was last sent. Which patches to
send is decided elsewhere. Owned by the thread that steps the session; memory is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.letterbox import GREY, Placement, place
from tml_ros.model.patch_grid import BLOCK, block_means, cut, largest_change, put_blocks
from tml_ros.model.preset import PATCH, SightPreset
from tml_ros.model.saved_facts import LARGEST, Facts, SavedFacts
from tml_ros.model.session_arrays import named, part, put
from tml_ros.model.slow_background import SlowBackground
from tml_ros.safety.zone import Polygon

_PLACEMENT = tuple(field.name for field in fields(Placement))
_WHOLE: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_FACTS = ("placement", "stamp_ns", "background")


@dataclass(frozen=True, slots=True)
class Look:
    """A frame as the eye sees it; good until the eye's next look.

    picture: uint8 [rows * 40, columns * 40, 3]. difference: int8 of that shape. means: of 8x8
    blocks. change: float32 [n], by how many levels each patch differs from its version last sent;
    infinite where none was sent, -1 where a patch is padding and nothing else.
    """

    picture: NDArray[np.uint8]
    difference: NDArray[np.int8]
    means: NDArray[np.uint8]
    change: NDArray[np.float32]


class CameraEye:
    """What is kept of one camera. A frame of another aspect than the last makes it start anew."""

    def __init__(self, sight: SightPreset, zones: Mapping[int, Polygon]) -> None:
        """zones: place among the model's zones -> polygon in fractions of the camera's frame."""
        self._sight = sight
        self._zones = dict(zones)
        width, height = sight.columns * PATCH, sight.rows * PATCH
        patches = sight.columns * sight.rows
        self._picture = np.full((height, width, 3), GREY, np.uint8)
        self._background = SlowBackground(
            width=width,
            height=height,
            seconds=sight.background_seconds,
            gain=sight.difference_gain,
        )
        self._sent_means = np.zeros((height // BLOCK, width // BLOCK, 3), np.uint8)
        self._sent = np.zeros(patches, np.bool_)
        self._masks = np.zeros((patches, PATCH, PATCH, sight.zones), np.uint8)
        self._blank = np.zeros(patches, np.bool_)
        self._placement: Placement | None = None
        self._stamp_ns: int | None = None

    @property
    def stamp_ns(self) -> int | None:
        """When the light of the last frame fell in; None before the first."""
        return self._stamp_ns

    def reset(self) -> None:
        """Forget all frames."""
        self._start(None)
        self._stamp_ns = None

    def look(self, rgb: NDArray[np.uint8], stamp_ns: int) -> Look:
        """Take in the next frame: uint8 [h, w, 3] of any size, h and w at least 1."""
        size = self._picture.shape[1], self._picture.shape[0]
        placement = place(rgb.shape[1], rgb.shape[0], width=size[0], height=size[1])
        if placement != self._placement:
            self._start(placement)
        self._stamp_ns = min(max(stamp_ns, -LARGEST), LARGEST)
        picture = rgb
        if rgb.shape[1::-1] != size:
            picture = self._picture
            placement.draw(rgb, picture)
        means = block_means(picture)
        change = largest_change(means, self._sent_means)
        change[~self._sent] = np.inf
        change[self._blank] = -1.0
        return Look(picture, self._background.difference(picture, self._stamp_ns), means, change)

    def send(
        self, look: Look, chosen: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int8]]:
        """Patches of the last look, which count as sent by this: RGB, masks, difference.

        chosen: int64 [p]. Returns uint8 [p, 40, 40, 3], uint8 [p, 40, 40, zones] of 0 and 1, and
        int8 [p, 40, 40, 3], all copies.
        """
        put_blocks(look.means, chosen, self._sent_means)
        self._sent[chosen] = True
        masks = self._masks.take(chosen, axis=0)
        return cut(look.picture, chosen), masks, cut(look.difference, chosen)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The background, and of each patch whether and with which block means it was sent."""
        return {**self._own(), **named(self._background.arrays(), "background")}

    def facts(self) -> Facts:
        """Where frames lie in the picture, and when the last was taken."""
        placement = self._placement
        where = None if placement is None else [getattr(placement, name) for name in _PLACEMENT]
        background = self._background.facts()
        return {"placement": where, "stamp_ns": self._stamp_ns, "background": background}

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: object) -> None:
        """Take over a saved state. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "eye", _FACTS)
        stamp_ns = None
        if saved.part("stamp_ns") is not None:
            stamp_ns = saved.whole("stamp_ns", low=-LARGEST)
        self._start(None if saved.part("placement") is None else self._placed(saved))
        put(arrays, self._own())
        self._background.restore(part(arrays, "background"), saved.part("background"))
        self._stamp_ns = stamp_ns

    def _own(self) -> dict[str, NDArray[Any]]:
        return {"sent_means": self._sent_means, "sent": self._sent}

    def _placed(self, saved: SavedFacts) -> Placement:
        numbers = saved.wholes("placement", longest=len(_PLACEMENT))
        if len(numbers) == len(_PLACEMENT):
            placed = Placement(*numbers)
            height, width = self._picture.shape[:2]
            inner = placed.inner_width, placed.inner_height
            # A placement follows from the size of what is placed.
            if min(inner) >= 1 and placed == place(*inner, width=width, height=height):
                return placed
        raise ValueError(f"saved eye.placement {numbers} is none of this picture")

    def _start(self, placement: Placement | None) -> None:
        self._placement = placement
        self._background.reset()
        self._picture.fill(GREY)
        self._sent.fill(False)
        self._sent_means.fill(0)
        self._masks.fill(0)
        if placement is not None:
            self._blank[...] = ~_by_patch(placement.mask(_WHOLE)).any(axis=(1, 2))
            for zone, polygon in self._zones.items():
                self._masks[..., zone] = _by_patch(placement.mask(polygon))


def _by_patch(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    patches = mask.size // (PATCH * PATCH)
    return cut(mask[:, :, None], np.arange(patches, dtype=np.int64))[..., 0]
