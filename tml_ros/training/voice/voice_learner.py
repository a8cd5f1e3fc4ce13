"""The voice while it learns: weights, what is wrong with them, the optimiser, and a smoother copy.

`act` is an input of `VoiceText`, but nothing is taught of it: its weights are set to zero and stay
so. What a voice says then depends on the text alone, so that it can be trained without the
transformer, and be put beside any transformer. Knows nothing of files. One thread owns a learner.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tml_ros.model.flow_head import FlowHead
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.preset import MEL_FRAMES, MELS
from tml_ros.model.voice_text import VoiceText
from tml_ros.training.voice.voice_lessons import VoiceLessons

PARTS: Final = ("voice_text", "voice")
"""Names of the network's parts that are trained here, as in its state."""
_SECOND_LOOKS: Final = 4
"""One in so many turns of a batch also learns from a mel that it has said half of itself."""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How a voice is taught.

    batch: turns in a step. learning_rate: at its highest, after `warmup` steps; from there it falls
    as a cosine to a twentieth at `steps`. free: share of turns of free speech. average: how much of
    the smoother copy is kept in each step. seed: of order and noise.
    """

    steps: int = 20_000
    batch: int = 512
    learning_rate: float = 2e-3
    warmup: int = 200
    decay: float = 0.01
    free: float = 0.5
    average: float = 0.998
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if min(self.steps, self.batch, self.warmup) < 1 or not 0 <= self.free <= 1:
            raise ValueError(f"steps, batch and warmup from 1 and free within 0..1 wanted: {self}")
        if not 0 <= self.average < 1 or not 0 < self.learning_rate < 1:
            raise ValueError(f"average and learning_rate within 0..1 wanted: {self}")

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.learning_rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))


class VoiceLearner:
    """Teaches the voice of a network; the network's other parts are not touched.

    `step` must be called with the numbers 0, 1, 2 ...: each draws its turns and its noise from its
    number, so that a run that goes on from saved state does what it would have done.
    """

    def __init__(self, net: InteractionNet, settings: VoiceSettings) -> None:
        self.settings = settings
        self._steps = net.preset.voice.steps
        self._width = net.preset.transformer.width
        self.text: VoiceText = net.voice_text
        self.voice: FlowHead = net.voice
        deafen(self.text)
        self._learnt = [one for one in self._named().values() if one.requires_grad]
        matrices = [one for one in self._learnt if one.ndim > 1]
        others = [one for one in self._learnt if one.ndim <= 1]
        self._optimiser = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": settings.decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
            fused=True,
        )
        self.average = {name: one.detach().clone() for name, one in self._named().items()}

    def set_level(self, lessons: VoiceLessons) -> None:
        """Tell the flow head what its speech really has."""
        mean, deviation = lessons.level()
        self.voice.mean.copy_(torch.from_numpy(mean))
        self.voice.scale.copy_(torch.from_numpy(deviation))
        for name in ("mean", "scale"):
            self.average[f"voice.{name}"] = getattr(self.voice, name).detach().clone()

    def step(self, number: int, lessons: VoiceLessons, weights: NDArray[np.float64]) -> float:
        """One step of gradient descent; its loss. weights: how often each turn is drawn, sum 1.

        Raises FloatingPointError where the loss is not finite; nothing has changed then.
        """
        chance = np.random.default_rng([self.settings.seed, number])
        noise = torch.Generator().manual_seed(int(chance.integers(1 << 62)))
        rows = chance.choice(len(lessons), self.settings.batch, p=weights)
        free = chance.random(len(rows)) < self.settings.free
        for group in self._optimiser.param_groups:
            group["lr"] = self.settings.rate(number)
        loss = self._loss(lessons, rows, free, noise)
        if not bool(torch.isfinite(loss)):
            raise FloatingPointError(f"the loss of step {number} is not finite")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learnt, 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        # Early on the average must not hold on to where it began.
        keep = min(self.settings.average, (1 + number) / (10 + number))
        with torch.no_grad():
            for name, one in self._named().items():
                self.average[name].lerp_(one, 1 - keep)
        return float(loss.detach())

    def tensors(self) -> dict[str, Tensor]:
        """Everything from which training goes on: weights, average, the optimiser's moments."""
        told = {f"weights/{name}": one.detach() for name, one in self._named().items()}
        told |= {f"average/{name}": one for name, one in self.average.items()}
        for number, state in self._optimiser.state_dict()["state"].items():
            told |= {f"optimiser/{number}/{name}": value for name, value in state.items()}
        return told

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from those. Raises ValueError where they are of another network."""
        mine = self._named()
        for name, one in (*mine.items(), *self.average.items()):
            for part in ("weights", "average"):
                kept = tensors.get(f"{part}/{name}")
                if kept is None or kept.shape != one.shape:
                    raise ValueError(f"there is no {part}/{name} of shape {list(one.shape)}")
        with torch.no_grad():
            for name, one in mine.items():
                one.copy_(tensors[f"weights/{name}"])
                self.average[name] = tensors[f"average/{name}"].clone()
        state = self._optimiser.state_dict()
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            part, _, rest = name.partition("/")
            if part == "optimiser":
                number, _, moment = rest.partition("/")
                moments.setdefault(int(number), {})[moment] = value.clone()
        state["state"] = moments
        self._optimiser.load_state_dict(state)

    def averaged(self) -> dict[str, Tensor]:
        """The smoother copy, by the names that the network gives them: what is used in the end."""
        return {name: one.clone() for name, one in self.average.items()}

    def _loss(
        self,
        lessons: VoiceLessons,
        rows: NDArray[np.intp],
        free: NDArray[np.bool_],
        noise: torch.Generator,
    ) -> Tensor:
        """Mean squared error in normalised units, from noise and from what it says of itself."""
        mel = torch.from_numpy(lessons.mel[rows].astype(np.float32))
        begins = torch.randn(len(rows), MEL_FRAMES, MELS, generator=noise)
        with torch.autocast("cpu", torch.bfloat16):
            condition = self.text(*told(lessons, rows, free), self._no_act(len(rows)))
        condition = condition.float()
        clean = (mel - self.voice.mean) / self.voice.scale
        with torch.autocast("cpu", torch.bfloat16):
            first = self.voice(begins, torch.zeros(len(rows)), condition)
        loss = (first.float() - clean).square().mean()
        if self._steps == 1:
            return loss
        few = max(1, len(rows) // _SECOND_LOOKS)
        later = torch.randint(1, self._steps, (few,), generator=noise).float() / self._steps
        part = later[:, None, None]
        halfway = (1 - part) * begins[:few] + part * first[:few].detach().float()
        with torch.autocast("cpu", torch.bfloat16):
            second = self.voice(halfway, later, condition[:few])
        return loss + (second.float() - clean[:few]).square().mean()

    def _no_act(self, rows: int) -> Tensor:
        return torch.zeros(rows, self._width)

    def _named(self) -> dict[str, Tensor]:
        """Weights and buffers by the names that the network gives them."""
        parts: dict[str, nn.Module] = dict(zip(PARTS, (self.text, self.voice), strict=True))
        return {
            f"{part}.{name}": one
            for part, module in parts.items()
            for name, one in module.state_dict(keep_vars=True).items()
        }


def deafen(text: VoiceText) -> None:
    """Make the voice depend on the text alone, for good."""
    for parameter in (*text.act_in.parameters(), *text.act_norm.parameters()):
        parameter.requires_grad_(False)
    nn.init.zeros_(text.act_in.weight)
    nn.init.zeros_(text.act_in.bias)


def told(
    lessons: VoiceLessons, rows: NDArray[np.intp], free: NDArray[np.bool_]
) -> tuple[Tensor, Tensor, Tensor]:
    """Text, seconds and valid of these turns, as `VoiceText` takes them; free: as free speech."""
    tokens = np.where(free[:, None], lessons.free[rows], lessons.handed_over[rows])
    seconds = np.where(free[:, None], lessons.free_s[rows], lessons.handed_over_s[rows])
    valid = ~np.isnan(seconds)
    return (
        torch.from_numpy(tokens.astype(np.int64)),
        torch.from_numpy(np.nan_to_num(seconds)),
        torch.from_numpy(valid),
    )
