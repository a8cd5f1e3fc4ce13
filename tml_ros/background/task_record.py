"""One accepted delegation on record, from its acceptance to its final finding and after.

Knows nothing of where records are kept or in what order they are worked on. Frozen; any thread.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tml_ros.background.contracts import Context, Delegation, Urgency

LAST_NS: Final = 2**63 - 1


class TaskState(str, Enum):
    """Of an accepted delegation."""

    QUEUED = "queued"
    WORKING = "working"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A delegation and how far it has come.

    number: greater than that of all accepted before. digest: of the delegation's whole content, to
        tell a repetition from another question under the same id.
    asked: the delegation's JSON, without its context once ended.
    deadline_ns: as asked, at most LAST_NS.
    begun: how often it was taken up. broken: how often a restart cut off the work on it.
    orphaned: who asked has gone. told: the final finding was handed on.
    finding: its final finding's JSON, "" before. ended_number, ended_ns: order and time of the
        end, 0 before.
    """

    id: str
    number: int
    digest: str
    asked: str
    asked_by: str
    urgency: Urgency
    deadline_ns: int | None
    state: TaskState = TaskState.QUEUED
    begun: int = 0
    broken: int = 0
    orphaned: bool = False
    told: bool = False
    finding: str = ""
    ended_number: int = 0
    ended_ns: int = 0

    @property
    def open(self) -> bool:
        """Whether its final finding is still to come."""
        return self.state is not TaskState.ENDED

    @property
    def chars(self) -> int:
        """Characters it holds on to."""
        return len(self.asked) + len(self.finding)

    def late(self, now_ns: int) -> bool:
        """Whether its deadline has passed."""
        return self.deadline_ns is not None and now_ns > self.deadline_ns


def new_record(delegation: Delegation, number: int) -> TaskRecord:
    """The record of a delegation that is accepted now."""
    deadline = delegation.deadline_ns
    return TaskRecord(
        id=delegation.id,
        number=number,
        digest=content_digest(delegation),
        asked=delegation.model_dump_json(),
        asked_by=delegation.asked_by,
        urgency=delegation.urgency,
        deadline_ns=None if deadline is None else min(deadline, LAST_NS),
    )


def content_digest(delegation: Delegation) -> str:
    """SHA-256, in hex, of all that is asked; the order of the readings does not matter."""
    content = json.dumps(delegation.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def without_context(asked: str) -> str:
    """A delegation's JSON without what was said and read at the time; unreadable JSON as "{}"."""
    try:
        delegation = Delegation.model_validate_json(asked)
    except ValueError:
        return "{}"
    return delegation.model_copy(update={"context": Context()}).model_dump_json()
