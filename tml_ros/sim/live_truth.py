"""The stream of the truth where people say what nobody could know beforehand.

What was rendered tells its own truth; here it is told together with who answers the cell. Knows
nothing of topics. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tml_ros.sim.clip_truth import ToldLine
from tml_ros.sim.truth_stream import END, NOW, speaking


class LiveTruth:
    """Messages of `truth_stream`, completed."""

    def __init__(self) -> None:
        """Nothing is true yet."""
        self._rendered: dict[str, Any] = {"hazards": [], "speaking": []}
        self._live: list[dict[str, Any]] = []
        self._over = False

    def told(self, content: dict[str, Any]) -> dict[str, Any]:
        """A message that was due, with what is said live."""
        self._over |= content["event"] == END
        if content["event"] != NOW:
            return content
        self._rendered = content
        return self._whole(content["t"])

    def answered(self, lines: Sequence[ToldLine], time_s: float) -> dict[str, Any] | None:
        """The message that is due because other lines are said live now; None where none is."""
        live = [speaking(line) for line in lines]
        if live == self._live or self._over:
            return None
        self._live = live
        return self._whole(time_s)

    def _whole(self, time_s: float) -> dict[str, Any]:
        spoken = [*self._rendered["speaking"], *self._live]
        return {
            "event": NOW,
            "t": time_s,
            "hazards": self._rendered["hazards"],
            "speaking": spoken,
        }
