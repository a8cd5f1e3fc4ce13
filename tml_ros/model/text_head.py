"""The few text tokens of one turn, chosen one after the other from the hidden state of ACT.

A tiny transformer over the slots of the turn, after the depth transformers of Lee et al. 2022,
"Autoregressive image generation using residual quantization" (RQ-Transformer), and of Defossez et
al. 2024, "Moshi". Knows nothing of what tokens mean, but for HOLD, which says that nothing more
comes in this turn. Weights only, no state; shared by all threads as long as nobody trains it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from tml_ros.model.preset import Preset

HOLD_SHARE = 0.9
"""Probability of HOLD before training: a model that knows nothing had better keep quiet, and need
not spend its first steps on learning that (a prior in the bias, as in Lin et al. 2017, "Focal loss
for dense object detection")."""

Allowed = Callable[[list[list[int]]], Tensor]
"""From each row's tokens so far to the ids that may come next: bool [n, V]."""


class TextHead(nn.Module):
    """Logits of each slot from ACT and the tokens of the slots before it."""

    def __init__(self, preset: Preset, *, hold: int) -> None:
        """hold: the id of HOLD; ValueError where the vocabulary has none such."""
        super().__init__()
        vocabulary, width = preset.text.vocabulary, preset.voice.text_width
        if not 0 <= hold < vocabulary:
            raise ValueError(f"hold must be within 0..{vocabulary - 1}, not {hold}")
        self.hold = hold
        self.act_norm = nn.RMSNorm(preset.transformer.width)
        self.act_in = nn.Linear(preset.transformer.width, width)
        self.slots = nn.Parameter(torch.empty(preset.text.out_per_turn, width))
        nn.init.normal_(self.slots, std=0.5)
        self.words = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList(_SlotBlock(width) for _ in range(preset.voice.text_layers))
        self.norm = nn.RMSNorm(width)
        self.out = nn.Linear(width, vocabulary, bias=False)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        nn.init.normal_(self.out.weight, std=0.02)
        with torch.no_grad():
            self.bias[hold] = math.log(HOLD_SHARE / (1 - HOLD_SHARE) * (vocabulary - 1))

    def forward(self, act: Tensor, tokens: Tensor) -> Tensor:
        """Logits of every slot, float32 [n, K, V], given the tokens before it (teacher forcing).

        act: [n, d]. tokens: int64 [n, K] within the vocabulary; the last one is not read.
        """
        return self._logits(self._states(act, tokens))

    @torch.no_grad()
    def generate(self, act: Tensor, allowed: Allowed | None = None) -> Tensor:
        """The likeliest allowed token, slot by slot: int64 [n, K]; of equals the lowest id.

        A row that chose HOLD holds to the end of the turn, and so does one that is allowed
        nothing; what `allowed` says of such rows is not heard. It is called once per slot, as long
        as some row goes on, with the tokens so far. ValueError for a mask of another shape.
        """
        tokens = act.new_full((len(act), len(self.slots)), self.hold, dtype=torch.int64)
        going = tokens.new_ones(len(act), dtype=torch.bool)
        for slot in range(len(self.slots)):
            # All slots anew each time: they are so few that a cache would save little, and one
            # shape for every slot is one graph to compile or capture.
            logits = self._logits(self._states(act, tokens)[:, slot])
            if allowed is not None:
                mask = allowed(tokens[:, :slot].tolist()).to(logits.device)
                if mask.shape != logits.shape:
                    raise ValueError(
                        f"allowed gave a mask {list(mask.shape)}, not {list(logits.shape)}"
                    )
                logits = logits.masked_fill(~mask, -math.inf)
                going = going & mask.any(dim=1)
            choice = logits.argmax(dim=1).masked_fill(~going, self.hold)
            tokens[:, slot] = choice
            going = choice != self.hold
            if not going.any():
                break
        return tokens

    def _states(self, act: Tensor, tokens: Tensor) -> Tensor:
        """What each slot knows, [n, K, text_width]: ACT, its place, and the tokens before it."""
        heard: Tensor = self.act_in(self.act_norm(act.to(self.slots.dtype)))
        before = functional.pad(self.words(tokens[:, :-1]), (0, 0, 1, 0))
        states = heard[:, None] + self.slots + before
        for block in self.blocks:
            states = block(states)
        return states

    def _logits(self, states: Tensor) -> Tensor:
        # The bias is added in float32: beside HOLD's, bfloat16 would round small logits to ties.
        plain: Tensor = self.out(self.norm(states))
        return plain.float() + self.bias.float()


class _SlotBlock(nn.Module):
    """Causal attention over the slots, then SwiGLU (Shazeer 2020)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = math.gcd(width, 8)
        self.attention_norm = nn.RMSNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.attention_out = nn.Linear(width, width, bias=False)
        self.norm = nn.RMSNorm(width)
        self.gate_up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(2 * width, width, bias=False)

    def forward(self, states: Tensor) -> Tensor:
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.query_key_value(self.attention_norm(states)).chunk(3, dim=-1)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        states = states + self.attention_out(seen.transpose(1, 2).flatten(2))
        gate, up = self.gate_up(self.norm(states)).chunk(2, dim=-1)
        changed: Tensor = states + self.down(functional.silu(gate) * up)
        return changed
