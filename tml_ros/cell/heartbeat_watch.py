"""Whether a cell's model still answers, and in time, as its interaction's heartbeat tells.

Knows nothing of ROS or clocks: it is told steady time. What it finds is a guard's judgement: it is
no opinion of the model's. One thread owns a watch.
"""

from __future__ import annotations

from collections.abc import Mapping

from tml_ros.cell.freshness import STARTUP_GRACE_NS
from tml_ros.cell.turn_figures import DEADLINE_MISSES
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_NS

INTERACTION = "interaction"
STEP = "step_ms"
"""The key of the heartbeat that says how long the step in progress takes already; 0 between two."""
LOST_AFTER_NS = 800_000_000
"""Without a heartbeat, or within one step: 0.2 s are left to raise the alarm within a second."""


class HeartbeatWatch:
    """The first heartbeat may take as long as a stream may to begin, from the first question on."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self._deadline_ns: int | None = None
        self._step_ns = 0
        self._misses: int | None = None
        self._late = False

    def beat(self, values: Mapping[str, str], steady_ns: int) -> None:
        """A heartbeat came; of other nodes than the interaction it says nothing.

        Raises ValueError where its figures are none.
        """
        if values.get("node", INTERACTION) != INTERACTION:
            return
        step_ns = round(float(values.get(STEP, "0")) * 1e6)
        misses = int(values.get(DEADLINE_MISSES, "0"))
        self._late = step_ns > TURN_NS or (self._misses is not None and misses > self._misses)
        self._step_ns, self._misses = step_ns, misses
        self._deadline_ns = steady_ns + LOST_AFTER_NS

    def hazards(self, steady_ns: int, now_ns: int) -> list[Hazard]:
        """What is so now: the model is lost, or late, or neither. now_ns: stamp, cell time."""
        if self._deadline_ns is None:
            self._deadline_ns = steady_ns + STARTUP_GRACE_NS
        lost = steady_ns > self._deadline_ns or self._step_ns > LOST_AFTER_NS
        return [
            Hazard(kind, "", 1.0 if present else 0.0, HazardSource.GUARD, now_ns)
            for kind, present in (
                (HazardKind.MODEL_LOST, lost),
                (HazardKind.MODEL_LATE, self._late and not lost),
            )
        ]
