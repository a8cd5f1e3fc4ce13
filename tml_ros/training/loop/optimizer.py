"""AdamW over what learns, and its memory by the names of the weights.

Knows nothing of steps or files. Owned by the training thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor

BETAS = (0.9, 0.98)
"""A shorter memory of squares than usual: what comes differs from step to step."""
_MEMORY = ("exp_avg", "exp_avg_sq", "step")

Weights = Sequence[tuple[str, nn.Parameter]]


def adamw(weights: Weights, *, decay: float) -> torch.optim.AdamW:
    """Loshchilov and Hutter 2019. decay: of matrices; of norms, biases and sinks there is none."""
    matrices = [weight for name, weight in weights if decays(name, weight)]
    others = [weight for name, weight in weights if not decays(name, weight)]
    groups = [
        {"params": matrices, "weight_decay": decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=BETAS, eps=1e-8, foreach=True)


def decays(name: str, weight: Tensor) -> bool:
    """Whether a weight is pulled towards zero: matrices are, tables of vectors are not."""
    tables = ("sound.weight", "text.weight", "words.weight", "sinks", "slots")
    return weight.ndim >= 2 and not name.endswith(tables)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """The learning rate of the next step."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def memory_of(optimizer: torch.optim.Optimizer, weights: Weights) -> Iterator[tuple[str, Tensor]]:
    """What it remembers, "exp_avg/<name of the weight>" and so on; sharded as the weights are."""
    for name, weight in weights:
        state = optimizer.state.get(weight, {})
        for part in _MEMORY:
            if part in state:
                yield f"{part}/{name}", state[part]


def remember(
    optimizer: torch.optim.Optimizer, weights: Weights, memory: Mapping[str, Tensor]
) -> None:
    """Put whole tensors, as `memory_of` named them, back. Raises ValueError for unknown names."""
    known = {f"{part}/{name}" for part in _MEMORY for name, _ in weights}
    odd = sorted(memory.keys() - known)
    if odd:
        raise ValueError(f"the optimizer's memory is of other weights: {', '.join(odd[:5])}")
    for name, weight in weights:
        given = {part: memory[f"{part}/{name}"] for part in _MEMORY if f"{part}/{name}" in memory}
        if given:
            optimizer.state[weight] = {
                part: value.clone() if part == "step" else shared_out(value, weight)
                for part, value in given.items()
            }


def gathered(tensor: Tensor) -> Tensor:
    """The whole of a tensor that may be sharded; all processes ask together."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def shared_out(whole: Tensor, like: Tensor) -> Tensor:
    """A tensor of its own with these values, sharded and placed as another."""
    value = whole.to(like.device, torch.float32)
    if isinstance(like, DTensor):
        return distribute_tensor(value, like.device_mesh, like.placements, src_data_rank=None)
    return value.clone()
