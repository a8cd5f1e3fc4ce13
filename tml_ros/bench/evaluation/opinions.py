"""Alarms by who is believed: guards alone, the model alone, or both together.

All three come from one run: what each source states goes to an alarm manager of its own, so that
they are told apart with the very delays and thresholds that the cell has. One thread owns them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from tml_ros.bench.judge.conduct import AlarmSpan
from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.safety.alarm import AlarmTransition
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource


class Opinion(str, Enum):
    """Who is believed."""

    GUARDS = "guards"
    MODEL = "model"
    BOTH = "both"


_SOURCES = {
    Opinion.GUARDS: frozenset({HazardSource.GUARD}),
    Opinion.MODEL: frozenset({HazardSource.MODEL}),
    Opinion.BOTH: frozenset(HazardSource),
}


class AlarmSpans:
    """Transitions in, from when to when each alarm's hazard was held for present out."""

    def __init__(self) -> None:
        """Nothing was raised yet."""
        self._open: dict[tuple[HazardKind, str], float] = {}
        self._closed: list[AlarmSpan] = []

    def take(self, transitions: Iterable[AlarmTransition]) -> None:
        """Take in transitions in order; their stamps are ns since the beginning."""
        for transition in transitions:
            alarm = transition.alarm
            key, at = (alarm.kind, alarm.zone), transition.stamp_ns / 1e9
            if alarm.state.condition_present:
                self._open.setdefault(key, at)
            elif key in self._open:
                self._closed.append(AlarmSpan(*key, self._open.pop(key), at))

    @property
    def spans(self) -> tuple[AlarmSpan, ...]:
        """In order of being raised."""
        still = [AlarmSpan(*key, raised, None) for key, raised in self._open.items()]
        every = [*self._closed, *still]
        return tuple(sorted(every, key=lambda one: (one.raised_s, one.kind.value, one.zone)))


class Opinions:
    """Three alarm managers of one cell."""

    def __init__(self, cell: CellDescription) -> None:
        """Start with no alarms."""
        self._managers = {opinion: AlarmManager(policies(cell)) for opinion in Opinion}
        self._spans = {opinion: AlarmSpans() for opinion in Opinion}

    def observe(self, hazards: Iterable[Hazard], now_ns: int) -> None:
        """Take in what was stated together."""
        stated = list(hazards)
        for opinion, manager in self._managers.items():
            heard = [one for one in stated if one.source in _SOURCES[opinion]]
            self._spans[opinion].take(manager.observe(heard, now_ns))

    def spans(self, opinion: Opinion) -> tuple[AlarmSpan, ...]:
        """The alarms of one opinion so far."""
        return self._spans[opinion].spans
