"""From the condition of a turn to its mel: a small rectified flow over eight frames of sound.

Knows nothing of text, sessions or seeds: what is to be said arrives as the condition, randomness as
noise. Weights only, no state; shared by all threads as long as nobody trains it.

Rectified flow: Liu et al. 2023, "Flow straight and fast". The network is the per-token diffusion
MLP of Li et al. 2024, "Autoregressive image generation without vector quantization" (MAR), with
adaLN-zero of Peebles and Xie 2023, "Scalable diffusion models with transformers" (DiT).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from tml_ros.model.preset import MEL_FRAMES, MELS, Preset

MOST_STEPS = 8
QUIETEST = -3.0
"""Log10 magnitude below which nothing is heard: a tone at -106 dB of full scale."""
LOUDEST = 2.5
"""And above which nothing lies: a full-scale tone in a Hann window of 800 samples has 2.3."""
WIDEST = 10.0
"""Bound of the noisy mel, in standard deviations: no honest noise or mel goes beyond it."""
STRONGEST = 1e3
"""Bound of each value of the condition, far from where its squares overflow."""
TIME_WAVES = 6
"""Sines and cosines that tell the time of the flow, from half a wave to 16 over its course."""
TIME_WIDTH = 64
"""Width of the embedding of that time."""


class FlowHead(nn.Module):
    """Predicts a turn's clean mel from a noisy one, and samples by doing so a few times.

    A mel is log10 magnitude, float32 [n, 8, 80]. Inside, it is measured in `scale` about `mean`,
    float [80], buffers that travel with the weights: they start at what speech roughly has, and
    whoever trains the head writes there what its speech really has. "Noisy" is meant in those
    units: standard normal noise at time 0, the normalised mel at time 1.

    Untrained, it gives the mean.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, preset: Preset) -> None:
        """preset: `voice.width`, `voice.layers` and the range of `hearing` are read."""
        super().__init__()
        width, layers = preset.voice.width, preset.voice.layers
        low, high = preset.hearing.low, preset.hearing.high
        self.register_buffer("mean", torch.full((MELS,), (low + high) / 2))
        self.register_buffer("scale", torch.full((MELS,), (high - low) / 4))
        self.mel_in = nn.Linear(MELS, width)
        self.blocks = nn.ModuleList(_FrameBlock(width) for _ in range(layers))
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.mel_out = _zeroed(nn.Linear(width, MELS))
        # Shift, scale and gate of every block, shift and scale of the output. Condition and time
        # add to them apart, so that the larger share is reckoned once for all steps of a turn.
        parts = 3 * layers + 2
        self.condition_in = nn.Sequential(
            nn.Linear(width, width), nn.SiLU(), _zeroed(nn.Linear(width, parts * width))
        )
        self.time_in = nn.Sequential(
            nn.Linear(2 * TIME_WAVES, TIME_WIDTH),
            nn.SiLU(),
            _zeroed(nn.Linear(TIME_WIDTH, parts * width, bias=False)),
        )

    def forward(self, noisy: Tensor, time: Tensor, condition: Tensor) -> Tensor:
        """The clean mel in normalised units, float32 and unbounded; arguments as of `predict`."""
        return self._clean(noisy, time, self._told(condition))

    def predict(self, noisy: Tensor, time: Tensor, condition: Tensor) -> Tensor:
        """The clean mel, float32 [n, 8, 80], within QUIETEST..LOUDEST.

        noisy: [n, 8, 80] in normalised units. time: [n] (or [1] for all), 0 (noise) to 1 (clean).
        condition: [n, 8, width]. What it predicts is the clean mel, not the velocity: a trial's
        phrases were understood 20 times of 20 so, and never the other way.
        """
        return self._mel(self(noisy, time, condition))

    @torch.no_grad()
    def sample(self, condition: Tensor, noise: Tensor, steps: int) -> Tensor:
        """A mel, float32 [n, 8, 80], in `steps` Euler steps; noise: standard normal [n, 8, 80].

        Step k of s goes from time k/s along (clean - x) / (1 - time); the last lands on its
        prediction. ValueError unless steps is within 1..8.
        """
        if not 1 <= steps <= MOST_STEPS:
            raise ValueError(f"steps must be within 1..{MOST_STEPS}, not {steps}")
        told = self._told(condition)
        noisy = noise.float()
        for step in range(steps):
            mel = self._mel(self._clean(noisy, noisy.new_full((1,), step / steps), told))
            noisy = noisy + (self._normalised(mel) - noisy) / (steps - step)
        return mel

    def loss(self, mel: Tensor, condition: Tensor, noise: Tensor, time: Tensor) -> Tensor:
        """Mean squared error of the predicted clean mel, in normalised units; a scalar.

        mel: [n, 8, 80], the truth; what is too quiet to be heard counts as QUIETEST. noise:
        [n, 8, 80], standard normal. time: [n], 0..1. condition: [n, 8, width].
        """
        clean = self._normalised(mel.float().clamp(QUIETEST, LOUDEST))
        part = time.float()[:, None, None]
        noisy = (1 - part) * noise.float() + part * clean
        return functional.mse_loss(self(noisy, time, condition), clean)

    def _told(self, condition: Tensor) -> Tensor:
        """What the condition adds to the modulation of every block: [n, 8, parts * width]."""
        bounded = condition.clamp(-STRONGEST, STRONGEST).to(self.mel_in.weight.dtype)
        told: Tensor = self.condition_in(bounded)
        return told

    def _clean(self, noisy: Tensor, time: Tensor, told: Tensor) -> Tensor:
        dtype = self.mel_in.weight.dtype
        told = told + self.time_in(_waves(time).to(dtype))[:, None]
        shift, scale, *inner = told.chunk(3 * len(self.blocks) + 2, dim=-1)
        frames = self.mel_in(noisy.clamp(-WIDEST, WIDEST).to(dtype))
        for number, block in enumerate(self.blocks):
            frames = block(frames, *inner[3 * number : 3 * number + 3])
        clean: Tensor = self.mel_out(torch.addcmul(shift, self.norm(frames), 1 + scale))
        return clean.float()

    def _mel(self, clean: Tensor) -> Tensor:
        return (clean * self.scale.float() + self.mean.float()).clamp(QUIETEST, LOUDEST)

    def _normalised(self, mel: Tensor) -> Tensor:
        return (mel - self.mean.float()) / self.scale.float()


class _FrameBlock(nn.Module):
    """Frames exchange what they have along the turn, then each goes through an MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.over_time = nn.Parameter(torch.zeros(MEL_FRAMES, MEL_FRAMES))
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, frames: Tensor, shift: Tensor, scale: Tensor, gate: Tensor) -> Tensor:
        inner = torch.addcmul(shift, self.norm(frames), 1 + scale)
        inner = inner + self.over_time @ inner
        return torch.addcmul(frames, gate, self.mlp(inner))


def _zeroed(linear: nn.Linear) -> nn.Linear:
    """The same layer, saying nothing until trained (adaLN-zero)."""
    for parameter in linear.parameters():
        nn.init.zeros_(parameter)
    return linear


def _waves(time: Tensor) -> Tensor:
    """Sines and cosines of the flow's time: [n] -> float32 [n, 2 * TIME_WAVES]."""
    octaves = torch.arange(TIME_WAVES, device=time.device)
    phase = time.float().clamp(0, 1)[:, None] * (math.pi * torch.exp2(octaves))
    return torch.cat([phase.sin(), phase.cos()], dim=-1)
