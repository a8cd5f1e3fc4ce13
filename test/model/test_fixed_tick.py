"""Ticks of a fixed size answer like ticks of just the tokens there are."""

from __future__ import annotations

import pytest
import torch
from tiny_model import EXPERTS, random_clip, tiny_preset

from tml_ros.model.fixed_tick import FixedTicker
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.ring_state import RingState
from tml_ros.model.ticker import Stepping, Ticker


@pytest.mark.parametrize("experts", [None, EXPERTS])
@torch.inference_mode()
def test_padding_to_a_fixed_size_changes_no_answer(experts: dict[str, int] | None) -> None:
    preset = tiny_preset(transformer={"experts": experts})
    net = fresh_net(preset, seed=3)
    clips = {row: random_clip(preset, 30, seed=row) for row in (0, 2)}
    loose, fixed = Ticker(net, 4), FixedTicker(net, 4)
    rings = {id(one): {row: RingState(one.plan) for row in clips} for one in (loose, fixed)}
    for ticker in (loose, fixed):
        for row in clips:
            ticker.clear(row)
    for turn in range(30):
        here = [row for row in clips if row == 0 or turn % 3]
        answers = [
            ticker.step([Stepping(row, rings[id(ticker)][row], clips[row][turn]) for row in here])
            for ticker in (loose, fixed)
        ]
        for name in ("hazards", "floor", "act"):
            one, two = (getattr(answer, name) for answer in answers)
            torch.testing.assert_close(one, two, rtol=0, atol=1e-5)


@torch.inference_mode()
def test_every_tick_has_tensors_of_the_same_size() -> None:
    preset = tiny_preset()
    ticker = FixedTicker(fresh_net(preset), 3)
    shapes = set()
    for turn in random_clip(preset, 12):
        ring = RingState(ticker.plan)
        tensors = ticker.padded([Stepping(1, ring, turn)])
        shapes.add(
            tuple(
                tuple(getattr(tensors.batch, name).shape)
                for name in ("bins", "rgb", "text", "audio_at", "patch_at", "cos")
            )
        )
    assert len(shapes) == 1
