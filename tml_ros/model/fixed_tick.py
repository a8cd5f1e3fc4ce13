"""Ticks of one fixed size, so that a GPU can replay them as a recorded graph.

A tick with few tokens is padded to the most that its rows can bring; what pads goes to a place that
nobody reads. On a GPU the pass is captured once as a CUDA graph and replayed with new contents; on
a CPU the same tensors run through the network directly, which is how the padding is tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor

from tml_ros.model.interaction_net import InteractionNet, Judgement
from tml_ros.model.preset import Preset
from tml_ros.model.ring_keys import RingStore
from tml_ros.model.ticker import Stepping, Ticker, TickTensors
from tml_ros.model.token_batch import TokenBatch

_WARM_UP = 3
"""Passes before a capture, so that libraries have chosen their kernels."""


class FixedTicker(Ticker):
    """A `Ticker` whose every step takes in all of its rows, in tensors of one size."""

    def __init__(self, net: InteractionNet, rows: int) -> None:
        super().__init__(net, rows)
        preset = net.preset
        self.least_places = (
            preset.sensor_tokens_per_turn,
            preset.tokens_per_turn - preset.sensor_tokens_per_turn,
        )
        self._tensors: TickTensors | None = None
        self._graph: torch.cuda.CUDAGraph | None = None
        self._judged: Judgement | None = None

    def step(self, stepping: Sequence[Stepping]) -> Judgement:
        """As `Ticker.step`; the judgement's first rows are those of `stepping`, in their order."""
        tensors = self.padded(stepping)
        if self._tensors is None:
            self._tensors = tensors
        else:
            _overwrite(self._tensors, tensors)
        if self._device.type == "cuda":
            judged = self._replayed(self._tensors)
        else:
            judged = self._pass(self._tensors)
        count = len(stepping)
        return judged._replace(
            hazards=judged.hazards[:count], floor=judged.floor[:count], act=judged.act[:count]
        )

    def padded(self, stepping: Sequence[Stepping]) -> TickTensors:
        """The tick's tensors at their fixed size."""
        return _padded(self.tensors(stepping, whole=True), self._net.preset)

    def _replayed(self, tensors: TickTensors) -> Judgement:
        if self._graph is None:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(_WARM_UP):
                    self._pass(tensors)
            torch.cuda.current_stream().wait_stream(side)
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph):
                self._judged = self._pass(tensors)
        self._graph.replay()
        assert self._judged is not None  # noqa: S101 - captured above
        return self._judged

    def _pass(self, tensors: TickTensors) -> Judgement:
        store = RingStore(
            self.rings,
            0,
            tensors.slots,
            sensor_mask=tensors.sensor_mask,
            dialogue_mask=tensors.dialogue_mask,
        )
        judged: Judgement = self._net(tensors.batch, store)
        return judged


def _padded(tensors: TickTensors, preset: Preset) -> TickTensors:
    batch = tensors.batch
    rows, nowhere = batch.rows, batch.rows * batch.places
    sizes = {
        "audio": rows * preset.hearing.microphones * preset.hearing.tokens,
        "patch": rows * preset.sight.patches_per_turn,
        "boundary": rows,
        "text": rows * (preset.text.in_per_turn + preset.text.out_per_turn),
        "act": rows,
    }
    of_sort = {
        "audio": ("bins", "microphone", "sound_place"),
        "patch": ("rgb", "masks", "difference", "camera", "centre"),
        "boundary": ("sensor_state",),
        "text": ("text", "kind", "order"),
        "act": ("own_state",),
    }
    grown: dict[str, Any] = {}
    for sort, size in sizes.items():
        grown[f"{sort}_at"] = _grown(getattr(batch, f"{sort}_at"), size, nowhere)
        for name in of_sort[sort]:
            grown[name] = _grown(getattr(batch, name), size, 0)
    return replace(tensors, batch=replace(batch, **grown))


def _grown(tensor: Tensor, size: int, filling: int) -> Tensor:
    missing = size - tensor.shape[0]
    return torch.cat((tensor, tensor.new_full((missing, *tensor.shape[1:]), filling)))


def _overwrite(kept: TickTensors, new: TickTensors) -> None:
    """Put new contents where the recorded graph reads them."""
    for name in ("slots", "sensor_mask", "dialogue_mask"):
        getattr(kept, name).copy_(getattr(new, name))
    for field in fields(TokenBatch):
        value = getattr(new.batch, field.name)
        if isinstance(value, Tensor):
            getattr(kept.batch, field.name).copy_(value)
