"""Lines that wait for the cell to speak: when each is said, once it is clear.

The first time that the cell begins to speak after the line before it, and after the time that the
scenario names, decides; within `PATIENCE_S`, or the line is never said. Knows nothing of sound. One
thread owns it. Seconds since the beginning of the scenario.
"""

from __future__ import annotations

from collections.abc import Sequence

from tml_ros.sim.scenario.scenario import LinePart
from tml_ros.sim.talk.line_times import PATIENCE_S
from tml_ros.sim.truth.truth import SpokenLine

EARLY_S = 0.3
"""The cell may begin so much before the line before has quite ended."""


class WaitingLines:
    """The lines of one scenario.

    described: as the scenario has them. spoken: the same as they are spoken.
    """

    def __init__(self, described: Sequence[LinePart], spoken: Sequence[SpokenLine]) -> None:
        """Nothing was said yet."""
        self._after = [line.after or 0.0 for line in described]
        self._lines = spoken
        self._starts = {one.index: one.start_s for one in spoken if one.start_s is not None}
        self._given_up_s: dict[int, float] = {}

    @property
    def starts(self) -> dict[int, float]:
        """When the lines that waited were begun, by index; those never said are not in it."""
        waited = (line.index for line in self._lines if line.into_s is not None)
        return {index: self._starts[index] for index in waited if index in self._starts}

    def due(self, now_s: float, begins: Sequence[float]) -> dict[int, float]:
        """The lines that have come due by `now_s`, and when they begin, at `now_s` or later.

        begins: when the cell began to speak so far, each time, in order.
        """
        found: dict[int, float] = {}
        for line in self._lines:
            if line.into_s is None or line.index in self._starts or line.index in self._given_up_s:
                continue
            since = self._since(line.index)
            if since is None or since > now_s:
                continue
            spoke = next((at for at in begins if at >= since - EARLY_S), None)
            if spoke is not None and spoke <= since + PATIENCE_S:
                self._starts[line.index] = found[line.index] = max(now_s, spoke + line.into_s)
            elif now_s > since + PATIENCE_S:
                self._given_up_s[line.index] = now_s
        return found

    def _since(self, index: int) -> float | None:
        """From when on speech of the cell counts; None while that is not known."""
        if index == 0:
            return self._after[0]
        before = self._lines[index - 1]
        if before.index in self._starts:
            over = self._starts[before.index] + before.seconds
        elif before.index in self._given_up_s:
            over = self._given_up_s[before.index]
        else:
            return None
        return max(over, self._after[index])
