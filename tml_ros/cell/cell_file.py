"""A cell file: YAML on disk to a CellDescription, or every mistake in it at once.

Knows nothing of devices: a `source` need not exist yet. Reads one file, opens nothing else; any
thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from tml_ros.cell.cell_description import CameraDescription, CellDescription
from tml_ros.cell.machine_description import MachineDescription
from tml_ros.devices.source_names import names_sound_file, names_video_file
from tml_ros.model.interface import names_model_file
from tml_ros.settings.settings_file import SettingsFileError, SettingsKind

_NAME = "a name of lower-case letters, digits and underscores, a letter first"
_WORDING = {
    "cell": _NAME,
    "language": "a language tag such as en or de-at",
    "topic": "a ROS topic name such as hall/image",
    "sensor": _NAME,
    "microphone": _NAME,
    "url": "a URL of http:// or https://",
    "key_env": "the name of an environment variable, not the key itself",
    "type": "the type of the topic's messages, such as std_msgs/Float64",
    "[key]": _NAME,
}

_Described = TypeVar("_Described", bound=BaseModel)


class CellFileError(SettingsFileError):
    """The file is no description of a cell."""


CELL_FILE = SettingsKind(
    CellDescription,
    noun="cell file",
    begins="`cell: <name>`",
    example="config/cells/example.yaml",
    error=CellFileError,
    wording=_WORDING,
)


def load_cell(path: Path) -> CellDescription:
    """Read a cell file.

    Relative files in `source`, `sink`, `model` and of `background` and `guardian` become absolute,
    seen from the cell file.
    Raises CellFileError.
    """
    path = Path(path)
    return parse_cell(CELL_FILE.read(path), path)


def parse_cell(text: str, path: Path) -> CellDescription:
    """The description in `text`, as if read from `path`. Raises CellFileError."""
    return _resolved(CELL_FILE.parse(text, path), path.absolute().parent)


def _resolved(cell: CellDescription, folder: Path) -> CellDescription:
    def video(camera: CameraDescription) -> CameraDescription:
        if not names_video_file(camera.source):
            return camera
        return camera.model_copy(update={"source": str(folder / str(camera.source))})

    def sound(device: int | str | None) -> int | str | None:
        return str(folder / str(device)) if names_sound_file(device, folder) else device

    def played(machine: MachineDescription) -> MachineDescription:
        telemetry = {
            name: one.model_copy(update={"source": str(folder / one.source)}) if one.source else one
            for name, one in machine.telemetry.items()
        }
        return machine.model_copy(update={"telemetry": telemetry})

    endpoint = cell.background.endpoint
    if endpoint is not None and endpoint.key_file is not None:
        endpoint = endpoint.model_copy(update={"key_file": folder / endpoint.key_file.expanduser()})
    background = _placed(cell.background, folder, "store", "manuals", "playbook")
    background = background.model_copy(update={"endpoint": endpoint})
    guardian = cell.guardian
    guardian = guardian.model_copy(
        update={
            "operators": _placed(guardian.operators, folder, "keys"),
            "record": _placed(guardian.record, folder, "folder", "key", "anchor"),
            "evidence": _placed(guardian.evidence, folder, "folder"),
        }
    )
    model, speaker = cell.model, cell.speaker
    return cell.model_copy(
        update={
            "cameras": {name: video(camera) for name, camera in cell.cameras.items()},
            "microphones": {
                name: microphone.model_copy(update={"source": sound(microphone.source)})
                for name, microphone in cell.microphones.items()
            },
            "model": str(folder / model) if names_model_file(model) else model,
            "machines": {name: played(machine) for name, machine in cell.machines.items()},
            "background": background,
            "guardian": guardian,
            "speaker": speaker and speaker.model_copy(update={"sink": sound(speaker.sink)}),
        }
    )


def _placed(described: _Described, folder: Path, *names: str) -> _Described:
    """The same with its files and folders of these names seen from `folder`."""
    return described.model_copy(
        update={
            name: str(folder / Path(path).expanduser())
            for name in names
            if (path := getattr(described, name)) is not None
        }
    )
