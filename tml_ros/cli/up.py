"""`tml-ros up`: all nodes of a cell as supervised processes, with a table of how they fare.

Knows nothing of what the nodes do. Runs on the main thread.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from tml_ros.cell.cell_file import load_cell
from tml_ros.cli.cell_processes import cell_processes
from tml_ros.cli.ending import asked_to_end
from tml_ros.cli.source_files import refuse_unreadable_sources
from tml_ros.cli.supervisor import ProcessState, ProcessStatus, Supervisor

REFRESH_S = 0.5
_COLOURS = {
    ProcessState.RUNNING: "green",
    ProcessState.WAITING: "yellow",
    ProcessState.MISCONFIGURED: "red",
    ProcessState.STOPPED: "dim",
}
BRING_UP_S = 4.0
"""Sound and picture of several files begin together, when every node is usually up."""
_NOTEWORTHY = ("[WARN]", "[ERROR]", "[FATAL]")


def up(
    cell: Annotated[Path, typer.Option(metavar="CELL.yaml", help="The cell to run.")],
    log_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where what the nodes say goes, a file each.",
            show_default="out/up/CELL",
        ),
    ] = None,
) -> None:
    """Run all nodes of a cell until Ctrl-C, where there is no `ros2 launch`.

    For example `tml-ros up --cell press_2.yaml`, after `tml-ros check press_2.yaml`.

    A node that crashes is started again, after 0.1 to 0.5 s and then ever later; one that hangs for
    3 s is killed, and started again too. Warnings and errors of all nodes appear here. Discovery
    stays on this machine unless ROS_AUTOMATIC_DISCOVERY_RANGE or another of ROS 2's own variables
    says otherwise.

    Exit code: 0 ended by Ctrl-C, 2 a mistake in what was asked.
    """
    refuse_unreadable_sources(load_cell(cell), cell)
    specs = cell_processes(cell, files_start_s=time.time() + BRING_UP_S)
    log_folder = log_dir or Path("out", "up", cell.stem)
    console = Console()

    def show(name: str, line: str) -> None:
        if any(word in line for word in _NOTEWORTHY):
            words = f"[bold]{escape(name)}[/bold] {escape(line)}"
            console.print(words, highlight=False, soft_wrap=True)

    supervisor = Supervisor(specs, log_folder=log_folder, on_line=show)
    with asked_to_end() as ending, Live(console=console, auto_refresh=False) as live:
        with supervisor:
            while not ending.is_set():
                live.update(_table(supervisor.status(), log_folder), refresh=console.is_terminal)
                ending.wait(REFRESH_S)
        live.update(_table(supervisor.status(), log_folder), refresh=console.is_terminal)


def _table(statuses: list[ProcessStatus], log_folder: Path) -> Table:
    table = Table(caption=f"logs in {log_folder}; Ctrl-C ends all", caption_justify="left")
    table.add_column("node")
    table.add_column("state")
    table.add_column("restarts", justify="right")
    for status in statuses:
        colour = _COLOURS[status.state]
        table.add_row(
            status.name, f"[{colour}]{status.state.value}[/{colour}]", str(status.restarts)
        )
    return table
