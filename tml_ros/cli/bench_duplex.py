"""`tml-ros bench duplex`: full-duplex conversation, measured; `bench` registers it.

Knows what the user asks for and sees, nothing of how anything is measured.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from tml_ros.bench.duplex.task import Family, Task
from tml_ros.cli.bench_progress import BenchProgress
from tml_ros.cli.mistake import MistakeError
from tml_ros.model.interface import NO_MODEL, InteractionModel, ModelUnavailableError
from tml_ros.sim.split import Split

if TYPE_CHECKING:
    from tml_ros.bench.duplex.results import ModelNote, RunFacts
    from tml_ros.bench.duplex.tally import Tally

FOLDER = Path("out/duplex")
DEFAULT_MODEL, DEFAULT_BASELINE = "nano", "cascade"


def duplex(  # noqa: PLR0917 - a command line
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="nano, cascade, or the path of a preset or checkpoint; may be given several "
            "times.",
            show_default=DEFAULT_MODEL,
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Run beside the others; none for no baseline.",
            show_default=DEFAULT_BASELINE,
        ),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Tasks or families (v1.0, v1.5, timing), with commas between them.",
            show_default="all",
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(metavar="N", min=1, max=10_000, help="Generated dialogues of each task.")
    ] = 20,
    seed: Annotated[
        int, typer.Option(metavar="SEED", min=0, max=2**62, help="Of the dialogues.")
    ] = 0,
    looks: Annotated[
        Split, typer.Option(help="Voices, words and noises as in training, or never heard there.")
    ] = Split.HELD_OUT,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", help="Without the hall's noise, like the public benchmark's spoken inputs."
        ),
    ] = False,
    echo: Annotated[
        bool, typer.Option("--echo", help="The model hears itself by the loudspeaker.")
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write inputs and outputs in the public layout there."),
    ] = None,
    import_: Annotated[
        Path | None,
        typer.Option(
            "--import", metavar="DIR", help="Run on the recordings below DIR, not on our own."
        ),
    ] = None,
    outputs: Annotated[
        bool,
        typer.Option("--outputs", help="With --import: measure the outputs there, run no model."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="For duplex.json and duplex.html.",
            show_default=f"{FOLDER}; nowhere with --json",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Measure who speaks when: pauses, turns, interruptions, overlaps, time.

    Generated dialogues are played to each model in steps of 200 ms, and what
    it says is measured by the definitions of Full-Duplex-Bench v1.0 and v1.5,
    beside tasks of time: speak at a time or a sound, count, tell how long ago.
    Every figure stands beside the cascade's: voice activity, grammar, rules
    and a speech program. Intervals are of 95 %.

    For example `tml-ros bench duplex --tasks v1.0 --samples 5`. With --export
    others' scripts can score what came out; with --import DIR the inputs of
    the public benchmark are played, or with --outputs what was recorded of
    any model is measured. Definitions and limits: docs/full_duplex.md.

    Exit code: 0 done, 2 a mistake in what was asked, 130 interrupted.
    """
    chosen = _tasks(tasks)
    if outputs and import_ is None:
        raise MistakeError("--outputs measures recordings: say where they are with --import DIR")
    if outputs and (model or baseline or export or echo):
        raise MistakeError(
            "--outputs runs no model: leave out --model, --baseline, --export, --echo"
        )
    # SciPy and the voices take a second to come; `--help` and mistakes need not wait.
    from tml_ros.bench.duplex import results  # noqa: PLC0415
    from tml_ros.bench.duplex.run import (  # noqa: PLC0415
        Plan,
        run_generated,
        run_imported,
        score_recorded,
    )
    from tml_ros.bench.duplex.tally import Tally  # noqa: PLC0415

    tally = Tally(seed=seed)
    notes: tuple[ModelNote, ...] = ()
    models: dict[str, InteractionModel] = {}
    if not outputs:
        models, notes = _open(model, baseline)
    with BenchProgress(Console(stderr=True)) as progress:
        if outputs and import_ is not None:
            score_recorded(import_, tally, tasks=chosen, reach=progress.reach)
        elif import_ is not None:
            run_imported(
                models,
                import_,
                tally,
                tasks=chosen,
                echo=echo,
                export=export,
                reach=progress.reach,
            )
        else:
            plan = Plan(chosen, samples, seed, looks, quiet)
            run_generated(models, plan, tally, echo=echo, export=export, reach=progress.reach)
    generated = import_ is None
    facts = results.RunFacts(
        source="generated" if generated else str(import_),
        samples=samples if generated else 0,
        seed=seed,
        looks=looks.value if generated else "",
        quiet=quiet and generated,
        echo=echo,
        version=metadata.version("tml_ros"),
        notes=notes,
    )
    folder = out or (None if as_json else FOLDER)
    if folder is not None:
        _write(folder, facts, tally)
    if as_json:
        print(json.dumps(results.as_json(facts, tally)))
        return
    from tml_ros.cli.duplex_table import print_results  # noqa: PLC0415

    print_results(facts, tally, folder, export)


