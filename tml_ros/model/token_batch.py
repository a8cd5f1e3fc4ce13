"""Turns of several sessions, side by side as tensors: one tick of each, or many turns of each.

A batch has b rows (sessions) of n places: the sensor half, then the dialogue half; what a shorter
row leaves free is padding. Tokens of one sort lie together, whatever row they belong to, and carry
the place they go to. Knows nothing of rings or weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tml_ros.model.dialogue_tokens import TextKind
from tml_ros.model.rope import (
    ACT_PLACE,
    BOUNDARY_PLACE,
    OWN_TEXT_PLACE,
    PATCH_PLACE,
    PLACES,
    TEXT_PLACE,
    RotaryAngles,
)
from tml_ros.model.turn_tokens import TurnTokens


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """Tensors of a batch; what a name shares with `SensorTokens` or `DialogueTokens` is the same.

    rows: b. sensors, dialogue: places of each half of a row. The `_at` are int64 indices into all
    rows' places laid end to end, in the order audio, patches, boundary, text, act, and sinks where
    the batch begins a sequence. cos, sin: [b, n, 1, head_width / 4]; keep: [b, n, 1, 1].
    """

    rows: int
    sensors: int
    dialogue: int
    bins: Tensor
    microphone: Tensor
    sound_place: Tensor
    rgb: Tensor
    masks: Tensor
    difference: Tensor
    camera: Tensor
    centre: Tensor
    sensor_state: Tensor
    text: Tensor
    kind: Tensor
    order: Tensor
    own_state: Tensor
    audio_at: Tensor
    patch_at: Tensor
    boundary_at: Tensor
    text_at: Tensor
    act_at: Tensor
    sensor_sink_at: Tensor
    sink_at: Tensor
    cos: Tensor
    sin: Tensor
    keep: Tensor

    @property
    def places(self) -> int:
        """n: places of a row."""
        return self.sensors + self.dialogue

    def to(self, device: torch.device | str, dtype: torch.dtype) -> TokenBatch:
        """On a device, with floating point tensors in `dtype`."""
        moved: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                kind = dtype if value.is_floating_point() else value.dtype
                moved[field.name] = value.to(device, kind)
        return replace(self, **moved)


@dataclass(frozen=True, slots=True)
class Places:
    """Where tokens stand in time: each int64 [b, n], in the places of a `TokenBatch`.

    turn: of the token; padding has -2, sinks -1. position: for the rotation.
    """

    turn: NDArray[np.int64]
    position: NDArray[np.int64]


def pack(
    rows: Sequence[Sequence[TurnTokens]],
    angles: RotaryAngles,
    *,
    sinks: int = 0,
    least: tuple[int, int] = (0, 0),
    joined: bool = False,
) -> tuple[TokenBatch, Places]:
    """Lay the turns of each row one after another.

    sinks: how many of each half every row begins with; 0 where they are in a ring already.
    least: places of each half to have at least. joined: all in one row, without padding: the sensor
    halves one after the other, then the dialogue halves.
    """
    sensed = [sinks + sum(len(turn.sensors) for turn in row) for row in rows]
    told = [sinks + sum(len(turn.dialogue.text) + 1 for turn in row) for row in rows]
    if joined:
        count, sensors, dialogue = 1, sum(sensed), sum(told)
        first_seen, first_said = _begins(sensed, 0), _begins(told, sensors)
    else:
        count, sensors, dialogue = len(rows), max(least[0], *sensed), max(least[1], *told)
        first_seen = [row * (sensors + dialogue) for row in range(count)]
        first_said = [first + sensors for first in first_seen]
    places = sensors + dialogue
    layout = _Layout(count, places)
    for turns, begin_seen, begin_said in zip(rows, first_seen, first_said, strict=True):
        no_position = np.zeros(sinks, np.int64)
        seen = layout.put("sensor_sink", begin_seen, -1, no_position, pinned=True)
        said = layout.put("sink", begin_said, -1, no_position, pinned=True)
        for turn in turns:
            seen = _put_sensors(layout, seen, turn)
            said = _put_dialogue(layout, said, turn)
    cos, sin = angles(layout.position)
    both = (count, places)
    where = Places(layout.turn.reshape(both), layout.position.reshape(both))
    shape = (*both, 1, -1)
    turns = [turn for row in rows for turn in row]
    halves = [turn.sensors for turn in turns], [turn.dialogue for turn in turns]
    together = {
        **{name: _joined(halves[0], name) for name in _SENSED},
        **{name: _joined(halves[1], name) for name in ("text", "kind", "order")},
        "sensor_state": torch.from_numpy(np.stack([half.state for half in halves[0]])),
        "own_state": torch.from_numpy(np.stack([half.state for half in halves[1]])),
    }
    at = {f"{sort}_at": layout.at(sort) for sort in _SORTS}
    return (
        TokenBatch(
            rows=count,
            sensors=sensors,
            dialogue=dialogue,
            cos=torch.from_numpy(cos).reshape(shape),
            sin=torch.from_numpy(sin).reshape(shape),
            keep=torch.from_numpy((~layout.pinned).astype(np.float32)).reshape(shape),
            **together,
            **at,
        ),
        where,
    )


_SENSED = (
    "bins",
    "microphone",
    "sound_place",
    "rgb",
    "masks",
    "difference",
    "camera",
    "centre",
)
_SORTS = ("audio", "patch", "boundary", "text", "act", "sensor_sink", "sink")


class _Layout:
    """Collects where each token goes."""

    def __init__(self, rows: int, places: int) -> None:
        self.turn = np.full(rows * places, -2, np.int64)
        self.position = np.zeros(rows * places, np.int64)
        self.pinned = np.zeros(rows * places, np.bool_)
        self._at: dict[str, list[NDArray[np.int64]]] = {sort: [] for sort in _SORTS}

    def put(
        self,
        sort: str,
        first: int,
        turn: int,
        position: NDArray[np.int64],
        *,
        pinned: NDArray[np.bool_] | bool = False,
    ) -> int:
        """Tokens of a sort from place `first` on; returns the first place behind them."""
        end = first + len(position)
        self._at[sort].append(np.arange(first, end))
        self.turn[first:end] = turn
        self.position[first:end] = position
        self.pinned[first:end] = pinned
        return end

    def at(self, sort: str) -> Tensor:
        """Where all tokens of a sort went: int64."""
        return torch.from_numpy(np.concatenate(self._at[sort] or [np.zeros(0, np.int64)]))


def _begins(sizes: Sequence[int], first: int) -> list[int]:
    """Where each of them begins, one after the other."""
    return list(accumulate(sizes[:-1], initial=first))


def _put_sensors(layout: _Layout, first: int, turn: TurnTokens) -> int:
    begin = turn.turn * PLACES
    sensors = turn.sensors
    first = layout.put("audio", first, turn.turn, begin + sensors.sound_place)
    patches = np.full(len(sensors.rgb), begin + PATCH_PLACE)
    first = layout.put("patch", first, turn.turn, patches)
    return layout.put("boundary", first, turn.turn, np.array([begin + BOUNDARY_PLACE]))


def _put_dialogue(layout: _Layout, first: int, turn: TurnTokens) -> int:
    begin = turn.turn * PLACES
    told = turn.dialogue
    own = told.kind == TextKind.OWN
    place = np.where(
        own,
        np.minimum(OWN_TEXT_PLACE + told.place, PLACES - 1) - PLACES,
        np.minimum(TEXT_PLACE + told.place, ACT_PLACE - 1),
    )
    pinned = told.instruction >= 0
    first = layout.put("text", first, turn.turn, begin + place, pinned=pinned)
    return layout.put("act", first, turn.turn, np.array([begin + ACT_PLACE]))


def _joined(halves: Sequence[object], name: str) -> Tensor:
    return torch.from_numpy(np.concatenate([getattr(half, name) for half in halves]))
