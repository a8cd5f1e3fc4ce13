"""`tml-ros sim list` and `sim show`: which scenarios there are, and what happens in one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.sim_scenario import (
    Difficulty,
    Looks,
    NameOrFile,
    OfSuite,
    Seed,
    chosen_scenario,
)
from tml_ros.sim.split import Split

_WIDE = 160
"""Characters in a line that goes into a file."""
_COLOURS = {"hazard": "red", "said": "cyan", "expected": "green"}


def list_() -> None:
    """Name the scenarios that ship, with what each is about.

    They are files in config/scenarios: a good beginning for your own.
    """
    from tml_ros.settings.shared_file import shared_file  # noqa: PLC0415
    from tml_ros.sim.scenario.scenario_file import (  # noqa: PLC0415 - the help must not wait
        SHIPPED,
        load_scenario,
        shipped_scenarios,
    )

    table = Table(box=None, show_header=False, pad_edge=False)
    for name in shipped_scenarios():
        path = shared_file(SHIPPED / f"{name}.yaml")
        told = "" if path is None else _opening(path)
        table.add_row(name, f"{load_scenario(name).seconds:g} s", Text(told))
    _console().print(table)


def show(
    *,
    name: NameOrFile = None,
    suite: OfSuite = None,
    seed: Seed = 0,
    looks: Looks = Split.TRAIN,
    difficulty: Difficulty = None,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print the scenario as a file to start your own from.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all that is true of it as one JSON object.")
    ] = False,
) -> None:
    """Tell what happens in a scenario, moment by moment, and what a cell should make of it.

    People and vehicles, what happens in the hall, every hazard with the moment from which it can be
    noticed, what is said, and what would be right to do until when. What depends on when the cell
    itself speaks comes last, in seconds after that line has begun.

    `tml-ros sim show press_visit`, or `tml-ros sim show --suite dialogue --seed 7`.
    """
    if as_yaml and as_json:
        raise MistakeError("--yaml or --json, not both")
    scenario = chosen_scenario(name, suite, seed, looks, difficulty)
    if as_yaml:
        from tml_ros.sim.scenario.scenario_file import scenario_text  # noqa: PLC0415

        print(scenario_text(scenario), end="")
        return
    from tml_ros.sim.factory import Factory  # noqa: PLC0415 - the help must not wait

    factory = Factory(scenario)
    if as_json:
        from tml_ros.sim.render.facts import Facts, as_text  # noqa: PLC0415

        print(as_text(Facts(scenario, factory.truth, factory.allowed_speech)))
        return
    from tml_ros.sim.timeline import timeline  # noqa: PLC0415

    console = _console()
    console.print(Text(f"{scenario.scenario}, {scenario.seconds:g} s", style="bold"))
    table = Table(box=None, pad_edge=False)
    for column in ("from s", "to s", "", ""):
        table.add_column(column, justify="right" if column else "left")
    line = None
    for entry in timeline(scenario, factory.truth):
        if entry.line is not None and entry.line != line:
            line = entry.line
            table.add_row("", "", "", f"after line {line} has begun:")
        until = "" if entry.until_s is None else f"{entry.until_s:.2f}"
        what = entry.what.value
        style = _COLOURS.get(what, "")
        table.add_row(f"{entry.at_s:.2f}", until, what, Text(entry.text), style=style)
    console.print(table)


def _opening(path: Path) -> str:
    """The first sentence of the remarks that a scenario file begins with."""
    remarks = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        remarks.append(line.lstrip("# "))
    sentence, dot, _ = " ".join(remarks).partition(". ")
    return sentence.rstrip(".") + ("." if sentence or dot else "")


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=_WIDE, highlight=False)
