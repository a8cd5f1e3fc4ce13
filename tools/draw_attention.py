"""Draw docs/images/attention.png: which token of the interaction model sees which.

The picture is made from the masks that the model itself uses, for a small preset and four turns.
Run it after a change of them: `.venv/bin/python tools/draw_attention.py`.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dialogue_tokens import DialogueTokens, TextKind
from tml_ros.model.preset import Preset
from tml_ros.model.sequence import whole_batch
from tml_ros.model.token_batch import TokenBatch
from tml_ros.model.turn_tokens import SensorTokens, TurnTokens, nothing_sensed

ROOT = Path(__file__).resolve().parent.parent
CELL = 20
LEFT, TOP = 96, 96
TURNS = 4
COLOURS = {
    "sink": (150, 150, 150),
    "sound": (180, 119, 31),
    "patch": (44, 160, 44),
    "boundary": (40, 39, 214),
    "text": (189, 103, 148),
    "act": (14, 127, 255),
}
"""Blue, green, red."""


def main() -> None:
    """Write the picture."""
    preset = Preset(name="drawn").changed(
        hearing={"frames_per_token": 4},
        memory={"sinks": 1, "seconds": 60.0, "sensor_seconds": 0.4},
        sight={"columns": 2, "rows": 1, "patches_per_turn": 2, "refresh_turns": 2},
    )
    batch, store = whole_batch(preset, [_clip(preset)])
    names = _names(batch)
    # Keys stand dialogue half first; the picture shows both halves in the order of the tokens.
    n, sensors = len(names), batch.sensors
    seen = np.zeros((n, n), np.bool_)
    seen[:sensors, :sensors] = (store.sensor_mask[0] == 0).numpy()
    told = (store.dialogue_mask[0] == 0).numpy()
    seen[sensors:] = np.concatenate((told[:, batch.dialogue :], told[:, : batch.dialogue]), axis=1)
    cv2.imwrite(str(ROOT / "docs" / "images" / "attention.png"), _drawn(names, seen, sensors))


def _clip(preset: Preset) -> list[TurnTokens]:
    clip = []
    for number in range(TURNS):
        empty = nothing_sensed(preset, number)
        sound = np.zeros((preset.hearing.tokens, *empty.sensors.bins.shape[1:]), np.uint8)
        whose = np.zeros(len(sound), np.int64)
        patches = 2 if number in (0, 2) else 0
        words = np.full(1 if number in (1, 2) else 0, 300)
        none = empty.sensors
        sensors = SensorTokens(
            bins=sound,
            microphone=whose,
            sound_place=np.arange(len(sound)),
            rgb=np.zeros((patches, *none.rgb.shape[1:]), np.uint8),
            masks=np.zeros((patches, *none.masks.shape[1:]), np.uint8),
            difference=np.zeros((patches, *none.difference.shape[1:]), np.int8),
            camera=np.zeros(patches, np.int64),
            centre=np.zeros((patches, 2), np.float32),
            state=none.state,
        )
        zeros = np.zeros(len(words), np.int64)
        kind = np.full(len(words), TextKind.OWN if number == 2 else TextKind.TYPED)
        state = empty.dialogue.state
        dialogue = DialogueTokens(words, kind, zeros, zeros, zeros - 1, (), state)
        clip.append(TurnTokens(number, sensors, dialogue))
    return clip


def _names(batch: TokenBatch) -> list[str]:
    names = [""] * batch.places
    for name, places in (
        ("sink", batch.sensor_sink_at),
        ("sink", batch.sink_at),
        ("sound", batch.audio_at),
        ("patch", batch.patch_at),
        ("boundary", batch.boundary_at),
        ("text", batch.text_at),
        ("act", batch.act_at),
    ):
        for place in places.tolist():
            names[place] = name
    return names


def _drawn(names: list[str], seen: NDArray[np.bool_], sensors: int) -> NDArray[np.uint8]:
    n = len(names)
    picture = np.full((TOP + n * CELL + 16, LEFT + n * CELL + 16, 3), 255, np.uint8)
    for row, query in enumerate(names):
        for column, key in enumerate(names):
            corner = LEFT + column * CELL, TOP + row * CELL
            colour = COLOURS[key] if seen[row, column] else (238, 238, 238)
            end = corner[0] + CELL - 2, corner[1] + CELL - 2
            cv2.rectangle(picture, corner, end, colour, cv2.FILLED)
        _write(picture, query, (LEFT - 84, TOP + row * CELL + 14))
    for column, key in enumerate(names):
        label = np.full((20, 84, 3), 255, np.uint8)
        _write(label, key, (2, 14))
        x = LEFT + column * CELL - 1
        picture[TOP - 86 : TOP - 2, x : x + 20] = np.rot90(label)
    edge = sensors * CELL - 1
    far = n * CELL
    for start, end in (((0, edge), (far, edge)), ((edge, 0), (edge, far))):
        first, last = ((LEFT + x, TOP + y) for x, y in (start, end))
        cv2.line(picture, first, last, (0, 0, 0), 2)
    return picture


def _write(picture: NDArray[np.uint8], text: str, at: tuple[int, int]) -> None:
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(picture, text, at, font, 0.42, (40, 40, 40), 1, cv2.LINE_AA)


if __name__ == "__main__":
    main()
