"""Attention in blocks is dense attention with a mask, for all that is no padding."""

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
    ("rows", "sensors", "dialogue"), [(1, 1, 1), (2, 150, 3), (3, 40, 200), (1, 64, 65)]
)
def test_whatever_is_seen_is_attended_to_and_nothing_else(
    rows: int, sensors: int, dialogue: int
) -> None:
    rng = np.random.default_rng(rows)
    n = sensors + dialogue
    seen = [rng.random((n, n)) < rng.choice([0.02, 0.5]) for _ in range(rows)]
    drawn = torch.Generator().manual_seed(2)
    query = torch.randn((rows, n, 4, 8), generator=drawn)
    key, value = (torch.randn((rows, n, 2, 8), generator=drawn) for _ in range(2))
    found = block_store(seen, sensors).attended(query, key, value)
    mask = torch.from_numpy(np.stack(seen))
    dense = torch.nn.functional.scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        attn_mask=torch.where(mask, 0.0, -torch.inf)[:, None],
        enable_gqa=True,
    ).transpose(1, 2)
    sees = mask.any(dim=2)
    torch.testing.assert_close(found[sees], dense[sees])


def test_a_long_clip_of_sound_takes_a_small_part_of_all_products() -> None:
    preset = tiny_preset(memory={"seconds": 60.0}, sight={"patches_per_turn": 6})
    batch, store = block_batch(preset, [random_clip(preset, 300)])
    assert isinstance(store, BlockStore)
    made = sum(bucket.seen.numel() for half in store.halves for bucket in half.buckets)
    assert made < 0.35 * batch.places**2
