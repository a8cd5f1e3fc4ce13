"""One layer of the transformer: attention, then feed-forward, each around a residual."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tml_ros.model.attention import Attention, KeyStore, Rotation
from tml_ros.model.block_attention import BlockStore
from tml_ros.model.experts import Experts
from tml_ros.model.feed_forward import SwiGLU
from tml_ros.model.preset import TransformerPreset


class Block(nn.Module):
    """Pre-norm (RMSNorm) block; dense, or with experts from layer `experts.dense_layers` on."""

    def __init__(self, preset: TransformerPreset, layer: int) -> None:
        super().__init__()
        self.layer = layer
        experts = preset.experts
        self.attention_norm = nn.RMSNorm(preset.width, eps=1e-6)
        self.attention = Attention(preset)
        self.feed_norm = nn.RMSNorm(preset.width, eps=1e-6)
        self.feed: SwiGLU | Experts = (
            SwiGLU(preset.width, preset.hidden)
            if experts is None or layer < experts.dense_layers
            else Experts(preset.width, experts)
        )

    def forward(
        self, x: Tensor, sensors: int, rotation: Rotation, store: KeyStore | BlockStore
    ) -> tuple[Tensor, Tensor | None]:
        """x: [b, n, width]; returns the same and the experts' balance loss, None where dense."""
        normed = _lowered(self.attention_norm(x))
        x = x + self.attention(normed, sensors, rotation, store, self.layer)
        normed = _lowered(self.feed_norm(x))
        if isinstance(self.feed, Experts):
            fed, balance = self.feed(normed)
            return x + fed, balance
        return x + self.feed(normed), None


def _lowered(x: Tensor) -> Tensor:
    """As autocast would have it for each product of matrices anew."""
    device = x.device.type
    return x.to(torch.get_autocast_dtype(device)) if torch.is_autocast_enabled(device) else x
