"""The simulated cell that a demo shows: its scenario rendered, its description, its bearing.

Knows nothing of ROS and of how long the demo runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.telemetry_source import BLOCK
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import load_cell
from tml_ros.cli.mistake import MistakeError
from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.settings.shared_file import shared_file

if TYPE_CHECKING:
    from tml_ros.sim.scenario.scenario import Scenario
    from tml_ros.sim.scenario_clip import ScenarioClip

USUAL_SCENARIO = "press_visit"
DESCRIBED = Path("config", "cells", "simulated.yaml")
"""The cell of the usual scenario; others have its model, and its machines where they stand there
too.
"""
BEARING_FILE = "bearing.npz"
BEARING_SEED = 1
BEARING_DEFECT, BEARING_SEVERITY = "outer_race", 0.8
BEARING_SOUND_SECONDS, BEARING_SECONDS = 12, 90
"""The simulated bearing is whole at first; the file is played again after so long."""

Progress = Callable[[float], None]
"""Called with the share done, 0..1, while the scenario is rendered."""


def rendered_scenario(name_or_path: str, folder: Path, progress: Progress) -> ScenarioClip:
    """The scenario of that name or in that file, rendered into a folder of its own in `folder`.

    Raises MistakeError, ScenarioFileError; OSError where the folder cannot be written.
    """
    try:
        from tml_ros.sim.off_screen import SimulatorMissingError  # noqa: PLC0415 - optional
        from tml_ros.sim.scenario.scenario_file import load_scenario  # noqa: PLC0415 - with it
        from tml_ros.sim.scenario_clip import ensure_scenario_clip  # noqa: PLC0415 - with it
    except ImportError as error:
        raise MistakeError(f"the simulator cannot be used here: {error}") from error
    scenario = load_scenario(name_or_path)
    try:
        return ensure_scenario_clip(scenario, folder / scenario.scenario, progress=progress)
    except SimulatorMissingError as error:
        raise MistakeError(
            f"{error}; or show the demo footage of your own by --video and --cell"
        ) from error
    except SpeechUnavailableError as error:
        raise MistakeError(f"people in scenario {scenario.scenario!r} speak: {error}") from error


def scenario_cell(scenario: Scenario) -> CellDescription:
    """The cell of a scenario, with model and machines of the simulated cell that ships.

    Raises MistakeError where that is not there, CellFileError.
    """
    from tml_ros.sim.factory import cell_of  # noqa: PLC0415 - not for other cells

    path = shared_file(DESCRIBED)
    if path is None:
        raise MistakeError(f"{DESCRIBED} is not where it was installed; give --cell CELL.yaml")
    shipped = load_cell(path)
    seen = cell_of(scenario, model=shipped.model)
    zones = {zone for camera in seen.cameras.values() for zone in camera.zones}
    machines = {}
    for name, machine in shipped.machines.items():
        if name in scenario.machines:
            described = machine.model_dump(mode="json", exclude_unset=True)
            described["zones"] = [zone for zone in machine.zones if zone in zones]
            machines[name] = described
    return CellDescription.model_validate(
        seen.model_dump(exclude_unset=True)
        | {"experimental": shipped.experimental, "machines": machines, "speaker": {}}
    )


def vibration_of(cell: CellDescription) -> tuple[str, str] | None:
    """The first machine with vibration telemetry, and the telemetry's name."""
    for machine, described in cell.machines.items():
        for name, telemetry in described.telemetry.items():
            if telemetry.type == BLOCK:
                return machine, name
    return None


def simulated_bearing(cell: CellDescription, folder: Path) -> Path | None:
    """The vibration of the cell's machine as a file: whole at first, then its bearing fails."""
    found = vibration_of(cell)
    if found is None:
        return None
    from tml_ros.sim.bearing_signal import bearing_waveform  # noqa: PLC0415 - not for other cells

    machine, name = found
    path = folder / BEARING_FILE
    described = cell.machines[machine]
    rate = described.telemetry[name].rate or 12_000.0
    rpm = (described.speed and described.speed.rpm) or 1_797.0

    def made(defect: str) -> NDArray[np.float32]:
        return bearing_waveform(
            defect,
            rpm=rpm,
            rate=rate,
            seconds=BEARING_SECONDS,
            severity=BEARING_SEVERITY,
            seed=BEARING_SEED,
        )

    if not path.exists():
        whole = round(BEARING_SOUND_SECONDS * rate)
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, DE=np.concatenate([made("")[:whole], made(BEARING_DEFECT)[whole:]]))
        part.replace(path)
    return path
