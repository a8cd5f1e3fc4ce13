"""Reports on work under way: how often one may be made of a task, and which numbers they carry.

Knows nothing of queues or stores. Owned by the thread that owns the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tml_ros.background.contracts import (
    MAX_SAID,
    MAX_SHOWN,
    Evidence,
    Finding,
    Outcome,
    Urgency,
)
from tml_ros.background.task_endings import cut, finding_id
from tml_ros.background.task_record import TaskRecord

MAX_EVIDENCE: Final = 50


class TaskReports:
    """Of one task, from when it was taken up."""

    def __init__(self, taken_ns: int, *, first_ns: int, every_ns: int) -> None:
        """first_ns: work younger than this says nothing yet. every_ns: between two reports."""
        self._since_ns = taken_ns
        self._pause_ns = first_ns
        self._every_ns = every_ns
        self._reports = 0

    def report(
        self, record: TaskRecord, now_ns: int, *, say: str, show: str, evidence: Sequence[Evidence]
    ) -> Finding | None:
        """The report, with the id "<delegation>.p<time taken up>-<number>"; None: not yet."""
        # Less than nothing has passed where the cell's time has jumped back.
        if 0 <= now_ns - self._since_ns < self._pause_ns:
            return None
        self._since_ns, self._pause_ns = now_ns, self._every_ns
        self._reports += 1
        silent = record.urgency is Urgency.SILENT
        return Finding(
            id=finding_id(record.id, f"p{record.begun}-{self._reports}"),
            delegation=record.id,
            outcome=Outcome.PROGRESS,
            say=cut(say, MAX_SAID),
            show=cut(show, MAX_SHOWN),
            urgency=Urgency.SILENT if silent else Urgency.WHEN_FREE,
            evidence=tuple(evidence)[:MAX_EVIDENCE],
            stamp_ns=now_ns,
            asked_by=record.asked_by,
        )
