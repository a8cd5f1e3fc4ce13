"""`tml-ros bench soak`: a day of the simulated cell without ROS, as fast as the machine can.

Knows nothing of how anything is measured; `bench` registers it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tml_ros.cli.bench_progress import BenchProgress
from tml_ros.cli.demo_scenario import USUAL_SCENARIO, rendered_scenario, scenario_cell

RENDERED = Path("out", "simulated")


def soak(
    hours: Annotated[
        float, typer.Option(metavar="HOURS", min=0.01, max=100_000, help="Of the cell's time.")
    ] = 24.0,
    scenario: Annotated[
        str, typer.Option(metavar="NAME", help="What happens, over and over: a name or a file.")
    ] = USUAL_SCENARIO,
    rate: Annotated[
        float, typer.Option(metavar="HZ", min=0.5, max=60, help="Pictures in a second.")
    ] = 2.0,
    with_model: Annotated[
        bool,
        typer.Option("--with-model", help="With the cell's model, which takes 20 times as long."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Let the simulated cell live for a day, and tell whether it ages: memory, latency, alarms.

    Guards, alarms and turns are those of `tml-ros up`, without ROS; an operator acknowledges every
    ten minutes. Pictures come at a reduced rate, sound is whole.
    """
    import cv2  # noqa: PLC0415 - the help must not wait for it

    from tml_ros.bench.soak import measure_soak, read_loop  # noqa: PLC0415
    from tml_ros.model.interface import open_model  # noqa: PLC0415

    cv2.setNumThreads(1)
    with BenchProgress(Console(stderr=True)) as progress:
        clip = rendered_scenario(
            scenario, RENDERED, lambda share: progress.reach("rendering", share)
        )
        cell = scenario_cell(clip.scenario)
        camera, microphone = next(iter(cell.cameras)), next(iter(cell.microphones), None)
        loop = read_loop(
            cell,
            clip.film(camera),
            None if microphone is None else clip.sound(microphone),
            rate=rate,
            film_rate=clip.scenario.cameras[camera].rate,
        )
        model = open_model(cell.model) if with_model else None
        figures = measure_soak(cell, loop, hours=hours, model=model, progress=progress.reach)
    if as_json:
        print(json.dumps(figures.as_dict()))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("", "first", "last", "most", "an hour of the cell"):
        table.add_column(name, justify="left" if not name else "right")
    for name, growth, scale, unit in (
        ("memory", figures.memory, 1e6, "MB"),
        ("step, p50", figures.p50_us, 1e3, "ms"),
        ("step, p99", figures.p99_us, 1e3, "ms"),
    ):
        if growth is not None:
            values = (growth.first, growth.last, growth.most)
            slope = f"{growth.per_hour / scale:+.4f}"
            table.add_row(f"{name}, {unit}", *(f"{value / scale:.2f}" for value in values), slope)
    console = Console(highlight=False)
    raised = ", ".join(f"{count} {kind}" for kind, count in figures.raised.items()) or "none"
    console.print(
        f"{figures.hours:g} h of the cell, {figures.factor:.0f} times real time: {figures.steps} "
        f"steps, {figures.turns} turns"
    )
    console.print(f"alarms raised: {raised}; at most {figures.in_memory} not normal at once")
    console.print(table)
