"""What a turn takes in on its dialogue side: text from all sides, and how the session itself fares.

Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

ORDERS = 64
"""A token's running number in its own text is counted modulo this."""


class TextKind(IntEnum):
    """Where a token of text comes from."""

    TYPED = 0
    """By an operator."""
    SPOKEN = 1
    """Handed over to be said; not said yet."""
    SILENT = 2
    """Handed over as context."""
    INSTRUCTION = 3
    """Stands for the session."""
    OWN = 4
    """What the session itself said in the turn before."""


@dataclass(frozen=True, slots=True)
class DialogueTokens:
    """The dialogue half of a turn, but for the act token itself.

    text: int64 [n], token ids. kind: int64 [n], `TextKind`.
    place: int64 [n], for text that came in 0.. within the turn; for OWN the slot, 0.., of the turn
        before in which it was said.
    order: int64 [n], running number within its own text, modulo `ORDERS`.
    instruction: int64 [n], the running number of the instruction it belongs to, or -1.
    released: instructions that stand no longer from this turn on.
    state: float32 [own_state.OWN_STATE_WIDTH], on the act token.
    """

    text: NDArray[np.int64]
    kind: NDArray[np.int64]
    place: NDArray[np.int64]
    order: NDArray[np.int64]
    instruction: NDArray[np.int64]
    released: tuple[int, ...]
    state: NDArray[np.float32]
