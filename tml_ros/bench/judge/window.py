"""An expectation's times as they turned out in one run, and how times are compared.

Lines that waited for the cell began when `Conduct` says; one that never began leaves what hangs on
it without a time. Pure functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.bench.judge.conduct import Conduct
from tml_ros.sim.truth.expectation import Expectation
from tml_ros.sim.truth.truth import Truth

EPSILON_S = 1e-6
"""Times nearer than this are the same: sums of decimal fractions are not exact."""


UNSEEN_S = 0.2
"""So much of a scenario a run may leave out at its end: it is made of whole turns."""


@dataclass(frozen=True, slots=True)
class Window:
    """An expectation with its times in the scenario. index: in `Truth.expected`."""

    index: int
    asked: Expectation
    due_s: float
    opens_s: float
    closes_s: float

    def holds(self, time_s: float) -> bool:
        """Whether the time lies in it, both ends included."""
        return self.opens_s - EPSILON_S <= time_s <= self.closes_s + EPSILON_S


def line_starts(truth: Truth, conduct: Conduct) -> dict[int, float]:
    """When each line began, by `SpokenLine.index`; a line that was never said is not in it."""
    starts = {line.index: line.start_s for line in truth.lines if line.start_s is not None}
    waited = {line.index for line in truth.lines if line.start_s is None}
    return starts | {
        index: start_s for index, start_s in conduct.line_starts.items() if index in waited
    }


def windows(truth: Truth, conduct: Conduct) -> tuple[Window | None, ...]:
    """One for each expectation, in their order; None where its line was never said."""
    starts = line_starts(truth, conduct)
    found: list[Window | None] = []
    for index, asked in enumerate(truth.expected):
        from_s = 0.0 if asked.line is None else starts.get(asked.line)
        found.append(None if from_s is None else _moved(index, asked, from_s))
    return tuple(found)


def _moved(index: int, asked: Expectation, by_s: float) -> Window:
    return Window(index, asked, asked.due_s + by_s, asked.opens_s + by_s, asked.closes_s + by_s)
