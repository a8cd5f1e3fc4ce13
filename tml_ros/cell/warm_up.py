"""The first steps of a model, taken before anything depends on them.

The first steps of a process are slow: libraries allocate, plan and compile. Knows nothing of
clocks. Called by whoever opened the model, in the thread that will own its sessions or before that
thread starts.
"""

from __future__ import annotations

import numpy as np

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.interaction import ModelAnswerError, checked
from tml_ros.cell.session_layout import session_layout
from tml_ros.model.interface import InteractionModel
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, Frame, MicroTurn, TurnFrame

WARM_UP_TURNS = 3
_SIZE = (640, 480)


def warm_up(model: InteractionModel, cell: CellDescription) -> None:
    """Step a session that nobody listens to through a few turns of the cell.

    Raises SessionLayoutError where the model has no room for the cell, and ModelAnswerError where
    it fails even at this.
    """
    session = model.open_session(session_layout(cell))
    for index in range(WARM_UP_TURNS):
        turn = _turn(cell, index)
        try:
            checked(session.step(turn), turn)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            message = f"model {model.name} fails at a silent turn: {reason}"
            raise ModelAnswerError(message) from error
    session.close()


def _turn(cell: CellDescription, index: int) -> MicroTurn:
    """Silence, and pictures that change from turn to turn so that every patch is looked at."""
    start_ns = index * TURN_NS
    silence = np.zeros(TURN_SAMPLES, np.float32)
    silence.flags.writeable = False
    frames = {}
    for name, camera in cell.cameras.items():
        width, height = camera.size or _SIZE
        rgb = np.full((height, width, 3), 60 * index, np.uint8)
        rgb.flags.writeable = False
        frames[name] = TurnFrame(Frame(name, start_ns, rgb), TURN_NS)
    return MicroTurn(index, start_ns, dict.fromkeys(cell.microphones, silence), frames)
