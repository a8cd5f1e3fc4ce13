"""The patch stem: 40x40 pixels become one vector, each patch for itself.

The hierarchical stem of Touvron et al. 2022 ("Three things everyone should know about vision
transformers"): convolutions that do not overlap, 5, 4 and 2 pixels wide, norm and GELU between.
The norm is over channels at each position, not over a batch, so that no patch depends on another.
Weights and pure functions of them; knows nothing of cameras or of where a patch lies.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from tml_ros.model.preset import SightPreset

_FIRST, _SECOND, _THIRD = 5, 4, 2
_COLOUR_SCALE = 1 / 64
_DIFFERENCE_SCALE = 1 / 32


class PatchStem(nn.Module):
    """Patches to vectors of the transformer's width, in the dtype of the weights.

    Its weights are linear layers over the pixels of a cell, (row, column, channel). Colour comes in
    as (level - 128) / 64, masks as 0 and 1, difference as value / 32.
    """

    def __init__(self, sight: SightPreset, width: int) -> None:
        super().__init__()
        narrow, wide = sight.stem
        cell = _FIRST * _FIRST
        self.colour = nn.Linear(cell * 3, narrow)
        self.zones = nn.Linear(cell * sight.zones, narrow, bias=False)
        self.difference = nn.Linear(cell * 3, narrow, bias=False)
        self.first_norm = nn.LayerNorm(narrow)
        self.second = nn.Linear(_SECOND * _SECOND * narrow, wide)
        self.second_norm = nn.LayerNorm(wide)
        self.third = nn.Linear(_THIRD * _THIRD * wide, width)

    def forward(self, rgb: Tensor, masks: Tensor, difference: Tensor) -> Tensor:
        """[p, width] of p patches, none included.

        rgb: uint8 [p, 40, 40, 3]. masks: uint8 [p, 40, 40, zones], 0 or 1. difference: int8
        [p, 40, 40, 3].
        """
        # Level 128 is 0: as an int8, level - 128 is the level with its highest bit turned.
        level = (rgb ^ 128).view(torch.int8)
        x = _convolved(level, self.colour.weight * _COLOUR_SCALE, self.colour.bias)
        x = x + _convolved(masks, self.zones.weight)
        x = x + _convolved(difference, self.difference.weight * _DIFFERENCE_SCALE)
        x = F.gelu(self.first_norm(x))
        x = F.gelu(self.second_norm(self.second(_cells(x, _SECOND))))
        third: Tensor = self.third(_cells(x, _THIRD))
        return third.flatten(1)


def _convolved(pixels: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """[p, 8, 8, narrow] of bytes [p, 40, 40, channels].

    As a convolution, which takes the cells where they lie: on a CPU a fifth faster than gathering
    them for a product of matrices, in float32; in bfloat16 as fast.
    """
    channels = pixels.shape[-1]
    # The rows of a linear layer are kernels whose channels lie innermost; both stay where they are.
    kernels = weight.reshape(-1, _FIRST, _FIRST, channels).permute(0, 3, 1, 2)
    device = pixels.device.type
    # What autocast would make of them in a second step.
    lower = torch.is_autocast_enabled(device)
    kind = torch.get_autocast_dtype(device) if lower else weight.dtype
    planes = pixels.to(kind).permute(0, 3, 1, 2)
    return F.conv2d(planes, kernels, bias, stride=_FIRST).permute(0, 2, 3, 1)


def _cells(x: Tensor, side: int) -> Tensor:
    """[p, n, n, channels] as [p, n / side, n / side, side * side * channels]."""
    n, channels = x.shape[1] // side, x.shape[3]
    cells = x.reshape(x.shape[0], n, side, n, side, channels).transpose(2, 3)
    return cells.reshape(x.shape[0], n, n, side * side * channels)
