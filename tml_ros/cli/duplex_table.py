"""The figures of `tml-ros bench duplex` in a terminal: a line for each figure, a column a model."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from tml_ros.bench.duplex.figures import Figure
from tml_ros.bench.duplex.results import RunFacts
from tml_ros.bench.duplex.tally import Tally
from tml_ros.bench.duplex.task import Family, Task
from tml_ros.bench.duplex.wording_of_figures import better_words, figure_words, interval_words

_WIDE = 140
"""Characters in a line that goes into a file."""
_MOST_PROBLEMS = 10


def print_results(facts: RunFacts, tally: Tally, folder: Path | None, export: Path | None) -> None:
    """Print all figures, what was wrong, and where the rest is."""
    console = Console(highlight=False)
    if not console.is_terminal:
        # In a file or a pipe nothing needs to be cut off.
        console = Console(width=_WIDE, highlight=False)
    for family in Family:
        tasks = [task for task in tally.tasks if task.family is family]
        if tasks:
            console.print(_table(family, tasks, tally))
    for model in tally.models:
        note = facts.note(model)
        style = "yellow" if note.untrained else "dim"
        console.print(f"{model}: {note.about}", style=style)
    for problem in tally.problems[:_MOST_PROBLEMS]:
        console.print(
            f"not measured: {problem.place}: {problem.what}", style="yellow", markup=False
        )
    more = len(tally.problems) - _MOST_PROBLEMS
    if more > 0:
        console.print(f"not measured: {more} more, all of them in duplex.json", style="yellow")
    if folder is not None:
        console.print(f"page and JSON: {folder / 'duplex.html'}, {folder / 'duplex.json'}")
    if export is not None:
        console.print(f"inputs and outputs in the public layout: {export}")


def _table(family: Family, tasks: list[Task], tally: Tally) -> Table:
    table = Table(box=None, header_style="dim", title_justify="left", title_style="bold")
    table.title = _TITLES[family]
    table.add_column("", no_wrap=True)
    table.add_column("better", style="dim", no_wrap=True)
    for model in tally.models:
        table.add_column(model, justify="right", no_wrap=True)
    for task in tasks:
        results = {model: tally.result(model, task) for model in tally.models}
        counts = {result and len(result.ids) for result in results.values()} - {None}
        table.add_row(f"[bold]{task.heading}[/] [dim]n={'/'.join(map(str, counts))}[/]")
        some = next(result for result in results.values() if result is not None)
        for place, figure in enumerate(some.figures):
            cells = [
                "" if result is None else _cell(result.figures[place])
                for result in results.values()
            ]
            table.add_row(f"  {figure.kind.title}", better_words(figure.kind), *cells)
    return table


def _cell(figure: Figure) -> str:
    interval = interval_words(figure)
    return f"{figure_words(figure)} [dim]{interval:>14}[/]" if interval else figure_words(figure)


_TITLES = {
    Family.V1: "\nBy the definitions of Full-Duplex-Bench v1.0",
    Family.V1_5: "\nBy the definitions of Full-Duplex-Bench v1.5: overlaps",
    Family.TIMING: "\nTime",
}
