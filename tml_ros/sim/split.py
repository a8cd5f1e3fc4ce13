"""What is for learning and what is for judging, kept apart by construction.

Everything that the simulator draws at random and that a model could learn by heart, clothes,
machines, voices, wordings, noises, comes from a `Pool` or a `Band`. Both are made of two parts that
cannot overlap: a pool or band that would is refused when the module is loaded. Knows nothing of
what is drawn. Frozen; any thread.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

import numpy as np

Item = TypeVar("Item", bound=Hashable)
Interval = tuple[float, float]


class Split(str, Enum):
    """Whose look, voice or noise it is."""

    TRAIN = "train"
    HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True)
class Pool(Generic[Item]):
    """Things to choose from, by split.

    Raises ValueError where one is in both, twice in one, or a part is empty.
    """

    train: tuple[Item, ...]
    held_out: tuple[Item, ...]

    def __post_init__(self) -> None:
        """Refuse what is not apart."""
        both = set(self.train) & set(self.held_out)
        if both:
            raise ValueError(f"in training and held out at once: {sorted(map(repr, both))}")
        for part in (self.train, self.held_out):
            if not part or len(set(part)) < len(part):
                raise ValueError(f"a part of a pool is empty or repeats itself: {part!r}")

    def of(self, split: Split) -> tuple[Item, ...]:
        """What may be chosen."""
        return self.train if split is Split.TRAIN else self.held_out

    def draw(self, rng: np.random.Generator, split: Split) -> Item:
        """One of them, all equally likely."""
        items = self.of(split)
        return items[int(rng.integers(len(items)))]


@dataclass(frozen=True, slots=True)
class Band:
    """Numbers to draw from: intervals [low, high) by split, in ascending order.

    Raises ValueError where intervals overlap, are empty, or are not finite.
    """

    train: tuple[Interval, ...]
    held_out: tuple[Interval, ...]

    def __post_init__(self) -> None:
        """Refuse what is not apart."""
        if not (self.train and self.held_out):
            raise ValueError("a band needs intervals of both splits")
        ends = sorted((*self.train, *self.held_out))
        for low, high in ends:
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise ValueError(f"no interval: {low} to {high}")
        for (_, high), (low, _) in itertools.pairwise(ends):
            if low < high:
                raise ValueError(f"intervals overlap between {low} and {high}")

    def of(self, split: Split) -> tuple[Interval, ...]:
        """The intervals of a split."""
        return self.train if split is Split.TRAIN else self.held_out

    def draw(self, rng: np.random.Generator, split: Split) -> float:
        """A number, evenly over all intervals of the split."""
        intervals = self.of(split)
        lengths = np.array([high - low for low, high in intervals])
        low, high = intervals[int(rng.choice(len(intervals), p=lengths / lengths.sum()))]
        return float(rng.uniform(low, high))

    def holds(self, number: float, split: Split) -> bool:
        """Whether the number could have been drawn."""
        return any(low <= number < high for low, high in self.of(split))
