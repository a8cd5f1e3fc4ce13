"""The running mean of weights over steps, which judges better than any step's own.

Exponential, as in Polyak and Juditsky 1992 and everywhere since; young means follow faster, so
that the first weights, which know nothing, are soon forgotten. Works on whatever share of the
weights a process holds. Owned by the training thread.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor


class WeightAverage:
    """Means by name, float32, on the device of the weights."""

    def __init__(self, weights: Iterable[tuple[str, Tensor]], *, keeps: float) -> None:
        """Begin with the weights themselves. keeps: how much of the mean stays in a step."""
        self.keeps = keeps
        self.steps = 0
        self.means = {name: weight.detach().clone() for name, weight in weights}

    @torch.no_grad()
    def take(self, weights: Iterable[tuple[str, Tensor]]) -> None:
        """Those of one more step."""
        self.steps += 1
        keeps = min(self.keeps, self.steps / (10 + self.steps))
        now = [_local(weight) for _, weight in weights]
        torch._foreach_lerp_([_local(mean) for mean in self.means.values()], now, 1 - keeps)


def _local(tensor: Tensor) -> Tensor:
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor
