"""What the voice is told: which text is being said, and where in it each frame of sound lies.

Knows nothing of mel, tokenizers or how the pace of speech is kept: token ids arrive with the times
at which they begin. Weights only, no state; shared by all threads as long as nobody trains it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from tml_ros.model.preset import MEL_FRAMES, SAMPLES_PER_FRAME, Preset
from tml_ros.turn.micro_turn import SAMPLE_RATE

FRAME_SECONDS = SAMPLES_PER_FRAME / SAMPLE_RATE
LAYERS = 2
"""The first finds the token being said; the second, knowing it, its neighbours."""
REACHES = 8
"""Time constants by which distances are told, doubling from one frame (25 ms) to 3.2 s."""
FARTHEST_SECONDS = 60.0
"""Distances are bounded here, where nothing is told apart any more."""


class VoiceText(nn.Module):
    """Eight queries, one for each mel frame of the turn, look at the text around them.

    They see a token by what it is and by how long ago, or how soon, it begins, which is told anew
    for each frame and each token. So the order in which the tokens are given plays no part.
    """

    def __init__(self, preset: Preset) -> None:
        """preset: `text.vocabulary`, `transformer.width` and `voice.width` are read."""
        super().__init__()
        width = preset.voice.width
        self.words = nn.Embedding(preset.text.vocabulary, width)
        # Always in sight: what a frame looks at when no token concerns it.
        self.nothing = nn.Parameter(torch.randn(width))
        self.frames = nn.Parameter(torch.randn(MEL_FRAMES, width))
        self.act_norm = nn.RMSNorm(preset.transformer.width)
        self.act_in = nn.Linear(preset.transformer.width, width)
        self.layers = nn.ModuleList(_Look(width) for _ in range(LAYERS))
        self.norm = nn.RMSNorm(width)

    def forward(self, text: Tensor, seconds: Tensor, valid: Tensor, act: Tensor) -> Tensor:
        """One condition for each frame: [n, 8, voice.width] in the dtype of the weights.

        text: int64 [n, C], ids within the vocabulary where valid; any C, 0 included. seconds:
        float32 [n, C], when each token begins, from the start of this turn; negative: begun.
        valid: bool [n, C]; what stands at other places has no influence. act: [n, d].
        """
        dtype = self.frames.dtype
        beside = functional.pad(valid, (0, 1), value=True)
        words = self.words(text.masked_fill(~valid, 0))
        words = torch.cat([words, self.nothing.expand(len(text), 1, -1)], dim=1)
        places = _places(seconds.masked_fill(~valid, 0)).to(dtype)
        places = functional.pad(places, (0, 0, 0, 1))
        frames = self.frames + self.act_in(self.act_norm(act.to(dtype)))[:, None]
        for layer in self.layers:
            frames = layer(frames, words, places, beside)
        told: Tensor = self.norm(frames)
        return told


class _Look(nn.Module):
    """Frames attend to tokens; a head weighs a token by meaning and place and brings back both."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = math.gcd(width, 8)
        features = 2 * REACHES + 1
        self.norm = nn.RMSNorm(width)
        self.query = nn.Linear(width, width, bias=False)
        self.key_value = nn.Linear(width, 2 * width, bias=False)
        self.place = nn.Linear(features, self.heads, bias=False)
        self.out = nn.Linear(width + self.heads * features, width, bias=False)
        self.mlp = nn.Sequential(
            nn.RMSNorm(width), nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width)
        )

    def forward(self, frames: Tensor, words: Tensor, places: Tensor, beside: Tensor) -> Tensor:
        """frames [n, 8, w], words [n, C, w], places [n, 8, C, features], beside bool [n, C]."""
        query = self.query(self.norm(frames)).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.key_value(words).chunk(2, dim=-1)
        )
        likeness = query @ key.transpose(2, 3) * query.shape[-1] ** -0.5
        likeness = likeness + self.place(places).permute(0, 3, 1, 2)
        likeness = likeness.masked_fill(~beside[:, None, None], -math.inf)
        weight = likeness.softmax(dim=-1)
        said = (weight @ value).transpose(1, 2).flatten(2)
        where = (weight.transpose(1, 2) @ places).flatten(2)
        frames = frames + self.out(torch.cat([said, where], dim=-1))
        told: Tensor = frames + self.mlp(frames)
        return told


def _places(seconds: Tensor) -> Tensor:
    """How each frame stands to each token: [n, C] -> float32 [n, 8, C, 2 * REACHES + 1], -1..1.

    Distances fade at several paces, so that a few milliseconds and a few seconds are both told;
    beside them the same with a sign, for a token to come or begun. The sign turns softly: a token
    that begins with a frame, give or take a rounding error, must not toggle.
    """
    device = seconds.device
    frame = torch.arange(MEL_FRAMES, device=device) * FRAME_SECONDS
    ahead = seconds.float()[:, None] - frame[:, None]
    ahead = ahead.clamp(-FARTHEST_SECONDS, FARTHEST_SECONDS)[..., None]
    reaches = FRAME_SECONDS * torch.exp2(torch.arange(REACHES, device=device))
    near = torch.exp(-ahead.abs() / reaches)
    side = torch.tanh(ahead / (FRAME_SECONDS / 4))
    return torch.cat([near, near * side, side], dim=-1)
