"""`tml-ros sim still`, `sim film` and `sim export`: a scenario to look at and to play."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.sim_scenario import (
    Difficulty,
    Looks,
    NameOrFile,
    OfSuite,
    Pretty,
    Seed,
    chosen_camera,
    chosen_scenario,
)
from tml_ros.sim.split import Split

if TYPE_CHECKING:
    from tml_ros.sim.annotated import Image
    from tml_ros.sim.factory import Factory
    from tml_ros.sim.scenario.scenario import Scenario
    from tml_ros.sim.scenario_clip import ScenarioClip

CELL_FILE = "cell.yaml"
_SMALL = 480
"""Pictures narrower than this are enlarged where they are annotated."""
_PICTURES = (".png", ".jpg", ".jpeg")

Camera = Annotated[
    str | None, typer.Option(metavar="NAME", help="Whose picture.", show_default="the first")
]
Annotate = Annotated[
    bool, typer.Option("--annotate", help="With zones, people, vehicles, and what is true.")
]
Picture = Annotated[Path, typer.Option(metavar="FILE", help="A .png or .jpg to write.")]


def still(
    *,
    name: NameOrFile = None,
    at: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="Which moment.")] = 0.0,
    camera: Camera = None,
    out: Picture = Path("still.png"),
    pretty: Pretty = True,
    annotate: Annotate = False,
    suite: OfSuite = None,
    seed: Seed = 0,
    looks: Looks = Split.TRAIN,
    difficulty: Difficulty = None,
) -> None:
    """Draw one picture of a scenario, as its camera gives it out.

    `tml-ros sim still press_visit --at 14 --annotate`
    """
    _check(out)
    scenario = chosen_scenario(name, suite, seed, looks, difficulty)
    with _opened(scenario, pretty=pretty) as factory:
        _write(out, _picture(factory, chosen_camera(scenario, camera), at, annotate=annotate))
    print(out)


def film(
    *,
    name: NameOrFile = None,
    camera: Camera = None,
    out: Picture = Path("film.jpg"),
    count: Annotated[int, typer.Option(metavar="N", min=2, max=60, help="How many pictures.")] = 12,
    begin: Annotated[
        float, typer.Option("--from", metavar="SECONDS", min=0, help="The first.")
    ] = 0,
    end: Annotated[
        float | None,
        typer.Option("--to", metavar="SECONDS", min=0, help="The last.", show_default="the end"),
    ] = None,
    pretty: Pretty = False,
    annotate: Annotate = True,
    suite: OfSuite = None,
    seed: Seed = 0,
    looks: Looks = Split.TRAIN,
    difficulty: Difficulty = None,
) -> None:
    """Draw a scenario as a sheet of pictures, evenly over its time, with what is true below each.

    `tml-ros sim film --suite hazards --seed 3 --from 10 --to 20`
    """
    from tml_ros.sim.annotated import sheet  # noqa: PLC0415 - the help must not wait

    _check(out)
    scenario = chosen_scenario(name, suite, seed, looks, difficulty)
    last = min(scenario.seconds if end is None else end, scenario.seconds)
    if begin >= last:
        raise MistakeError(f"--from must be before --to, and both within {scenario.seconds:g} s")
    which = chosen_camera(scenario, camera)
    times = [begin + (last - begin) * number / (count - 1) for number in range(count)]
    with _opened(scenario, pretty=pretty) as factory:
        tiles = [_picture(factory, which, at, annotate=annotate) for at in times]
    _write(out, sheet(tiles, columns=4))
    print(out)


def export(
    *,
    name: NameOrFile = None,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the files go; the same one is reused.")
    ] = Path("out/scenario"),
    pretty: Pretty = True,
    suite: OfSuite = None,
    seed: Seed = 0,
    looks: Looks = Split.TRAIN,
    difficulty: Difficulty = None,
) -> None:
    """Write a scenario as files that any player plays and any cell can watch.

    A film per camera (.avi), the sound of each microphone (.wav), what is true (truth.json), the
    scenario (scenario.yaml), and a cell that watches it: `tml-ros demo --cell FOLDER/cell.yaml`.
    Takes about as long as the scenario lasts. Lines that wait for the cell to speak are in no
    sound: a film cannot wait.
    """
    from tml_ros.sim.scenario_clip import ensure_scenario_clip  # noqa: PLC0415 - the help waits
    from tml_ros.sim.scene.quality import Quality  # noqa: PLC0415

    scenario = chosen_scenario(name, suite, seed, looks, difficulty)
    columns = (TextColumn("drawing"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("drawing", total=1.0)
        clip = ensure_scenario_clip(
            scenario,
            out,
            quality=Quality.PRETTY if pretty else Quality.FAST,
            progress=lambda done: bar.update(task, completed=done),
        )
    _write_cell(clip, out / CELL_FILE)
    for file in (*sorted(clip.truth.sizes), clip.truth_file.name, CELL_FILE):
        print(out / file)
    waiting = sum(line.start_s is None for line in clip.truth.lines)
    if waiting:
        print(f"{waiting} of {len(clip.truth.lines)} lines wait for the cell: in no sound")


def _write_cell(clip: ScenarioClip, path: Path) -> None:
    """The cell that watches the files beside it."""
    import yaml  # noqa: PLC0415 - the help must not wait

    from tml_ros.cell.cell_file import parse_cell  # noqa: PLC0415

    cell = {
        "cell": clip.scenario.scenario,
        "language": clip.scenario.language,
        "cameras": {
            name: {
                "source": told.file,
                "size": list(told.size),
                "rate": told.rate,
                "zones": {
                    zone: {"polygon": [list(corner) for corner in outline]}
                    for zone, outline in told.zones.items()
                },
            }
            for name, told in clip.truth.cameras.items()
        },
        "microphones": {
            name: {"source": told.file, "rate": told.rate}
            for name, told in clip.truth.microphones.items()
        },
        "speaker": {},
    }
    text = yaml.safe_dump(cell, sort_keys=False, default_flow_style=None, width=100)
    parse_cell(text, path)
    path.write_text(text, encoding="utf-8")


def _opened(scenario: Scenario, *, pretty: bool) -> Factory:
    from tml_ros.sim.factory import Factory  # noqa: PLC0415 - the help must not wait
    from tml_ros.sim.scene.quality import Quality  # noqa: PLC0415

    return Factory(scenario, quality=Quality.PRETTY if pretty else Quality.FAST)


def _picture(factory: Factory, camera: str, at: float, *, annotate: bool) -> Image:
    """The camera's newest picture at a time."""
    from tml_ros.sim.annotated import captioned, moment_annotated, true_at  # noqa: PLC0415

    pictures, scenario = factory.pictures, factory.scenario
    rate = scenario.cameras[camera].rate
    number = min(int(at * rate + 1e-6), pictures.frames(camera) - 1)
    picture, taken = pictures.picture(camera, number), pictures.time_s(camera, number)
    if not annotate:
        return picture
    larger = max(1.0, _SMALL / picture.shape[1])
    drawn = moment_annotated(picture, scenario, factory.truth, camera, taken, larger=larger)
    true = true_at(factory.truth, taken) or ["no hazard"]
    return captioned(drawn, f"{taken:.1f} s", *true)


def _check(out: Path) -> None:
    if out.suffix.lower() not in _PICTURES:
        raise MistakeError(f"--out {out} must end in one of {', '.join(_PICTURES)}")


def _write(path: Path, image: Image) -> None:
    import cv2  # noqa: PLC0415 - the help must not wait

    path.parent.mkdir(parents=True, exist_ok=True)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    file = cv2.imencode(path.suffix, bgr)[1]
    path.write_bytes(file.tobytes())
