"""How eager a model is to speak and to nod: what is added to the floor's logits. Pure.

The floor begins at half of the shares (`floor_policy`), whatever a network was taught to weigh.
Here it is moved to where most is gained: every right start and stop in time, less what false ones
cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.training.exams.floor_exam import NOD, SPEAK, FloorMarks, floor_marks

PRICE = 3.0
"""Right starts that a false one costs: who speaks unasked is not asked for long."""
_STEPS = np.arange(-6.0, 4.01, 0.25)


@dataclass(frozen=True, slots=True)
class FloorCalibration:
    """offset: float64 [3], to be added to the logits. before, after: marks without and with it."""

    offset: NDArray[np.float64]
    before: FloorMarks
    after: FloorMarks


def floor_calibrated(sheets: Sequence[AnswerSheet], *, price: float = PRICE) -> FloorCalibration:
    """The offset, 0 where there is nothing to choose by; of equals the smallest."""
    offset = np.zeros(3)
    before = floor_marks(sheets)
    if before.starts:
        offset = _best(sheets, offset, SPEAK, lambda marks: _talk(marks, price))
    if before.nods:
        offset = _best(sheets, offset, NOD, lambda marks: _talk(marks, price) + _nods(marks, price))
    return FloorCalibration(offset, before, floor_marks(sheets, offset))


def _talk(marks: FloorMarks, price: float) -> float:
    false = marks.false_starts + marks.false_stops
    return marks.starts_in_time + marks.starts_late / 2 + marks.stops_in_time - price * false


def _nods(marks: FloorMarks, price: float) -> float:
    return marks.nods_given - price * marks.false_nods


def _best(
    sheets: Sequence[AnswerSheet],
    offset: NDArray[np.float64],
    floor: int,
    worth: Callable[[FloorMarks], float],
) -> NDArray[np.float64]:
    def shifted(by: float) -> NDArray[np.float64]:
        moved = offset.copy()
        moved[floor] += by
        return moved

    worths = [(worth(floor_marks(sheets, shifted(by))), -abs(by), by) for by in _STEPS.tolist()]
    return shifted(max(worths)[2])
