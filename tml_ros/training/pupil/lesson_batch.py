"""Several lessons side by side as tensors: what the network takes in, and what is right of it.

Knows nothing of networks or losses. Made by whoever prepares lessons, in any process or thread;
the same lessons and seed make the same batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tml_ros.model.block_attention import BlockStore
from tml_ros.model.preset import Preset
from tml_ros.model.sequence import block_batch
from tml_ros.model.token_batch import TokenBatch
from tml_ros.training.lesson import Lesson

QUIET_WEIGHT = 0.25
"""Turns whose text counts less than this are alike, silent and many: a few stand for all."""
QUIET_SHARE = 8
"""One of so many silent turns is learnt from, and counts for as many."""


@dataclass(frozen=True, slots=True)
class LessonBatch:
    """b lessons of t turns and p patches together, lesson after lesson.

    tokens, store: for the network. lengths: turns of each lesson; their sum is t.
    hazards: int8 [t, hazard_count]. things: int8 [p, THINGS]. smoke: float32 [p]. Unknown is -1.
    floor: int64 [t]. floor_weight: float32 [t].
    text_at: int64 [n], ascending, the turns whose text is learnt from: those with a text_weight,
        of silent ones a few. text: int64 [n, k]. text_weight: float32 [n], silent ones' raised.
    """

    tokens: TokenBatch
    store: BlockStore
    lengths: tuple[int, ...]
    hazards: Tensor
    things: Tensor
    smoke: Tensor
    floor: Tensor
    floor_weight: Tensor
    text_at: Tensor
    text: Tensor
    text_weight: Tensor

    @property
    def turns(self) -> int:
        """t."""
        return sum(self.lengths)

    def to(self, device: torch.device | str) -> LessonBatch:
        """On a device, in the dtypes it has."""
        return replace(
            self,
            tokens=self.tokens.to(device, torch.float32),
            store=self.store.to(device, torch.float32),
            **{name: getattr(self, name).to(device) for name in _TARGETS},
        )


_TARGETS = (
    "hazards",
    "things",
    "smoke",
    "floor",
    "floor_weight",
    "text_at",
    "text",
    "text_weight",
)


def lesson_batch(preset: Preset, lessons: Sequence[Lesson], *, seed: int | None = 0) -> LessonBatch:
    """Put lessons side by side, float32 on the CPU.

    seed: of which silent turns stand for all; None: all of them do for themselves.
    Raises ValueError where there is no lesson.
    """
    if not lessons:
        raise ValueError("a batch has at least one lesson")
    tokens, store = block_batch(preset, [lesson.turns for lesson in lessons])
    weight = np.concatenate([lesson.text_weight for lesson in lessons])
    chosen, raised = _chosen(weight, seed)
    text = np.concatenate([lesson.text for lesson in lessons])
    joined = {
        name: torch.from_numpy(np.concatenate([getattr(lesson, name) for lesson in lessons]))
        for name in ("hazards", "things", "smoke", "floor", "floor_weight")
    }
    return LessonBatch(
        tokens=tokens,
        store=store,
        lengths=tuple(len(lesson.turns) for lesson in lessons),
        text_at=torch.from_numpy(chosen),
        text=torch.from_numpy(text[chosen]),
        text_weight=torch.from_numpy(raised),
        **joined,
    )


def _chosen(
    weight: NDArray[np.float32], seed: int | None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Turns int64 [n] and what they count, float32 [n]."""
    counts = weight > 0
    if seed is None:
        return np.flatnonzero(counts), weight[counts]
    quiet = counts & (weight < QUIET_WEIGHT)
    few = np.random.default_rng(seed).random(len(weight)) < 1 / QUIET_SHARE
    chosen = np.flatnonzero(counts & (~quiet | few))
    raised = np.where(quiet, weight * QUIET_SHARE, weight)[chosen]
    return chosen, raised.astype(np.float32)
