"""What an operator may say on `alarms/command`, and how a wrong message is told from a right one.

Knows nothing of ROS: it reads the JSON text. Stateless; any thread.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tml_ros.turn.hazard import HazardKind

MAX_CHARACTERS = 4096


class CommandError(ValueError):
    """The text is not an alarm command; the message names every key that is wrong, in one line."""


class CommandName(str, Enum):
    """What can be asked for."""

    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"


class AlarmCommand(BaseModel):
    """One request concerning one alarm, which is one kind in one zone. operator: who asks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: CommandName
    kind: HazardKind
    zone: Annotated[str, Field(max_length=64)] = ""
    operator: Annotated[str, Field(min_length=1, max_length=64)]


def parse_alarm_command(text: str) -> AlarmCommand:
    """Read a command from JSON. Raises CommandError."""
    if len(text) > MAX_CHARACTERS:
        raise CommandError(f"{len(text)} characters, allowed are {MAX_CHARACTERS}")
    try:
        return AlarmCommand.model_validate_json(text)
    except ValidationError as error:
        wrong = (
            f"{'.'.join(str(part) for part in problem['loc']) or 'text'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise CommandError("; ".join(wrong)) from None
