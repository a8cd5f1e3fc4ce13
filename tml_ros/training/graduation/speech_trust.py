"""Whether a model may say and ask things of its own accord, by lessons it was not taught.

Judged teacher-forced, which is kinder than life: who fails here fails there too. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tml_ros.bench.model_bars import RIGHT_REPLIES, UNASKED_PER_HOUR
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.training.exams.floor_exam import FloorMarks
from tml_ros.training.exams.text_exam import text_figures

FEWEST_STARTS = 100
"""Beginnings, below which nothing is shown."""


@dataclass(frozen=True, slots=True)
class SpeechTrust:
    """starts: to be made. in_time, begun_right: shares, None without any. unasked_per_hour: of
    listening.
    """

    starts: int
    in_time: float | None
    begun_right: float | None
    unasked_per_hour: float

    @property
    def trusted(self) -> bool:
        """Whether the bars are met: by texts that begin in time, and by their first words."""
        if self.in_time is None or self.begun_right is None or self.starts < FEWEST_STARTS:
            return False
        right = min(self.in_time, self.begun_right)
        return right >= RIGHT_REPLIES and self.unasked_per_hour <= UNASKED_PER_HOUR

    def facts(self) -> Mapping[str, Any]:
        """As of JSON."""
        return {
            "starts": self.starts,
            "in_time": None if self.in_time is None else round(self.in_time, 4),
            "begun_right": None if self.begun_right is None else round(self.begun_right, 4),
            "unasked_per_hour": round(self.unasked_per_hour, 2),
            "trusted": self.trusted,
        }


def speech_trust(sheets: Sequence[AnswerSheet], marks: FloorMarks) -> SpeechTrust:
    """marks: of the same sheets, by the floor as it was calibrated."""
    return SpeechTrust(
        starts=marks.starts,
        in_time=marks.starts_in_time / marks.starts if marks.starts else None,
        begun_right=text_figures(sheets).get("text/begun_right"),
        unasked_per_hour=marks.false_starts_per_hour,
    )
