"""What a baseline without eyes may know of its cell: the alarms of the guardian beside it.

Knows nothing of what the baseline makes of them. Owned by the thread that plays.
"""

from __future__ import annotations

from tml_ros.bench.cascade.world_view import WorldView, nothing_known, view_of
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.guardian import Guardian
from tml_ros.cell.session_layout import session_layout
from tml_ros.model.layout import SessionLayout


class Lookout:
    """Asked by the baseline whenever it wants to know; nobody is looked at before `attend`."""

    def __init__(self) -> None:
        """Look nowhere."""
        self._guardian: Guardian | None = None
        self._layout = SessionLayout()

    def attend(self, cell: CellDescription, guardian: Guardian) -> None:
        """Look at this cell from now on."""
        self._guardian = guardian
        self._layout = session_layout(cell)

    def __call__(self) -> WorldView:
        """The cell as the guardian's alarms tell it now."""
        if self._guardian is None:
            return nothing_known()
        return view_of(self._guardian.alarms(), self._layout)