def _tasks(names: str | None) -> tuple[Task, ...]:
    if names is None:
        return tuple(Task)
    families = {family.value: family for family in Family}
    wanted: set[Task] = set()
    for name in (name.strip() for name in names.split(",") if name.strip()):
        if name in families:
            wanted |= {task for task in Task if task.family is families[name]}
        elif name in Task._value2member_map_:
            wanted.add(Task(name))
        else:
            there = ", ".join([*families, *(task.value for task in Task)])
            raise MistakeError(f"there is no task {name!r}; there are: {there}")
    if not wanted:
        raise MistakeError("--tasks names no task")
    return tuple(task for task in Task if task in wanted)


def _open(
    names: list[str] | None, baseline: str | None
) -> tuple[dict[str, InteractionModel], tuple[ModelNote, ...]]:
    """The models by the names of their columns."""
    from tml_ros.bench.duplex.results import ModelNote  # noqa: PLC0415
    from tml_ros.bench.evaluation.agent_card import agent_card  # noqa: PLC0415
    from tml_ros.bench.evaluation.agents import CASCADE, open_agent  # noqa: PLC0415

    wanted = list(dict.fromkeys(names or [DEFAULT_MODEL]))
    if NO_MODEL in wanted:
        raise MistakeError(
            "model none is guards alone, and guards do not talk: there is nothing to measure; "
            "take nano, cascade, or a checkpoint"
        )
    beside = DEFAULT_BASELINE if baseline is None else baseline
    if beside != NO_MODEL and beside not in wanted:
        wanted.append(beside)
    models: dict[str, InteractionModel] = {}
    notes: list[ModelNote] = []
    for name in wanted:
        try:
            card, opened = agent_card(name), open_agent(name)
        except ModelUnavailableError as problem:
            # Nobody asked for the usual baseline: without its programs there is none.
            if name == beside and baseline is None and models:
                Console(stderr=True).print(f"no baseline beside: {problem}", style="yellow")
                continue
            raise
        if opened is None:
            continue
        column = card.title
        while column in models:
            column += "'"
        if name == CASCADE:
            about = "baseline: voice activity, grammar, rules, speech program"
        else:
            about = "interaction model" if card.trained else "interaction model, untrained weights"
        models[column] = opened
        notes.append(ModelNote(column, about, untrained=not card.trained))
    return models, tuple(notes)


def _write(folder: Path, facts: RunFacts, tally: Tally) -> None:
    from tml_ros.bench.duplex.page import write_page  # noqa: PLC0415
    from tml_ros.bench.duplex.results import as_json  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(facts, tally), indent=1) + "\n"
    (folder / "duplex.json").write_text(text, encoding="utf-8")
    write_page(folder / "duplex.html", facts, tally)
