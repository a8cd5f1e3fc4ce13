"""How the alarms of a cell are shelved, suppressed, summarised and found to chatter.

After ISA-18.2, IEC 62682 and EEMUA 191. Types only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tml_ros.turn.hazard import HazardKind

_MINUTE = 60_000_000_000
_HOUR = 60 * _MINUTE


WARNS_PEOPLE = frozenset(
    {
        HazardKind.PERSON_IN_ZONE,
        HazardKind.PERSON_DOWN,
        HazardKind.VEHICLE_NEAR_PERSON,
        HazardKind.SMOKE_OR_FIRE,
        HazardKind.CRY_FOR_HELP,
    }
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """What one condition, such as maintenance, makes meaningless.

    kinds: none means all but critical ones. zones: none means all.
    longest_ns: after so long the condition is taken for forgotten, and ends.
    """

    kinds: frozenset[HazardKind] = frozenset()
    zones: frozenset[str] = frozenset()
    longest_ns: int = 8 * _HOUR


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """The limits of a cell's alarm management.

    shelve_ns, longest_shelve_ns: how long a shelving lasts unless said, and at most. A critical
        alarm is never shelved for longer than `shelve_ns`.
    suppressions: by the name of the condition.
    flood_enter, flood_leave: more alarms than `flood_enter` raised within `flood_window_ns` are a
        flood, fewer than `flood_leave` end it (IEC 62682: more than 10 in 10 minutes, fewer than
        5). Neither those that are withheld nor those that chatter count.
    summary_ns: how often a flood is summed up.
    chatter_count, chatter_window_ns: raised so often within so long it chatters (EEMUA 191: 3 in
        a minute).
    stale_ns: active for so long it is stale.
    always_heard: kinds whose announcement is itself what keeps somebody from harm. They are no
        news to an operator but a warning to whoever is in danger, and are never held back by
        chattering or a flood; neither are critical ones.

    Raises ValueError for a time or count that makes no sense.
    """

    shelve_ns: int = 15 * _MINUTE
    longest_shelve_ns: int = 8 * _HOUR
    suppressions: Mapping[str, Suppression] = field(default_factory=lambda: MappingProxyType({}))
    flood_enter: int = 10
    flood_leave: int = 5
    flood_window_ns: int = 10 * _MINUTE
    summary_ns: int = _MINUTE
    chatter_count: int = 3
    chatter_window_ns: int = _MINUTE
    stale_ns: int = 24 * _HOUR
    always_heard: frozenset[HazardKind] = WARNS_PEOPLE

    def __post_init__(self) -> None:
        """Check what the cell file cannot say, but a caller may."""
        if not 0 < self.shelve_ns <= self.longest_shelve_ns:
            raise ValueError("shelve_ns must be above 0 and at most longest_shelve_ns")
        if not 0 < self.flood_leave <= self.flood_enter:
            raise ValueError("flood_leave must be above 0 and at most flood_enter")
        if self.chatter_count < 2:
            raise ValueError("chatter_count must be at least 2")
        times = (self.flood_window_ns, self.summary_ns, self.chatter_window_ns, self.stale_ns)
        if min(times) <= 0 or any(one.longest_ns <= 0 for one in self.suppressions.values()):
            raise ValueError("windows and longest times must be above 0")
