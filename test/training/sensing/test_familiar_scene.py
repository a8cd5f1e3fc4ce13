from __future__ import annotations

import numpy as np
from made_scenes import COLUMNS, PRESET, ROWS, picture, square_at

from tml_ros.model.layout import SessionLayout
from tml_ros.model.senses import Senses
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.training.sensing.familiar_scene import familiar
from tml_ros.turn.micro_turn import TURN_NS, Frame, MicroTurn, TurnFrame

LAYOUT = SessionLayout({"hall": {"left": ((0.1, 0.1), (0.4, 0.1), (0.4, 0.6))}})


def seen(senses: Senses, turn: int, shows: int) -> SensorTokens:
    frame = Frame("hall", turn * TURN_NS + TURN_NS // 2, picture(shows))
    taken = MicroTurn(turn, turn * TURN_NS, frames={"hall": TurnFrame(frame, TURN_NS // 2)})
    return senses.take_in(taken, number=turn)


def test_what_is_new_differs_as_after_a_long_look_and_all_of_it_is_sent() -> None:
    looked, told = (Senses(PRESET, LAYOUT, sparse=False) for _ in range(2))
    for turn in range(10):
        seen(looked, turn, 0)
    familiar(
        told, PRESET.sight, {0: [picture(0)] * 3}, counts=10, stamp_ns=10 * TURN_NS - TURN_NS // 2
    )
    for turn, shows in ((10, 0), (11, 8), (12, 8)):
        expected, found = seen(looked, turn, shows), seen(told, turn, shows)
        np.testing.assert_array_equal(found.difference, expected.difference)
        np.testing.assert_array_equal(found.masks, expected.masks)
    row, column = divmod(square_at(8), COLUMNS)
    assert found.difference.shape[0] == COLUMNS * ROWS
    assert found.difference[row * COLUMNS + column].max() == 127


def test_a_camera_without_earlier_pictures_is_new() -> None:
    told, new = Senses(PRESET, LAYOUT), Senses(PRESET, LAYOUT)
    familiar(told, PRESET.sight, {0: []}, counts=10, stamp_ns=-1)
    for turn in range(3):
        found, expected = seen(told, turn, 6 * turn), seen(new, turn, 6 * turn)
        np.testing.assert_array_equal(found.difference, expected.difference)
        np.testing.assert_array_equal(found.state, expected.state)


def test_the_first_turn_sends_every_patch() -> None:
    told = Senses(PRESET, LAYOUT)
    familiar(told, PRESET.sight, {0: [picture(0)]}, counts=5, stamp_ns=-1)
    assert len(seen(told, 0, 0).rgb) == COLUMNS * ROWS
    assert len(seen(told, 1, 0).rgb) < COLUMNS * ROWS
