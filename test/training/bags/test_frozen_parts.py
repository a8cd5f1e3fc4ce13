"""What may learn learns, and nothing else moves."""

from __future__ import annotations

import pytest
import torch
from random_lessons import random_lesson

from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.preset import Preset
from tml_ros.model.sequence import whole
from tml_ros.training.bags.frozen_parts import FrozenPartsError, let_learn
from tml_ros.training.pupil.lesson_batch import lesson_batch
from tml_ros.training.pupil.pupil import Pupil


def taught(preset: Preset, layers: int) -> tuple[Pupil, set[str], tuple[str, ...]]:
    """After two steps: the pupil, which of its weights moved, and which were to."""
    torch.manual_seed(0)
    pupil = Pupil(fresh_net(preset, seed=1))
    chosen = let_learn(pupil, pupil.net, layers=layers)
    before = {name: weight.clone() for name, weight in pupil.named_parameters()}
    batch = lesson_batch(preset, [random_lesson(preset, 6, seed=2)])
    optimizer = torch.optim.AdamW([weight for _, weight in pupil.taught()], lr=1e-2)
    for _ in range(2):
        optimizer.zero_grad()
        torch.stack(list(pupil.losses(batch).values())).sum().backward()
        optimizer.step()
    moved = {name for name, weight in pupil.named_parameters() if not weight.equal(before[name])}
    return pupil, moved, chosen


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_only_what_was_chosen_moves(preset: Preset, layers: int) -> None:
    _, moved, chosen = taught(preset, layers)
    assert moved <= {f"net.{name}" for name in chosen}
    assert {"net.hazards.weight", "net.hazards.bias"} <= moved
    assert any(name.startswith("net.blocks.1.") for name in moved) is (layers > 0)
    assert any(name.startswith("net.blocks.0.") for name in moved) is (layers > 1)
    kept = ("net.embedding.", "net.floor.", "net.text.", "net.voice", "patch")
    assert not any(name.startswith(kept) for name in moved)


def test_with_the_hazard_head_alone_not_a_word_changes(preset: Preset) -> None:
    clip = [random_lesson(preset, 8, seed=5).turns]
    pupil, _, _ = taught(preset, 0)
    with torch.inference_mode():
        ours, before = whole(pupil.net, clip), whole(fresh_net(preset, seed=1), clip)
    assert torch.equal(ours.act, before.act)
    assert torch.equal(ours.floor, before.floor)
    assert not torch.equal(ours.hazards, before.hazards)


@pytest.mark.parametrize("layers", [-1, 3])
def test_layers_that_are_not_there_cannot_learn(preset: Preset, layers: int) -> None:
    net = fresh_net(preset)
    with pytest.raises(FrozenPartsError, match="has 2 layers"):
        let_learn(net, net, layers=layers)
