"""When lines are spoken, also those that wait for the cell: between when and when they may begin.

Times are seconds of the scenario. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tml_ros.sim.truth.truth import SpokenLine

PATIENCE_S: Final = 6.0
"""A line that waits for the cell is dropped if it stays silent for so long."""
EARLY_S: Final = 0.3
"""The cell may begin so much before the line before has quite ended."""
TURN_S: Final = 0.2
"""Nobody reacts in the middle of a turn."""

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LineTime:
    """A line begins in [earliest_s, latest_s] and lasts `seconds`."""

    earliest_s: float
    latest_s: float
    seconds: float

    @property
    def fixed(self) -> bool:
        """Whether it waits for nobody."""
        return self.earliest_s == self.latest_s

    @property
    def ends(self) -> Window:
        """Between when and when it ends."""
        return self.earliest_s + self.seconds, self.latest_s + self.seconds

    @property
    def reach(self) -> Window:
        """All the time in which it may be going on."""
        return self.earliest_s, self.latest_s + self.seconds


def line_times(lines: Sequence[SpokenLine], after: Mapping[int, float]) -> Mapping[int, LineTime]:
    """By index, in order of the index. after: from when on speech counts, where that is given.

    A line that waits begins `into_s`, or up to a turn more, after the cell begins to speak; that
    counts from just before the end of the line before it and from `after` on, whichever is later,
    for PATIENCE_S. If it has not spoken by then, the line is given up.
    """
    found: dict[int, LineTime] = {}
    over = (0.0, 0.0)
    for line in sorted(lines, key=lambda line: line.index):
        if line.start_s is not None:
            time = LineTime(line.start_s, line.start_s, line.seconds)
            over = time.ends
        else:
            from_s, to_s = (max(end, after.get(line.index, 0.0)) for end in over)
            into = line.into_s or 0.0
            earliest = max(0.0, from_s - EARLY_S) + into
            time = LineTime(earliest, to_s + PATIENCE_S + into + TURN_S, line.seconds)
            over = (min(time.ends[0], from_s + PATIENCE_S), time.ends[1])
        found[line.index] = time
    return found


def without(window: Window, taken: Iterable[Window]) -> list[Window]:
    """The parts of a window that are not taken, in order."""
    free, begin = [], window[0]
    for start, end in sorted(taken):
        if end <= begin or start >= window[1]:
            continue
        if start > begin:
            free.append((begin, start))
        begin = max(begin, end)
    if begin < window[1]:
        free.append((begin, window[1]))
    return free


def merged(windows: Iterable[Window]) -> list[Window]:
    """The same time in windows that do not overlap, in order."""
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def overlap(one: Window, other: Window) -> bool:
    """Whether two windows have more than a border in common."""
    return one[0] < other[1] and other[0] < one[1]
