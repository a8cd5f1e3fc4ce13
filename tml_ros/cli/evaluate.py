"""`tml-ros evaluate`: how good guards and models are, by scenarios of the simulated factory.

Knows what the user asks for and sees. Main thread; the scenarios are played in other processes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from tml_ros.cli.mistake import MistakeError
from tml_ros.model.interface import NO_MODEL
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split

FOLDER = Path("out/evaluation")
MOST_SEEDS = 1_000_000


class SuiteChoice(str, Enum):
    """What `--suite` knows."""

    HAZARDS = "hazards"
    DIALOGUE = "dialogue"
    TIME = "time"
    VOICE = "voice"
    ALL = "all"


def evaluate(  # noqa: PLR0917 - a command line
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Who is evaluated: none (guards alone), cascade, a preset (nano, edge), or the "
            "path of a preset (.yaml) or checkpoint (.safetensors).",
            show_default=False,
        ),
    ],
    suite: Annotated[
        list[SuiteChoice] | None,
        typer.Option(
            metavar="SUITE",
            help="hazards, dialogue, time, voice or all; may be given several times.",
            show_default="all; hazards for none",
        ),
    ] = None,
    seeds: Annotated[
        str,
        typer.Option(
            metavar="A:B",
            help="Scenarios A to B-1 of each suite. More may be added later: 0:20, then 0:100.",
        ),
    ] = "0:20",
    looks: Annotated[
        Split,
        typer.Option(help="Clothes, halls, voices and words as in training, or never seen there."),
    ] = Split.HELD_OUT,
    seconds: Annotated[
        float, typer.Option(metavar="S", min=20, max=3600, help="How long each scenario is.")
    ] = 60.0,
    difficulty: Annotated[
        float | None,
        typer.Option(
            metavar="D",
            min=0,
            max=1,
            help="0 clean and bright .. 1 dim, noisy and full of what fools.",
            show_default="all of them",
        ),
    ] = None,
    camera: Annotated[
        str, typer.Option(metavar="WxH", help="Size of the cameras' pictures.")
    ] = "240x160",
    rate: Annotated[
        float, typer.Option(metavar="HZ", min=1, max=30, help="Pictures per second.")
    ] = 10.0,
    pictures: Annotated[
        bool,
        typer.Option(
            "--pictures/--no-pictures",
            help="Without, cells have no cameras: many times faster, for what is heard and said.",
        ),
    ] = True,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=256, help="Processes.", show_default="one for each core"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Where results go.", show_default=f"{FOLDER}/MODEL-LOOKS"
        ),
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="Compare with an earlier evaluation; may be given several times.",
        ),
    ] = None,
    examples: Annotated[
        int, typer.Option(metavar="N", min=0, max=40, help="Mistakes shown on the page.")
    ] = 12,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Write report.html.")] = True,
    anew: Annotated[
        bool, typer.Option("--anew", help="Play all scenarios again, whatever is there.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Judge a model in a simulated factory: alarms, talk, timing, voice.

    Each scenario is a cell with people, vehicles, machines and noise, closed
    loop: the model hears itself, and people answer to what it says. Its alarms
    go through the alarm manager of a real cell; guards alone, the model alone
    and both together are judged from one run. Figures have intervals of 95 %.

    For example `tml-ros evaluate none`, then
    `tml-ros evaluate nano --beside out/evaluation/none-held-out`.

    Ctrl-C keeps what was played; the same command goes on from there. In the
    folder of results: report.html with examples of what went wrong,
    summary.json with all figures, and one file for each scenario. What is
    judged, and how: docs/evaluation.md.

    Exit code: 0 done, 1 a scenario could not be played, 2 a mistake in what
    was asked, 130 interrupted.
    """
    # SciPy, OpenCV and the simulator take seconds to come; `--help` and mistakes need not wait.
    from tml_ros.bench.evaluation.agent_card import agent_card  # noqa: PLC0415
    from tml_ros.bench.evaluation.plan import EvaluationPlan  # noqa: PLC0415
    from tml_ros.cli.evaluate_run import Scope, run_evaluation  # noqa: PLC0415

    suites, voice = _suites(suite, model)
    first_and_last, size = _seeds(seeds), _size(camera)
    card = agent_card(model)
    plan = EvaluationPlan(
        model=model,
        suites=suites,
        seeds=first_and_last,
        looks=looks,
        difficulty=difficulty,
        seconds=seconds,
        camera_size=size,
        camera_rate=rate,
        pictures=pictures,
        made_of=card.made_of,
    )
    scope = Scope(
        folder=out or FOLDER / f"{card.title}-{looks.value}",
        voice=voice,
        anew=anew,
        page=page,
        workers=workers or len(os.sched_getaffinity(0)),
        beside=tuple(beside or ()),
        examples=examples,
    )
    run_evaluation(plan, card, scope, as_json=as_json)


def _suites(asked: Sequence[SuiteChoice] | None, model: str) -> tuple[tuple[Suite, ...], bool]:
    """The suites of scenarios, and whether the voice is wanted.

    Guards do not talk, so that for them alone hazards are what there is unless more is asked for.
    """
    if not asked:
        asked = [SuiteChoice.HAZARDS if model == NO_MODEL else SuiteChoice.ALL]
    names = {choice.value for choice in asked}
    every = SuiteChoice.ALL.value in names
    scenarios = tuple(suite for suite in Suite if every or suite.value in names)
    voice = SuiteChoice.VOICE.value in names or (every and model != NO_MODEL)
    return scenarios, voice


def _seeds(text: str) -> tuple[int, int]:
    first, colon, last = text.partition(":")
    if colon and first.isascii() and last.isascii() and first.isdigit() and last.isdigit():
        begin, end = int(first), int(last)
        if begin < end <= MOST_SEEDS:
            return begin, end
    raise MistakeError(
        f"--seeds {text}: give the first and the one after the last, 0:20 for 0 to 19, at most "
        f"{MOST_SEEDS:,}"
    )


def _size(text: str) -> tuple[int, int]:
    width, x, height = text.lower().partition("x")
    if x and width.isascii() and height.isascii() and width.isdigit() and height.isdigit():
        size = int(width), int(height)
        if 80 <= size[0] <= 1280 and 80 <= size[1] <= 960:
            return size
    raise MistakeError(
        f"--camera {text}: give width and height in pixels, 240x160; 80x80 to 1280x960 are allowed"
    )
