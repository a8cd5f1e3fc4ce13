"""The feed-forward block every token passes: SwiGLU (Shazeer 2020)."""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn


class SwiGLU(nn.Module):
    """x -> down(silu(gate(x)) * up(x)); [..., width] to [..., width]."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens do not see each other here."""
        out: Tensor = self.down(F.silu(self.gate(x)) * self.up(x))
        return out
