"""Which scenario is meant on the command line: one that ships, a file, or one drawn from a seed.

Shared by the commands of `tml-ros sim`; knows nothing of what they do with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tml_ros.cli.mistake import MistakeError
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split

if TYPE_CHECKING:
    from tml_ros.sim.scenario.scenario import Scenario

NameOrFile = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME|FILE.yaml]",
        help="A scenario that ships (see `list`), or the path of one.",
        show_default=False,
    ),
]
OfSuite = Annotated[
    Suite | None, typer.Option("--suite", help="Instead of a name: draw one of this suite.")
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="The seed to draw it from.")]
Looks = Annotated[
    Split, typer.Option(help="Clothes, machines, voices and words that it may be drawn from.")
]
Difficulty = Annotated[
    float | None,
    typer.Option(
        min=0.0,
        max=1.0,
        help="0 clean and bright, 1 dim, noisy and full of what fools.",
        show_default="drawn",
    ),
]
Pretty = Annotated[
    bool,
    typer.Option(
        "--pretty/--fast", help="With shadows and smooth edges, or as models are given pictures."
    ),
]


def chosen_scenario(
    name: str | None, suite: Suite | None, seed: int, looks: Split, difficulty: float | None
) -> Scenario:
    """The scenario. Raises MistakeError, ScenarioFileError."""
    from tml_ros.sim.scenario.random_scenario import random_scenario  # noqa: PLC0415 - help waits
    from tml_ros.sim.scenario.scenario_file import load_scenario  # noqa: PLC0415

    if name is not None and suite is None:
        return load_scenario(name)
    if name is None and suite is not None:
        return random_scenario(seed, suite=suite, looks=looks, difficulty=difficulty)
    raise MistakeError(
        "which scenario? Give the name of one that ships (`tml-ros sim list`), the path of a "
        "YAML file, or --suite hazards --seed 1 to draw one"
    )


def chosen_camera(scenario: Scenario, camera: str | None) -> str:
    """The camera of that name, the first where none is named. Raises MistakeError."""
    names = list(scenario.cameras)
    if not names:
        raise MistakeError(f"scenario {scenario.scenario} has no camera")
    if camera is not None and camera not in names:
        raise MistakeError(f"no camera {camera!r} in {scenario.scenario}; there is {_list(names)}")
    return camera or names[0]


def _list(names: list[str]) -> str:
    return ", ".join(names)
