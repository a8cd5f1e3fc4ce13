"""How a network too large for one GPU is laid out over several, on PyTorch's DTensor and FSDP2.

Three ways that go together: tensor-parallel attention and dense layers, expert-parallel mixture of
experts, both over the same processes of one machine, and FSDP2 over machines for training. The
network's code stays as it is; its modules are changed in place, before the first pass. Knows
nothing of how processes are started or how turns reach them: every process of a "tensor" mesh makes
the same passes over the same tokens. One thread per process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.fsdp import (
    MixedPrecisionPolicy,
    fully_shard,
    register_fsdp_forward_method,
)
from torch.distributed.tensor import DTensor, distribute_tensor

from tml_ros.model.block import Block
from tml_ros.model.experts import Experts
from tml_ros.model.feed_forward import SwiGLU
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.preset import TransformerPreset
from tml_ros.model.sharded_experts import ShardedExperts
from tml_ros.model.sharded_linear import ColumnLinear, HeadNorm, RowLinear, read_by_parts

_Kind = type[ColumnLinear] | type[RowLinear] | type[HeadNorm]
_ATTENTION: Mapping[str, _Kind] = {
    "query": ColumnLinear,
    "key": ColumnLinear,
    "value": ColumnLinear,
    "query_norm": HeadNorm,
    "key_norm": HeadNorm,
    "out": RowLinear,
}
_FEED: Mapping[str, _Kind] = {"gate": ColumnLinear, "up": ColumnLinear, "down": RowLinear}


def tensor_parallel(net: InteractionNet, mesh: DeviceMesh) -> None:
    """Share out heads and hidden units over a mesh of one dimension (Shoeybi et al. 2019).

    Sharded: query, key and value of attention by heads, and its `out`; gate, up and down of dense
    blocks and of shared experts by hidden units. Two all-reduces of [b, n, width] per block.

    Replicated, with equal values in every process: embeddings, norms, routers, routed experts
    (see `expert_parallel`) and all heads (hazards, floor, text, voice). So every process gives the
    whole answer.

    A process holds keys and values of its own kv_heads only; `Ticker` makes its rings for these.

    net: with equal weights in every process, or on the meta device. Raises ValueError where the
    mesh's size does not divide heads, kv_heads or hidden units.
    """
    _one_dimension(mesh)
    _check_divides(net.preset.transformer, mesh.size())
    for block in _blocks(net):
        _split(block.attention, _ATTENTION, mesh)
        feed = block.feed if isinstance(block.feed, SwiGLU) else block.feed.shared
        if feed is not None:
            _split(feed, _FEED, mesh)


def expert_parallel(net: InteractionNet, mesh: DeviceMesh) -> None:
    """Share out routed experts over a mesh of one dimension, each of them whole.

    Routers and shared experts stay as they are. One all-reduce of [b, n, width] per block with
    experts; no token is dropped. Every process keeps rows for all chosen experts of all tokens,
    but multiplies only its own: a process whose experts are popular is waited for.

    net: with equal weights in every process, or on the meta device. Raises ValueError where there
    are no experts, or the mesh's size does not divide their number.
    """
    _one_dimension(mesh)
    if net.preset.transformer.experts is None:
        raise ValueError(f"{net.preset.name} has no experts to share out")
    for block in _blocks(net):
        if isinstance(block.feed, Experts):
            block.feed = ShardedExperts(block.feed, mesh)


def fully_sharded(
    net: InteractionNet, mesh: DeviceMesh, *, dtype: torch.dtype | None = None
) -> None:
    """Keep weights, gradients and optimizer state in shards, for training (Zhao et al. 2023, FSDP).

    A block's weights are whole only while it works. Each process of the mesh trains on clips of
    its own; gradients are averaged in float32. After `tensor_parallel` and `expert_parallel`,
    over another dimension of the same mesh, it shards what those left. Call `net(...)`, `net.text`,
    `net.voice_text` and `net.voice`; `net.through` alone finds no weights.

    dtype: of arithmetic inside the blocks, where nearly all of it is; None: bfloat16 on GPUs,
    float32 elsewhere. Weights, embeddings and heads are as they were.
    """
    _one_dimension(mesh)
    if dtype is None:
        dtype = torch.bfloat16 if mesh.device_type == "cuda" else torch.float32
    inside = MixedPrecisionPolicy(
        param_dtype=dtype, reduce_dtype=torch.float32, output_dtype=torch.float32
    )
    for block in _blocks(net):
        fully_shard(block, mesh=mesh, mp_policy=inside)
    for head in (net.text, net.voice_text, net.voice):
        fully_shard(head, mesh=mesh)
    register_fsdp_forward_method(net.text, "generate")
    register_fsdp_forward_method(net.voice, "sample")
    fully_shard(net, mesh=mesh)


def optimizer_groups(net: InteractionNet) -> list[dict[str, list[nn.Parameter]]]:
    """Parameter groups for an optimizer: its fused steps cannot mix tensors of several meshes."""
    groups: dict[DeviceMesh | None, list[nn.Parameter]] = {}
    for weight in net.parameters():
        groups.setdefault(weight.device_mesh if isinstance(weight, DTensor) else None, []).append(
            weight
        )
    return [{"params": weights} for weights in groups.values()]


def whole_weights(net: InteractionNet) -> Iterator[tuple[str, Tensor]]:
    """Name and value of every weight, gathered one by one, as an unsharded network has them.

    Every process must take all of them, for they gather together; who needs none drops them.
    """
    for name, held in net.state_dict().items():
        yield name, held.full_tensor() if isinstance(held, DTensor) else held


@torch.no_grad()
def take_weights(net: InteractionNet, weights: Mapping[str, Tensor]) -> None:
    """Put whole weights into a network, sharded or not; a process reads its own part of each.

    net: on its device; after sharding on the meta device, `net.to_empty(device=...)` first.
    weights: may read from a file as it is asked. Raises ValueError naming what is missing, too
    much or of another shape; nothing is changed then.
    """
    wanted = net.state_dict()
    odd = sorted(wanted.keys() ^ weights.keys())
    if odd:
        raise ValueError(f"weights missing or unknown: {', '.join(odd)}")
    for name, held in wanted.items():
        if weights[name].shape != held.shape:
            raise ValueError(
                f"{name}: given {list(weights[name].shape)}, the network has {list(held.shape)}"
            )
    for name, held in wanted.items():
        given = weights[name]
        if isinstance(held, DTensor):
            given = distribute_tensor(
                given.to(held.dtype), held.device_mesh, held.placements, src_data_rank=None
            )
        held.copy_(given)


def _split(module: nn.Module, kinds: Mapping[str, _Kind], mesh: DeviceMesh) -> None:
    read_by_parts(module, mesh)
    for name, kind in kinds.items():
        setattr(module, name, kind(getattr(module, name), mesh))


def _check_divides(transformer: TransformerPreset, processes: int) -> None:
    numbers = {"heads": transformer.heads, "kv_heads": transformer.kv_heads}
    experts = transformer.experts
    if experts is None or experts.dense_layers:
        numbers["hidden"] = transformer.hidden
    if experts is not None and experts.shared:
        numbers["experts.shared * experts.hidden"] = experts.shared * experts.hidden
    uneven = [f"{name} = {number}" for name, number in numbers.items() if number % processes]
    if uneven:
        raise ValueError(
            f"{processes} processes must divide what they share out, not so: {', '.join(uneven)}"
        )


def _one_dimension(mesh: DeviceMesh) -> None:
    if mesh.ndim != 1:
        raise ValueError(f"a mesh of one dimension is needed, not of {mesh.ndim}: mesh['name']")


def _blocks(net: InteractionNet) -> list[Block]:
    return cast("list[Block]", list(net.blocks))
