"""`tml-ros operator`: who may command the alarms of a cell.

Runs on the main thread.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from tml_ros.cell.commands.alarm_command import MAX_OPERATOR, OperatorName
from tml_ros.cell.commands.operator_keys import KEY_BYTES, add_operator
from tml_ros.cli.mistake import MistakeError

app = typer.Typer(no_args_is_help=True)


@app.callback()
def operator() -> None:
    """Name those who may command the alarms of a cell."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the operator.")],
    *,
    keys: Annotated[
        Path,
        typer.Option(metavar="FILE", help="The guardian's list: `operators: {keys: FILE}`."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="For the operator.", show_default="NAME.key beside the list"
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="An operator who is there gets a new key.")
    ] = False,
    show_key: Annotated[bool, typer.Option("--show-key", help="Print the key as well.")] = False,
) -> None:
    """Make a random key, and write it into the guardian's list and a file for the operator.

    Both files are for their owners only (mode 0600). Take the second one to the operator by a way
    that nobody else can look into; it is what `tml-ros alarm --key-file` signs with. A guardian
    reads its list when it is configured.
    """
    try:
        TypeAdapter(OperatorName).validate_python(name)
    except ValidationError:
        raise MistakeError(
            f"a name is 1 to {MAX_OPERATOR} printable characters, without spaces around them"
        ) from None
    own = out if out is not None else keys.with_name(f"{_file_name(name)}.key")
    if own.absolute() == keys.absolute():
        raise MistakeError("the list and the operator's file must be two files")
    if own.exists() and not replace:
        raise MistakeError(f"{own} exists; say --out FILE, or --replace for a new key in it")
    key = secrets.token_bytes(KEY_BYTES)
    # The guardian's list comes last: what it obeys, the operator has.
    add_operator(own, name, key, replace=replace)
    try:
        add_operator(keys, name, key, replace=replace)
    except BaseException:
        if not replace:
            own.unlink(missing_ok=True)
        raise
    typer.echo(f"{keys}: knows {name!r} once the guardian has been configured anew")
    typer.echo(f"{own}: for {name!r} alone, to sign with")
    if show_key:
        typer.echo(key.hex())


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)
