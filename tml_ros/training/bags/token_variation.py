"""The same turns as another day would have shown them: other light, mirrored, louder or softer.

Works on tokens, so that nothing is decoded or heard again. What varies stays the same for a whole
lesson, as it would in a cell. Pure, but for the random source that is given; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.model.hazard_places import SEEN
from tml_ros.model.preset import Preset
from tml_ros.model.turn_tokens import SensorTokens

NO_DIFFERENCE = 0.35
"""Share of lessons whose pictures have no background to differ from: or the model leans on it."""
MIRRORED = 0.5
MOST_LEVELS = 2
"""Of dMel, by which a microphone is louder or softer."""
MOST_NOISE = 5
"""Of 255, by which a pixel is off."""
_LIGHT, _COLOUR, _OFFSET = 0.15, 0.04, 8.0


def varied(
    sensors: Sequence[SensorTokens],
    hazards: NDArray[np.int8],
    preset: Preset,
    rng: np.random.Generator,
) -> tuple[list[SensorTokens], NDArray[np.int8]]:
    """The turns anew, and int8 [t, hazard_count] that fits them: zones may change their places."""
    counts = [len(turn.rgb) for turn in sensors]
    zones = rng.permutation(preset.sight.zones)
    rgb, difference = _another_light(sensors, rng)
    masks = np.concatenate([turn.masks for turn in sensors])[..., zones]
    mirrored = rng.random() < MIRRORED
    if mirrored:
        rgb, difference, masks = rgb[:, :, ::-1], difference[:, :, ::-1], masks[:, :, ::-1]
    louder = rng.integers(-MOST_LEVELS, MOST_LEVELS + 1, preset.hearing.microphones)
    cuts = np.cumsum(counts)[:-1]
    parts = zip(*(np.split(one, cuts) for one in (rgb, masks, difference)), strict=True)
    changed = [
        replace(
            turn,
            bins=_louder(turn, louder, preset.hearing.bins),
            rgb=np.ascontiguousarray(of_rgb),
            masks=np.ascontiguousarray(of_masks),
            difference=np.ascontiguousarray(of_difference),
            centre=_mirrored(turn.centre) if mirrored else turn.centre,
        )
        for turn, (of_rgb, of_masks, of_difference) in zip(sensors, parts, strict=True)
    ]
    return changed, _in_places(hazards, zones)


def _another_light(
    sensors: Sequence[SensorTokens], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """All patches of all turns: uint8 [p, 40, 40, 3] and int8 [p, 40, 40, 3]."""
    rgb = np.concatenate([turn.rgb for turn in sensors])
    difference = np.concatenate([turn.difference for turn in sensors])
    gain = np.exp(rng.normal(0, _LIGHT) + rng.normal(0, _COLOUR, 3))
    offset, noise = rng.normal(0, _OFFSET), int(rng.integers(MOST_NOISE + 1))
    if rng.random() < NO_DIFFERENCE:
        difference = np.zeros_like(difference)
    if not len(rgb):
        return rgb, difference
    levels = np.arange(256)[:, None]
    signed = levels.astype(np.uint8).view(np.int8)
    bright = np.rint(np.clip(levels * gain + offset, 0, 255)).astype(np.uint8)
    strong = np.rint(np.clip(signed * gain, -127, 127)).astype(np.int8)
    rgb = _looked_up(rgb, bright)
    difference = _looked_up(difference.view(np.uint8), strong.view(np.uint8)).view(np.int8)
    if noise:
        rgb = cv2.add(rgb, _grain(rgb.shape, noise, rng))
        rgb = cv2.subtract(rgb, _grain(rgb.shape, noise, rng))
    return np.asarray(rgb, np.uint8), difference


def _grain(shape: tuple[int, ...], most: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    return rng.integers(0, most + 1, shape, dtype=np.uint8)


def _looked_up(patches: NDArray[np.uint8], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each level of uint8 [..., 3] by a table, uint8 [256, 3]."""
    rows = np.ascontiguousarray(patches).reshape(1, -1, 3)
    found = cv2.LUT(rows, np.ascontiguousarray(table).reshape(1, 256, 3))
    return np.asarray(found, np.uint8).reshape(patches.shape)


def _mirrored(centre: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([1 - centre[:, 0], centre[:, 1]], axis=1)


def _louder(turn: SensorTokens, by: NDArray[np.int64], bins: int) -> NDArray[np.uint8]:
    """The sound of a turn, each microphone by so many levels; silence stays silent."""
    moved = turn.bins.astype(np.int64) + by[turn.microphone][:, None]
    return np.where(turn.bins > 0, np.clip(moved, 0, bins - 1), 0).astype(np.uint8)


def _in_places(hazards: NDArray[np.int8], zones: NDArray[np.int64]) -> NDArray[np.int8]:
    """Hazards of zone `zones[i]` in place i."""
    seen = len(SEEN) * len(zones)
    moved = hazards[:, :seen].reshape(len(hazards), len(SEEN), len(zones))[:, :, zones]
    return np.concatenate([moved.reshape(len(hazards), seen), hazards[:, seen:]], axis=1)
