"""A cell as its model's session sees it. Knows nothing of models or files. Pure function."""

from __future__ import annotations

from tml_ros.cell.cell_description import CellDescription, polygon_fractions
from tml_ros.model.layout import SessionLayout


def session_layout(cell: CellDescription) -> SessionLayout:
    """The cell's cameras, zones and microphones in the order of its description."""
    return SessionLayout(
        cameras={
            name: {zone: polygon_fractions(camera, zone) for zone in camera.zones}
            for name, camera in cell.cameras.items()
        },
        microphones=tuple(cell.microphones),
    )
