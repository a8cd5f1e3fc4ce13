"""A session that already knows how its cameras' pictures usually look, without having sent any.

A lesson begins somewhere in a scenario; what a live session would have seen before it is told here
by a few earlier pictures. Pure but for the senses that are made familiar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.model.letterbox import letterbox, place
from tml_ros.model.preset import PATCH, SightPreset
from tml_ros.model.senses import Senses


def familiar(
    senses: Senses,
    sight: SightPreset,
    pictures: Mapping[int, Sequence[NDArray[np.uint8]]],
    *,
    counts: int,
    stamp_ns: int,
) -> None:
    """Let the background of each camera be the mean of earlier pictures.

    senses: as new, with a layout. pictures: by the camera's place, uint8 [h, w, 3] of one size;
    none for a camera that is new. counts: for how many pictures they count. stamp_ns: of the last.
    """
    arrays, facts = senses.arrays(), senses.facts()
    width, height = sight.columns * PATCH, sight.rows * PATCH
    for slot, seen in pictures.items():
        if not seen:
            continue
        placed = place(seen[0].shape[1], seen[0].shape[0], width=width, height=height)
        total = np.zeros((height, width, 3), np.float32)
        for picture in seen:
            cv2.accumulate(letterbox(picture, placed), total)
        eye: dict[str, Any] = facts["sight"]["eyes"][slot]
        eye["placement"] = [
            placed.width,
            placed.height,
            placed.left,
            placed.top,
            placed.inner_width,
            placed.inner_height,
        ]
        eye["stamp_ns"] = stamp_ns
        eye["background"] = {"frames": max(counts, 1), "stamp_ns": stamp_ns}
        arrays[f"sight.eye{slot}.background.mean"] = total / np.float32(len(seen))
    senses.restore(arrays, facts)
