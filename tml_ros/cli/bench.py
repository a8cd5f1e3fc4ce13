"""`tml-ros bench`: measures this machine with this software, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tml_ros.cli.bench_delegation import delegation
from tml_ros.cli.bench_duplex import duplex
from tml_ros.cli.bench_evidence import evidence, privacy
from tml_ros.cli.bench_histories import histories
from tml_ros.cli.bench_soak import soak
from tml_ros.cli.bench_turn import age, turn
from tml_ros.cli.bench_warning import warning

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

app = typer.Typer(no_args_is_help=True)
app.command()(turn)
app.command()(age)
app.command()(histories)
app.command()(delegation)
app.command()(duplex)
app.command()(evidence)
app.command()(privacy)
app.command()(warning)
app.command()(soak)


@app.command()
def replay(
    minutes: Annotated[
        float, typer.Option(metavar="MINUTES", min=0.05, max=600, help="Length of the bag.")
    ] = 10.0,
    video: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The clip to loop.", show_default="a synthetic one"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay a bag made by looping a clip with sound: times real time, and memory.

    The bag goes to the system's folder for temporary files and is removed: about 16 MB a minute.
    """
    import cv2  # noqa: PLC0415 - the help must not wait for it

    from tml_ros.bench.replay import bench_replay  # noqa: PLC0415

    cv2.setNumThreads(1)
    _show(asdict(bench_replay(minutes=minutes, video=video)), as_json=as_json)


@app.command()
def ingest(as_json: AsJson = False) -> None:
    """Take in 640x480 pictures: frames per second beside a plain copy, and what guarding costs.

    One core of processor time is 1.0; one and four cameras of 15 frames per second.
    """
    from tml_ros.bench.ingest import measure_guardian_load, measure_ingest  # noqa: PLC0415

    loads = [measure_guardian_load(cameras=cameras) for cameras in (1, 4)]
    figures = {
        **{encoding: measure_ingest(encoding=encoding).as_dict() for encoding in ("rgb8", "bgr8")},
        **{f"guardian_{load.cameras}": load.as_dict() for load in loads},
    }
    _show(figures, as_json=as_json)


def _show(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """Print figures, grouped or not; the JSON keeps the groups."""
    if as_json:
        print(json.dumps(_rounded(figures)))
        return
    table = Table(box=None, show_header=False)
    for key, value in figures.items():
        if isinstance(value, Mapping):
            table.add_row(f"[bold]{_words(key)}", "")
            for inner, figure in value.items():
                table.add_row(f"  {_words(inner)}", str(_rounded(figure)))
        else:
            table.add_row(_words(key), str(_rounded(value)))
    Console(highlight=False).print(table)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _rounded(value: Any) -> Any:  # noqa: ANN401 - figures of any shape
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return round(value, 3) if isinstance(value, float) else value
