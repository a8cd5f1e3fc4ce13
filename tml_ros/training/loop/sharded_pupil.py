"""A pupil laid out over processes by FSDP2: each keeps a share of weights and of their memory.

Like `model.sharding.fully_sharded`, but with the pupil itself as the root, for it is what the
loop calls. Knows nothing of steps.
"""

from __future__ import annotations

import torch
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

from tml_ros.training.pupil.pupil import Pupil


def share_out(pupil: Pupil, mesh: DeviceMesh, *, bfloat16: bool) -> None:
    """Shard in place, before the first pass and before there is an optimizer.

    Gradients are averaged over the processes in float32. What is not taught stays whole.
    bfloat16: on GPUs blocks gather their weights so; elsewhere autocast alone sees to it.
    """
    learnt = {id(weight) for _, weight in pupil.taught()}
    still = {weight for weight in pupil.parameters() if id(weight) not in learnt}
    inside = MixedPrecisionPolicy(
        param_dtype=torch.bfloat16 if bfloat16 and mesh.device_type == "cuda" else None,
        reduce_dtype=torch.float32,
    )
    for block in pupil.net.blocks:
        fully_shard(block, mesh=mesh, mp_policy=inside)
    fully_shard(pupil.net.text, mesh=mesh)
    fully_shard(pupil, mesh=mesh, ignored_params=still)
