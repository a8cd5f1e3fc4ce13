"""The interaction node as a program, with a model of the tests in place of the native one.

The name of the model file in the cell says how the model behaves: "untrained.yaml", "trained.yaml",
"narrow.yaml" (no room for any cell), "broken.yaml" (fails in each turn), "slow.yaml" (late in each
turn until it may speak plainly).
"""

from __future__ import annotations

import sys
import threading
import types
from pathlib import Path

import numpy as np

from tml_ros.model.effort import FULL
from tml_ros.model.layout import SessionLayoutError
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_SAMPLES
from tml_ros.turn.turn_output import TurnOutput

SLOW_TURN = 5
"""The turn, and each so many later, that is answered late."""
TRUSTED, OTHER = HazardKind.PERSON_DOWN, HazardKind.SMOKE_OR_FIRE


class Model:
    def __init__(self, name, *, sessions=1):
        self.handed = []
        self.effort = FULL
        self.name = self.manner = Path(name).stem
        self.trained = self.manner == "trained"
        self.trusted_kinds = frozenset({TRUSTED} if self.trained else ())
        self.trusted_speech = self.trained

    def open_session(self, layout=None, *, seed=0):
        if self.manner == "narrow":
            raise SessionLayoutError(f"room for 0 cameras, the cell has {len(layout.cameras)}")
        return self

    def step(self, turn):
        if self.manner == "broken":
            raise RuntimeError("bad weights")
        slow = self.manner == "slow" and self.effort.voice > 0
        if slow or (turn.index and turn.index % SLOW_TURN == 0 and self.manner != "slow"):
            threading.Event().wait(0.25)
        judged = [
            Hazard(kind, "", 1.0, HazardSource.MODEL, turn.end_ns) for kind in (TRUSTED, OTHER)
        ]
        speech = np.full(TURN_SAMPLES, 0.1, np.float32)
        handed, self.handed = self.handed, []
        return TurnOutput(turn.index, speech, f"{turn.texts}{handed}", tuple(judged))

    def inject(self, text, *, how, urgent=False):
        self.handed.append(f"handed over {how}: {text}")

    def spare(self, effort):
        self.effort = effort

    def yield_floor(self):
        pass

    def reset(self):
        pass

    def close(self):
        pass


def main():
    native = types.ModuleType("tml_ros.model.native_model")
    native.open_native = Model
    sys.modules[native.__name__] = native
    from tml_ros.nodes.interaction_node import main as node  # noqa: PLC0415 - it finds the above

    node()


if __name__ == "__main__":
    main()
