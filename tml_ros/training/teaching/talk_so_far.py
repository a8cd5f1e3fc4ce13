"""Who speaks in a scenario besides the session, as far as it has come: people, radios, warnings.

Lines that wait for the cell begin as they do in an evaluation. Seconds of the scenario. One thread
owns it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

from tml_ros.sim.scenario.scenario import EventKind, Scenario
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.waiting_lines import WaitingLines
from tml_ros.sim.truth.truth import SpokenLine

HEARD_S: Final = 0.1
"""By then something that has begun can be heard."""
STOP_S: Final = 0.1
"""Silent so long after the end of "stop" ..."""
INSTEAD_S: Final = 0.6
"""... and so long after the beginning of another question."""
_TOLD_S: Final = 5.0
"""What was said so long ago has been obeyed."""


class Told(Enum):
    """Whether somebody wants the session to be silent."""

    NO = "no"
    PERHAPS = "perhaps"
    """They have begun to say so; either is right."""
    YES = "yes"


class TalkSoFar:
    """What has been said, and what is being said."""

    def __init__(self, scenario: Scenario, lines: Sequence[SpokenLine]) -> None:
        """Start before the scenario."""
        self._waiting = WaitingLines(scenario.lines, lines)
        self._lines = {line.index: line for line in lines}
        self._begun: dict[int, float] = {
            line.index: line.start_s for line in lines if line.start_s is not None
        }
        self._radios = [
            (event.at, event.at + event.lasts)
            for event in scenario.events
            if event.kind is EventKind.RADIO
        ]
        self.warnings: list[tuple[float, float]] = []
        """From when to when the guardian warns, in order."""

    @property
    def waited(self) -> dict[int, float]:
        """When the lines that wait for the cell began, by index."""
        return self._waiting.starts

    def advance(self, now_s: float, begins: Sequence[float]) -> list[tuple[SpokenLine, float]]:
        """Lines that waited and begin now, and when. begins: when the cell began to speak."""
        found = self._waiting.due(now_s, begins)
        self._begun |= found
        return [(self._lines[index], start) for index, start in found.items()]

    def begun_s(self, index: int) -> float | None:
        """When a line begins, if that is known."""
        return self._begun.get(index)

    def ended_s(self, index: int) -> float:
        """When a line that has begun ends."""
        return self._begun[index] + self._lines[index].seconds

    def speaking(
        self, at_s: float, *, known_s: float = 0.0, after_s: float = 0.0
    ) -> Iterator[SpokenLine]:
        """The lines under way. known_s: begun so long ago. after_s: ended less long ago, too."""
        for index, start in self._begun.items():
            line = self._lines[index]
            if start + known_s < at_s < start + line.seconds + after_s:
                yield line

    def paused(self, at_s: float) -> bool:
        """Whether who speaks to the cell pauses in thought."""
        return any(
            begin <= at_s - self._begun[line.index] <= end
            for line in self.speaking(at_s)
            if line.act.addressed
            for begin, end in line.pauses
        )

    def past_the_cell(self, at_s: float) -> bool:
        """Whether something is said that is not meant for it, or was until just now."""
        return any(not line.act.addressed for line in self.speaking(at_s, after_s=1.0)) or any(
            begin <= at_s < end for begin, end in self._radios
        )

    def warned(self, at_s: float) -> float | None:
        """Until when the guardian warns, who is warning."""
        return next((end for begin, end in self.warnings if begin <= at_s < end), None)

    def told_to_stop(self, at_s: float, *, since_s: float) -> Told:
        """Whether speech that began at `since_s` is to end."""
        found = Told.NO
        for index, start in self._begun.items():
            line = self._lines[index]
            if line.act is Act.STOP:
                must = start + line.seconds + STOP_S
            elif line.act is Act.INSTEAD:
                must = start + INSTEAD_S
            else:
                continue
            if since_s < must <= at_s < must + _TOLD_S:
                return Told.YES
            if start + HEARD_S <= at_s < must:
                found = Told.PERHAPS
        return found

    def stopped(self, at_s: float, *, within_s: float) -> bool:
        """Whether somebody said stop a short time ago."""
        return any(
            line.act is Act.STOP and self._begun[line.index] < at_s
            for line in self.speaking(at_s, after_s=within_s)
        )
