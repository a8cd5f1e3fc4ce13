"""`tml-ros bench turn` and `bench age`: what a turn of the model costs, and whether it ages.

Knows nothing of how anything is measured; `bench` registers both.
"""

from __future__ import annotations

import json
import os
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tml_ros.cli.bench_progress import BenchProgress
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.turn_table import print_figures, rounded

Threads = Annotated[
    int, typer.Option(metavar="N", min=1, max=256, help="Threads of torch; 1 is one core.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
_WIDE = 160
"""Characters in a line of a table that goes into a file."""
_LIBRARIES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Part(str, Enum):
    """What `turn` measures."""

    STEPS = "steps"
    BYTES = "bytes"
    CELLS = "cells"
    SIDE_BY_SIDE = "side_by_side"
    UNCHANGED_PATCHES = "unchanged_patches"


class Number(str, Enum):
    """How numbers are kept on another device."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


def turn(  # noqa: PLR0917 - a command line
    preset: Annotated[
        str, typer.Option(metavar="NAME", help="A preset, or the path of one (.yaml).")
    ] = "nano",
    threads: Threads = 1,
    turns: Annotated[
        int, typer.Option(metavar="N", min=1, max=100_000, help="Turns timed of each kind.")
    ] = 300,
    only: Annotated[
        list[Part] | None, typer.Option(help="Measure just this; may be given several times.")
    ] = None,
    video: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The recorded clip to look at.",
            show_default="worker_zone.mp4 of the folder TML_ROS_REAL_DATA",
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="cpu, or cuda for ticks of 1 to 64 cells.")
    ] = "cpu",
    dtype: Annotated[Number, typer.Option(help="Of a device that is not cpu.")] = Number.BFLOAT16,
    bandwidth_gb_s: Annotated[
        float | None,
        typer.Option(
            metavar="GB/S", min=1.0, help="Of the device's memory.", show_default="measured"
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Seconds instead of minutes; the figures mean nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Time the model's turn with untrained weights, beside other ways to do the same.

    Takes about ten minutes. The machine should be doing nothing else; the processor time of the
    thread stands beside the time on the clock and tells whether it did.
    """
    _limit(threads)
    import torch  # noqa: PLC0415 - only now are its threads limited

    from tml_ros.bench.turn import TurnSpan, bench_ticks, bench_turn  # noqa: PLC0415
    from tml_ros.model.preset_file import load_preset  # noqa: PLC0415

    loaded = load_preset(preset)
    span = TurnSpan.quick() if quick else TurnSpan.of(turns)
    with BenchProgress(Console(stderr=True)) as progress:
        if device == "cpu":
            chosen = {} if only is None else {"parts": [part.value for part in only]}
            figures = bench_turn(
                loaded, span, threads=threads, video=video, progress=progress.reach, **chosen
            )
        else:
            if only or video is not None:
                raise MistakeError(f"--only and --video are for --device cpu, not {device}")
            figures = bench_ticks(
                loaded,
                span,
                device=device,
                dtype=getattr(torch, dtype.value),
                threads=threads,
                bandwidth_gb_s=bandwidth_gb_s,
                progress=progress.reach,
            )
    _show(figures, as_json=as_json)


def age(
    turns: Annotated[
        int, typer.Option(metavar="N", min=200, max=100_000_000, help="How old it becomes.")
    ] = 200_000,
    as_json: AsJson = False,
) -> None:
    """Let one session of a tiny model grow old: its step time, memory and answers, early and late.

    200,000 turns are 11 hours of a cell and take five to eight minutes.
    """
    _limit(1)
    from tml_ros.bench.turn_age import measure_age  # noqa: PLC0415 - torch comes with it

    with BenchProgress(Console(stderr=True)) as progress:
        figures = measure_age(turns=turns, progress=lambda share: progress.reach("turns", share))
    _show(figures, as_json=as_json)


def _limit(threads: int) -> None:
    """Numeric libraries read these when they are imported."""
    os.environ.update(dict.fromkeys(_LIBRARIES, str(threads)))


def _show(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(rounded(figures)))
    else:
        console = Console(highlight=False)
        # In a file or a pipe nothing needs to be cut off.
        print_figures(figures, console if console.is_terminal else Console(width=_WIDE))
