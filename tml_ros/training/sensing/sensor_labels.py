"""What is to be learnt from a stretch of a rendered scenario, in the model's own order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.hazard_places import HEARD, SEEN, hazard_count, hazard_index
from tml_ros.model.preset import Preset
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.sim.render.patch_labels import THINGS
from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.turn.hazard import HazardKind

Labels = NDArray[np.int8]

_OVER_AT_ONCE = (HazardKind.IMPACT_SOUND,)
"""Nothing of them is heard any more while they are still held to be there."""
UNKNOWN = -1


def hazard_targets(
    seen: Labels,
    heard: Labels,
    preset: Preset,
    *,
    zones: Mapping[int, int],
    microphones: Mapping[int, int],
) -> Labels:
    """int8 [t, hazard_count]: 1, 0, and -1 where there is nothing to learn or nothing at all.

    seen: int8 [t, 5, zones]. heard: int8 [t, 4, microphones], both as rendered. zones,
    microphones: from the place as rendered to the model's; what is not named is left out.
    """
    found = np.full((len(seen), hazard_count(preset)), UNKNOWN, np.int8)
    for kinds, labels, places in ((SEEN, seen, zones), (HEARD, heard, microphones)):
        for row, kind in enumerate(kinds):
            for rendered, place in places.items():
                found[:, hazard_index(preset, kind, place)] = labels[:, row, rendered]
    return found


def nothing_to_see(seen: Labels, blind: NDArray[np.bool_]) -> Labels:
    """seen with the turns in which no camera gives a picture made unknown. blind: bool [t]."""
    return np.where(blind[:, None, None], np.int8(UNKNOWN), seen)


def only_what_is_heard(heard: Labels, before: Labels | None, deaf: NDArray[np.bool_]) -> Labels:
    """heard with what cannot be known made unknown: all while a microphone is away, and a short
    sound that began while it was, or before the first turn.

    before: int8 [4, microphones], of the turn before; None for silence. deaf: bool [t, m].
    """
    found = np.where(deaf[:, None, :], np.int8(UNKNOWN), heard)
    for kind in _OVER_AT_ONCE:
        row = HEARD.index(kind)
        going = np.zeros(heard.shape[2], np.bool_) if before is None else before[row] != 0
        for turn in range(len(heard)):
            there = heard[turn, row] != 0
            going = there & (going | deaf[turn])
            found[turn, row, going] = UNKNOWN
    return found


def sent_patches(sensors: SensorTokens, preset: Preset) -> NDArray[np.int64]:
    """int64 [p]: the numbers, row by row, of the patches that a turn sends."""
    columns, rows = preset.sight.columns, preset.sight.rows
    across, down = (sensors.centre * (columns, rows)).astype(np.int64).T
    return np.asarray(down * columns + across, np.int64)


def patch_targets(
    scene: RenderedScenario,
    turns: range,
    tokens: Sequence[SensorTokens],
    preset: Preset,
    *,
    places: NDArray[np.int64],
) -> tuple[Labels, NDArray[np.float32]]:
    """Of every patch sent, turn by turn: int8 [p, things], and float32 [p], hidden by smoke, 0..1.

    places: int64 [patches], which patch as rendered lies where each one is.
    """
    cameras = list(scene.entry.cameras)
    number = np.concatenate([places[sent_patches(turn, preset)] for turn in tokens])
    camera = np.concatenate([turn.camera for turn in tokens])
    turn = np.repeat(np.arange(turns.start, turns.stop), [len(turn.rgb) for turn in tokens])
    things = np.full((len(number), len(THINGS)), UNKNOWN, np.int8)
    smoke = np.full(len(number), float(UNKNOWN), np.float32)
    for place, name in enumerate(cameras):
        own = camera == place
        if own.any():
            things[own] = scene.patches(name)[turn[own], number[own]]
            smoke[own] = scene.smoke(name)[turn[own], number[own]] / np.float32(255)
    return things, smoke
