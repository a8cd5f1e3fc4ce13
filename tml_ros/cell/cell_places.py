"""Where a cell keeps what it must not forget: as its file says, else below ROS's own folder.

Names paths only; opens nothing. Pure but for the environment; any thread.
"""

from __future__ import annotations

import os
from pathlib import Path

from tml_ros.cell.cell_description import CellDescription


def background_folder(cell: CellDescription) -> Path:
    """The memory of the background."""
    return _said(cell.background.store) or _home() / cell.cell


def record_folder(cell: CellDescription) -> Path:
    """What the guardian writes down."""
    return _said(cell.guardian.record.folder) or _home() / cell.cell / "record"


def record_key(cell: CellDescription) -> Path:
    """The key that seals the record; apart from it, so that who can change one lacks the other."""
    return _said(cell.guardian.record.key) or _home() / "keys" / f"{cell.cell}.key"


def record_anchor(cell: CellDescription) -> Path:
    """The file that repeats the newest seal of the record."""
    return _said(cell.guardian.record.anchor) or record_key(cell).with_suffix(".anchor")


def clip_folder(cell: CellDescription) -> Path:
    """Pictures and sound around alarms."""
    return _said(cell.guardian.evidence.folder) or _home() / cell.cell / "clips"


def _said(path: str | None) -> Path | None:
    return None if path is None else Path(path)


def _home() -> Path:
    return Path(os.environ.get("ROS_HOME") or "~/.ros").expanduser() / "tml_ros"
