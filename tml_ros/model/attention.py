"""Grouped-query attention (Ainslie et al. 2023) of the two halves of a turn.

The sensor half of a turn attends to what was sensed and to nothing else, at every layer; the
dialogue half attends to everything. Both go through the same weights. Where keys and values are
kept (a ring of a session, or the whole sequence at once) is the business of a `KeyStore`.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from tml_ros.model.block_attention import BlockStore
from tml_ros.model.preset import TransformerPreset
from tml_ros.model.rope import rotate


class Rotation(NamedTuple):
    """Angles of the tokens at hand: cos, sin [b, n, 1, head_width / 4].

    keep: [b, n, 1, 1], 0 where a token is pinned and its key loses the rotated half, or None.
    """

    cos: Tensor
    sin: Tensor
    keep: Tensor | None


class Keys(NamedTuple):
    """Everything there is to attend to: key, value [b, c, kv_heads, head_width].

    The first `dialogue` of them are seen by the dialogue half only, the rest by both.
    """

    key: Tensor
    value: Tensor
    dialogue: int


class KeyStore(Protocol):
    """Keeps keys and values of earlier tokens and says which of them may be seen."""

    sensor_mask: Tensor
    """Added to scores of the sensor half: [b, 1 or n, sensor keys], 0 or -inf."""
    dialogue_mask: Tensor
    """The same for the dialogue half, over all keys."""

    def extended(self, layer: int, key: Tensor, value: Tensor, sensors: int) -> Keys:
        """All keys of a layer after those of the tokens at hand were added.

        key, value: [b, n, kv_heads, head_width]; the first `sensors` of the n are the sensor half.
        """


class Attention(nn.Module):
    """Attention with normalised queries and keys (Henry et al. 2020)."""

    def __init__(self, preset: TransformerPreset) -> None:
        super().__init__()
        self.head_width = preset.head_width
        self.query = nn.Linear(preset.width, preset.heads * preset.head_width, bias=False)
        self.key = nn.Linear(preset.width, preset.kv_heads * preset.head_width, bias=False)
        self.value = nn.Linear(preset.width, preset.kv_heads * preset.head_width, bias=False)
        self.out = nn.Linear(preset.heads * preset.head_width, preset.width, bias=False)
        self.query_norm = nn.RMSNorm(preset.head_width, eps=1e-6)
        self.key_norm = nn.RMSNorm(preset.head_width, eps=1e-6)

    def forward(
        self, x: Tensor, sensors: int, rotation: Rotation, store: KeyStore | BlockStore, layer: int
    ) -> Tensor:
        """x: [b, n, width], sensor half first. Returns the same shape."""
        query = self.query_norm(self.query(x).unflatten(-1, (-1, self.head_width)))
        key = self.key_norm(self.key(x).unflatten(-1, (-1, self.head_width)))
        value = self.value(x).unflatten(-1, (-1, self.head_width))
        query = rotate(query, rotation.cos, rotation.sin)
        key = rotate(key, rotation.cos, rotation.sin)
        if rotation.keep is not None:
            rotated, still = key.chunk(2, dim=-1)
            key = torch.cat((rotated * rotation.keep, still), dim=-1)
        if isinstance(store, BlockStore):
            return self._joined(store.attended(query, key, value))
        keys = store.extended(layer, key, value, sensors)
        seen = _attend(
            query[:, :sensors],
            keys.key[:, keys.dialogue :],
            keys.value[:, keys.dialogue :],
            store.sensor_mask,
        )
        told = _attend(query[:, sensors:], keys.key, keys.value, store.dialogue_mask)
        return self._joined(torch.cat((seen, told), dim=1))

    def _joined(self, heads: Tensor) -> Tensor:
        """All heads of each token as one vector of the model's width."""
        out: Tensor = self.out(heads.flatten(-2))
        return out


def _attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """query [b, n, heads, w], key and value [b, c, kv_heads, w], mask [b, 1 or n, c]."""
    _, n, heads, _ = query.shape
    mask = mask.to(query.dtype)
    key, value = key.transpose(1, 2), value.transpose(1, 2)
    groups = key.shape[1]
    if mask.shape[1] == 1:
        # All queries see the same keys, so those that share a key head become one long query.
        folded = query.unflatten(2, (groups, heads // groups)).permute(0, 2, 3, 1, 4).flatten(2, 3)
        out = F.scaled_dot_product_attention(folded, key, value, attn_mask=mask[:, None])
        return out.unflatten(2, (heads // groups, n)).permute(0, 3, 1, 2, 4).flatten(2, 3)
    out = F.scaled_dot_product_attention(
        query.transpose(1, 2), key, value, attn_mask=mask[:, None], enable_gqa=True
    )
    return out.transpose(1, 2)
