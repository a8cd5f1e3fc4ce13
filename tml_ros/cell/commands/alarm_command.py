"""What an operator may say on `alarms/command`, and how a wrong message is told from a right one.

Knows nothing of who may command, of what comes of it, or of ROS: it reads the JSON text, which may
come from anybody. A command is one flat object of texts and whole numbers, each key once, so that
what was signed can be written in one way only. Versioned; `tml-ros schema alarm-command` prints its
JSON schema. Frozen; any thread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from tml_ros.cell import cell_rules
from tml_ros.cell.machine_description import Name
from tml_ros.settings.problem import path_text, problem_from
from tml_ros.turn.hazard import HazardKind

SCHEMA_VERSION: Final = 1
MAX_CHARACTERS: Final = 4096
MAX_OPERATOR: Final = 64
MAX_ZONE: Final = 64
MAX_REASON: Final = 500
MAX_COMPLAINT: Final = 2000
LONGEST_SECONDS: Final = 86_400

# Control characters, line separators and what turns the writing around: a name or a reason goes
# into logs and onto screens, and must not look like something else there.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_LINE = rf"^[^{_UNSEEN}]*$"
_WORDS = rf"^[^\s{_UNSEEN}]([^{_UNSEEN}]*[^\s{_UNSEEN}])?$"
_ID = r"^[A-Za-z0-9._:\-]{1,100}$"
_MAC = r"^[0-9a-f]{64}$"

Id = Annotated[str, Field(pattern=_ID)]
OperatorName = Annotated[str, Field(pattern=_WORDS, max_length=MAX_OPERATOR)]
Zone = Annotated[str, Field(pattern=_LINE, max_length=MAX_ZONE)]
Comment = Annotated[str, Field(pattern=_LINE, max_length=MAX_REASON)]
Reason = Annotated[str, Field(pattern=_WORDS, max_length=MAX_REASON)]
Seconds = Annotated[int, Field(ge=1, le=LONGEST_SECONDS, strict=True)]
StampNs = Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]
Mac = Annotated[str, Field(pattern=_MAC)]

_WORDING = MappingProxyType(
    {
        "schema_version": str(SCHEMA_VERSION),
        "id": "1 to 100 of A-Z a-z 0-9 . _ : -",
        "operator": "a name, in printable characters and without spaces around it",
        "cell": "the name of a cell",
        "zone": "the name of a zone, camera, microphone or node",
        "condition": "the name of a condition of the cell file",
        "reason": "why, in printable characters and without spaces around it",
        "mac": "64 digits of 0-9 a-f",
    }
)


def _checked_version(value: object) -> object:
    # 1.0 and true are equal to 1, and would be signed differently.
    if type(value) is not int or value != SCHEMA_VERSION:
        raise cell_rules.refusal(str(SCHEMA_VERSION))
    return value


Version = Annotated[Literal[1], BeforeValidator(_checked_version)]


class CommandError(ValueError):
    """The text is not an alarm command; the message names every key that is wrong, in one line.

    id, operator: of the command, "" where they cannot be read.
    """

    def __init__(self, message: str, *, command_id: str = "", operator: str = "") -> None:
        """Cut the message to what an answer has room for."""
        cut = len(message) > MAX_COMPLAINT
        super().__init__(f"{message[:MAX_COMPLAINT]} ..." if cut else message)
        self.id = command_id
        self.operator = operator


class AlarmCommand(BaseModel):
    """What every command has.

    id: chosen by who asks; the same command under the same id is carried out once.
    operator: who asks. cell: where it is meant to be carried out. stamp_ns: when it was given, by
    the wall clock. mac: proves the operator, see `command_signing`. A command that has one needs
    `cell` and `stamp_ns` as well.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Version
    id: Id
    command: str
    operator: OperatorName
    cell: Name | None = None
    stamp_ns: Annotated[
        StampNs | None, Field(description="nanoseconds since 1970, UTC, when it was given")
    ] = None
    mac: Annotated[Mac | None, Field(description="HMAC-SHA256 in hexadecimal digits")] = None


class AboutAlarm(AlarmCommand):
    """A command about one alarm, which is one kind in one zone. reason: in the operator's words."""

    kind: HazardKind
    zone: Zone = ""
    reason: Comment = ""


class Acknowledge(AboutAlarm):
    """The operator takes notice of it."""

    command: Literal["acknowledge"]


class Reset(AboutAlarm):
    """Unlatches it, once its hazard is gone and it was acknowledged."""

    command: Literal["reset"]


class Shelve(AboutAlarm):
    """Nobody wants to hear of it for a while.

    duration: seconds; the cell's usual time unless given, and at most the cell's longest.
    """

    command: Literal["shelve"]
    duration: Seconds | None = None


class Unshelve(AboutAlarm):
    """Ends a shelving before its time."""

    command: Literal["unshelve"]


