"""What a cascade knows of its cell beyond sound: what the guards say. It has no eyes of its own.

Knows nothing of guardians' inner life: alarms come in, a view goes out. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from tml_ros.model.layout import SessionLayout
from tml_ros.safety.alarm import Alarm
from tml_ros.turn.hazard import HazardKind

_BLIND: Final = frozenset(
    {
        HazardKind.CAMERA_LOST,
        HazardKind.CAMERA_FROZEN,
        HazardKind.CAMERA_DARK,
        HazardKind.CAMERA_COVERED,
        HazardKind.CAMERA_MOVED,
    }
)
_OCCUPIED: Final = frozenset(
    {HazardKind.PERSON_IN_ZONE, HazardKind.PERSON_DOWN, HazardKind.MISSING_HELMET}
)


@dataclass(frozen=True, slots=True)
class Present:
    """A hazard that is present now. zone: of heard ones the microphone."""

    kind: HazardKind
    zone: str


@dataclass(frozen=True, slots=True)
class WorldView:
    """watched: zones of which it is known whether anybody is in them. present: in a fixed order."""

    watched: frozenset[str] = frozenset()
    present: tuple[Present, ...] = ()
    known: bool = True
    """Whether anything is known at all."""

    def occupied(self, zone: str) -> bool | None:
        """Whether somebody is in the zone; None where nobody knows."""
        if any(one.zone == zone and one.kind in _OCCUPIED for one in self.present):
            return True
        return False if zone in self.watched else None

    def dangers(self, zone: str) -> tuple[HazardKind, ...]:
        """What is present in a zone."""
        return tuple(one.kind for one in self.present if one.zone == zone)


Look = Callable[[], WorldView]
"""Called whenever the cascade wants to know; it must not depend on anything but the turns."""

UNKNOWN: Final = WorldView(known=False)


def nothing_known() -> WorldView:
    """Of a cascade that nobody tells anything."""
    return UNKNOWN


def view_of(alarms: Iterable[Alarm], layout: SessionLayout) -> WorldView:
    """What a guardian's alarms say, the most urgent first.

    A zone is watched where at least one camera that looks at it is in order.
    """
    present = tuple(
        Present(alarm.kind, alarm.zone) for alarm in alarms if alarm.state.condition_present
    )
    blind = {one.zone for one in present if one.kind in _BLIND}
    watched = frozenset(
        zone for name, zones in layout.cameras.items() if name not in blind for zone in zones
    )
    return WorldView(watched, present)
