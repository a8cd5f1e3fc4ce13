"""Everything that comes in, as vectors of the transformer's width: no encoder, only embeddings.

Sound: each mel channel's bin of each frame adds a learned vector (dMel, Bai et al. 2024). Pictures:
the patch stem, where the patch lies, which camera. Text: the token, where it comes from, its place
in its text. The boundary and act tokens carry features of the sensors and of the session itself.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from tml_ros.model.dialogue_tokens import ORDERS, TextKind
from tml_ros.model.own_state import OWN_STATE_WIDTH
from tml_ros.model.patch_stem import PatchStem
from tml_ros.model.preset import MELS, Preset
from tml_ros.model.token_batch import TokenBatch
from tml_ros.model.turn_tokens import sensor_state_width

_CENTRE_WAVES = 6


class TokenEmbedding(nn.Module):
    """A `TokenBatch` to float [rows, places, width]; padding is zero."""

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        width, hearing = preset.transformer.width, preset.hearing
        levels = hearing.frames_per_token * MELS
        self.bins = hearing.bins
        self.sound = nn.Embedding(levels * hearing.bins, width)
        self.microphone = nn.Embedding(hearing.microphones, width)
        self.sound_place = nn.Embedding(hearing.tokens, width)
        self.stem = PatchStem(preset.sight, width)
        self.camera = nn.Embedding(preset.sight.cameras, width)
        self.centre = nn.Linear(4 * _CENTRE_WAVES, width, bias=False)
        self.sensor_state = nn.Linear(sensor_state_width(preset), width)
        self.text = nn.Embedding(preset.text.vocabulary, width)
        self.kind = nn.Embedding(len(TextKind), width)
        self.order = nn.Embedding(ORDERS, width)
        self.own_state = nn.Linear(OWN_STATE_WIDTH, width)
        self.sinks = nn.Parameter(torch.empty(2, preset.memory.sinks, width))

    def forward(self, batch: TokenBatch) -> Tensor:
        """Embed all tokens and put each in its place."""
        sinks = (batch.sensor_sink_at, batch.sink_at)
        tokens = (
            self._sound(batch),
            self._patches(batch),
            self.sensor_state(batch.sensor_state),
            self.text(batch.text) + self.kind(batch.kind) + self.order(batch.order),
            self.own_state(batch.own_state),
            *(self._sinks(half, at) for half, at in enumerate(sinks)),
        )
        places = [batch.audio_at, batch.patch_at, batch.boundary_at, batch.text_at, batch.act_at]
        # Under autocast some of them come in bfloat16, some do not; joined they are of one kind.
        joined = torch.cat(tokens)
        # One place more than there is, for tokens that pad a batch of fixed size.
        x = joined.new_zeros((batch.rows * batch.places + 1, joined.shape[-1]))
        x = x.index_copy(0, torch.cat((*places, *sinks)), joined)
        return x[:-1].unflatten(0, (batch.rows, batch.places))

    def _sinks(self, half: int, at: Tensor) -> Tensor:
        sinks: Tensor = self.sinks[half]
        return sinks.repeat(at.shape[0] // sinks.shape[0], 1)

    def _sound(self, batch: TokenBatch) -> Tensor:
        first = torch.arange(batch.bins.shape[1], device=batch.bins.device) * self.bins
        heard = F.embedding_bag(batch.bins.long() + first, self.sound.weight, mode="sum")
        # Many vectors are added; their sum has the size of one again.
        heard = heard / math.sqrt(batch.bins.shape[1])
        whose: Tensor = self.microphone(batch.microphone) + self.sound_place(batch.sound_place)
        return heard + whose

    def _patches(self, batch: TokenBatch) -> Tensor:
        seen: Tensor = self.stem(batch.rgb, batch.masks, batch.difference)
        halves = 2.0 ** torch.arange(_CENTRE_WAVES, device=seen.device)
        waves = (batch.centre[:, :, None] * (math.pi * halves)).flatten(1)
        where: Tensor = self.centre(torch.cat((waves.sin(), waves.cos()), dim=1).to(seen.dtype))
        return seen + where + self.camera(batch.camera)
