"""What came of a command: the answer on `alarms/command/results`, and what it changed.

Knows nothing of how a command is judged. The answer is versioned; `tml-ros schema alarm-result`
prints its JSON schema. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from tml_ros.cell.commands.alarm_command import MAX_COMPLAINT, AlarmCommand
from tml_ros.safety.alarm import AlarmEvent, AlarmState, AlarmTransition
from tml_ros.turn.hazard import HazardKind

SCHEMA_VERSION: Final = 1
MAX_CHANGES: Final = 20
"""Changes named in an answer; what a condition suppresses may be hundreds."""

MAX_TEXT_KEPT: Final = 500
"""Characters recorded of a text that is no command."""


class ResultCode(str, Enum):
    """What came of it, in one word."""

    ACCEPTED = "accepted"
    """It was carried out."""
    NOTHING_TO_CHANGE = "nothing_to_change"
    """It is well, and nothing was there for it to change."""
    MALFORMED = "malformed"
    """It is no command."""
    UNKNOWN_OPERATOR = "unknown_operator"
    """The operator has no key in this cell."""
    UNSIGNED = "unsigned"
    """This cell obeys signed commands only."""
    FORGED = "forged"
    """It was not signed so with the operator's key."""
    STALE = "stale"
    """It took too long to arrive, or one of the clocks is wrong."""
    REPLAYED = "replayed"
    """It is older than what the guardian remembers, and may have been carried out before."""
    ID_REUSED = "id_reused"
    """Another command had this id."""
    NOT_ALLOWED = "not_allowed"
    """The cell's alarm management does not allow it, or it was meant for another cell."""
    UNKNOWN_CONDITION = "unknown_condition"
    """The cell file knows no such condition."""
    DURATION = "duration"
    """Longer than the cell file allows."""


class AlarmChange(BaseModel):
    """One change that it brought about, and the state of the alarm after it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: AlarmEvent
    kind: HazardKind
    zone: str
    state: AlarmState


class AlarmResult(BaseModel):
    """The answer to one command.

    id, operator, command: of the command, "" where they could not be read. accepted: whether it
    was carried out. verified: whether the operator has been proven by a signature.
    message: for people, one line. changes: the first of `changed` changes.
    stamp_ns: when it was first answered, by the guardian's wall clock.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = SCHEMA_VERSION
    cell: str
    id: str
    operator: str
    command: str
    accepted: bool
    code: ResultCode
    message: Annotated[str, Field(max_length=MAX_COMPLAINT + 10)]
    verified: bool = False
    changed: Annotated[int, Field(ge=0)] = 0
    changes: Annotated[tuple[AlarmChange, ...], Field(max_length=MAX_CHANGES)] = ()
    stamp_ns: Annotated[int, Field(ge=0, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What the desk did with one text.

    answer: for `alarms/command/results`. command: None where the text is none.
    transitions: what it brought about, and what fell due when it came, to be told like any others;
        a refused command may have some, a `repeated` one has none.
    repeated: the command came again and was answered as before; nothing else happened.
    """

    answer: AlarmResult
    command: AlarmCommand | None = None
    transitions: tuple[AlarmTransition, ...] = ()
    repeated: bool = False

    @property
    def id(self) -> str:
        """The id of the command, "" where it could not be read."""
        return self.answer.id

    @property
    def accepted(self) -> bool:
        """Whether it was carried out."""
        return self.answer.accepted

    @property
    def code(self) -> ResultCode:
        """What came of it, in one word."""
        return self.answer.code

    @property
    def message(self) -> str:
        """What came of it, for people."""
        return self.answer.message


def changes_of(transitions: Sequence[AlarmTransition]) -> tuple[AlarmChange, ...]:
    """The first of the changes, as an answer names them."""
    return tuple(
        AlarmChange(
            event=transition.event,
            kind=transition.alarm.kind,
            zone=transition.alarm.zone,
            state=transition.alarm.state,
        )
        for transition in transitions[:MAX_CHANGES]
    )


def command_record(result: CommandResult, text: str) -> tuple[str, dict[str, Any]]:
    """A command and its answer for the record: "command", or "refusal" of one that was refused.

    Of a text that is a command the fields are kept as they were sent, its mac included, so that
    whoever has the key can prove it again; of any other text the beginning.
    """
    body: dict[str, Any] = {"answer": result.answer.model_dump(mode="json")}
    if result.command is None:
        body["text"] = text[:MAX_TEXT_KEPT]
    else:
        body["sent"] = result.command.model_dump(mode="json", exclude_unset=True)
    carried_out = result.code in (ResultCode.ACCEPTED, ResultCode.NOTHING_TO_CHANGE)
    return ("command" if carried_out else "refusal"), body
