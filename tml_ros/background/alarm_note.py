"""An alarm at one of its changes, as the background keeps it.

Knows nothing of how alarms come about; the words are those of the `alarms` topics. Frozen; any
thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NORMAL: Final = "normal"


@dataclass(frozen=True, slots=True)
class AlarmNote:
    """kind: of hazard, "person_in_zone". zone: or camera or microphone. state: after the change.

    event: what happened, "raised", "cleared" ... stamp_ns: when.
    """

    kind: str
    zone: str
    state: str
    stamp_ns: int
    event: str = ""
    priority: str = ""

    @property
    def normal(self) -> bool:
        """Whether nothing is the matter any more."""
        return self.state == NORMAL

    @property
    def present(self) -> bool:
        """Whether the hazard itself is there."""
        return self.state.startswith("active")
