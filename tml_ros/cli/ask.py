"""`tml-ros ask`: a question to the background of a running cell, and its findings as they come.

Knows nothing of how answers are found. Main thread; a node is spun by a thread of its own.
"""

from __future__ import annotations

import os
import queue
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from tml_ros.background.contracts import MAX_QUESTION, Delegation, Finding, Outcome, Urgency
from tml_ros.cell.cell_file import load_cell
from tml_ros.cli.dds_profile import discovery_environment
from tml_ros.cli.mistake import MistakeError

if TYPE_CHECKING:
    from tml_ros.nodes.asker import Asker

NOT_ANSWERED = 1
FIND_SECONDS = 10.0


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What to find out.")],
    *,
    cell: Annotated[
        Path | None, typer.Option(metavar="CELL.yaml", help="The cell that is running.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Its name instead of its file.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1.0, help="How long to wait for the answer.")
    ] = 60.0,
    urgency: Annotated[
        Urgency, typer.Option(help="How the answer is said in the cell.")
    ] = Urgency.WHEN_FREE,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each finding as one line of JSON.")
    ] = False,
) -> None:
    """Ask the background of a running cell, or have it remind, check or watch.

    For example `tml-ros ask "what is wrong with press 1?" --cell press_line.yaml`, or
    `tml-ros ask "remind me in 20 minutes to check the oil" --name press_line`.

    Exit code: 0 answered, 1 not answered (no data, refused, failed, or not in time), 2 a mistake in
    what was asked, or no such cell is running.
    """
    if (cell is None) == (name is None):
        raise MistakeError("say which cell: --cell CELL.yaml or --name NAME")
    if not question.strip():
        raise MistakeError("ask something")
    if len(question) > MAX_QUESTION:
        raise MistakeError(f"a question has at most {MAX_QUESTION} characters")
    called = load_cell(cell).cell if cell is not None else str(name)
    console = Console(highlight=False)
    asker = _asker(called)
    try:
        if not asker.wait_for_background(FIND_SECONDS):
            domain = os.environ.get("ROS_DOMAIN_ID", "0")
            raise MistakeError(
                f"no background of cell {called!r} is running (ROS_DOMAIN_ID {domain})"
            )
        now_ns = asker.now_ns()
        asked = Delegation(
            id=f"ask-{os.getpid()}-{now_ns}",
            question=question,
            asked_by=f"ask-{os.getpid()}",
            asked_ns=now_ns,
            deadline_ns=now_ns + round(timeout * 1e9),
            urgency=urgency,
        )
        final = _follow(asker, asked, timeout, console, as_json=as_json)
    finally:
        asker.close()
    if final is None:
        if not as_json:
            console.print(f"no answer within {timeout:g} s", style="yellow")
        raise typer.Exit(NOT_ANSWERED)
    if final.outcome is not Outcome.ANSWERED:
        raise typer.Exit(NOT_ANSWERED)


def _asker(cell: str) -> Asker:
    try:
        from tml_ros.nodes.asker import Asker  # noqa: PLC0415 - wants ROS 2, help does not
    except ImportError as error:
        raise MistakeError(f"asking needs ROS 2 for Python ({error}); see `make setup`") from error
    os.environ.update(discovery_environment(os.environ))
    return Asker(cell)


def _follow(
    asker: Asker, asked: Delegation, timeout: float, console: Console, *, as_json: bool
) -> Finding | None:
    """Print what comes; the final finding, or None where none came in time."""
    deadline = time.monotonic() + timeout
    asker.ask(asked)
    while (left := deadline - time.monotonic()) > 0:
        try:
            finding = asker.findings.get(timeout=min(left, 5.0))
        except queue.Empty:
            # Asked again under the same id it is the same question: a background that was started
            # again in between may not have heard it.
            asker.ask(asked)
            continue
        if finding.delegation != asked.id:
            continue
        if as_json:
            typer.echo(finding.model_dump_json())
        elif finding.final:
            console.print(f"[bold]{finding.outcome.value.replace('_', ' ')}[/bold]")
            console.print(finding.show or finding.say, markup=False, soft_wrap=True)
            for evidence in finding.evidence:
                picture = f" ({evidence.picture})" if evidence.picture else ""
                line = f"  - {evidence.source}: {evidence.text}{picture}"
                console.print(line, markup=False, soft_wrap=True, style="dim")
        else:
            console.print(finding.say or finding.show, markup=False, style="dim")
        if finding.final:
            return finding
    return None
