"""How long an alarm takes from the decisive frame to another process, delays by policy excluded.

Joins what comes on two topics without a common order: the standing alarms, whose arrival counts,
and the changes, which say when each was due. Knows nothing of ROS or clocks; one thread owns it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition
from tml_ros.turn.hazard import HazardKind

CAPACITY = 1_000
MEASURED = (AlarmEvent.RAISED, AlarmEvent.RETURNED)
"""What the hazard itself brings about; the rest waits for operators or for the re-alarm time."""

_Life = tuple[HazardKind, str, int, AlarmState]
"""kind, zone, when it was raised, and the state: seen once in each life of an alarm."""


class AlarmLatency:
    """Gives each latency once, when both halves are there."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._standing: set[_Life] = set()
        self._arrived: OrderedDict[_Life, int] = OrderedDict()
        self._due: OrderedDict[_Life, int] = OrderedDict()

    def standing(self, alarms: Iterable[Alarm], arrival_ns: int) -> list[float]:
        """All alarms that are not normal arrived; the latencies that this settles, in ms."""
        now = {_life(alarm) for alarm in alarms}
        fresh, self._standing = now - self._standing, now
        for life in sorted(fresh):
            _remember(self._arrived, life, arrival_ns)
        return [latency for life in sorted(fresh) for latency in self._settle(life)]

    def changed(self, transition: AlarmTransition) -> list[float]:
        """A change arrived; the latencies that this settles, in ms."""
        if transition.event not in MEASURED:
            return []
        life = _life(transition.alarm)
        _remember(self._due, life, transition.due_ns)
        return self._settle(life)

    def _settle(self, life: _Life) -> list[float]:
        if life not in self._arrived or life not in self._due:
            return []
        return [(self._arrived.pop(life) - self._due.pop(life)) / 1e6]


def _life(alarm: Alarm) -> _Life:
    return (alarm.kind, alarm.zone, alarm.raised_ns, alarm.state)


def _remember(times: OrderedDict[_Life, int], life: _Life, stamp_ns: int) -> None:
    times[life] = stamp_ns
    if len(times) > CAPACITY:
        times.popitem(last=False)
