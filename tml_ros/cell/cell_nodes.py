"""The nodes that a cell consists of, by their names: what is started, and what is watched.

Knows nothing of how a node is started. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tml_ros.cell.cell_description import CellDescription


class Role(str, Enum):
    """What a node is there for; the name of its program."""

    GUARDIAN = "guardian"
    INTERACTION = "interaction"
    SPEAKER = "speaker"
    BACKGROUND = "background"
    TELEMETRY = "telemetry"
    MICROPHONE = "microphone"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class NodePlace:
    """One node. name: unique in the cell. serves: its machine, microphone or camera, or ""."""

    name: str
    role: Role
    serves: str = ""


def cell_nodes(cell: CellDescription) -> tuple[NodePlace, ...]:
    """The nodes a cell needs, in the order to start them.

    The guardian and the interaction always; a camera, microphone or telemetry node where the cell
    names a source; the speaker node where it has a speaker; the background where it has machines.
    """
    return tuple(_nodes(cell))


def _nodes(cell: CellDescription) -> Iterator[NodePlace]:
    yield NodePlace("guardian", Role.GUARDIAN)
    yield NodePlace("interaction", Role.INTERACTION)
    if cell.speaker is not None:
        yield NodePlace("speaker", Role.SPEAKER)
    if cell.has_background:
        yield NodePlace("background", Role.BACKGROUND)
    for machine, described in cell.machines.items():
        if any(telemetry.source is not None for telemetry in described.telemetry.values()):
            yield NodePlace(f"telemetry_{machine}", Role.TELEMETRY, machine)
    for name, microphone in cell.microphones.items():
        if microphone.source is not None:
            yield NodePlace(f"microphone_{name}", Role.MICROPHONE, name)
    for name, camera in cell.cameras.items():
        if camera.source is not None:
            yield NodePlace(f"camera_{name}", Role.CAMERA, name)
