"""`tml-ros maintain`: the tools of the background, on files.

Runs on the main thread.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from tml_ros.cli.maintain_ask import ask
from tml_ros.cli.mistake import EXIT_MISTAKE, MistakeError

if TYPE_CHECKING:
    from tml_ros.background.condition import Condition
    from tml_ros.background.playbook import Advice
    from tml_ros.background.vibration.bearing_geometry import BearingGeometry

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

app = typer.Typer(no_args_is_help=True)
app.command()(ask)


@app.callback()
def maintain() -> None:
    """Look into a machine's condition from files, as the background node does in a cell."""


@app.command()
def bearing(  # noqa: PLR0917 - a command line
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Acceleration: .npz, .npy, .wav or .csv.")
    ],
    channel: Annotated[
        str | None,
        typer.Option(help="Which array or column of the file.", show_default="the only one"),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="HZ", help="Samples per second.", show_default="a .wav says it"),
    ] = None,
    rpm: Annotated[
        float | None, typer.Option(help="Speed of the shaft, right to 3 %.", show_default=False)
    ] = None,
    bearing_name: Annotated[
        str | None,
        typer.Option("--bearing", metavar="NAME", help="Such as 6205.", show_default=False),
    ] = None,
    geometry: Annotated[
        str | None,
        typer.Option(
            metavar="BALLS,BALL_D,PITCH_D,ANGLE",
            help="Instead of a name: 9,7.94,39.04,0; both diameters in one unit, angle in degrees.",
            show_default=False,
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png", help="Draw the envelope spectrum there.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell whether a rolling bearing has a defect, and of which part.

    For example `tml-ros maintain bearing spindle.npz --channel DE --rate 12000 --rpm 1797
    --bearing 6205 --picture spindle.png`.

    How it is judged, how often it is wrong and what it cannot see: docs/condition_monitoring.md.

    Exit code: 0 it was judged, whatever came out; 2 it could not be, and the reason was said.
    """
    if picture is not None and picture.suffix.lower() != ".png":
        raise MistakeError(f"--picture {picture}: the name of a picture must end in .png")
    if not file.exists():
        raise MistakeError(f"{file}: no such file")
    # SciPy takes half a second to come; `--help` and mistakes should not wait for it.
    from tml_ros.background.reading import Waveform  # noqa: PLC0415
    from tml_ros.background.vibration.bearing import bearing_condition  # noqa: PLC0415
    from tml_ros.background.vibration.vibration_file import (  # noqa: PLC0415
        pick_channel,
        read_channels,
    )

    shape = _geometry(bearing_name, geometry)
    channels, told_rate = read_channels(file)
    name = pick_channel(file, channels, channel)
    if rate is None and told_rate is None:
        raise MistakeError(f"{file} does not say its sample rate: give --rate, samples per second")
    found = bearing_condition(
        Waveform(file.stem, name, channels[name], rate or told_rate or 0.0, "g", 0, rpm), shape
    )
    known = found.state.value != "unknown"
    advice = _advice(found.defect)
    if picture is not None and found.picture:
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(found.picture)
    if as_json:
        typer.echo(json.dumps(_as_json(found, name, picture if known else None, advice)))
    else:
        _print(found, advice, picture if known else None)
    if not known:
        raise typer.Exit(EXIT_MISTAKE)


def _geometry(name: str | None, text: str | None) -> BearingGeometry | None:
    from tml_ros.background.vibration.bearing_geometry import (  # noqa: PLC0415
        named_bearing,
        parsed_geometry,
    )

    if name is not None and text is not None:
        raise MistakeError("give --bearing or --geometry, not both")
    try:
        if text is not None:
            return parsed_geometry(text)
        return None if name is None else named_bearing(name)
    except ValueError as error:
        raise MistakeError(f"{error} (--geometry)" if name else str(error)) from None


def _advice(defect: str) -> Advice | None:
    """What the playbook that ships says of a defect; None without a defect or a playbook."""
    from tml_ros.background.playbook_file import (  # noqa: PLC0415
        PlaybookFileError,
        load_playbook,
    )

    if not defect:
        return None
    try:
        return load_playbook(None).advise(defect)
    except PlaybookFileError:
        return None


def _as_json(
    found: Condition, channel: str, picture: Path | None, advice: Advice | None
) -> dict[str, Any]:
    evidence: list[dict[str, Any]] = [
        {"source": f"{found.method}:{channel}", "text": found.sentence}
    ]
    if picture is not None:
        evidence[0]["picture"] = str(picture)
    evidence += [
        {"source": found.method, "text": name.replace("_", " "), "value": value, "unit": unit}
        for name, (value, unit) in found.figures.items()
    ]
    return {
        "state": found.state.value,
        "defect": found.defect or None,
        "confidence": found.confidence,
        "evidence": evidence,
        "advice": None if advice is None else advice.model_dump(mode="json"),
    }


def _print(found: Condition, advice: Advice | None, picture: Path | None) -> None:
    console = Console(highlight=False)
    defect = f": {found.defect.replace('_', ' ')}" if found.defect else ""
    console.print(f"[bold]{found.state.value}{defect}[/bold]")
    console.print(escape(found.sentence), soft_wrap=True)
    if found.grade is not None:
        console.print(
            f"confidence {100 * found.confidence:.0f} %, health grade {found.grade} of 100"
        )
    if advice is not None:
        entry = advice.entry
        console.print(f"\n[bold]advice[/bold] ({entry.urgency.value.replace('_', ' ')})")
        console.print(escape(entry.action), soft_wrap=True)
        for check in entry.checks:
            console.print(f"- {escape(check)}", soft_wrap=True)
        if entry.spare_parts:
            console.print(escape(f"spare parts: {', '.join(entry.spare_parts)}"), soft_wrap=True)
        console.print(escape(advice.caution), soft_wrap=True)
    if picture is not None and found.picture:
        console.print(f"\npicture: {escape(str(picture))}", soft_wrap=True)
