"""`tml-ros bench privacy` and `bench evidence`: how well people are hidden, and what it costs.

Knows nothing of how anything is measured; `bench` registers both.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tml_ros.cli.mistake import MistakeError
from tml_ros.evidence.evidence_settings import Privacy
from tml_ros.sim.split import Split

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Seeds = Annotated[
    str, typer.Option(metavar="A:B", help="Scenarios of people who come and go, A to B - 1.")
]
_COLUMNS = (
    "figures",
    "in_whole_pictures",
    "figures_covered",
    "pixels_covered",
    "heads",
    "heads_covered",
)


def privacy(
    seeds: Seeds = "0:20",
    standing: Annotated[
        str, typer.Option(metavar="A:B", help="Likewise, of people who stand for three minutes.")
    ] = "0:3",
    mode: Annotated[Privacy, typer.Option(help="What is made unrecognisable.")] = Privacy.PEOPLE,
    looks: Annotated[
        Split, typer.Option(help="Halls, clothes and cameras; held-out for figures.")
    ] = Split.HELD_OUT,
    as_json: AsJson = False,
) -> None:
    """Count how much of simulated people the evidence's privacy filter covers.

    A figure is a person in a picture, and covered where at least 95 % of their pixels are. Takes
    about half a minute a scenario on one core.
    """
    ranges = _range(seeds), _range(standing)
    import cv2  # noqa: PLC0415 - the help must not wait

    from tml_ros.bench.evidence_privacy import measure_privacy  # noqa: PLC0415

    cv2.setNumThreads(1)
    console = Console(stderr=True)
    with console.status("drawing") as status:
        tally = measure_privacy(
            ranges[0],
            standing_seeds=ranges[1],
            privacy=mode,
            looks=looks,
            told=lambda story, seed: status.update(f"{story}, seed {seed}"),
        )
    figures = {
        "privacy": mode.value,
        "looks": looks.value,
        "rows": tally.rows(),
        "worst": [
            {"story": f.story, "seed": f.seed, "time_s": f.time_s, "covered": f.covered}
            for f in tally.worst()
        ],
        "pictures": tally.pictures,
        "pictures_covered_whole": tally.whole,
        "background_pixelated_of_others": tally.spoilt / max(1, tally.pictures - tally.whole),
    }
    if as_json:
        print(json.dumps(figures))
    else:
        _print(figures)


def evidence(
    cameras: Annotated[int, typer.Option(metavar="N", min=1, max=32)] = 4,
    seconds: Annotated[float, typer.Option(metavar="SECONDS", min=1, max=3600)] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Guard 640x480 cameras of ten pictures per second without evidence and with it.

    The machine should be doing nothing else.
    """
    import cv2  # noqa: PLC0415 - the help must not wait

    from tml_ros.bench.evidence_cost import measure_evidence  # noqa: PLC0415

    cv2.setNumThreads(1)
    figures = measure_evidence(cameras=cameras, seconds=seconds).as_dict()
    if as_json:
        print(json.dumps(figures))
        return
    table = Table(box=None, show_header=False)
    for name, figure in figures.items():
        shown = f"{figure:.3f}" if isinstance(figure, float) else str(figure)
        table.add_row(name.replace("_", " "), shown)
    Console(highlight=False).print(table)


def _print(figures: dict[str, Any]) -> None:
    table = Table("", "doing", *(column.replace("_", " ") for column in _COLUMNS), box=None)
    for row in figures["rows"]:
        shown = (
            f"{row[name]:.2%}" if isinstance(row[name], float) else str(row[name])
            for name in _COLUMNS
        )
        table.add_row(row["story"], row["doing"], *shown)
    console = Console(highlight=False)
    console.print(table)
    for one in figures["worst"]:
        console.print(
            f"least of {one['story']} {one['seed']}: {one['covered']:.2%} at {one['time_s']:.1f} s"
        )
    console.print(
        f"{figures['pictures_covered_whole']} of {figures['pictures']} pictures covered as a "
        f"whole; {figures['background_pixelated_of_others']:.0%} of the background in the others"
    )


def _range(text: str) -> range:
    begin, _, end = text.partition(":")
    if not (begin.isdecimal() and end.isdecimal()) or len(text) > 20:
        raise MistakeError(f"expected two numbers such as 0:20, got {text!r}")
    return range(int(begin), int(end))