class RemoveFromService(AboutAlarm):
    """It is not heard again until it is returned to service; the operator answers for that."""

    command: Literal["remove_from_service"]
    reason: Reason


class ReturnToService(AboutAlarm):
    """It is heard again."""

    command: Literal["return_to_service"]


class FalseAlarm(AboutAlarm):
    """There was no hazard, and why. Counted for each kind, zone and source."""

    command: Literal["false_alarm"]
    reason: Reason


class BeginCondition(AlarmCommand):
    """Begins a condition of the cell, such as maintenance, under which alarms mean nothing.

    duration: seconds until it ends by itself; the longest that the cell allows unless given.
    """

    command: Literal["begin_condition"]
    condition: Name
    reason: Comment = ""
    duration: Seconds | None = None


class EndCondition(AlarmCommand):
    """Ends a condition of the cell."""

    command: Literal["end_condition"]
    condition: Name
    reason: Comment = ""


COMMANDS: Final[Mapping[str, type[AlarmCommand]]] = MappingProxyType(
    {
        "acknowledge": Acknowledge,
        "reset": Reset,
        "shelve": Shelve,
        "unshelve": Unshelve,
        "remove_from_service": RemoveFromService,
        "return_to_service": ReturnToService,
        "false_alarm": FalseAlarm,
        "begin_condition": BeginCondition,
        "end_condition": EndCondition,
    }
)


class _AnyCommand(AlarmCommand):
    """What can be said of a command whose name is not known."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    command: Literal[tuple(COMMANDS)]  # type: ignore[valid-type]
    kind: HazardKind | None = None


def parse_alarm_command(text: str) -> AlarmCommand:
    """Read a command from JSON; of the class in `COMMANDS` that it names. Raises CommandError."""
    if len(text) > MAX_CHARACTERS:
        raise CommandError(f"found {len(text)} characters, allowed: at most {MAX_CHARACTERS}")
    sent, repeated = _object(text)
    complaints = [f"{path_text((key,))}: found a second time, allowed: once" for key in repeated]
    name = sent.get("command")
    model = COMMANDS.get(name, _AnyCommand) if isinstance(name, str) else _AnyCommand
    command = None
    try:
        command = model.model_validate(sent)
    except ValidationError as error:
        complaints += [
            str(problem_from(detail, model, wording=_WORDING))
            for detail in error.errors(include_url=False)
        ]
    else:
        complaints += _unsigned_parts(command)
    if command is None or complaints:
        raise CommandError("; ".join(complaints), **_who(sent))
    return command


def alarm_command_schema() -> dict[str, Any]:
    """The JSON schema of `alarms/command`: one of the commands, told apart by `command`."""
    commands: Any = Union[tuple(COMMANDS.values())]  # noqa: UP007 - of what a table holds
    told_apart: Any = Annotated[commands, Field(discriminator="command")]
    return TypeAdapter(told_apart).json_schema()


def _object(text: str) -> tuple[dict[str, object], list[str]]:
    """The object in the text, nothing nested in it, and the keys that it names more than once."""
    repeated: list[str] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        named: dict[str, object] = {}
        for key, value in found:
            if key in named and key not in repeated:
                repeated.append(key)
            named[key] = value
        return named

    try:
        data = json.loads(text, object_pairs_hook=pairs)
    except RecursionError:
        raise CommandError("found deep nesting, allowed: one flat object") from None
    except ValueError as error:
        raise CommandError(f"found no JSON ({error}), allowed: one flat object") from None
    if not isinstance(data, dict):
        raise CommandError("found JSON that is no object, allowed: one flat object")
    if any(_broken(key) or _broken(value) for key, value in data.items()):
        raise CommandError("found half a character (a lone surrogate), allowed: text in Unicode")
    return {key: _flat(value) for key, value in data.items()}, repeated


def _flat(value: object) -> object:
    # No field holds anything nested, and nobody must recurse into it to find out.
    return type(value)() if isinstance(value, (dict, list)) else value


def _broken(value: object) -> bool:
    return isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value)


def _unsigned_parts(command: AlarmCommand) -> list[str]:
    """What a command lacks that is signed: without these it could be carried out elsewhere or
    again.
    """
    if command.mac is None:
        return []
    needed = {"cell": command.cell, "stamp_ns": command.stamp_ns}
    return [
        f"{key}: found nothing, allowed: a value, in a signed command"
        for key, value in needed.items()
        if value is None
    ]


def _who(sent: Mapping[str, object]) -> dict[str, str]:
    """The id and the operator, as far as they are right."""
    found = {}
    for name, key, kind in (("command_id", "id", Id), ("operator", "operator", OperatorName)):
        checked: TypeAdapter[str] = TypeAdapter(kind)
        try:
            found[name] = checked.validate_python(sent.get(key))
        except ValidationError:
            found[name] = ""
    return found
