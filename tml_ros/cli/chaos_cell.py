"""The cell that is broken on purpose: the user's, or the simulated one, with sources that go on.

Knows nothing of ROS. What it decides is written into a cell file of the run's own folder, beside
all that the cell would otherwise keep in the plant's.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import load_cell
from tml_ros.cli.demo_scenario import (
    USUAL_SCENARIO,
    Progress,
    rendered_scenario,
    scenario_cell,
    simulated_bearing,
    vibration_of,
)
from tml_ros.cli.source_files import refuse_unreadable_sources
from tml_ros.devices.source_names import names_sound_file, names_video_file

CELL_FILE = "cell.yaml"
KEPT_FOLDERS = ("record", "clips", "store")


def chaos_cell(
    cell_path: Path | None, out: Path, progress: Progress
) -> tuple[Path, CellDescription]:
    """The cell file to run, written into `out`, and what it says.

    Its files are played again and again, it has no loudspeaker to disturb anybody by, and what it
    keeps lies in `out`, where that of an earlier run is removed.
    Raises MistakeError, CellFileError, ScenarioFileError; OSError where `out` cannot be written.
    """
    if cell_path is None:
        told = _simulated(out, progress)
    else:
        told = load_cell(cell_path).model_dump(mode="json", exclude_unset=True)
    for camera in told.get("cameras", {}).values():
        if names_video_file(camera.get("source")):
            camera["loop"] = True
    for microphone in told.get("microphones", {}).values():
        if names_sound_file(microphone.get("source")):
            microphone["loop"] = True
    for folder in KEPT_FOLDERS:
        shutil.rmtree(out / folder, ignore_errors=True)
    for file in ("record.key", "record.anchor"):
        (out / file).unlink(missing_ok=True)
    if told.get("speaker") is not None:
        told["speaker"] = {"sink": None}
    place = out.resolve()
    guardian = told.setdefault("guardian", {})
    guardian["record"] = {
        "folder": str(place / "record"),
        "key": str(place / "record.key"),
        "anchor": str(place / "record.anchor"),
    }
    guardian["evidence"] = {**guardian.get("evidence", {}), "folder": str(place / "clips")}
    if told.get("machines"):
        told["background"] = {**told.get("background", {}), "store": str(place / "store")}
    cell = CellDescription.model_validate(told)
    path = out / CELL_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    refuse_unreadable_sources(cell, cell_path or path)
    return path, cell


def _simulated(out: Path, progress: Progress) -> dict[str, Any]:
    """The demo's cell, with its film and sound as files: each source is a process of its own."""
    clip = rendered_scenario(USUAL_SCENARIO, out.parent / "simulated", progress)
    cell = scenario_cell(clip.scenario)
    told = cell.model_dump(mode="json", exclude_unset=True)
    for name, camera in told["cameras"].items():
        camera["source"] = str(clip.film(name).resolve())
    for name, microphone in told["microphones"].items():
        microphone["source"] = str(clip.sound(name).resolve())
        microphone["rate"] = clip.truth.microphones[name].rate
    bearing, vibration = simulated_bearing(cell, out.parent / "simulated"), vibration_of(cell)
    if bearing is not None and vibration is not None:
        machine, telemetry = vibration
        told["machines"][machine]["telemetry"][telemetry]["source"] = str(bearing.resolve())
    return told
