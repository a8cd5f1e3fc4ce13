"""The network: one transformer over everything a turn brings, and the heads that read it.

Weights and pure functions of them. Knows nothing of sessions, of where keys and values are kept,
or of what is done with its answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from tml_ros.model.attention import KeyStore, Rotation
from tml_ros.model.block import Block
from tml_ros.model.block_attention import BlockStore
from tml_ros.model.experts import Experts
from tml_ros.model.flow_head import FlowHead
from tml_ros.model.hazard_places import RARE, hazard_count
from tml_ros.model.preset import Preset
from tml_ros.model.text_head import TextHead
from tml_ros.model.token_batch import TokenBatch
from tml_ros.model.token_embedding import TokenEmbedding
from tml_ros.model.tokenizer import HOLD
from tml_ros.model.voice_text import VoiceText
from tml_ros.turn.turn_output import Floor

FLOORS = tuple(Floor)
"""The floor head's answers, in the order of its logits: listen, speak, backchannel."""
AfterLayer = Callable[[int, Tensor], None]
_LISTEN = 4.0
"""How much untrained weights would rather listen than speak, in logits."""


class Judgement(NamedTuple):
    """What one pass says of its t turns, in the order of the batch.

    hazards: [t, hazard_count], logits that sensors alone decide. floor: [t, 3], logits.
    act: [t, width], from which text and voice are made. balance: of the experts, a scalar.
    """

    hazards: Tensor
    floor: Tensor
    act: Tensor
    balance: Tensor


class InteractionNet(nn.Module):
    """All weights of a model."""

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        self.preset = preset
        transformer = preset.transformer
        self.embedding = TokenEmbedding(preset)
        self.blocks = nn.ModuleList(
            Block(transformer, layer) for layer in range(transformer.layers)
        )
        self.norm = nn.RMSNorm(transformer.width, eps=1e-6)
        self.hazards = nn.Linear(transformer.width, hazard_count(preset))
        self.floor = nn.Linear(transformer.width, len(FLOORS))
        self.text = TextHead(preset, hold=HOLD)
        self.voice_text = VoiceText(preset)
        self.voice = FlowHead(preset)
        _initialise(self)

    def forward(self, batch: TokenBatch, store: KeyStore | BlockStore) -> Judgement:
        """One pass: every token of the batch through all layers, then hazards and floor."""
        return self.judged(batch, *self.through(batch, store))

    def judged(self, batch: TokenBatch, x: Tensor, balance: Tensor) -> Judgement:
        """What is read off the layers' output, [rows, places, width]."""
        x = self.norm(x).flatten(0, 1)
        # In a batch of fixed size the tokens of rows without a turn point behind the last place.
        last = x.shape[0] - 1
        boundary, act = x[batch.boundary_at.clamp(max=last)], x[batch.act_at.clamp(max=last)]
        return Judgement(self.hazards(boundary), self.floor(act), act, balance)

    def through(
        self, batch: TokenBatch, store: KeyStore | BlockStore, *, after: AfterLayer | None = None
    ) -> tuple[Tensor, Tensor]:
        """The layers alone: [rows, places, width], and the experts' mean balance loss.

        after: called with each layer's number and output.
        """
        x: Tensor = self.embedding(batch)
        rotation = Rotation(batch.cos, batch.sin, batch.keep)
        losses = []
        for layer, block in enumerate(self.blocks):
            x, balance = block(x, batch.sensors, rotation, store)
            if balance is not None:
                losses.append(balance)
            if after is not None:
                after(layer, x)
        return x, torch.stack(losses).mean() if losses else x.new_zeros(())


def fresh_net(preset: Preset, *, seed: int = 0) -> InteractionNet:
    """A network of untrained weights, float32 on the CPU; the same seed gives the same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return InteractionNet(preset).eval()


@torch.no_grad()
def _initialise(net: InteractionNet) -> None:
    """Linear weights are normal with variance 1 / inputs; what is added to the residual stream is
    smaller by the square root of the number of additions (Radford et al. 2019).
    """
    quieter = 1 / math.sqrt(2 * len(net.blocks))
    for part in (*net.embedding.modules(), *net.blocks.modules(), net.hazards, net.floor):
        if isinstance(part, nn.Linear):
            nn.init.normal_(part.weight, std=1 / math.sqrt(part.in_features))
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, std=0.5)
        elif isinstance(part, Experts):
            nn.init.normal_(part.gate_up, std=1 / math.sqrt(part.gate_up.shape[1]))
            nn.init.normal_(part.down, std=quieter / math.sqrt(part.down.shape[1]))
    nn.init.normal_(net.embedding.sinks, std=0.5)
    for name, weight in net.blocks.named_parameters():
        if name.endswith(("attention.out.weight", "feed.down.weight", "shared.down.weight")):
            weight.mul_(quieter)
    for head in (net.hazards, net.floor):
        head.weight.mul_(0.5)
    net.hazards.bias.fill_(RARE)
    net.floor.bias[FLOORS.index(Floor.LISTEN)] = _LISTEN
