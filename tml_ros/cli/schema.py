"""`tml-ros schema`: the JSON schemas of what is asked of the background and what it answers.

Runs on the main thread.
"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from tml_ros.background.contracts import SCHEMA_VERSION, Delegation, Finding

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Message(str, Enum):
    """What there is a schema of."""

    DELEGATION = "delegation"
    FINDING = "finding"


def schema(
    message: Annotated[
        Message | None,
        typer.Argument(help="Which of them; without it both.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Write delegation.schema.json and finding.schema.json there, and print nothing.",
        ),
    ] = None,
) -> None:
    """Print the JSON schema of delegations and findings: what goes to the background, what comes.

    For example `tml-ros schema delegation`. Without a name, one object with
    both; `--out DIR` writes a file of each instead.
    """
    schemas = {one.value: _schema(one) for one in (Message if message is None else (message,))}
    if out is None:
        typer.echo(_text(schemas if message is None else schemas[message.value]), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, found in schemas.items():
        (out / f"{name}.schema.json").write_text(_text(found), encoding="utf-8")


def _schema(message: Message) -> dict[str, Any]:
    found = (Delegation if message is Message.DELEGATION else Finding).model_json_schema()
    return {"$schema": DIALECT, "$comment": f"tml_ros schema_version {SCHEMA_VERSION}", **found}


def _text(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
