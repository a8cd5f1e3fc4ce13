"""Where the next tokens of a session go in its ring, and what of the ring may be seen.

Knows nothing of keys or values, only of slots. Fixed size, whatever the session's age. One object
per session, of the thread that steps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.ring_plan import NEVER, Region, RingPlan

Slots = NDArray[np.int64]
_FREE = -1


class RingState:
    """Hands out slots turn by turn. A slot taken anew forgets what it held."""

    def __init__(self, plan: RingPlan) -> None:
        self._plan = plan
        self._lasts = plan.lasts()
        self._moving = (plan.text, plan.act, plan.boundary, plan.sensors)
        self.reset()

    def reset(self) -> None:
        """Forget everything but the sinks."""
        self._turn_of = np.full(self._plan.slots, NEVER, np.int64)
        for sinks in (self._plan.sinks, self._plan.sensor_sinks):
            self._turn_of[sinks.first : sinks.first + sinks.size] = 0
        self._next = np.zeros(len(self._moving), np.int64)
        self._instruction = np.full(self._plan.instructions.size, _FREE, np.int64)

    def take_text(self, count: int, turn: int) -> Slots:
        """Slots of so many tokens of text that pass with time."""
        return self._take(self._plan.text, count, turn)

    def take_act(self, turn: int) -> Slots:
        """The slot of the turn's act token."""
        return self._take(self._plan.act, 1, turn)

    def take_boundary(self, turn: int) -> Slots:
        """The slot of the turn's boundary token."""
        return self._take(self._plan.boundary, 1, turn)

    def take_sensors(self, count: int, turn: int) -> Slots:
        """Slots of so many tokens of sound and patches."""
        return self._take(self._plan.sensors, count, turn)

    def take_instruction(self, number: int, count: int, turn: int) -> Slots:
        """Slots of so many tokens of the standing instruction `number`.

        Raises ValueError where the instructions that stand leave no room.
        """
        free = np.flatnonzero(self._instruction == _FREE)[:count]
        if len(free) < count:
            raise ValueError(f"{count} tokens of instruction and {len(free)} free slots")
        self._instruction[free] = number
        slots = free + self._plan.instructions.first
        self._turn_of[slots] = turn
        return slots

    def release(self, numbers: Sequence[int]) -> None:
        """These instructions stand no longer."""
        gone = np.isin(self._instruction, numbers)
        self._instruction[gone] = _FREE
        self._turn_of[self._plan.instructions.first + np.flatnonzero(gone)] = NEVER

    def visible(self, turn: int) -> NDArray[np.bool_]:
        """bool [slots]: what the tokens of `turn` may see, their own included once taken."""
        return self._turn_of > turn - self._lasts

    def arrays(self) -> dict[str, NDArray[np.int64]]:
        """All of the state."""
        return {"turn_of": self._turn_of, "next": self._next, "instruction": self._instruction}

    def facts(self) -> dict[str, Any]:
        """Nothing beside the arrays."""
        return {}

    def restore(self, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> None:
        """Take over a saved state. Raises ValueError where its shape is another."""
        del facts
        for name, mine in self.arrays().items():
            given = np.asarray(arrays[name])
            if given.shape != mine.shape:
                raise ValueError(f"ring {name}: saved {given.shape}, here {mine.shape}")
            mine[...] = given

    def _take(self, region: Region, count: int, turn: int) -> Slots:
        at = self._moving.index(region)
        slots = region.first + (self._next[at] + np.arange(count)) % region.size
        self._next[at] = (self._next[at] + count) % region.size
        self._turn_of[slots] = turn
        return slots.astype(np.int64)
