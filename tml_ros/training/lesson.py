"""What a model learns from at once: a stretch of one cell's turns, and what is right in each.

Whoever makes lessons and whoever learns from them agree here. Knows nothing of either. Frozen; any
thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import Preset
from tml_ros.model.turn_tokens import TurnTokens

THINGS = 6
"""What is looked for in a patch: `sim.render.patch_labels.THINGS`."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A session's turns from its first on, t of them, with k = `text.out_per_turn`.

    about: where it is from, for messages.
    hazards: int8 [t, hazard_count]: 1 there, 0 not there, -1 nothing to learn.
    things: int8 [p, THINGS] of every patch sent, in the order in which the turns carry them; 1, 0
        and -1 as above. smoke: float32 [p], how much of the patch smoke hides, 0..1; -1 unknown.
    floor: int64 [t], index into `floor_policy.FLOORS` of what is right, whatever the session did.
    floor_weight: float32 [t], how much that counts; 0 where it is open.
    text: int64 [t, k], what is to be written, HOLD behind the last. text_weight: float32 [t].
    """

    about: str
    turns: tuple[TurnTokens, ...]
    hazards: NDArray[np.int8]
    things: NDArray[np.int8]
    smoke: NDArray[np.float32]
    floor: NDArray[np.int64]
    floor_weight: NDArray[np.float32]
    text: NDArray[np.int64]
    text_weight: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together."""
        turns = len(self.turns)
        patches = sum(len(turn.sensors.rgb) for turn in self.turns)
        for name, length, right in (
            ("hazards", len(self.hazards), turns),
            ("things", len(self.things), patches),
            ("smoke", len(self.smoke), patches),
            ("floor", len(self.floor), turns),
            ("floor_weight", len(self.floor_weight), turns),
            ("text", len(self.text), turns),
            ("text_weight", len(self.text_weight), turns),
        ):
            if length != right:
                raise ValueError(f"{self.about}: {name} has {length} rows, not {right}")
        if not turns:
            raise ValueError(f"{self.about}: a lesson has at least one turn")


class LessonSource(Protocol):
    """Lessons by number. Opened anew in every process that makes lessons; must be picklable
    before it is first used.
    """

    @property
    def preset(self) -> Preset:
        """The model they are for."""

    def __len__(self) -> int:
        """How many there are in an epoch."""

    def lesson(self, index: int, seed: int) -> Lesson:
        """A lesson: the same index and seed give the same one, in whichever process and order.

        seed: of everything that is drawn anew each time it is taught (augmentation, mistakes).
        Raises ShardError or OSError where what it is made from cannot be read.
        """
