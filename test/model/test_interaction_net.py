"""The network as a whole: it can be compiled, and every weight of it can learn."""

from __future__ import annotations

import pytest
import torch
from tiny_model import EXPERTS, random_clip, tiny_preset

from tml_ros.model.fixed_tick import FixedTicker
from tml_ros.model.interaction_net import InteractionNet, fresh_net
from tml_ros.model.ring_keys import RingStore
from tml_ros.model.ring_state import RingState
from tml_ros.model.sequence import whole
from tml_ros.model.ticker import Stepping


@pytest.fixture(params=[None, EXPERTS], ids=["dense", "experts"])
def net(request: pytest.FixtureRequest) -> InteractionNet:
    return fresh_net(tiny_preset(transformer={"experts": request.param}), seed=2)


def test_a_tick_compiles_into_one_graph_that_serves_every_turn(net: InteractionNet) -> None:
    torch.compiler.reset()
    graphs = []

    def backend(graph: torch.fx.GraphModule, _: list[torch.Tensor]) -> torch.fx.GraphModule:
        graphs.append(graph)
        return graph

    compiled = torch.compile(net, fullgraph=True, backend=backend)
    ticker = FixedTicker(net, 2)
    rings = [RingState(ticker.plan) for _ in range(2)]
    clips = [random_clip(net.preset, 4, seed=seed) for seed in range(2)]
    with torch.inference_mode():
        for row in range(2):
            ticker.clear(row)
        for turn in range(4):
            steps = [Stepping(row, rings[row], clips[row][turn]) for row in range(2)]
            tensors = ticker.padded(steps)
            answers = []
            for one in (net, compiled):
                store = RingStore(
                    ticker.rings,
                    0,
                    tensors.slots,
                    sensor_mask=tensors.sensor_mask,
                    dialogue_mask=tensors.dialogue_mask,
                )
                answers.append(one(tensors.batch, store))
            for name in ("hazards", "floor", "act"):
                plain, fast = (getattr(answer, name) for answer in answers)
                torch.testing.assert_close(fast, plain, rtol=0, atol=1e-5)
    assert len(graphs) == 1
    torch.compiler.reset()


def test_every_weight_of_the_pass_has_a_gradient(net: InteractionNet) -> None:
    judged = whole(net, [random_clip(net.preset, 24)])
    loss = judged.hazards.square().mean() + judged.floor.square().mean() + judged.act.mean()
    (loss + judged.balance).backward()
    heads = ("text.", "voice", "voice_text.")
    for name, weight in net.named_parameters():
        if not name.startswith(heads):
            assert weight.grad is not None, name
            assert weight.grad.abs().sum() > 0, name


def test_hazards_have_no_gradient_from_anything_said(net: InteractionNet) -> None:
    judged = whole(net, [random_clip(net.preset, 24)])
    judged.hazards.sum().backward()
    for told in (net.embedding.text, net.embedding.own_state, net.embedding.kind, net.floor):
        assert told.weight.grad is None or not told.weight.grad.any()
    assert net.embedding.sound.weight.grad.any()


def test_the_experts_balance_is_told_and_a_dense_network_has_none(net: InteractionNet) -> None:
    judged = whole(net, [random_clip(net.preset, 6)])
    assert (judged.balance.item() > 0.5) == (net.preset.transformer.experts is not None)
