"""Experts: sorted dispatch does what a loop over tokens does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from tml_ros.model.experts import Experts
from tml_ros.model.preset import ExpertsPreset


def experts(**changes: int) -> Experts:
    fields = {"count": 5, "chosen": 2, "shared": 1, "hidden": 8, "dense_layers": 0, **changes}
    torch.manual_seed(0)
    block = Experts(16, ExpertsPreset(**fields))
    for weight in block.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    return block


def looped(block: Experts, tokens: torch.Tensor) -> torch.Tensor:
    """Token by token, expert by expert, with all experts computed for every token."""
    out = []
    for token in tokens:
        odds = torch.softmax(block.router.weight @ token, dim=0)
        best = sorted(range(len(odds)), key=lambda at: -odds[at])[: block.chosen]
        total = sum(odds[at] for at in best)
        result = torch.zeros_like(token)
        for at in best:
            inner = token @ block.gate_up[at]
            half = inner.shape[0] // 2
            result = result + odds[at] / total * (
                (F.silu(inner[:half]) * inner[half:]) @ block.down[at]
            )
        if block.shared is not None:
            result = result + block.shared(token)
        out.append(result)
    return torch.stack(out)


@pytest.mark.parametrize("chosen", [1, 2, 5])
@pytest.mark.parametrize("shared", [0, 2])
def test_dispatch_equals_a_dense_loop(chosen: int, shared: int) -> None:
    block = experts(chosen=chosen, shared=shared)
    tokens = torch.randn(23, 16)
    torch.testing.assert_close(block(tokens)[0], looped(block, tokens), rtol=1e-4, atol=1e-5)


def test_a_tokens_result_does_not_depend_on_the_others() -> None:
    block = experts()
    tokens = torch.randn(40, 16)
    alone = torch.cat([block(token[None])[0] for token in tokens])
    torch.testing.assert_close(block(tokens)[0], alone, rtol=1e-5, atol=1e-6)


def test_no_token_is_dropped_when_all_want_the_same_expert() -> None:
    block = experts(chosen=1, shared=0)
    tokens = torch.randn(1, 16).repeat(64, 1)
    torch.testing.assert_close(block(tokens)[0], looped(block, tokens), rtol=1e-4, atol=1e-5)


def test_the_balance_loss_is_one_when_balanced_and_the_count_when_all_go_one_way() -> None:
    block = experts(chosen=1)
    torch.nn.init.zeros_(block.router.weight)
    with torch.no_grad():
        block.router.weight[:, :5] = 50 * torch.eye(5)
    even = torch.eye(16)[:5].repeat(4, 1)
    assert block(even)[1].item() == pytest.approx(1.0, abs=1e-3)
    assert block(even[:1].repeat(8, 1))[1].item() == pytest.approx(5.0, abs=1e-3)


def test_gradients_reach_router_and_experts() -> None:
    block = experts()
    out, balance = block(torch.randn(12, 16))
    (out.square().mean() + balance).backward()
    for weight in block.parameters():
        assert weight.grad is not None
        assert weight.grad.isfinite().all()
    assert block.router.weight.grad.abs().sum() > 0
