"""`tml-ros train`: teach a model by lessons from the simulated factory.

Knows what the user asks for. Main thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tml_ros.cli.mistake import MistakeError


def train(
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN", help="The run's folder.", show_default="none; with --bags out/tuned"
        ),
    ] = None,
    course: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=FOLDER[,FOLDER]:LESSONS",
            help="sight, talk or both, and shards it is made from, or bags and folders of your own "
            "labelled recordings; its lessons in a step, such as 8 or 0.5. May be given several "
            "times.",
            show_default="with --resume those of before",
        ),
    ] = None,
    bags: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Go on from trained weights with your own labelled recordings: rosbag2 bags or "
            "videos in a folder, or a single one. A --course beside it is taught as well.",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Which hazard is where and when in the recordings.",
            show_default=False,
        ),
    ] = None,
    cell: Annotated[
        Path | None,
        typer.Option(
            metavar="CELL.yaml",
            help="The cell that was recorded.",
            show_default="cell.yaml in the folder",
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Steps until the end of the run.")
    ] = None,
    hours: Annotated[
        float | None,
        typer.Option(metavar="H", min=0.001, help="Hours until the end; not exactly repeatable."),
    ] = None,
    preset: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The model: a preset's name or .yaml file.")
    ] = "nano",
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="WEIGHTS",
            help="Begin from weights (.safetensors).",
            show_default="none; with --bags those that come with the preset",
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the run in --out; what is not said stays so."),
    ] = False,
    validation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=FOLDER[,FOLDER]:LESSONS",
            help="Other shards or recordings, never taught, and how many lessons of them an "
            "examination takes.",
            show_default=False,
        ),
    ] = None,
    evaluate_every: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Steps between examinations.", show_default="200"),
    ] = None,
    judge_every: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Steps between judgements of `tml-ros evaluate` over a few scenarios, beside the "
            "run.",
            show_default="never",
        ),
    ] = None,
    last_layers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Only the last N layers learn, 0: only the head that judges hazards.",
            show_default="all of the model",
        ),
    ] = None,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Steps between checkpoints.", show_default="100"),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="R", min=0, help="Highest learning rate.", show_default="0.0015"),
    ] = None,
    warmup: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Steps until it is reached.", show_default="100"),
    ] = None,
    cooling: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share of the run, at its end, over which it falls.",
            show_default="1",
        ),
    ] = None,
    average: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=0.99999,
            help="Of the averaged weights, what stays in a step.",
            show_default="0.999",
        ),
    ] = None,
    tokens: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Tokens that go through the model at once.",
            show_default="16384",
        ),
    ] = None,
    mistakes: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=4,
            help="How often the teacher errs on purpose, of the usual.",
            show_default="1",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of weights and lessons.", show_default="0")
    ] = None,
    float32: Annotated[
        bool, typer.Option("--float32", help="Multiply in float32; bfloat16 is faster.")
    ] = False,
    workers: Annotated[
        int,
        typer.Option(metavar="N", min=0, max=256, help="Processes that make lessons; 0: none."),
    ] = 1,
    threads: Annotated[
        int, typer.Option(metavar="N", min=1, max=256, help="Threads of a step on the CPU.")
    ] = 1,
    device: Annotated[str, typer.Option(metavar="cpu|cuda", help="Where steps are made.")] = "cpu",
    plot: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Only draw a run's figures, into RUN/curves.png."),
    ] = None,
) -> None:
    """Teach a model, from its first step or where a run was stopped.

    For example
    `tml-ros train --course sight=shards/hazards:16 --course talk=shards/dialogue:4
    --steps 20000 --out run`, and to go on: `tml-ros train --resume --out run`.

    Shards are made by `tml-ros sim render`. A run may be stopped at any time;
    with --resume it goes on from its newest checkpoint as if it had not been,
    and may be given another end, other courses or another learning rate. The
    weights so far are always RUN/model.safetensors; `tml-ros evaluate` takes them.

    Your own recordings: `tml-ros train --bags bags --labels labels.csv --cell
    press.yaml` goes on from trained weights. Unless told otherwise the last two
    layers learn, for 500 steps.

    Many GPUs: `torchrun --nproc-per-node 8 -m tml_ros.cli.main train --device cuda ...`

    Exit code: 0 done, 2 a mistake in what was asked, 130 interrupted.
    """
    if plot is not None:
        from tml_ros.training.loop.metric_curves import draw_run  # noqa: PLC0415 - OpenCV

        typer.echo(str(draw_run(plot)))
        return
    if out is None and bags is None:
        raise MistakeError("--out RUN: name the folder of the run")
    # PyTorch takes seconds to come; `--help` and mistakes need not wait.
    from tml_ros.cli.train_courses import courses_asked  # noqa: PLC0415
    from tml_ros.cli.train_run import Asked, run_training  # noqa: PLC0415
    from tml_ros.cli.train_tuning import tuned  # noqa: PLC0415
    from tml_ros.model.preset_file import load_preset  # noqa: PLC0415

    examined = courses_asked(validation or (), option="--validation")
    given: dict[str, Any] = {
        "steps": steps,
        "hours": hours,
        "learning_rate": rate,
        "warmup": warmup,
        "cooling": cooling,
        "average": average,
        "most_tokens": tokens,
        "seed": seed,
        "mistakes": mistakes,
        "validation": {name: f"{asked.origin}:{asked.number:g}" for name, asked in examined.items()}
        or None,
        "last_layers": last_layers,
        "checkpoint_every": checkpoint_every,
        "evaluate_every": 200 if evaluate_every is None and examined else evaluate_every,
        "judge_every": judge_every,
        "bfloat16": False if float32 else None,
    }
    asked = Asked(
        folder=Path("out", "tuned") if out is None else out,
        preset=load_preset(preset),
        courses=courses_asked(course or (), option="--course"),
        settings={name: value for name, value in given.items() if value is not None},
        resume=resume,
        start=start,
        workers=workers,
        threads=threads,
        device=device,
    )
    run_training(tuned(asked, bags, labels, cell, preset=preset))
