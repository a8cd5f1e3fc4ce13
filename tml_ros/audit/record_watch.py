"""That nothing is being written down, as a hazard.

A record that was set aside is told of for a while after the start, so that somebody acknowledges
it; what cannot be written, for as long as it cannot. Knows nothing of alarms or files; belongs to
the guardian's thread.
"""

from __future__ import annotations

from typing import Final

from tml_ros.audit.record_log import RecordStatus
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

SET_ASIDE_NS: Final = 10_000_000_000


class RecordWatch:
    """Judges the record by its status."""

    def __init__(self) -> None:
        """It has seen nothing yet."""
        self._set_aside = ""
        self._lost = 0
        self._until_ns: int | None = None

    def hazards(self, status: RecordStatus, steady_ns: int, now_ns: int) -> list[Hazard]:
        """record_failed, with score 0 while all is well.

        steady_ns: of a clock that never jumps. now_ns: cell time.
        """
        if status.set_aside != self._set_aside or status.lost > self._lost:
            self._set_aside, self._lost = status.set_aside, status.lost
            self._until_ns = steady_ns + SET_ASIDE_NS
        recent = self._until_ns is not None and steady_ns < self._until_ns
        score = 1.0 if status.failing or recent else 0.0
        return [Hazard(HazardKind.RECORD_FAILED, "", score, HazardSource.GUARD, now_ns)]
