"""Attention in blocks is dense attention with a mask, without padding."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_model import EXPERTS, random_clip, tiny_preset
from torch import Tensor

from tml_ros.model.block_attention import BlockStore, block_store
from tml_ros.model.interaction_net import InteractionNet, fresh_net
from tml_ros.model.preset import Preset
from tml_ros.model.sequence import block_batch, whole_batch
from tml_ros.model.turn_tokens import TurnTokens

LENGTHS = (60, 1, 33)


def clips(preset: Preset) -> list[list[TurnTokens]]:
    return [random_clip(preset, turns, seed) for seed, turns in enumerate(LENGTHS)]


def answers_and_gradients(net: InteractionNet, *, blocks: bool) -> list[Tensor]:
    of = block_batch if blocks else whole_batch
    batch, store = of(net.preset, clips(net.preset))
    net.zero_grad()
    judged = net(batch, store)
    answers = [judged.hazards, judged.floor, judged.act]
    rng = torch.Generator().manual_seed(1)
    sum((one * torch.randn(one.shape, generator=rng)).sum() for one in answers).backward()
    slopes = [weight.grad for weight in net.parameters() if weight.grad is not None]
    return [one.detach().clone() for one in (*answers, *slopes)]


@pytest.mark.parametrize("experts", [None, EXPERTS], ids=["dense", "experts"])
def test_a_model_says_and_learns_the_same_as_with_dense_attention(experts: object) -> None:
    net = fresh_net(tiny_preset(transformer={"experts": experts}))
    dense = answers_and_gradients(net, blocks=False)
    blocks = answers_and_gradients(net, blocks=True)
    for ours, theirs in zip(blocks, dense, strict=True):
        torch.testing.assert_close(ours, theirs, atol=2e-4, rtol=2e-4)


@pytest.mark.parametrize(
    "halves", [[(1, 1)], [(150, 3), (1, 1)], [(40, 200), (3, 2), (64, 65)], [(7, 1)] * 20]
)
def test_whatever_is_seen_is_attended_to_and_nothing_else(halves: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(len(halves))
    seen = []
    for sensors, dialogue in halves:
        some = rng.random((sensors + dialogue,) * 2) < rng.choice([0.02, 0.5])
        seen.append(some | np.eye(len(some), dtype=np.bool_))
    n, split = sum(map(sum, halves)), sum(sensors for sensors, _ in halves)
    mask = torch.zeros((n, n), dtype=torch.bool)
    first, said = 0, split
    for of_clip, (sensors, dialogue) in zip(seen, halves, strict=True):
        at = torch.tensor([*range(first, first + sensors), *range(said, said + dialogue)])
        mask[at[:, None], at] = torch.from_numpy(of_clip)
        first, said = first + sensors, said + dialogue
    drawn = torch.Generator().manual_seed(2)
    query = torch.randn((1, n, 4, 8), generator=drawn)
    key, value = (torch.randn((1, n, 2, 8), generator=drawn) for _ in range(2))
    found = block_store(seen, [sensors for sensors, _ in halves]).attended(query, key, value)
    dense = torch.nn.functional.scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        attn_mask=mask[None, None],
        enable_gqa=True,
    ).transpose(1, 2)
    torch.testing.assert_close(found, dense)


def test_a_long_clip_of_sound_takes_a_small_part_of_all_products() -> None:
    preset = tiny_preset(memory={"seconds": 60.0}, sight={"patches_per_turn": 6})
    batch, store = block_batch(preset, [random_clip(preset, 300)])
    assert isinstance(store, BlockStore)
    made = sum(bucket.seen.numel() for half in store.halves for bucket in half.buckets)
    assert made < 0.35 * batch.places**2
