"""What every interaction model offers a cell, whoever implements it.

A model owns weights and is shared; a session owns the state of one cell and belongs to the one
thread that steps it. Nothing here reads a clock: a session's time is that of its turns. Nothing of
what a model is made of is imported before one is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, Protocol

from tml_ros.model.layout import SessionLayout
from tml_ros.model.preset_file import names_preset_file, preset_names
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import MicroTurn
from tml_ros.turn.turn_output import TurnOutput

InjectMode = Literal["spoken", "silent", "instruction"]

NO_MODEL = "none"
CHECKPOINT_SUFFIX = ".safetensors"
PACKAGES = ("torch", "safetensors", "tokenizers")
"""What a native model is made with; pip's extra `model` brings them."""


class Session(Protocol):
    """One cell's endless conversation. Not thread-safe: one thread steps it."""

    def step(self, turn: MicroTurn) -> TurnOutput:
        """Take in one turn and give out one. `TurnOutput.index` equals `turn.index`."""

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        """Hand over text: to be spoken, as silent context, or as a standing instruction.

        urgent: speak it at once rather than when nobody else speaks.
        """

    def yield_floor(self) -> None:
        """Stop speaking within the next turn; what was left to say is dropped."""

    def reset(self) -> None:
        """Forget everything, as if just opened."""

    def close(self) -> None:
        """Give back what the session holds; it is not to be used any more."""


class InteractionModel(Protocol):
    """Weights and the means to open sessions on them."""

    @property
    def name(self) -> str:
        """The preset or file the model was opened from."""

    @property
    def trained(self) -> bool:
        """Whether its weights were learnt; without, its speech and text mean nothing."""

    @property
    def trusted_kinds(self) -> frozenset[HazardKind]:
        """The kinds it was shown to judge well enough to be believed; none while untrained."""

    @property
    def trusted_speech(self) -> bool:
        """Whether what it says and asks of its own accord was shown to be right well enough."""

    def open_session(self, layout: SessionLayout | None = None, *, seed: int = 0) -> Session:
        """A fresh session for a cell of that layout, or for none of cameras and microphones.

        seed: of all that is drawn at random; equal seeds and turns give equal outputs.
        Raises SessionLayoutError where the model has no room for the cell.
        """

    def step_batch(self, pairs: Sequence[tuple[Session, MicroTurn]]) -> list[TurnOutput]:
        """Step many cells in one tick; equal to stepping each alone."""


class ModelUnavailableError(ValueError):
    """The named model does not exist here; the message lists what does."""


def open_model(
    name_or_path: str, *, threads: int | None = None, sessions: int = 1
) -> InteractionModel | None:
    """The model of that name or in that file, or None for "none": guards alone, a legal choice.

    name_or_path: "none", a preset's name, or the path of a preset (.yaml) or checkpoint
        (.safetensors).
    threads: how many threads this process's tensor arithmetic may use from now on; as it was where
        None. Sums depend on it in their last bits.
    sessions: how many sessions share one pass of `step_batch`.
    Raises ModelUnavailableError.
    """
    if name_or_path == NO_MODEL:
        return None
    if name_or_path not in preset_names() and not names_model_file(name_or_path):
        raise ModelUnavailableError(
            f"model {name_or_path!r} is not available; there are: {', '.join(offered_models())}, "
            f"or the path of a preset (.yaml) or checkpoint ({CHECKPOINT_SUFFIX})"
        )
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise ModelUnavailableError(
            f"model {name_or_path!r} needs {', '.join(missing)}, not installed here: "
            "pip install 'tml_ros[model]'; without it there is: none"
        )
    if threads is not None:
        import_module("torch").set_num_threads(threads)
    from tml_ros.model.native_model import open_native  # noqa: PLC0415 - torch comes with it

    return open_native(name_or_path, sessions=sessions)


def offered_models() -> tuple[str, ...]:
    """The names that `open_model` knows."""
    return (NO_MODEL, *preset_names())


def names_model_file(name_or_path: str) -> bool:
    """Whether this is the path of a preset or checkpoint rather than a name."""
    return names_preset_file(name_or_path) or name_or_path.endswith(CHECKPOINT_SUFFIX)
