"""One tick: a turn of one or many sessions through the network, over their rings.

Owns the rings; a session has a row in them and a `RingState` of its own. Knows nothing of what a
session does with the answers. One thread ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tml_ros.model.attention import Keys
from tml_ros.model.interaction_net import InteractionNet, Judgement
from tml_ros.model.ring_keys import Rings, RingStore
from tml_ros.model.ring_plan import RingPlan
from tml_ros.model.ring_state import RingState
from tml_ros.model.rope import RotaryAngles
from tml_ros.model.sequence import whole_batch
from tml_ros.model.token_batch import TokenBatch, pack
from tml_ros.model.turn_tokens import TurnTokens, nothing_sensed


@dataclass(frozen=True, slots=True)
class Stepping:
    """One session in a tick: its row, where its tokens go, and the tokens."""

    row: int
    ring: RingState
    tokens: TurnTokens


@dataclass(frozen=True, slots=True)
class TickTensors:
    """A tick as tensors. slots: int64 [b, n]. masks: [b, 1, keys], 0 or -inf."""

    batch: TokenBatch
    slots: Tensor
    sensor_mask: Tensor
    dialogue_mask: Tensor


class Ticker:
    """The rings of up to `rows` sessions and the pass over them."""

    def __init__(self, net: InteractionNet, rows: int) -> None:
        """Allocate everything the sessions will ever need."""
        self._net = net
        self.plan = RingPlan.of(net.preset)
        transformer = net.preset.transformer
        self._angles = RotaryAngles(transformer.head_width, transformer.rope_base)
        weight = net.hazards.weight
        self._device, self._dtype = weight.device, weight.dtype
        self._sinks = _sink_keys(net)
        kv_heads = self._sinks[0][0].shape[-2]
        self.rings = Rings(
            transformer,
            self.plan,
            rows,
            kv_heads=kv_heads,
            dtype=self._dtype,
            device=self._device,
        )
        self.least_places = (0, 0)

    def clear(self, row: int) -> None:
        """Begin a session in this row: nothing but the sinks."""
        for ring, sinks in zip((self.rings.key, self.rings.value), self._sinks, strict=True):
            ring[:, row] = 0
            for half, region in zip(sinks, (self.plan.sensor_sinks, self.plan.sinks), strict=True):
                ring[:, row, region.first : region.first + region.size] = half

    def step(self, stepping: Sequence[Stepping]) -> Judgement:
        """A turn of each session; rows ascend. The judgement is in their order, on the device."""
        tensors = self.tensors(stepping)
        store = RingStore(
            self.rings,
            stepping[0].row,
            tensors.slots,
            sensor_mask=tensors.sensor_mask,
            dialogue_mask=tensors.dialogue_mask,
        )
        judged: Judgement = self._net(tensors.batch, store)
        return judged

    def tensors(self, stepping: Sequence[Stepping], *, whole: bool = False) -> TickTensors:
        """Take the slots of the turn's tokens and lay everything out.

        Rows from the first that steps to the last, or all of them if `whole`; those that do not
        step are padding.
        """
        first, last = stepping[0].row, stepping[-1].row
        if whole:
            first, last = 0, self.rings.rows - 1
        rows: list[list[TurnTokens]] = [[] for _ in range(first, last + 1)]
        for one in stepping:
            rows[one.row - first].append(one.tokens)
        batch, places = pack(rows, self._angles, least=self.least_places)
        slots = np.full(places.turn.shape, self.plan.spare, np.int64)
        seen = np.zeros((len(rows), self.plan.slots), np.bool_)
        # A row that does not step still needs something to look at, or its scores are empty.
        seen[:, [self.plan.sinks.first, self.plan.sensor_sinks.first]] = True
        for one in stepping:
            row, tokens = one.row - first, one.tokens
            taken = _take(one.ring, tokens)
            sensed = len(tokens.sensors)
            slots[row, :sensed] = taken[:sensed]
            slots[row, batch.sensors : batch.sensors + len(taken) - sensed] = taken[sensed:]
            seen[row] = one.ring.visible(tokens.turn)
        added = torch.zeros(seen.shape).masked_fill_(torch.from_numpy(~seen), -torch.inf)
        added = added[:, None].to(self._device, self._dtype)
        return TickTensors(
            batch.to(self._device, self._dtype),
            torch.from_numpy(slots).to(self._device),
            added[:, :, self.plan.dialogue :],
            added,
        )


def _take(ring: RingState, tokens: TurnTokens) -> NDArray[np.int64]:
    """Slots for the tokens of a turn, in the order in which they are packed."""
    turn, dialogue = tokens.turn, tokens.dialogue
    ring.release(dialogue.released)
    text = np.empty(len(dialogue.text), np.int64)
    for number in dict.fromkeys(dialogue.instruction.tolist()):
        these = dialogue.instruction == number
        count = int(these.sum())
        text[these] = (
            ring.take_text(count, turn)
            if number < 0
            else ring.take_instruction(number, count, turn)
        )
    return np.concatenate(
        (
            ring.take_sensors(len(tokens.sensors) - 1, turn),
            ring.take_boundary(turn),
            text,
            ring.take_act(turn),
        )
    )


class _SinkKeys:
    """A `KeyStore` of the whole sequence that remembers the keys of its sinks."""

    def __init__(self, net: InteractionNet) -> None:
        preset = net.preset
        empty = nothing_sensed(preset)
        self.batch, whole = whole_batch(preset, [[empty]])
        weight = net.hazards.weight
        self.batch = self.batch.to(weight.device, weight.dtype)
        self.sensor_mask = whole.sensor_mask.to(weight.device, weight.dtype)
        self.dialogue_mask = whole.dialogue_mask.to(weight.device, weight.dtype)
        self._whole = whole
        self._count = preset.memory.sinks
        self.found: list[list[tuple[Tensor, Tensor]]] = []

    def extended(self, layer: int, key: Tensor, value: Tensor, sensors: int) -> Keys:
        """Note the sinks, which stand first in each half."""
        halves = slice(0, self._count), slice(sensors, sensors + self._count)
        self.found.append([(key[0, half], value[0, half]) for half in halves])
        return self._whole.extended(layer, key, value, sensors)


@torch.inference_mode()
def _sink_keys(net: InteractionNet) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Keys, and values, of the sinks of each half: [layers, sinks, kv_heads, head_width]."""
    store = _SinkKeys(net)
    net.through(store.batch, store)
    keys, values = (
        tuple(torch.stack([layer[half][part] for layer in store.found]) for half in range(2))
        for part in range(2)
    )
    return keys, values  # type: ignore[return-value]
