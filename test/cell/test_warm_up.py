"""The first steps of a model, before anything depends on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.interaction import ModelAnswerError
from tml_ros.cell.session_layout import session_layout
from tml_ros.cell.warm_up import WARM_UP_TURNS, warm_up
from tml_ros.model.layout import SessionLayoutError
from tml_ros.turn.micro_turn import TURN_SAMPLES, MicroTurn
from tml_ros.turn.turn_output import TurnOutput

CELL = CellDescription.model_validate(
    {"cell": "c", "cameras": {"eye": {"size": [64, 48]}, "rear": {}}, "microphones": {"ear": {}}}
)


class Model:
    """A model that notes what is asked of it."""

    name = "test"
    trained = False
    trusted_kinds: frozenset = frozenset()
    trusted_speech: bool = True

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.layouts: list[Any] = []
        self.turns: list[MicroTurn] = []
        self.closed = 0

    def open_session(self, layout: Any = None, *, seed: int = 0) -> Any:
        self.layouts.append(layout)
        if isinstance(self.error, SessionLayoutError):
            raise self.error
        return self

    def step(self, turn: MicroTurn) -> TurnOutput:
        self.turns.append(turn)
        if self.error is not None:
            raise self.error
        return TurnOutput(turn.index)

    def close(self) -> None:
        self.closed += 1


def test_it_takes_silent_turns_of_the_cell_in_a_session_that_is_closed() -> None:
    model = Model()
    warm_up(model, CELL)
    assert model.layouts == [session_layout(CELL)]
    assert [turn.index for turn in model.turns] == list(range(WARM_UP_TURNS))
    for turn in model.turns:
        assert np.array_equal(turn.audio["ear"], np.zeros(TURN_SAMPLES, np.float32))
        assert turn.frames["eye"].frame.rgb.shape == (48, 64, 3)
        assert turn.frames["rear"].frame.rgb.dtype == np.uint8
    assert model.closed == 1


def test_every_picture_differs_from_the_one_before_so_that_all_of_it_is_looked_at() -> None:
    model = Model()
    warm_up(model, CELL)
    levels = [int(turn.frames["eye"].frame.rgb.max()) for turn in model.turns]
    assert len(set(levels)) == WARM_UP_TURNS


@pytest.mark.parametrize(
    ("error", "raised", "words"),
    [
        (SessionLayoutError("room for 1 camera, got 2"), SessionLayoutError, "room for 1 camera"),
        (RuntimeError("bad weights"), ModelAnswerError, "model test fails .* RuntimeError: bad"),
    ],
)
def test_a_model_that_cannot_even_do_this_says_why(
    error: Exception, raised: type[Exception], words: str
) -> None:
    with pytest.raises(raised, match=words):
        warm_up(Model(error), CELL)
