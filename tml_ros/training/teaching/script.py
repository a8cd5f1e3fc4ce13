"""What a teacher makes of a scenario: what the session says and is told, and what is right.

Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dialogue_tokens import DialogueTokens


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words that the session says.

    begin_turn: the turn that decided to say them. What turn k says is played during turn k + 1,
        so they are heard from (k + 1) turns on.
    turns: how many turns of them are really said, at least one.
    urgent: said over whoever speaks. backchannel: a nod, which takes no floor.
    handed_over: a finding's words, not the model's own.
    """

    text: str
    begin_turn: int
    turns: int
    urgent: bool
    backchannel: bool
    handed_over: bool


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario's t turns of one conversation, with k = `text.out_per_turn`.

    dialogue: what the dialogue half is given, turn by turn, as in a live session.
    floor: int64 [t], index into `floor_policy.FLOORS` of what is right, whatever the session did.
    floor_weight: float32 [t], how much that counts; 0 where it is open.
    text: int64 [t, k], what is to be written. text_weight: float32 [t].
    own: what the session says, in the order of its beginning.
    warnings: when the guardian's warnings begin, seconds, and their words.
    line_starts: when the lines that wait for the cell are spoken, seconds, by the line's index
        in the scenario; those that are never spoken are missing.
    """

    dialogue: tuple[DialogueTokens, ...]
    floor: NDArray[np.int64]
    floor_weight: NDArray[np.float32]
    text: NDArray[np.int64]
    text_weight: NDArray[np.float32]
    own: tuple[OwnWords, ...]
    warnings: tuple[tuple[float, str], ...]
    line_starts: Mapping[int, float]
