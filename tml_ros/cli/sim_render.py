"""`tml-ros sim render`: many scenarios as shards to train from."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.sim_scenario import Difficulty, Looks, Pretty
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split

if TYPE_CHECKING:
    from tml_ros.sim.render.plan import RenderPlan
    from tml_ros.sim.render.spent import RenderRate


def render(
    *,
    seeds: Annotated[
        str, typer.Option(metavar="A:B", help="Seeds from A to B, B excluded, of each suite.")
    ],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the shards go.")],
    suite: Annotated[
        list[Suite] | None,
        typer.Option(help="Only these; may be given several times.", show_default="all"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=256, help="Processes.", show_default="one per core"),
    ] = None,
    looks: Looks = Split.TRAIN,
    difficulty: Difficulty = None,
    seconds: Annotated[
        float, typer.Option(metavar="SECONDS", min=20, max=3600, help="Of each scenario.")
    ] = 60.0,
    size: Annotated[str, typer.Option(metavar="WxH", help="Of the pictures.")] = "240x160",
    rate: Annotated[
        float, typer.Option(min=1, max=30, help="Pictures per second; one per turn is kept.")
    ] = 10.0,
    model: Annotated[
        str,
        typer.Option(metavar="NAME", help="The preset whose patches and sound levels are made."),
    ] = "nano",
    pretty: Pretty = False,
    pictures: Annotated[bool, typer.Option(help="Draw pictures.")] = True,
    sound: Annotated[bool, typer.Option(help="Keep sound.")] = True,
    per_shard: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="Scenarios in one file.")
    ] = 8,
    verify: Annotated[
        bool, typer.Option("--verify", help="Afterwards read all shards and check their digests.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the rates as one JSON object and nothing else.")
    ] = False,
) -> None:
    """Render scenarios into shards: pictures, sound, dMel and truth, for training.

    `tml-ros sim render --seeds 0:1000 --out shards` may be stopped at any time: the same command
    goes on where it was. So does one with more seeds. Which process renders what changes nothing in
    the files. A folder holds shards of one kind: other settings want another folder.

    Scenarios of --looks held-out share no clothes, machines, voices or words with the others; they
    are for judging, and whoever reads shards to learn from is refused them.

    A minute of a scenario takes some seconds of one core and about 4 MB.
    """
    from tml_ros.sim.render.render import render as render_plan  # noqa: PLC0415 - help waits
    from tml_ros.sim.render.shard_set import ShardSet  # noqa: PLC0415

    plan = _plan(
        seeds=seeds,
        suites=suite,
        looks=looks,
        difficulty=difficulty,
        seconds=seconds,
        size=size,
        rate=rate,
        model=model,
        pretty=pretty,
        pictures=pictures,
        sound=sound,
        per_shard=per_shard,
    )
    columns = (TextColumn("rendering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("rendering", total=None)
        figures = render_plan(
            plan,
            out,
            workers=workers or len(os.sched_getaffinity(0)),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if verify:
        for _ in ShardSet(out, looks=looks).verify():
            pass
    if as_json:
        print(json.dumps(asdict(figures) | {"verified": verify}))
    else:
        _print(figures)


def _plan(
    *,
    seeds: str,
    suites: list[Suite] | None,
    looks: Split,
    difficulty: float | None,
    seconds: float,
    size: str,
    rate: float,
    model: str,
    pretty: bool,
    pictures: bool,
    sound: bool,
    per_shard: int,
) -> RenderPlan:
    from tml_ros.model.preset_file import load_preset  # noqa: PLC0415 - the help must not wait
    from tml_ros.sim.render.plan import RenderPlan  # noqa: PLC0415
    from tml_ros.sim.scene.quality import Quality  # noqa: PLC0415

    preset = load_preset(model)
    return RenderPlan(
        suites=tuple(suites or Suite),
        seeds=_pair(seeds, ":", "--seeds", "0:1000"),
        looks=looks,
        difficulty=difficulty,
        seconds=seconds,
        camera_size=_pair(size, "x", "--size", "240x160"),
        camera_rate=rate,
        patches=(preset.sight.columns, preset.sight.rows),
        hearing=preset.hearing,
        quality=Quality.PRETTY if pretty else Quality.FAST,
        pictures=pictures,
        sound=sound,
        per_shard=per_shard,
    )


def _pair(text: str, between: str, option: str, example: str) -> tuple[int, int]:
    first, found, second = text.partition(between)
    if not (found and first.isdecimal() and second.isdecimal()):
        raise MistakeError(f"{option} {text}: two numbers such as {example} are allowed")
    return int(first), int(second)


def _print(rate: RenderRate) -> None:
    there = f"; {rate.skipped} were there" if rate.skipped else ""
    print(f"{rate.scenarios} scenarios rendered in {rate.wall_s:.1f} s{there}")
    if not rate.scenarios:
        return
    print(
        f"  {rate.scenarios_per_min:.1f} scenarios/min, {rate.turns_per_s:.0f} turns/s by "
        f"{rate.workers} processes; {rate.turns_per_s_per_core:.0f} turns/s and "
        f"{rate.frames_per_s_per_core:.0f} frames/s per core"
    )
    print(f"  {rate.bytes / 1e6:.1f} MB, {rate.bytes_per_turn / 1e3:.1f} kB per turn")
    shares = ", ".join(f"{part} {share:.0%}" for part, share in rate.shares.items())
    print(f"  processor time: {shares}")
