"""A network that learns: with it, a head that is asked only while it does, and all its losses.

The extra head says what is in each patch, which helps an eye off the ground. The voice is taught
apart: it depends on text alone, so nothing here reads it. Weights and pure functions of them;
knows nothing of optimizers, and autocast is the caller's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.model.interaction_net import InteractionNet, Judgement
from tml_ros.model.preset import Preset
from tml_ros.training.lesson import THINGS
from tml_ros.training.pupil.lesson_batch import LessonBatch
from tml_ros.training.pupil.loss_weights import LossWeights
from tml_ros.training.pupil.losses import (
    floor_loss,
    hazard_loss,
    smoke_loss,
    text_loss,
    thing_loss,
)

_SELDOM = math.log(0.03 / 0.97)
"""Logit that untrained weights give of a thing in a patch."""
_DEPTH = 2 / 3
"""Share of the layers after which patches are asked: the rest can read what they know."""


class Answers(NamedTuple):
    """judged: of every turn. things: [p, THINGS], smoke: [p], logits of every patch."""

    judged: Judgement
    things: Tensor
    smoke: Tensor


class Pupil(nn.Module):
    """`net`, and `patch_norm` and `patch_head`, which no session needs."""

    def __init__(self, net: InteractionNet, *, weights: LossWeights | None = None) -> None:
        """net: trained in place. weights: `LossWeights()` where None."""
        super().__init__()
        self.net = net
        self.weights = weights or LossWeights()
        width = net.preset.transformer.width
        self.asked_after = max(1, round(len(net.blocks) * _DEPTH)) - 1
        self.patch_norm = nn.RMSNorm(width, eps=1e-6)
        self.patch_head = nn.Linear(width, THINGS + 1)
        with torch.no_grad():
            # Without chance, so that the same network makes the same pupil.
            self.patch_head.weight.zero_()
            self.patch_head.bias.fill_(_SELDOM)
        self.register_buffer("kind", hazard_kinds(net.preset), persistent=False)
        self.kind: Tensor

    def forward(self, batch: LessonBatch) -> dict[str, Tensor]:
        """Losses by name, weighted: float32 scalars, to be added. batch: on the device."""
        answers, weights = self.answers(batch), self.weights
        judged, text = answers.judged, self.net.text
        logits = text(judged.act[batch.text_at], batch.text)
        return {
            "hazards": weights.hazards
            * hazard_loss(judged.hazards, batch.hazards, self.kind, there=weights.hazard_there),
            "floor": weights.floor * floor_loss(judged.floor, batch.floor, batch.floor_weight),
            "text": weights.text * text_loss(logits, batch.text, batch.text_weight, hold=text.hold),
            "things": weights.things
            * thing_loss(answers.things, batch.things, there=weights.thing_there),
            "smoke": weights.smoke * smoke_loss(answers.smoke, batch.smoke),
            "balance": weights.balance * judged.balance.float(),
        }

    def losses(self, batch: LessonBatch) -> dict[str, Tensor]:
        """The same as calling it."""
        losses: dict[str, Tensor] = self(batch)
        return losses

    def answers(self, batch: LessonBatch) -> Answers:
        """What it says of every turn and patch, without any loss."""
        net, tokens, seen = self.net, batch.tokens, []

        def after(layer: int, x: Tensor) -> None:
            if layer == self.asked_after:
                seen.append(x.flatten(0, 1)[tokens.patch_at])

        judged = net.judged(tokens, *net.through(tokens, batch.store, after=after))
        patches: Tensor = self.patch_head(self.patch_norm(seen[0]))
        return Answers(judged, patches[:, :THINGS], patches[:, THINGS])

    def taught(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Names and weights that learn here: all but those of the voice."""
        for name, weight in self.named_parameters():
            if not name.startswith(("net.voice.", "net.voice_text.")):
                yield name, weight


def hazard_kinds(preset: Preset) -> Tensor:
    """Of each hazard logit, which kind it is: int64 [hazard_count], index into SEEN then HEARD."""
    places = [preset.sight.zones] * len(SEEN) + [preset.hearing.microphones] * len(HEARD)
    return torch.repeat_interleave(torch.arange(len(places)), torch.tensor(places))
