"""Experts spread over processes: each holds some of them whole and works only for those.

All processes of the mesh have the same tokens at hand, as they do between the blocks of a
tensor-parallel network, so nothing is sent out: each adds up what its own experts say, and one
all-reduce of [t, width] adds up the processes. Dropless like `Experts`. Weights only; a process
steps in line with the others, or all of them wait.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh

from tml_ros.model.experts import Experts
from tml_ros.model.sharded_linear import added_up, added_up_backward, held_part, shared_out


class ShardedExperts(Experts):
    """`Experts` with `gate_up` and `down` as DTensors, sharded by expert over a mesh.

    Router and shared experts are those of the module it takes over, under the same names, so a
    state dict has the same keys.
    """

    def __init__(self, experts: Experts, mesh: DeviceMesh) -> None:
        """experts: with the same weights in every process; not to be used any more.

        mesh: of one dimension. ValueError unless its size divides the number of experts.
        """
        if experts.count % mesh.size():
            raise ValueError(
                f"{experts.count} experts cannot be shared out evenly to {mesh.size()} processes"
            )
        nn.Module.__init__(self)  # and not that of `Experts`, whose weights it takes over
        self.count, self.chosen = experts.count, experts.chosen
        self.router, self.shared = experts.router, experts.shared
        self.gate_up = shared_out(experts.gate_up, mesh, 0)
        self.down = shared_out(experts.down, mesh, 0)
        self._mesh = mesh
        self._held = experts.count // mesh.size()
        self._first = mesh.get_local_rank() * self._held

    def dispatch(self, tokens: Tensor, weights: Tensor, experts: Tensor) -> Tensor:
        """Each token through its experts, wherever they are: [t, width], equal in all processes.

        The shapes do not depend on who chose what: rows are set aside for all t * chosen, though
        a process multiplies only those of its own experts.
        """
        tokens, weights = (added_up_backward(part, self._mesh) for part in (tokens, weights))
        chosen = experts.flatten() - self._first
        mine = (chosen >= 0) & (chosen < self._held)
        # What others do is sorted behind the last of the own experts.
        chosen = chosen.where(mine, self._held)
        order = chosen.argsort(stable=True)
        ends = F.one_hot(chosen, self._held + 1).sum(dim=0).cumsum(dim=0)[:-1].to(torch.int32)
        mine = mine[order, None]
        # Rows behind the last end are left as memory happened to be, in both directions: hence
        # blanked on the way in, for the gradient's sake, and on the way out.
        taken = tokens[order // self.chosen].where(mine, 0)
        gate, up = F.grouped_mm(taken, held_part(self.gate_up), offs=ends).chunk(2, dim=-1)
        result = F.grouped_mm((F.silu(gate) * up).contiguous(), held_part(self.down), offs=ends)
        result = result.where(mine, 0) * weights.flatten()[order, None]
        back = torch.empty_like(result).index_copy(0, order, result)
        return added_up(back.unflatten(0, (-1, self.chosen)).sum(dim=1), self._mesh)
