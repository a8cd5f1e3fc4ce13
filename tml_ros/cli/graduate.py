"""`tml-ros graduate`: from a training run to weights that can be shipped.

Knows what the user asks for. Main thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def graduate(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|WEIGHTS",
            help="The folder of a run, or weights (.safetensors).",
            show_default=False,
        ),
    ],
    *,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The weights to be written.", show_default=False)
    ],
    validation: Annotated[
        list[str],
        typer.Option(
            metavar="KIND=FOLDER[,FOLDER]:LESSONS",
            help="both, or talk for shards without pictures; shards of scenarios that were not "
            "taught; how many of them. May be given several times.",
            show_default=False,
        ),
    ],
    voice: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A voice that was taught apart (.safetensors)."),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON of what the weights are to say of themselves."),
    ] = None,
    date: Annotated[
        str, typer.Option(help="The day to be noted in the weights.", show_default="none")
    ] = "",
    false_per_hour: Annotated[
        float,
        typer.Option(
            min=0, max=100, help="False alarms of each kind in an hour that are put up with."
        ),
    ] = 0.5,
    eagerness: Annotated[
        float,
        typer.Option(
            min=-10, max=10, help="Speak more (above 0) or less readily than was found best."
        ),
    ] = 0.0,
    threads: Annotated[int, typer.Option(metavar="N", min=1, max=256, help="Of the CPU.")] = 1,
) -> None:
    """Calibrate a trained model, decide what it is trusted with, and write its weights.

    For example `tml-ros graduate run --validation both=shards/validation:200
    --validation talk=shards/validation_talk:100 --out nano.safetensors`.

    Each kind of hazard gets the operating point at which it raises no more false
    alarms than asked for. It is trusted where the scenarios show that it finds
    enough; what it says of other kinds is withheld in a cell. Nothing of the
    held-out looks is used: those are for `tml-ros evaluate`.
    """
    # PyTorch takes seconds to come; `--help` need not wait.
    from tml_ros.cli.graduate_run import Asked, run_graduation  # noqa: PLC0415
    from tml_ros.cli.train_courses import courses_asked  # noqa: PLC0415

    run_graduation(
        Asked(
            run=run,
            out=out,
            validation=tuple(courses_asked(validation, option="--validation").values()),
            voice=voice,
            facts=facts,
            date=date,
            false_per_hour=false_per_hour,
            eagerness=eagerness,
            threads=threads,
        )
    )
