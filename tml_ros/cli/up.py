"""`tml-ros up`: all nodes of a cell as supervised processes, with a table of how they fare.

Knows nothing of what the nodes do. Runs on the main thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from tml_ros.cli.cell_processes import cell_processes
from tml_ros.cli.ending import asked_to_end
from tml_ros.cli.supervisor import ProcessState, ProcessStatus, Supervisor

REFRESH_S = 0.5
_COLOURS = {
    ProcessState.RUNNING: "green",
    ProcessState.WAITING: "yellow",
    ProcessState.MISCONFIGURED: "red",
    ProcessState.STOPPED: "dim",
}
_NOTEWORTHY = ("[WARN]", "[ERROR]", "[FATAL]")


def up(
    cell: Annotated[Path, typer.Option(help="The cell's YAML file.", show_default=False)],
    log_dir: Annotated[
        Path | None, typer.Option(help="Where each node's output goes [default: out/up/CELL].")
    ] = None,
) -> None:
    """Run all nodes of a cell until Ctrl-C, where there is no `ros2 launch`.

    A node that crashes is started again. Warnings and errors of all nodes appear here.
    """
    specs = cell_processes(cell)
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
