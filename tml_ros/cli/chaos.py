"""`tml-ros chaos`: break a running cell on purpose, and prove what its guardian made of it.

Knows what the user sees; what is done is in `chaos_run`, what has to come of it in `bench.chaos`.
Main thread.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tml_ros.bench.chaos.checker import check
from tml_ros.bench.chaos.faults import Fault, FaultKind
from tml_ros.bench.chaos.history import History, Struck
from tml_ros.bench.chaos.plan import REST_NS, ChaosPlan, PlannedFault, chaos_plan
from tml_ros.bench.chaos.recorded import recorded_transitions
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_places import record_anchor, record_folder, record_key
from tml_ros.cli.chaos_cell import chaos_cell
from tml_ros.cli.chaos_table import (
    findings_of_growth,
    moment_line,
    report,
    row_line,
    told_plan,
)
from tml_ros.cli.ending import asked_to_end
from tml_ros.cli.mistake import EXIT_MISTAKE, MistakeError

if TYPE_CHECKING:
    from tml_ros.cli.chaos_run import ChaosRun, Moment, Ran

EXIT_NOT_PROVEN = 1
USUAL_SECONDS = 180.0
NOTHING = "none"
REPORT_FILE, PLAN_FILE, TABLE_FILE = "chaos.json", "plan.json", "chaos.txt"
_WIDE = 160


def chaos(  # noqa: PLR0917 - a command line
    cell: Annotated[
        Path | None,
        typer.Option(
            metavar="CELL.yaml", help="The cell to break.", show_default="the demo's simulated cell"
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=1.0,
            help="How long faults are done.",
            show_default=f"{USUAL_SECONDS:g}, or as long as --number takes",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="SEED", min=0, help="The same seed, the same faults.")
    ] = 1,
    number: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=100_000, help="So many faults instead of --seconds."),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="KINDS",
            help=f"Only these kinds of fault, with commas between: "
            f"{', '.join(kind.value for kind in FaultKind)}; or {NOTHING}: watch the cell, and "
            f"what its processes take.",
            show_default="all that can be done to the cell",
        ),
    ] = None,
    hostile: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="At the end, so many malformed messages on all topics."
        ),
    ] = 0,
    rate: Annotated[
        int,
        typer.Option(metavar="N", min=1, max=10_000, help="Malformed messages in a second."),
    ] = 300,
    clock: Annotated[
        bool,
        typer.Option("--clock", help="Give out /clock, which the cell follows; it can be broken."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    out: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="Where the results go; earlier ones are replaced."),
    ] = Path("out/chaos"),
) -> None:
    """Break a running cell on purpose, and prove what its guardian made of it.

    Runs the cell's nodes as `tml-ros up` does, kills, stops and slows them, freezes, blacks out and
    cuts cameras, mutes microphones, fills the guardian's disk, floods it with alarms and sends
    malformed messages to every topic, one fault after the other, with pauses in which the cell
    recovers. Then it checks from what was seen and recorded that each fault was alarmed in time and
    its alarm gone when it was over, that no alarm was invented, no transition lost and none
    illegal, and prints a table.

    Without --cell it does so to the simulated cell of the demo. Of your own cell, sources that are
    files are played again and again, and those that others publish are left alone. Nothing is
    written but into the folder of the results, and no loudspeaker is used.

    A soak, half an hour without any fault: `tml-ros chaos --only none --seconds 1800`.
    200 kills: `tml-ros chaos --only kill --number 200`.

    In the folder: chaos.txt with the table, chaos.json, plan.json, chaos.mcap with all that was
    heard, record with what the guardian wrote down, logs of the nodes.

    Exit code: 0 all is proven, 1 something is not, 2 a mistake in what was asked.
    """
    console = Console(stderr=as_json)
    kinds = _kinds(only)
    if number is not None and seconds is not None:
        raise MistakeError("give either --seconds or --number")
    if number is None and seconds is None:
        seconds = USUAL_SECONDS
    columns = (TextColumn("rendering the scenario"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=as_json) as bar:
        task = bar.add_task("clip", total=1.0, visible=False)
        path, described = chaos_cell(
            cell, out, lambda done: bar.update(task, completed=done, visible=True)
        )
    plan = chaos_plan(described, seed=seed, seconds=seconds, number=number, only=kinds, clock=clock)
    if hostile:
        plan = _with_hostile(plan, hostile / rate)
    for file in (REPORT_FILE, PLAN_FILE, TABLE_FILE):
        (out / file).unlink(missing_ok=True)
    for log in (out / "logs").glob("*.log*"):
        log.unlink()
    (out / PLAN_FILE).write_text(json.dumps(told_plan(plan), indent=1) + "\n", encoding="utf-8")
    ran = _run(console, path, described, plan, out=out, clock=clock, rate=rate)
    if ran.history is None:
        console.print(f"[red]{ran.failure}[/red]", highlight=False)
        for line in ran.lines:
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_MISTAKE if "as it is" in ran.failure else EXIT_NOT_PROVEN)
    _conclude(console, described, ran, ran.history, plan, out=out, as_json=as_json)


def _conclude(
    console: Console,
    cell: CellDescription,
    ran: Ran,
    history: History,
    plan: ChaosPlan,
    *,
    out: Path,
    as_json: bool,
) -> None:
    recorded, problem = recorded_transitions(
        record_folder(cell), record_key(cell), record_anchor(cell)
    )
    history = replace(history, recorded=recorded, record_problem=problem)
    proof = check(history, cell)
    lasted_ns = history.ended_ns - history.began_ns
    grown = findings_of_growth(ran.growth, lasted_ns, hostile=ran.hostile)
    told, shown = report(proof, ran, history, plan, grown)
    (out / REPORT_FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    with (out / TABLE_FILE).open("w", encoding="utf-8") as file:
        Console(file=file, width=_WIDE).print(*shown, sep="\n")
    if as_json:
        print(json.dumps(told))
    else:
        wide = console if console.is_terminal else Console(width=_WIDE)
        wide.print(*shown, sep="\n")
        for name in (TABLE_FILE, REPORT_FILE, "chaos.mcap"):
            wide.print(f"  {out / name}", highlight=False, soft_wrap=True)
    if not proof.holds or grown:
        raise typer.Exit(EXIT_NOT_PROVEN)


def _kinds(only: str | None) -> tuple[FaultKind, ...] | None:
    if only is None:
        return None
    if only.strip() == NOTHING:
        return ()
    allowed = [kind.value for kind in FaultKind]
    names = [name.strip().replace("-", "_") for name in only.split(",")]
    if unknown := [name for name in names if name not in allowed]:
        raise MistakeError(
            f"--only: found {', '.join(unknown)}; allowed: {', '.join(allowed)}, or {NOTHING}"
        )
    return tuple(FaultKind(name) for name in names)


def _with_hostile(plan: ChaosPlan, lasts_s: float) -> ChaosPlan:
    """The plan with malformed messages at its end."""
    at_ns = max((planned.over_ns for planned in plan.faults), default=0)
    fault = Fault(FaultKind.MALFORMED, "", round(lasts_s * 1e9))
    last = PlannedFault(at_ns, fault, REST_NS[FaultKind.MALFORMED])
    lasts_ns = max(plan.lasts_ns, last.over_ns)
    return replace(plan, lasts_ns=lasts_ns, faults=(*plan.faults, last))


def _run(
    console: Console,
    path: Path,
    cell: CellDescription,
    plan: ChaosPlan,
    *,
    out: Path,
    clock: bool,
    rate: int,
) -> Ran:
    chaos_run = _chaos_run()
    live = Live(console=console, auto_refresh=False, transient=True)
    seconds = plan.lasts_ns / 1e9
    console.print(
        f"cell [bold]{cell.cell}[/bold]: {len(plan.faults)} faults in {seconds:.0f} s or more, "
        f"seed {plan.seed}",
        highlight=False,
    )

    def show(moment: Moment) -> None:
        if console.is_terminal:
            live.update(moment_line(moment, len(plan.faults)), refresh=True)

    def tell(struck: Struck, history: History) -> None:
        console.print(row_line(struck, history, cell), highlight=False, soft_wrap=True)

    running = chaos_run(
        path,
        cell,
        plan,
        out=out,
        clock=clock,
        hostile_per_second=rate,
        show=show,
        struck=tell,
    )
    with asked_to_end() as ending:
        if console.is_terminal:
            live.start()
        try:
            return running.run(ending)
        finally:
            live.stop()


def _chaos_run() -> type[ChaosRun]:
    try:
        from tml_ros.cli.chaos_run import ChaosRun  # noqa: PLC0415 - wants ROS 2, help does not
    except ImportError as error:
        raise MistakeError(
            f"chaos needs ROS 2 for Python ({error}): source a ROS 2 installation, or run "
            f"`make setup`"
        ) from error
    return ChaosRun
