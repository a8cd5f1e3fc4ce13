"""What every interaction model offers a cell, whoever implements it.

A model owns weights and is shared; a session owns the state of one cell and belongs to the one
thread that steps it. Nothing here reads a clock: a session's time is that of its turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from tml_ros.turn.micro_turn import MicroTurn
from tml_ros.turn.turn_output import TurnOutput

InjectMode = Literal["spoken", "silent", "instruction"]


class Session(Protocol):
    """One cell's endless conversation. Not thread-safe: one thread steps it."""

    def step(self, turn: MicroTurn) -> TurnOutput:
        """Take in one turn and give out one. `TurnOutput.index` equals `turn.index`."""

    def inject(self, text: str, *, how: InjectMode) -> None:
        """Hand over text: to be spoken, as silent context, or as a standing instruction."""

    def reset(self) -> None:
        """Forget everything, as if just opened."""


class InteractionModel(Protocol):
    """Weights and the means to open sessions on them."""

    @property
    def name(self) -> str:
        """The preset or file the model was opened from."""

    def open_session(self) -> Session:
        """A fresh session."""

    def step_batch(self, pairs: Sequence[tuple[Session, MicroTurn]]) -> list[TurnOutput]:
        """Step many cells in one tick; equal to stepping each alone."""


class ModelUnavailableError(ValueError):
    """The named model does not exist here; the message lists what does."""


def open_model(name_or_path: str) -> InteractionModel | None:
    """The model of that name, or None for "none": guards alone, a legal choice.

    Raises ModelUnavailableError for any other name.
    """
    if name_or_path == "none":
        return None
    raise ModelUnavailableError(
        f"model {name_or_path!r} is not available; this version offers: none"
    )
