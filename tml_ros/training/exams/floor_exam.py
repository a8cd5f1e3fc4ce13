"""How well a pupil knows when to begin, to nod and to be silent, turn by turn of its lessons.

Teacher-forced: whether it would begin is asked as long as the lesson's session has not begun, and
whether it would stop as long as that has not stopped. So a start that the lesson does not delay is
asked for in one turn only, and what a pupil's own mistakes lead to is not seen here. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.judge.ranking import TURN_S
from tml_ros.model.floor_policy import FLOORS, START, STOP
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.turn.turn_output import Floor

LISTEN, SPEAK, NOD = (FLOORS.index(f) for f in (Floor.LISTEN, Floor.SPEAK, Floor.BACKCHANNEL))
IN_TIME_TURNS = 2
"""A start or stop is in time in its first so many turns."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FloorMarks:
    """Counts. starts, stops, nods: that are right; what is neither in time nor late is missed.

    listening, speaking: turns in which to go on listening, or speaking, is right; false_starts,
    false_nods and false_stops are those that begin in them.
    """

    starts: int = 0
    starts_in_time: int = 0
    starts_late: int = 0
    stops: int = 0
    stops_in_time: int = 0
    stops_late: int = 0
    nods: int = 0
    nods_given: int = 0
    false_starts: int = 0
    false_stops: int = 0
    false_nods: int = 0
    listening: int = 0
    speaking: int = 0

    def __add__(self, other: FloorMarks) -> FloorMarks:
        """Of both together."""
        names = [field.name for field in fields(self)]
        return FloorMarks(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def false_starts_per_hour(self) -> float:
        """Of listening; 0 where there was none."""
        hours = self.listening * TURN_S / 3600
        return self.false_starts / hours if hours else 0.0


def floor_figures(sheets: Sequence[AnswerSheet]) -> dict[str, float]:
    """By name, `floor/...`: counts, shares of them, and false ones in an hour; teacher-forced."""
    marks = floor_marks(sheets)
    figures: dict[str, float] = {}
    for what, right in (("starts", marks.starts), ("stops", marks.stops), ("nods", marks.nods)):
        if right:
            figures[f"floor/{what}"] = right
    if marks.starts:
        figures["floor/starts_in_time"] = marks.starts_in_time / marks.starts
        figures["floor/starts_late"] = marks.starts_late / marks.starts
    if marks.stops:
        figures["floor/stops_in_time"] = marks.stops_in_time / marks.stops
    if marks.nods:
        figures["floor/nods_given"] = marks.nods_given / marks.nods
    if marks.listening:
        hours = marks.listening * TURN_S / 3600
        figures["floor/false_starts_per_hour"] = marks.false_starts / hours
        figures["floor/false_nods_per_hour"] = marks.false_nods / hours
    if marks.speaking:
        hours = marks.speaking * TURN_S / 3600
        figures["floor/false_stops_per_hour_of_speech"] = marks.false_stops / hours
    return figures


def floor_marks(
    sheets: Iterable[AnswerSheet], offset: NDArray[np.float64] | None = None
) -> FloorMarks:
    """Counted over all lessons. offset: float64 [3], added to the logits."""
    marks = FloorMarks()
    for sheet in sheets:
        marks += _marks(sheet, np.zeros(len(FLOORS)) if offset is None else offset)
    return marks


def _marks(sheet: AnswerSheet, offset: NDArray[np.float64]) -> FloorMarks:
    shares = _shares(sheet.floor + offset)
    speaking, nodding = sheet.speaking, sheet.nodding
    counts, right = sheet.right.floor_weight > 0, sheet.right.floor
    silent = ~speaking & ~nodding
    starts, nods = shares[:, SPEAK] >= START, shares[:, NOD] >= START
    stops = shares[:, LISTEN] >= STOP
    begin = _asked(counts & (right == SPEAK) & ~speaking, starts)
    end = _asked(counts & (right != SPEAK) & speaking, stops)
    nod = _asked(counts & (right == NOD) & silent, nods)
    listening, talking = counts & (right != SPEAK) & ~speaking, counts & (right == SPEAK) & speaking
    return FloorMarks(
        starts=len(begin),
        starts_in_time=sum(0 <= late < IN_TIME_TURNS for late in begin),
        starts_late=sum(late >= IN_TIME_TURNS for late in begin),
        stops=len(end),
        stops_in_time=sum(0 <= late < IN_TIME_TURNS for late in end),
        stops_late=sum(late >= IN_TIME_TURNS for late in end),
        nods=len(nod),
        nods_given=sum(late >= 0 for late in nod),
        false_starts=_onsets(listening & starts),
        false_stops=_onsets(talking & stops),
        false_nods=_onsets(listening & silent & (right == LISTEN) & nods),
        listening=int(listening.sum()),
        speaking=int(talking.sum()),
    )


def _asked(wanted: Flags, done: Flags) -> list[int]:
    """Of each stretch in which something is wanted, after how many turns it is done; -1: never."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]))).reshape(-1, 2)
    return [int(done[first:end].argmax()) if done[first:end].any() else -1 for first, end in edges]


def _onsets(flags: Flags) -> int:
    return int((flags & ~np.concatenate([[False], flags[:-1]])).sum())


def _shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax of each row, [t, 3]."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
