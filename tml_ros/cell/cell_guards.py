"""Which guards watch over a cell: the one place that puts them together.

Knows nothing of what a guard does or how its hazards become alarms.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.cell.cell_description import CellDescription, polygon_fractions
from tml_ros.safety.guards.camera_health import CameraHealth
from tml_ros.safety.guards.camera_moved import CameraMoved
from tml_ros.safety.guards.guard import CameraGuard, MicrophoneGuard
from tml_ros.safety.guards.impact import ImpactGuard
from tml_ros.safety.guards.microphone_health import MicrophoneHealth
from tml_ros.safety.guards.siren import SirenGuard
from tml_ros.safety.guards.zone_occupancy import ZoneOccupancy


@dataclass(frozen=True, slots=True)
class CellGuards:
    """The guards per camera and per microphone, in the order in which they are asked."""

    cameras: dict[str, tuple[CameraGuard, ...]]
    microphones: dict[str, tuple[MicrophoneGuard, ...]]


def cell_guards(cell: CellDescription) -> CellGuards:
    """Fresh guards for every camera and microphone of a cell."""
    return CellGuards(
        cameras={name: _camera_guards(cell, name) for name in cell.cameras},
        microphones={
            name: (MicrophoneHealth(name), SirenGuard(name), ImpactGuard(name))
            for name in cell.microphones
        },
    )


def _camera_guards(cell: CellDescription, name: str) -> tuple[CameraGuard, ...]:
    camera = cell.cameras[name]
    zones = {zone: polygon_fractions(camera, zone) for zone in camera.zones}
    guards: tuple[CameraGuard, ...] = (CameraHealth(name), CameraMoved(name))
    return (*guards, ZoneOccupancy(name, zones)) if zones else guards
