"""Losses beside an independent computation, turn by turn and patch by patch."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tml_ros.training.pupil.losses import (
    floor_loss,
    hazard_loss,
    smoke_loss,
    text_loss,
    thing_loss,
    written,
)

HOLD = 9


def surprise(logit: float, right: float) -> float:
    """Binary cross-entropy by its definition."""
    odds = 1 / (1 + math.exp(-logit))
    return -right * math.log(odds) - (1 - right) * math.log(1 - odds)


def crossed(logits: list[float], right: int) -> float:
    return math.log(sum(math.exp(one) for one in logits)) - logits[right]


def random(*shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(5).normal(0, 2, shape)).float()


def test_every_kind_of_hazard_counts_alike_however_many_places_it_has() -> None:
    logits = random(3, 3)
    labels = torch.tensor([[1, 0, -1], [0, -1, -1], [-1, 0, 1]], dtype=torch.int8)
    expected = []
    for columns in ((0, 1), (2,)):
        told = [
            surprise(float(logits[turn, at]), int(labels[turn, at])) * (1 + 2 * labels[turn, at])
            for at in columns
            for turn in range(3)
            if labels[turn, at] >= 0
        ]
        expected.append(float(np.mean(told)))
    loss = hazard_loss(logits, labels, torch.tensor([0, 0, 1]), there=3.0)
    assert loss.item() == pytest.approx(np.mean(expected), rel=1e-5)


def test_a_kind_that_is_unknown_throughout_counts_nothing() -> None:
    logits = random(4, 2)
    labels = torch.tensor([[1, -1]] * 4, dtype=torch.int8)
    both = hazard_loss(logits, labels, torch.tensor([0, 1]), there=1.0)
    alone = hazard_loss(logits[:, :1], labels[:, :1], torch.tensor([0]), there=1.0)
    assert both.item() == pytest.approx(alone.item())


def test_things_are_the_mean_of_what_is_known() -> None:
    logits = random(2, 2)
    labels = torch.tensor([[1, -1], [0, 0]], dtype=torch.int8)
    expected = (
        4 * surprise(float(logits[0, 0]), 1)
        + surprise(float(logits[1, 0]), 0)
        + surprise(float(logits[1, 1]), 0)
    ) / 3
    assert thing_loss(logits, labels, there=4.0).item() == pytest.approx(expected, rel=1e-5)


def test_smoke_is_a_share() -> None:
    logits, share = random(3), torch.tensor([0.25, -1.0, 0.0])
    expected = (surprise(float(logits[0]), 0.25) + surprise(float(logits[2]), 0)) / 2
    assert smoke_loss(logits, share).item() == pytest.approx(expected, rel=1e-5)


def test_the_floor_is_weighted_by_turn() -> None:
    logits, right, weight = random(3, 3), torch.tensor([0, 2, 1]), torch.tensor([1.0, 0.0, 4.0])
    losses = [crossed(logits[turn].tolist(), int(right[turn])) for turn in range(3)]
    expected = (losses[0] + 4 * losses[2]) / 5
    assert floor_loss(logits, right, weight).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ([1, 2, 3, 4], [1, 1, 1, 1]),
        ([1, HOLD, HOLD, HOLD], [1, 1, 0, 0]),
        ([HOLD, HOLD, HOLD, HOLD], [1, 0, 0, 0]),
        ([HOLD, 3, HOLD, 2], [1, 0, 0, 0]),
    ],
)
def test_a_turn_ends_with_its_first_hold(text: list[int], counts: list[int]) -> None:
    assert written(torch.tensor([text]), hold=HOLD).long().tolist() == [counts]


def test_text_is_the_mean_over_slots_that_are_written() -> None:
    logits = random(2, 3, 10)
    right = torch.tensor([[1, HOLD, HOLD], [HOLD, HOLD, HOLD]])
    weight = torch.tensor([1.0, 0.5])
    expected = (
        crossed(logits[0, 0].tolist(), 1)
        + crossed(logits[0, 1].tolist(), HOLD)
        + 0.5 * crossed(logits[1, 0].tolist(), HOLD)
    ) / 2.5
    assert text_loss(logits, right, weight, hold=HOLD).item() == pytest.approx(expected, rel=1e-5)


def test_nothing_to_learn_is_no_loss_but_can_be_learnt_from() -> None:
    logits = random(2, 3).requires_grad_()
    none = torch.zeros(0, 4, 10, requires_grad=True)
    unknown = torch.full((2, 3), -1, dtype=torch.int8)
    losses = [
        hazard_loss(logits, unknown, torch.arange(3), there=2.0),
        thing_loss(logits, unknown, there=2.0),
        thing_loss(logits[:0], unknown[:0], there=2.0),
        smoke_loss(logits[:, 0], torch.full((2,), -1.0)),
        smoke_loss(logits[:0, 0], torch.zeros(0)),
        floor_loss(logits, torch.tensor([0, 1]), torch.zeros(2)),
        text_loss(none, torch.zeros(0, 4, dtype=torch.int64), torch.zeros(0), hold=HOLD),
    ]
    total = torch.stack(losses).sum()
    total.backward()
    assert total.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()
