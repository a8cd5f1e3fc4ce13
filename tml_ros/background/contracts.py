"""What is asked of the background and what it answers: JSON on `delegations` and `findings`.

Nothing here thinks or keeps anything. Both are versioned; `tml-ros schema` prints their JSON
schemas. Frozen; any thread.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Final = 1
MAX_QUESTION = 2_000
MAX_SAID, MAX_SHOWN = 600, 8_000

Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._:\-]+$")]
StampNs = Annotated[int, Field(ge=0, le=2**63 - 1, description="nanoseconds of the cell's time")]
ShortName = Annotated[str, Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Urgency(str, Enum):
    """How a finding is said."""

    NOW = "now"
    """At once, over anything but an alarm's warning."""
    WHEN_FREE = "when_free"
    """When nobody speaks."""
    SILENT = "silent"
    """Not at all: context and the record only."""


class Utterance(_Strict):
    """One thing said lately. who: "worker", "operator", "cell"."""

    who: Annotated[str, Field(max_length=64)]
    text: Annotated[str, Field(max_length=MAX_QUESTION)]
    stamp_ns: StampNs


class AlarmContext(_Strict):
    """An alarm that was not normal when the question was asked."""

    kind: Annotated[str, Field(max_length=64)]
    zone: Annotated[str, Field(max_length=64)]
    state: Annotated[str, Field(max_length=64)]
    since_ns: StampNs


class Context(_Strict):
    """What the asker knew: recent conversation, oldest first, alarms, and single readings."""

    conversation: Annotated[tuple[Utterance, ...], Field(max_length=50)] = ()
    alarms: Annotated[tuple[AlarmContext, ...], Field(max_length=100)] = ()
    readings: dict[ShortName, float] = Field(default_factory=dict, max_length=200)


class Delegation(_Strict):
    """A question, a check, a reminder or a watch handed to the background.

    kind: of task, "question" where the background is to find out. asked_by: who waits for the
    answer; findings name it. deadline_ns: after it an answer is late and says so; None: none.
    supersedes: id of an earlier delegation that this one replaces.
    cancels: id of one to give up; then nothing else is asked.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    id: Id
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = "question"
    question: Annotated[str, Field(max_length=MAX_QUESTION)] = ""
    asked_by: Annotated[str, Field(max_length=64)] = "operator"
    asked_ns: StampNs = 0
    deadline_ns: StampNs | None = None
    urgency: Urgency = Urgency.WHEN_FREE
    context: Context = Context()
    supersedes: Id | None = None
    cancels: Id | None = None


class Evidence(_Strict):
    """Something a finding rests on.

    source: of it: a reading's name, a manual's passage, an alarm. text: what it says. value and
    unit where it is a number. stamp_ns: when it was so. picture: PNG file name in the evidence
    folder, or "".
    """

    source: Annotated[str, Field(max_length=300)]
    text: Annotated[str, Field(max_length=2_000)]
    value: float | None = None
    unit: Annotated[str, Field(max_length=32)] = ""
    stamp_ns: StampNs | None = None
    picture: Annotated[str, Field(max_length=300)] = ""


class Outcome(str, Enum):
    """How a delegation ended, or that it has not."""

    PROGRESS = "progress"
    ANSWERED = "answered"
    NO_DATA = "no_data"
    """There is nothing to answer from; nothing is made up."""
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    NOTICED = "noticed"
    """Nobody asked: the background noticed something by itself."""


class Finding(_Strict):
    """Progress on a delegation, its end, or something the background noticed by itself.

    id: of this finding. delegation: the one it answers, None where nobody asked. say: what the
    voice says, show: what is shown (Markdown). late: after the deadline. orphaned: who asked has
    gone; it is on record and not said. next_check_ns: when the background looks again by itself.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    id: Id
    delegation: Id | None = None
    outcome: Outcome
    say: Annotated[str, Field(max_length=MAX_SAID)] = ""
    show: Annotated[str, Field(max_length=MAX_SHOWN)] = ""
    urgency: Urgency = Urgency.WHEN_FREE
    confidence: Share | None = None
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=50)] = ()
    stamp_ns: StampNs = 0
    asked_by: Annotated[str, Field(max_length=64)] = ""
    late: bool = False
    orphaned: bool = False
    next_check_ns: StampNs | None = None

    @property
    def final(self) -> bool:
        """Whether the delegation is over with this."""
        return self.outcome is not Outcome.PROGRESS
