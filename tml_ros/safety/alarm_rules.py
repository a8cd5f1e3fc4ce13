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

    shelve_ns, longest_shelve_ns: how long a shelving lasts unless said, and at most.
    suppressions: by the name of the condition.
    flood_enter, flood_leave: alarms announced within `flood_window_ns` from which a flood begins,
        and below which it ends (IEC 62682: more than 10 in 10 minutes, fewer than 5).
    summary_ns: how often a flood is summed up.
    chatter_count, chatter_window_ns: raised so often within so long it chatters (EEMUA 191: 3 in
        a minute).
    stale_ns: active for so long it is stale.
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
