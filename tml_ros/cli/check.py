"""`tml-ros check`: is a cell description right, and where do its zones lie?

Knows nothing of alarms or ROS. Opens the files and cameras a cell names, one picture of each, and
writes one PNG. Runs on the main thread.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tml_ros.cell.cell_description import (
    CellDescription,
    camera_topic,
    microphone_topic,
    policies,
    polygon_fractions,
)
from tml_ros.cell.cell_file import CellFileError, load_cell
from tml_ros.cell.machine_description import MachineDescription
from tml_ros.cell.model_gate import ModelStanding, model_standing
from tml_ros.cell.session_layout import session_layout
from tml_ros.cell.zone_drawing import draw_camera, plain_picture, side_by_side
from tml_ros.cli.camera_preview import Preview, preview_camera
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.source_files import unreadable_sources
from tml_ros.model.interface import NO_MODEL, ModelUnavailableError, open_model
from tml_ros.model.layout import SessionLayoutError
from tml_ros.settings.problem import Problem
from tml_ros.turn.encoded_picture import png_of

WRONG = 1
"""Exit code of a cell that is not right."""


def check(
    cell: Annotated[Path, typer.Argument(metavar="CELL.yaml", help="The cell description.")],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png",
            help="The picture to draw the zones into.",
            show_default="<cell>_zones.png",
        ),
    ] = None,
    picture: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CAMERA=FILE",
            help="Draw on this picture or video, where a camera has no source; may be repeated.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Tell whether a cell description is right, and draw its zones.

    For example `tml-ros check press_2.yaml --picture gate=photo.jpg`, while the camera is not
    there yet.

    Exit code: 0 it is right, 1 it is not and every mistake was listed with its place in the file,
    2 a mistake in what was asked.
    """
    console = Console(highlight=False, quiet=as_json)
    if out is not None and out.suffix.lower() != ".png":
        raise MistakeError(f"--out {out}: the name of a picture must end in .png")
    try:
        described = load_cell(cell)
    except CellFileError as error:
        if not error.readable:
            raise
        _report(console, cell, list(error.problems), as_json=as_json)
        raise typer.Exit(WRONG) from None
    previews = _previews(described, _pictures(described, picture or []))
    standing, problems = _model(described)
    problems = [*unreadable_sources(described), *problems]
    png = None
    if previews:
        png = out or Path(f"{described.cell}_zones.png")
        _draw(described, previews, png)
    console.print(_contents(described, previews, standing))
    _report(console, cell, problems, png=png, standing=standing, as_json=as_json)
    if problems:
        raise typer.Exit(WRONG)


def _pictures(cell: CellDescription, given: list[str]) -> dict[str, Path]:
    pictures = {}
    for pair in given:
        name, equals, file = pair.partition("=")
        if not equals or name not in cell.cameras:
            known = ", ".join(cell.cameras) or "none"
            raise MistakeError(f"--picture {pair}: give CAMERA=FILE; cameras here: {known}")
        pictures[name] = Path(file)
    return pictures


def _previews(cell: CellDescription, pictures: dict[str, Path]) -> dict[str, Preview]:
    def preview(name: str) -> Preview:
        return preview_camera(
            cell.cameras[name], topic=camera_topic(cell, name), instead=pictures.get(name)
        )

    # Cameras that do not answer are waited for together.
    with ThreadPoolExecutor(max_workers=max(1, len(cell.cameras))) as pool:
        return dict(zip(cell.cameras, pool.map(preview, cell.cameras), strict=True))


def _model(cell: CellDescription) -> tuple[ModelStanding | None, list[Problem]]:
    """How the cell's model stands, and what is wrong with it."""
    try:
        model = open_model(cell.model)
        if model is None:
            return None, []
        model.open_session(session_layout(cell)).close()
    except ModelUnavailableError as error:
        return None, [Problem("model", repr(cell.model), f"a model that is there ({error})")]
    except SessionLayoutError as error:
        return None, [Problem("model", repr(cell.model), f"one with room for this cell ({error})")]
    return model_standing(model, experimental=cell.experimental), []


def _draw(cell: CellDescription, previews: dict[str, Preview], png: Path) -> None:
    panels = []
    for name, preview in previews.items():
        camera = cell.cameras[name]
        zones = {zone: polygon_fractions(camera, zone) for zone in camera.zones}
        rgb = preview.rgb
        if rgb is None:
            width, height = camera.size or (640, 480)
            rgb = plain_picture(width=width, height=height)
        note = f"{rgb.shape[1]} x {rgb.shape[0]}   {preview.note}"
        panels.append(draw_camera(rgb, zones, title=name, note=note))
    _write_png(png, side_by_side(panels))


