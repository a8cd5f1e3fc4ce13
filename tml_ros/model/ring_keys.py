"""The keys and values that sessions remember, allocated once, in rings.

Knows nothing of what a slot means (`ring_plan`) or which comes next (`ring_state`). Rows are
sessions; a session has its row until it is closed. Written during a tick by the ticking thread.
"""

from __future__ import annotations

import torch
from torch import Tensor

from tml_ros.model.attention import Keys
from tml_ros.model.preset import TransformerPreset
from tml_ros.model.ring_plan import RingPlan


class Rings:
    """Keys and values of `rows` sessions: [layers, rows, slots, kv_heads, head_width] each."""

    def __init__(
        self,
        preset: TransformerPreset,
        plan: RingPlan,
        rows: int,
        *,
        kv_heads: int | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        """kv_heads: those of this process, where a model is laid out over several."""
        heads = preset.kv_heads if kv_heads is None else kv_heads
        shape = (preset.layers, rows, plan.slots, heads, preset.head_width)
        self.plan = plan
        self.key = torch.zeros(shape, dtype=dtype, device=device)
        self.value = torch.zeros(shape, dtype=dtype, device=device)

    @property
    def rows(self) -> int:
        """How many sessions there is room for."""
        return self.key.shape[1]

    @property
    def bytes_per_row(self) -> int:
        """Bytes of one session's keys and values."""
        return 2 * self.key[:, 0].numel() * self.key.element_size()


class RingStore:
    """The `KeyStore` of one tick over consecutive rows.

    slots: int64 [b, n], where each token goes. masks: [b, 1, keys], 0 or -inf.
    """

    def __init__(
        self,
        rings: Rings,
        first_row: int,
        slots: Tensor,
        *,
        sensor_mask: Tensor,
        dialogue_mask: Tensor,
    ) -> None:
        rows = slice(first_row, first_row + slots.shape[0])
        self._key, self._value = rings.key[:, rows], rings.value[:, rows]
        self._row = torch.arange(slots.shape[0], device=slots.device)[:, None]
        self._slots = slots
        self._dialogue = rings.plan.dialogue
        self.sensor_mask = sensor_mask
        self.dialogue_mask = dialogue_mask

    def extended(self, layer: int, key: Tensor, value: Tensor, sensors: int) -> Keys:
        """Write the tokens at hand into their slots and give the whole ring."""
        del sensors
        keys, values = self._key[layer], self._value[layer]
        keys[self._row, self._slots] = key
        values[self._row, self._slots] = value
        return Keys(keys, values, self._dialogue)


class WholeStore:
    """The `KeyStore` of a whole sequence at once: the tokens at hand are all there are.

    masks: [b, n of the half, keys], 0 or -inf; the dialogue half's keys come first.
    """

    def __init__(self, *, sensor_mask: Tensor, dialogue_mask: Tensor) -> None:
        self.sensor_mask = sensor_mask
        self.dialogue_mask = dialogue_mask

    def to(self, device: torch.device | str, dtype: torch.dtype) -> WholeStore:
        """On a device, with masks in `dtype`."""
        return WholeStore(
            sensor_mask=self.sensor_mask.to(device, dtype),
            dialogue_mask=self.dialogue_mask.to(device, dtype),
        )

    def extended(self, layer: int, key: Tensor, value: Tensor, sensors: int) -> Keys:
        """The tokens at hand, dialogue half first."""
        del layer
        dialogue = key.shape[1] - sensors
        key = torch.cat((key[:, sensors:], key[:, :sensors]), dim=1)
        value = torch.cat((value[:, sensors:], value[:, :sensors]), dim=1)
        return Keys(key, value, dialogue)
