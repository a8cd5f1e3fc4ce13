"""A model small enough to be run thousands of times, and turns for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tml_ros.model.dialogue_tokens import DialogueTokens, TextKind
from tml_ros.model.own_state import OWN_STATE_WIDTH
from tml_ros.model.preset import MELS, PATCH, Preset
from tml_ros.model.turn_tokens import SensorTokens, TurnTokens, sensor_state_width
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, Frame, MicroTurn, TurnFrame

EXPERTS = {"count": 4, "chosen": 2, "shared": 1, "hidden": 32, "dense_layers": 1}


def tiny_preset(**parts: Any) -> Preset:
    """Three layers of width 64, a window of 4 s; fields of parts can be changed."""
    small: dict[str, dict[str, Any]] = {
        "transformer": {
            "width": 64, "layers": 3, "heads": 4, "kv_heads": 2, "head_width": 16, "hidden": 96
        },
        "hearing": {"microphones": 1},
        "sight": {
            "cameras": 2, "zones": 2, "columns": 3, "rows": 2, "patches_per_turn": 6,
            "refresh_turns": 4, "stem": [8, 16],
        },
        "text": {"in_per_turn": 4},
        "memory": {
            "seconds": 4.0, "sensor_seconds": 1.0, "text_tokens": 24, "instruction_tokens": 12,
            "sinks": 2,
        },
        "voice": {"text_width": 32, "width": 32, "layers": 1, "context_tokens": 6},
    }  # fmt: skip
    for part, fields in parts.items():
        small[part] = {**small.get(part, {}), **fields}
    return Preset(name="tiny").changed(**small)


def random_tokens(preset: Preset, turn: int, rng: np.random.Generator) -> TurnTokens:
    """Any subset of what a turn can bring; instruction 0 comes in turn 2 and goes in turn 9."""
    hearing, sight = preset.hearing, preset.sight
    heard = int(rng.choice([0, hearing.tokens], p=[0.2, 0.8]))
    seen = int(rng.integers(0, sight.patches_per_turn + 1))
    told = int(rng.integers(0, preset.text.in_per_turn + 1))
    kind = rng.integers(0, 3, told)
    instruction = np.full(told, -1)
    if turn in (2, 5):
        kind[:], instruction[:] = TextKind.INSTRUCTION, turn // 5
    sensors = SensorTokens(
        bins=rng.integers(0, hearing.bins, (heard, hearing.frames_per_token * MELS), np.uint8),
        microphone=np.zeros(heard, np.int64),
        sound_place=np.arange(heard),
        rgb=rng.integers(0, 256, (seen, PATCH, PATCH, 3), np.uint8),
        masks=rng.integers(0, 2, (seen, PATCH, PATCH, sight.zones), np.uint8),
        difference=rng.integers(-127, 128, (seen, PATCH, PATCH, 3), np.int8),
        camera=rng.integers(0, sight.cameras, seen),
        centre=rng.random((seen, 2), np.float32),
        state=rng.random(sensor_state_width(preset), np.float32),
    )
    dialogue = DialogueTokens(
        text=rng.integers(0, preset.text.vocabulary, told),
        kind=kind,
        place=np.arange(told),
        order=np.arange(told),
        instruction=instruction,
        released=(0,) if turn == 9 else (),
        state=rng.random(OWN_STATE_WIDTH, np.float32),
    )
    return TurnTokens(turn, sensors, dialogue)


def random_clip(preset: Preset, turns: int, seed: int = 0) -> list[TurnTokens]:
    """Turns from the start of a session."""
    rng = np.random.default_rng(seed)
    return [random_tokens(preset, turn, rng) for turn in range(turns)]


def random_turn(index: int, rng: np.random.Generator, *, camera: str = "hall") -> MicroTurn:
    """Noise to hear and a picture of coloured blocks, whose stamps follow the index."""
    start = index * TURN_NS
    blocks = rng.integers(0, 256, (4, 6, 3), np.uint8)
    rgb = blocks.repeat(20, axis=0).repeat(20, axis=1)
    sound = (rng.standard_normal(TURN_SAMPLES) * 0.1).astype(np.float32)
    frame = Frame(camera, start + TURN_NS // 2, rgb)
    return MicroTurn(index, start, {"mic": sound}, {camera: TurnFrame(frame, TURN_NS // 2)})