def _write_png(path: Path, rgb: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png_of(rgb).tobytes())


def _contents(
    cell: CellDescription, previews: dict[str, Preview], standing: ModelStanding | None
) -> Table:
    """What the cell has, a line each."""
    table = Table(title=f"cell {cell.cell}", title_justify="left", title_style="bold")
    for heading in ("what", "name", "from", "watched for"):
        table.add_column(heading, overflow="fold")
    for name, preview in previews.items():
        zones = ", ".join(cell.cameras[name].zones)
        watched = f"persons in {zones}" if zones else "its own health only: no zones"
        table.add_row("camera", name, Text(preview.note), Text(watched))
    for name, microphone in cell.microphones.items():
        source = microphone.source
        origin = f"topic {microphone_topic(cell, name)}" if source is None else str(source)
        table.add_row("microphone", name, Text(origin), "sirens, impacts")
    sink = None if cell.speaker is None else cell.speaker.sink
    table.add_row("speaker", "", Text("none" if sink is None else str(sink)), _spoken(cell))
    about = "guards alone" if cell.model == NO_MODEL else ""
    table.add_row("model", "", Text(cell.model), Text(about if standing is None else str(standing)))
    for name, machine in cell.machines.items():
        table.add_row("machine", name, Text(_told_by(machine)), Text(_judged_by(machine)))
    if cell.machines:
        table.add_row(
            "background",
            "",
            Text(cell.background.store or "its usual store"),
            Text(_thinks_with(cell)),
        )
    for kind, policy in policies(cell).items():
        if kind in cell.alarms:
            delays = f"on {policy.on_delay_ns / 1e9:g} s, off {policy.off_delay_ns / 1e9:g} s"
            again = f", again {policy.realarm_ns / 1e9:g} s" if policy.realarm_ns else ""
            latching = ", latching" if policy.latching else ""
            rule = f"{policy.priority.value}, {delays}{again}{latching}"
            table.add_row("alarm", kind.value, "this file", rule)
    return table


def _told_by(machine: MachineDescription) -> str:
    return ", ".join(machine.telemetry) or "no telemetry"


def _judged_by(machine: MachineDescription) -> str:
    judged = []
    if machine.bearing is not None:
        bearing = machine.bearing.name or "its geometry"
        judged.append(f"bearing {bearing} at {machine.bearing.sensor}")
    if machine.velocity is not None:
        judged.append(f"vibration velocity ({machine.velocity.source})")
    judged += [f"limits of {quantity}" for quantity in machine.limits]
    if machine.microphone is not None:
        judged.append(f"its sound at {machine.microphone}")
    return "; ".join(judged) or "its readings alone"


def _thinks_with(cell: CellDescription) -> str:
    if not cell.background.enabled:
        return "not running: enabled is false"
    endpoint = cell.background.endpoint
    return "the planner" if endpoint is None else f"{endpoint.model} at {endpoint.url}"


def _spoken(cell: CellDescription) -> str:
    if cell.speaker is None or cell.speaker.sink is None:
        return "nothing is spoken"
    return f"warnings in {cell.language}"


def _report(
    console: Console,
    cell: Path,
    problems: list[Problem],
    *,
    png: Path | None = None,
    standing: ModelStanding | None = None,
    as_json: bool,
) -> None:
    if as_json:
        verdict = {
            "file": str(cell),
            "ok": not problems,
            "problems": [
                {"path": p.path, "found": p.found, "allowed": p.allowed, "line": p.line}
                for p in problems
            ],
            "picture": None if png is None else str(png),
            "model": standing
            and {
                "name": standing.name,
                "trained": standing.trained,
                "trusted": sorted(kind.value for kind in standing.trusted),
                "speech": standing.speech,
                "experimental": sorted(one.value for one in standing.experimental),
            },
        }
        typer.echo(json.dumps(verdict))
        return
    for problem in problems:
        console.print(_sentence(problem), soft_wrap=True)
    if png is not None:
        console.print(Text(f"zones drawn in {png}"), soft_wrap=True)
    if problems:
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        console.print(Text(f"{cell}: {count}", style="bold red"), soft_wrap=True)
    else:
        console.print(Text(f"{cell}: right", style="bold green"), soft_wrap=True)


def _sentence(problem: Problem) -> Text:
    place = Text(problem.path or "the file", style="bold")
    if problem.line:
        place.append(f"  line {problem.line}", style="not bold dim")
    return Text.assemble(
        place,
        ("\n  found    ", "red"),
        problem.found,
        ("\n  allowed  ", "green"),
        problem.allowed,
        "\n",
    )
