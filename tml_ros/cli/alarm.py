"""`tml-ros alarm`: an operator's commands to the alarms of a running cell, and what stands there.

Runs on the main thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tml_ros.cli.alarm_call import AlarmCall, alarm_caller, called, no_answer, seconds
from tml_ros.cli.alarm_table import show_alarms
from tml_ros.cli.mistake import MistakeError
from tml_ros.turn.hazard import HazardKind

KEY_FILE_VARIABLE = "TML_ROS_OPERATOR_KEY_FILE"

Kind = Annotated[HazardKind, typer.Argument(metavar="KIND", help="Of hazard, such as siren.")]
Zone = Annotated[
    str, typer.Argument(metavar="ZONE", help="Or camera, microphone or node; none for the cell's.")
]
Condition = Annotated[str, typer.Argument(metavar="NAME", help="As the cell file names it.")]
Cell = Annotated[
    str, typer.Option("--cell", metavar="NAME|FILE", help="The running cell, or its YAML file.")
]
Operator = Annotated[
    str,
    typer.Option(
        "--operator", metavar="NAME", help="Who asks.", show_default="of the key file, or the login"
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", metavar="FILE", envvar=KEY_FILE_VARIABLE, help="Sign with the key in it."
    ),
]
Timeout = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="To wait for the answer.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print each answer as one line of JSON.")]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="In your words.", show_default=False)
]
NeededReason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="In your words.", show_default=False)
]
Duration = Annotated[
    str | None,
    typer.Option(
        "--for", metavar="TIME", help="Such as 90s, 15m or 2h.", show_default="as the cell says"
    ),
]

app = typer.Typer(no_args_is_help=True)
condition = typer.Typer(no_args_is_help=True)
app.add_typer(condition, name="condition", help="Begin or end a condition such as maintenance.")


@app.callback()
def alarm() -> None:
    """Command the alarms of a running cell, or list them.

    For example `tml-ros alarm acknowledge siren hall --cell press_line`, or
    `tml-ros alarm shelve camera_dark front --for 2h --cell press_line.yaml`.

    Exit code: 0 accepted, 1 refused or nothing to change, 2 a mistake in what was asked, 3 no
    answer.
    """


@condition.callback()
def _conditions() -> None:
    """Begin or end a condition of the cell, under which some alarms mean nothing."""


@app.command("list")
def list_alarms(*, cell: Cell, timeout: Timeout = 10.0) -> None:
    """Show every alarm that is not normal, and what is withheld until when."""
    name = called(cell)
    caller = alarm_caller(name)
    try:
        alarms = caller.alarms(timeout)
        now_ns = caller.now_ns()
    finally:
        caller.close()
    if alarms is None:
        raise typer.Exit(no_answer(name))
    show_alarms(name, alarms, now_ns)


@app.command()
def acknowledge(
    kind: Annotated[
        HazardKind | None, typer.Argument(metavar="KIND", help="Of hazard, such as siren.")
    ] = None,
    zone: Zone = "",
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Every alarm that stands now, one by one.")
    ] = False,
    cell: Cell,
    reason: Reason = None,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Take notice of an alarm."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    if everything == (kind is not None):
        raise MistakeError("say which alarm: KIND ZONE, or --all")
    if kind is None:
        call.acknowledge_all(reason)
    else:
        call.order("acknowledge", kind=kind.value, zone=zone, reason=reason)


@app.command()
def reset(
    kind: Kind,
    zone: Zone = "",
    *,
    cell: Cell,
    reason: Reason = None,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Unlatch an alarm whose hazard is gone and which was acknowledged."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("reset", kind=kind.value, zone=zone, reason=reason)


@app.command()
def shelve(
    kind: Kind,
    zone: Zone = "",
    *,
    duration: Duration = None,
    cell: Cell,
    reason: Reason = None,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Hear nothing of an alarm for a while."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("shelve", kind=kind.value, zone=zone, reason=reason, duration=seconds(duration))


@app.command()
def unshelve(
    kind: Kind,
    zone: Zone = "",
    *,
    cell: Cell,
    reason: Reason = None,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Hear of it again."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("unshelve", kind=kind.value, zone=zone, reason=reason)


@app.command()
def out_of_service(
    kind: Kind,
    zone: Zone = "",
    *,
    reason: NeededReason,
    cell: Cell,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Take an alarm out of service until it is returned; you answer for it."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("remove_from_service", kind=kind.value, zone=zone, reason=reason)


@app.command()
def return_to_service(
    kind: Kind,
    zone: Zone = "",
    *,
    cell: Cell,
    reason: Reason = None,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Return an alarm to service."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("return_to_service", kind=kind.value, zone=zone, reason=reason)


@app.command()
def false_alarm(
    kind: Kind,
    zone: Zone = "",
    *,
    reason: NeededReason,
    cell: Cell,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Say that there was no hazard, and why; it is counted."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("false_alarm", kind=kind.value, zone=zone, reason=reason)


@condition.command()
def begin(
    name: Condition,
    *,
    duration: Duration = None,
    cell: Cell,
    reason: Reason = None,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """Begin a condition; begun again, it ends that much later."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("begin_condition", condition=name, reason=reason, duration=seconds(duration))


@condition.command()
def end(
    name: Condition,
    *,
    cell: Cell,
    reason: Reason = None,
    operator: Operator = "",
    key_file: KeyFile = None,
    timeout: Timeout = 5.0,
    as_json: AsJson = False,
) -> None:
    """End a condition."""
    call = AlarmCall(cell, operator, key_file, timeout, as_json)
    call.order("end_condition", condition=name, reason=reason)
