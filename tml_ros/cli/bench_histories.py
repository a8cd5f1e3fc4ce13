"""`tml-ros bench histories`: how soon changes of simulated machines are noticed, and what is not.

Knows nothing of how anything is measured; `bench` registers it.
"""

from __future__ import annotations

import json
import re
from typing import Annotated

import typer
from rich.console import Console

from tml_ros.cli.bench_progress import BenchProgress
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.turn_table import print_figures, rounded


def histories(
    months: Annotated[
        float, typer.Option(metavar="MONTHS", min=3, max=120, help="Length of each history.")
    ] = 6.0,
    seeds: Annotated[
        str, typer.Option(metavar="FIRST:END", help="Histories of each kind, below 1000.")
    ] = "0:20",
    sound: Annotated[
        bool, typer.Option("--sound/--no-sound", help="Changes of a machine's sound as well.")
    ] = True,
    quick: Annotated[
        bool, typer.Option("--quick", help="Seconds instead of minutes; the figures mean nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Watch simulated months of machines: delays and false alarms, beside two plain ways.

    Drift, steps, daily cycles, gaps and faults of sensors, for four quantities. Takes about three
    minutes.
    """
    from tml_ros.bench.histories import HistorySpan, bench_histories  # noqa: PLC0415
    from tml_ros.bench.machine_sounds import bench_sounds  # noqa: PLC0415

    try:
        span = HistorySpan.quick() if quick else HistorySpan(_range(seeds), months)
    except ValueError as error:
        raise MistakeError(f"--seeds {seeds}: {error}") from error
    with BenchProgress(Console(stderr=True)) as progress:
        figures = bench_histories(span, lambda what, share: progress.reach(what, 0.8 * share))
        if sound:
            figures["sound"] = bench_sounds(
                machines=1 if quick else 4,
                takes=2 if quick else 30,
                progress=lambda what, share: progress.reach(what, 0.8 + 0.2 * share),
            )
    if as_json:
        print(json.dumps(rounded(figures)))
    else:
        print_figures(figures, Console(highlight=False))


def _range(text: str) -> range:
    parts = re.fullmatch(r"(\d{1,4}):(\d{1,4})", text)
    if parts is None:
        raise ValueError("expected FIRST:END, such as 0:20")
    return range(int(parts[1]), int(parts[2]))
