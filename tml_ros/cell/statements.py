"""The newest statement of everybody who judges a hazard, and what they say together.

Knows nothing of alarms or time. Several guards may judge the same kind in the same place: a zone
seen by two cameras, a microphone that is fresh but dead silent. The alarm manager asks for one
statement per source, so that one guard's "not now" must not take back another's "yes". Owned by
the guardian.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

MAX_PER_ORIGIN = 512
"""Kinds and places one origin may judge; one that invents places without end is cut off there."""

_Key = tuple[HazardSource, HazardKind, str]


class Statements:
    """Keeps the newest statement per (origin, source, kind, zone); the highest score speaks.

    Where origins agree on the score, the newer statement speaks. The joint statement carries the
    newest stamp of all of them, so that its stamps never step back within a timeline.
    """

    def __init__(self) -> None:
        """Start with nothing stated."""
        self._by_key: dict[_Key, dict[str, Hazard]] = {}
        self._held: Counter[str] = Counter()
        self._refused = 0

    @property
    def refused(self) -> int:
        """Statements dropped because their origin judged more than `MAX_PER_ORIGIN` already."""
        return self._refused

    def state(self, origin: str, hazards: Iterable[Hazard]) -> list[Hazard]:
        """Take in what `origin` states; return the joint statement on each kind and zone named."""
        touched: dict[_Key, None] = {}
        for hazard in hazards:
            key = (hazard.source, hazard.kind, hazard.zone)
            if origin not in self._by_key.get(key, ()):
                if self._held[origin] >= MAX_PER_ORIGIN:
                    self._refused += 1
                    continue
                self._held[origin] += 1
            self._by_key.setdefault(key, {})[origin] = hazard
            touched[key] = None
        return [self._joint(key) for key in touched]

    def all(self) -> tuple[Hazard, ...]:
        """Every joint statement, sorted by source, kind and zone."""
        keys = sorted(self._by_key, key=lambda key: (key[0].value, key[1].value, key[2]))
        return tuple(self._joint(key) for key in keys)

    def clear(self) -> None:
        """Forget everything."""
        self._by_key.clear()
        self._held.clear()

    def _joint(self, key: _Key) -> Hazard:
        by_origin = self._by_key[key].values()
        highest = max(by_origin, key=lambda hazard: (hazard.score, hazard.stamp_ns))
        newest_ns = max(hazard.stamp_ns for hazard in by_origin)
        return highest if highest.stamp_ns == newest_ns else replace(highest, stamp_ns=newest_ns)
