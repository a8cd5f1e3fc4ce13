"""A stretch of a recording as a file: the sensor half of its turns, and what is right in each.

It is what a session's senses made of the recording, stored as it is, so that a lesson is cut from
it without reading, decoding or hearing anything again. Reading: one thread for each opened file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import Preset
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.sim.render.array_file import ArrayFile, write_arrays

ABOUT = "tml_ros stretch of a recording, 1"
_PER_SOUND = ("bins", "microphone", "sound_place")
_PER_PATCH = ("rgb", "masks", "difference", "camera", "centre")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Turns that follow each other within one timeline.

    about: recording and second, for messages. lead: as many turns at the beginning are there to be
        remembered, not to be learnt from. hazards: int8 [t, hazard_count], 1, 0 or -1; -1 in the
        lead.
    """

    about: str
    lead: int
    sensors: Sequence[SensorTokens]
    hazards: NDArray[np.int8]


def write_stretch(path: Path, stretch: Stretch) -> None:
    """Write it whole or not at all. Raises OSError."""
    sensors = stretch.sensors
    arrays: dict[str, NDArray[Any]] = {
        name: np.concatenate([getattr(turn, name) for turn in sensors])
        for name in (*_PER_SOUND, *_PER_PATCH)
    }
    arrays["masks"] = np.packbits(arrays["masks"], axis=-1)
    arrays["state"] = np.stack([turn.state for turn in sensors])
    arrays["sounds"] = _bounds([len(turn.bins) for turn in sensors])
    arrays["patches"] = _bounds([len(turn.rgb) for turn in sensors])
    arrays["hazards"] = stretch.hazards
    arrays["lead"] = np.array([stretch.lead], np.int64)
    write_arrays(path, arrays, about=f"{ABOUT}: {stretch.about}")


class StretchFile:
    """A written stretch; its turns are read when they are asked for.

    hazards: int8 [t, hazard_count]. lead: as of `Stretch`.
    Raises ShardError where the file is damaged, OSError where it cannot be read.
    """

    def __init__(self, path: Path, preset: Preset) -> None:
        """Map the file. preset: of the model that it was made for."""
        file = ArrayFile(path)
        self.about = file.about.removeprefix(f"{ABOUT}: ")
        self.hazards: NDArray[np.int8] = file.array("hazards")
        self.lead = int(file.array("lead")[0])
        self._zones = preset.sight.zones
        self._arrays = {field.name: file.array(field.name) for field in fields(SensorTokens)}
        self._sounds, self._patches = file.array("sounds"), file.array("patches")

    def __len__(self) -> int:
        """Turns."""
        return len(self.hazards)

    def sensors(self, turn: int) -> SensorTokens:
        """One turn; the arrays are nobody else's and may be written to."""
        sound = slice(*self._sounds[turn : turn + 2])
        patch = slice(*self._patches[turn : turn + 2])
        taken = {name: np.array(self._arrays[name][sound]) for name in _PER_SOUND}
        taken |= {name: np.array(self._arrays[name][patch]) for name in _PER_PATCH}
        taken["masks"] = np.unpackbits(taken["masks"], axis=-1, count=self._zones)
        return SensorTokens(**taken, state=np.array(self._arrays["state"][turn]))


def _bounds(lengths: Sequence[int]) -> NDArray[np.int64]:
    """Where each turn's share begins, and where the last one's ends: int64 [t + 1]."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
