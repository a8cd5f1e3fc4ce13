"""Which alarms were present when, as the transitions tell. Knows nothing of faults. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from tml_ros.bench.chaos.faults import Place
from tml_ros.bench.chaos.history import SeenEvent

Stretch = tuple[int, int | None]
"""From when until when, steady ns; None for to the end."""


class AlarmHistory:
    """The stretches in which the condition of each alarm was present."""

    def __init__(self, seen: Iterable[SeenEvent], *, before: Collection[Place] = ()) -> None:
        """Of transitions in the order in which they came. before: present from the beginning."""
        open_since: dict[Place, int] = dict.fromkeys(before, 0)
        self._stretches: dict[Place, list[Stretch]] = defaultdict(list)
        for event in seen:
            alarm = event.transition.alarm
            place = (alarm.kind, alarm.zone)
            if alarm.state.condition_present:
                open_since.setdefault(place, event.steady_ns)
            elif place in open_since:
                self._stretches[place].append((open_since.pop(place), event.steady_ns))
        for place, since_ns in open_since.items():
            self._stretches[place].append((since_ns, None))

    def present(self, places: Collection[Place], at_ns: int) -> bool:
        """Whether any of the alarms was present at that time."""
        return any(
            since_ns <= at_ns and (until_ns is None or at_ns < until_ns)
            for place in places
            for since_ns, until_ns in self._stretches.get(place, ())
        )

    def first(self, place: Place, from_ns: int, to_ns: int) -> int | None:
        """When the alarm first came within the time; None where it did not."""
        within = (since for since, _ in self._stretches.get(place, ()) if from_ns <= since <= to_ns)
        return min(within, default=None)

    def absent_from(self, places: Collection[Place], from_ns: int) -> int | None:
        """The first moment from `from_ns` on at which none of them is present; None for never."""
        at_ns = from_ns
        while True:
            ends = [
                until_ns
                for place in places
                for since_ns, until_ns in self._stretches.get(place, ())
                if since_ns <= at_ns and (until_ns is None or at_ns < until_ns)
            ]
            if not ends:
                return at_ns
            known = [until_ns for until_ns in ends if until_ns is not None]
            if len(known) < len(ends):
                return None
            at_ns = max(known)
