"""A feed-forward block of many experts, of which each token takes a few.

Routed and shared experts after DeepSeekMoE (Dai et al. 2024); dropless after MegaBlocks (Gale et
al. 2023): tokens are sorted by expert and each expert multiplies just those that chose it, so no
token is dropped and none is padded, and a token's result does not depend on who else is there.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from tml_ros.model.feed_forward import SwiGLU
from tml_ros.model.preset import ExpertsPreset


class Experts(nn.Module):
    """`count` routed SwiGLU experts, `chosen` per token, and `shared` ones for all tokens."""

    def __init__(self, width: int, preset: ExpertsPreset) -> None:
        super().__init__()
        self.count, self.chosen = preset.count, preset.chosen
        self.router = nn.Linear(width, preset.count, bias=False)
        self.gate_up = nn.Parameter(torch.empty(preset.count, width, 2 * preset.hidden))
        self.down = nn.Parameter(torch.empty(preset.count, preset.hidden, width))
        self.shared = SwiGLU(width, preset.shared * preset.hidden) if preset.shared else None

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: [..., width]. Returns the same shape, and the load-balancing loss, a scalar.

        The loss (Fedus et al. 2021, Switch Transformers) is 1 where all experts are used alike.
        """
        tokens = x.reshape(-1, x.shape[-1])
        weights, experts, balance = self.route(tokens)
        out = self.dispatch(tokens, weights, experts)
        if self.shared is not None:
            out = out + self.shared(tokens)
        return out.reshape(x.shape), balance

    def route(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Which experts each of [t, width] tokens takes, how much, and the balance loss.

        Returns weights float [t, chosen] summing to 1, experts int64 [t, chosen], scalar float32.
        """
        odds = self.router(tokens).float().softmax(dim=-1)
        weights, experts = odds.topk(self.chosen, dim=-1)
        share = F.one_hot(experts, self.count).float().mean(dim=(0, 1))
        balance = self.count * (share * odds.mean(dim=0)).sum()
        weights = weights / weights.sum(dim=-1, keepdim=True)
        return weights.to(tokens.dtype), experts, balance

    def dispatch(self, tokens: Tensor, weights: Tensor, experts: Tensor) -> Tensor:
        """Each token through its experts, weighted: [t, width]."""
        chosen_by = experts.flatten()
        order = chosen_by.argsort(stable=True)
        ends = F.one_hot(chosen_by, self.count).sum(dim=0).cumsum(dim=0).to(torch.int32)
        taken = tokens[order // self.chosen]
        gate, up = _grouped(taken, self.gate_up, ends).chunk(2, dim=-1)
        result = _grouped((F.silu(gate) * up).contiguous(), self.down, ends)
        result = result * weights.flatten()[order, None]
        # Back in the order of tokens each sums its own experts in a fixed order.
        back = torch.empty_like(result).index_copy(0, order, result)
        return back.unflatten(0, (-1, self.chosen)).sum(dim=1)


def _grouped(tokens: Tensor, weight: Tensor, ends: Tensor) -> Tensor:
    """Each stretch of sorted tokens [t, i], up to its end, through its expert's [e, i, o]."""
    if torch.compiler.is_compiling() and tokens.dtype is not torch.bfloat16:
        # The compiler knows grouped products in bfloat16 only: each token fetches its weight.
        place = torch.arange(tokens.shape[0], device=tokens.device)
        expert = torch.searchsorted(ends, place, right=True)
        return torch.bmm(tokens[:, None], weight[expert])[:, 0]
    return F.grouped_mm(tokens, weight, offs=ends)
