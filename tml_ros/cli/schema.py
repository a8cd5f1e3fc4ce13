"""`tml-ros schema`: the JSON schemas of what is asked of a cell and what it answers.

Runs on the main thread.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from tml_ros.background import contracts
from tml_ros.background.contracts import Delegation, Finding
from tml_ros.cell.commands import alarm_command, alarm_result
from tml_ros.cell.commands.alarm_command import alarm_command_schema
from tml_ros.cell.commands.alarm_result import AlarmResult

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Message(str, Enum):
    """What there is a schema of."""

    DELEGATION = "delegation"
    FINDING = "finding"
    ALARM_COMMAND = "alarm-command"
    ALARM_RESULT = "alarm-result"


_SCHEMAS: dict[Message, tuple[int, Callable[[], dict[str, Any]]]] = {
    Message.DELEGATION: (contracts.SCHEMA_VERSION, Delegation.model_json_schema),
    Message.FINDING: (contracts.SCHEMA_VERSION, Finding.model_json_schema),
    Message.ALARM_COMMAND: (alarm_command.SCHEMA_VERSION, alarm_command_schema),
    Message.ALARM_RESULT: (alarm_result.SCHEMA_VERSION, AlarmResult.model_json_schema),
}


def schema(
    message: Annotated[
        Message | None,
        typer.Argument(help="Which of them; without it all.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Write delegation.schema.json and so on there, and print nothing.",
        ),
    ] = None,
) -> None:
    """Print the JSON schema of what is sent as JSON: delegations and findings of the background,
    commands to alarms and their results.

    For example `tml-ros schema delegation`. Without a name, one object with all of them;
    `--out DIR` writes a file of each instead.
    """
    schemas = {one.value: _schema(one) for one in (Message if message is None else (message,))}
    if out is None:
        typer.echo(_text(schemas if message is None else schemas[message.value]), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, found in schemas.items():
        (out / f"{name}.schema.json").write_text(_text(found), encoding="utf-8")


def _schema(message: Message) -> dict[str, Any]:
    version, schema_of = _SCHEMAS[message]
    comment = f"tml_ros schema_version {version}"
    return {"$schema": DIALECT, "$comment": comment, **schema_of()}


def _text(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
