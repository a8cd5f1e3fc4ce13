"""Layers of which each process holds a part: Megatron's split (Shoeybi et al. 2019) on DTensors.

Weights are DTensors, which is what checkpoints, optimizers and FSDP understand; products are taken
on the local parts, as plain tensors. (DTensor's own products plan anew for every number of tokens,
which takes longer than a turn and hardly any two turns have the same.) Weights only; a process
steps in line with the others of its mesh, or all of them wait.
"""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.tensor import DTensor, Partial, Replicate, Shard, distribute_tensor


class ColumnLinear(nn.Module):
    """The whole input to a part of the outputs: [..., in] to [..., out / processes]."""

    def __init__(self, linear: nn.Linear, mesh: DeviceMesh) -> None:
        """linear: without bias, with equal weights in every process."""
        super().__init__()
        self.weight = shared_out(linear.weight, mesh, 0)

    def forward(self, x: Tensor) -> Tensor:
        """The gradient of x is a part, too: see `added_up_backward`."""
        return F.linear(x, held_part(self.weight))


class RowLinear(nn.Module):
    """A part of the inputs to the whole output: [..., in / processes] to [..., out]."""

    def __init__(self, linear: nn.Linear, mesh: DeviceMesh) -> None:
        """linear: without bias, with equal weights in every process."""
        super().__init__()
        self.weight = shared_out(linear.weight, mesh, 1)
        self._mesh = mesh

    def forward(self, x: Tensor) -> Tensor:
        """One all-reduce."""
        return added_up(F.linear(x, held_part(self.weight)), self._mesh)


class HeadNorm(nn.Module):
    """RMSNorm of single heads, of which each process has some: [..., heads / processes, width].

    Its weight is whole in every process, and so is its gradient: the sum over all heads.
    """

    def __init__(self, norm: nn.RMSNorm, mesh: DeviceMesh) -> None:
        """norm: with equal weights in every process."""
        super().__init__()
        self.weight, self._eps, self._mesh = norm.weight, norm.eps, mesh

    def forward(self, x: Tensor) -> Tensor:
        """x in its own shape."""
        weight = added_up_backward(self.weight, self._mesh)
        return F.rms_norm(x, weight.shape, weight, self._eps)


def read_by_parts(module: nn.Module, mesh: DeviceMesh) -> None:
    """Add up the gradients of a module's first argument, once for all parts that read it."""

    def spread(_: nn.Module, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        return added_up_backward(arguments[0], mesh), *arguments[1:]

    module.register_forward_pre_hook(spread)


def added_up(x: Tensor, mesh: DeviceMesh) -> Tensor:
    """The sum over all processes, in all of them; its gradient is whole in each and stays so."""
    parts = DTensor.from_local(x, mesh, [Partial()], run_check=False)
    return parts.redistribute(placements=[Replicate()]).to_local()


def added_up_backward(x: Tensor, mesh: DeviceMesh) -> Tensor:
    """The same, equal in all processes; its gradient is a part in each, and these are added up."""
    whole = DTensor.from_local(x, mesh, [Replicate()], run_check=False)
    return whole.to_local(grad_placements=[Partial()])


def shared_out(weight: Tensor, mesh: DeviceMesh, dimension: int) -> nn.Parameter:
    """A weight that every process has whole, cut along a dimension; nothing is sent."""
    shard = distribute_tensor(weight.detach(), mesh, [Shard(dimension)], src_data_rank=None)
    return nn.Parameter(shard, requires_grad=weight.requires_grad)


def held_part(weight: Tensor) -> Tensor:
    """What this process holds of a weight that was shared out."""
    assert isinstance(weight, DTensor)  # noqa: S101 - made so by `shared_out`
    return weight.to_local()
