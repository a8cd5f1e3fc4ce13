"""What one turn puts before the transformer: sensor half and dialogue half, as plain arrays.

This is also what training stores: a list of these and the labels is a clip. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dialogue_tokens import DialogueTokens
from tml_ros.model.own_state import OWN_STATE_WIDTH
from tml_ros.model.preset import MELS, PATCH, Preset

MICROPHONE_STATE = 3
"""Features of a microphone on the boundary token: there, share missing, age of its last sound."""
CAMERA_STATE = 3
"""Features of a camera there: there, gave a picture in this turn, age of its last picture."""


def sensor_state_width(preset: Preset) -> int:
    """Features on the boundary token."""
    return MICROPHONE_STATE * preset.hearing.microphones + CAMERA_STATE * preset.sight.cameras


@dataclass(frozen=True, slots=True)
class SensorTokens:
    """The sensor half, but for the boundary token itself.

    bins: uint8 [a, frames_per_token * 80], dMel. microphone, sound_place: int64 [a], whose, and
        which of the turn's tokens.
    rgb: uint8 [p, 40, 40, 3]. masks: uint8 [p, 40, 40, zones], 0 or 1. difference: int8
        [p, 40, 40, 3]. camera: int64 [p]. centre: float32 [p, 2], x and y, 0..1 of the picture.
    state: float32 [sensor_state_width], on the boundary token.
    """

    bins: NDArray[np.uint8]
    microphone: NDArray[np.int64]
    sound_place: NDArray[np.int64]
    rgb: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    difference: NDArray[np.int8]
    camera: NDArray[np.int64]
    centre: NDArray[np.float32]
    state: NDArray[np.float32]

    def __len__(self) -> int:
        """Tokens, the boundary included."""
        return len(self.bins) + len(self.rgb) + 1


@dataclass(frozen=True, slots=True)
class TurnTokens:
    """One turn of one session. turn: its running number, from 0."""

    turn: int
    sensors: SensorTokens
    dialogue: DialogueTokens

    def __len__(self) -> int:
        """All tokens, boundary and act included."""
        return len(self.sensors) + len(self.dialogue.text) + 1


def nothing_sensed(preset: Preset, turn: int = 0) -> TurnTokens:
    """A turn in which nothing came: boundary and act alone."""
    levels = preset.hearing.frames_per_token * MELS
    none = np.zeros(0, np.int64)
    sensors = SensorTokens(
        bins=np.zeros((0, levels), np.uint8),
        microphone=none,
        sound_place=none,
        rgb=np.zeros((0, PATCH, PATCH, 3), np.uint8),
        masks=np.zeros((0, PATCH, PATCH, preset.sight.zones), np.uint8),
        difference=np.zeros((0, PATCH, PATCH, 3), np.int8),
        camera=none,
        centre=np.zeros((0, 2), np.float32),
        state=np.zeros(sensor_state_width(preset), np.float32),
    )
    state = np.zeros(OWN_STATE_WIDTH, np.float32)
    return TurnTokens(turn, sensors, DialogueTokens(none, none, none, none, none, (), state))
