"""Which alarms are withheld, why and until when: shelved, suppressed by design, out of service.

After ISA-18.2 clause 13 and IEC 62682. Knows nothing of the lives of alarms, which go on whatever
is withheld, and of transitions; `AlarmManager` tells of what begins and ends here. Times in
nanoseconds; a withholding holds from `since_ns` on and at `until_ns` no longer. Owned by the
manager's thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from tml_ros.safety.alarm import Place, Priority, Withheld, Withholding
from tml_ros.safety.alarm_memory import PlaceWithheld, WithholdingsMemory
from tml_ros.safety.alarm_rules import AlarmRules, Suppression

MAX_WITHHELD = 256
"""Alarms that can be shelved or out of service at a time."""

_Key = TypeVar("_Key")


class AlarmWithholdings:
    """Whatever keeps alarms of one cell from being heard.

    The acts answer whether they changed anything. They raise ValueError for an empty operator, for
    a duration that is not above 0 or longer than the rules allow, for a condition that the rules do
    not know, and where more than `MAX_WITHHELD` alarms would be withheld.
    """

    def __init__(self, rules: AlarmRules) -> None:
        """Nothing is withheld."""
        self._rules = rules
        self._shelved: dict[Place, Withholding] = {}
        self._out_of_service: dict[Place, Withholding] = {}
        self._conditions: dict[str, Withholding] = {}

    @property
    def conditions(self) -> Mapping[str, Withholding]:
        """The conditions that hold, by name."""
        return MappingProxyType(dict(self._conditions))

    @property
    def shelved(self) -> tuple[Place, ...]:
        """The alarms that are shelved, standing or not, in order of kind and zone."""
        return tuple(sorted(self._shelved))

    @property
    def out_of_service(self) -> tuple[Place, ...]:
        """The alarms that are out of service, standing or not, in order of kind and zone."""
        return tuple(sorted(self._out_of_service))

    @property
    def next_end_ns(self) -> int | None:
        """When time will end the next of them, if it will."""
        ends = [
            one.until_ns
            for one in (*self._shelved.values(), *self._conditions.values())
            if one.until_ns is not None
        ]
        return min(ends, default=None)

    def on(self, place: Place, priority: Priority) -> tuple[Withholding, ...]:
        """What withholds this alarm, the gravest reason first."""
        found = []
        if place in self._out_of_service:
            found.append(self._out_of_service[place])
        for name, holding in self._conditions.items():
            if self.suppresses(name, place, priority):
                found.append(holding)
        if place in self._shelved:
            found.append(self._shelved[place])
        return tuple(found)

    def suppresses(self, name: str, place: Place, priority: Priority) -> bool:
        """Whether the condition, when it holds, is one that makes this alarm meaningless."""
        rule = self._condition(name)
        kind, zone = place
        of_kind = kind in rule.kinds if rule.kinds else priority is not Priority.CRITICAL
        return of_kind and (not rule.zones or zone in rule.zones)

    def shelve(
        self,
        place: Place,
        priority: Priority,
        *,
        operator: str,
        reason: str,
        now_ns: int,
        duration_ns: int | None = None,
    ) -> bool:
        """Withhold an alarm for a while; done again, the new end and reason take the old's place.

        duration_ns: `rules.shelve_ns` unless given, and at most `rules.longest_shelve_ns`; of a
            critical alarm at most `rules.shelve_ns`.
        """
        rules = self._rules
        critical = priority is Priority.CRITICAL
        longest_ns = rules.shelve_ns if critical else rules.longest_shelve_ns
        duration_ns = rules.shelve_ns if duration_ns is None else duration_ns
        _check_duration(duration_ns, longest_ns, "a critical alarm" if critical else "an alarm")
        _check_operator(operator)
        self._check_room(place)
        until_ns = now_ns + duration_ns
        shelved = Withholding(Withheld.SHELVED, now_ns, until_ns, operator, reason)
        return _put(self._shelved, place, shelved)

    def unshelve(self, place: Place, *, operator: str) -> bool:
        """End a shelving before its time."""
        _check_operator(operator)
        return self._shelved.pop(place, None) is not None

    def remove_from_service(self, place: Place, *, operator: str, reason: str, now_ns: int) -> bool:
        """Withhold an alarm until it is put back. Raises ValueError also for an empty reason."""
        _check_operator(operator)
        if not reason:
            raise ValueError("an alarm is taken out of service for a reason: reason is empty")
        if place in self._out_of_service:
            return False
        self._check_room(place)
        out = Withholding(Withheld.OUT_OF_SERVICE, now_ns, None, operator, reason)
        return _put(self._out_of_service, place, out)

    def return_to_service(self, place: Place, *, operator: str) -> bool:
        """Put an alarm back."""
        _check_operator(operator)
        return self._out_of_service.pop(place, None) is not None

    def begin(
        self, name: str, *, operator: str, now_ns: int, duration_ns: int | None = None
    ) -> bool:
        """A condition holds from now on; said again, the new end takes the old one's place.

        duration_ns: after which it ends by itself; the longest that its rule allows unless given.
        """
        longest_ns = self._condition(name).longest_ns
        duration_ns = longest_ns if duration_ns is None else duration_ns
        _check_duration(duration_ns, longest_ns, f"condition {name!r}")
        _check_operator(operator)
        until_ns = now_ns + duration_ns
        holding = Withholding(Withheld.SUPPRESSED, now_ns, until_ns, operator, name)
        return _put(self._conditions, name, holding)

    def end(self, name: str, *, operator: str) -> bool:
        """A condition no longer holds."""
        self._condition(name)
        _check_operator(operator)
        return self._conditions.pop(name, None) is not None

    def take_ended(self, at_ns: int) -> tuple[list[Place], list[str]]:
        """End what time ends by `at_ns`: alarms no longer shelved, conditions no longer holding."""
        places = [place for place, one in self._shelved.items() if _over(one, at_ns)]
        names = [name for name, one in self._conditions.items() if _over(one, at_ns)]
        for place in places:
            del self._shelved[place]
        for name in names:
            del self._conditions[name]
        return sorted(places), sorted(names)

    def shift(self, by_ns: int) -> None:
        """Move every time along with a clock that was set: what is left of a shelving is kept."""
        _shift(self._shelved, by_ns)
        _shift(self._out_of_service, by_ns)
        _shift(self._conditions, by_ns)

    def memory(self) -> WithholdingsMemory:
        """Everything needed to go on after a restart."""
        places = [*self._shelved.items(), *self._out_of_service.items()]
        return WithholdingsMemory(
            tuple(PlaceWithheld(*place, holding) for place, holding in places),
            tuple(self._conditions.values()),
        )

    def recall(self, memory: WithholdingsMemory) -> None:
        """Go on from a memory. A condition that the rules no longer know holds no longer."""
        self._shelved.clear()
        self._out_of_service.clear()
        for one in memory.places[: 2 * MAX_WITHHELD]:
            shelved = one.holding.how is Withheld.SHELVED
            holdings = self._shelved if shelved else self._out_of_service
            holdings[one.kind, one.zone] = one.holding
        self._conditions = {
            one.reason: one for one in memory.conditions if one.reason in self._rules.suppressions
        }

    def _condition(self, name: str) -> Suppression:
        rule = self._rules.suppressions.get(name)
        if rule is None:
            known = ", ".join(sorted(self._rules.suppressions)) or "none"
            raise ValueError(f"the cell has no condition {name!r}; it has: {known}")
        return rule

    def _check_room(self, place: Place) -> None:
        held = self._shelved.keys() | self._out_of_service.keys()
        if place not in held and len(held) >= MAX_WITHHELD:
            raise ValueError(f"{MAX_WITHHELD} alarms are shelved or out of service, which is most")


def _put(holdings: dict[_Key, Withholding], key: _Key, new: Withholding) -> bool:
    changed = holdings.get(key) != new
    holdings[key] = new
    return changed


def _shift(holdings: dict[_Key, Withholding], by_ns: int) -> None:
    for key, one in holdings.items():
        until_ns = None if one.until_ns is None else one.until_ns + by_ns
        holdings[key] = replace(one, since_ns=one.since_ns + by_ns, until_ns=until_ns)


def _over(holding: Withholding, at_ns: int) -> bool:
    return holding.until_ns is not None and holding.until_ns <= at_ns


def _check_operator(operator: str) -> None:
    if not operator:
        raise ValueError("somebody answers for what is withheld: operator is empty")


def _check_duration(duration_ns: int, longest_ns: int, what: str) -> None:
    if not 0 < duration_ns <= longest_ns:
        longest = f"{longest_ns / 1e9:g}"
        raise ValueError(f"{what} is withheld for more than 0 and at most {longest} s")
