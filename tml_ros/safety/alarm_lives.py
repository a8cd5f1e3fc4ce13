"""The lives of all alarms of a cell: found, held, bounded, let pass time and told in order.

Knows nothing of who hears of what happens. Owned by the manager's thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tml_ros.safety.alarm import Alarm, AlarmPolicy, AlarmState, AlarmTransition, Place
from tml_ros.safety.alarm_life import AlarmLife
from tml_ros.safety.alarm_memory import LifeMemory
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

MAX_ALARMS_PER_SOURCE = 512
"""Pairs of kind and zone that one source may hold open; a model that invents zones without end
must neither fill the memory nor keep the guards from raising theirs."""


class AlarmLives:
    """Every alarm of one cell that is not over."""

    def __init__(self, policies: Mapping[HazardKind, AlarmPolicy]) -> None:
        """Start with none. policies: of every kind."""
        self._policies = policies
        self._lives: dict[Place, AlarmLife] = {}
        self._opened_by: dict[Place, HazardSource] = {}
        self.refused = dict.fromkeys(HazardSource, 0)
        """Per source, the statements dropped because it held too many alarms open."""

    @property
    def due_ns(self) -> int | None:
        """When time alone will change the next of them, if it will."""
        dues = (life.due_ns for life in self._lives.values())
        return min((due for due in dues if due is not None), default=None)

    def find(self, place: Place) -> AlarmLife | None:
        """The life in this place, if there is one."""
        return self._lives.get(place)

    def alarm(self, place: Place) -> Alarm:
        """The alarm as it stands; one that does not is normal and of no source."""
        life = self._lives.get(place)
        if life is not None:
            return life.alarm()
        kind, zone = place
        return Alarm(kind, zone, AlarmState.NORMAL, self._policies[kind].priority, "", 0, 0)

    def standing(self) -> list[Alarm]:
        """Every alarm that is not normal, in order of kind and zone."""
        lives = (self._lives[place] for place in sorted(self._lives))
        return [life.alarm() for life in lives if life.state is not AlarmState.NORMAL]

    def observe(self, hazard: Hazard, now_ns: int) -> list[AlarmTransition]:
        """Take in one statement; what fell due before it was made."""
        life = self._life_for(hazard)
        return [] if life is None else life.observe(hazard, now_ns)

    def advance(self, until_ns: int, now_ns: int) -> list[AlarmTransition]:
        """Everything that fell due until `until_ns`, in the order it did, stamped `now_ns`."""
        transitions = [t for life in self._lives.values() for t in life.advance(until_ns, now_ns)]
        transitions.sort(key=lambda t: (t.due_ns, t.alarm.kind.value, t.alarm.zone))
        self.forget_what_is_over()
        return transitions

    def forget_what_is_over(self) -> None:
        """Make room."""
        for place in [place for place, life in self._lives.items() if life.over]:
            del self._lives[place], self._opened_by[place]

    def shift(self, by_ns: int) -> None:
        """Move every time along with a clock that was set."""
        for life in self._lives.values():
            life.shift(by_ns)

    def memory(self) -> tuple[LifeMemory, ...]:
        """Everything needed to go on after a restart."""
        return tuple(life.memory(self._opened_by[place]) for place, life in self._lives.items())

    def recall(self, memory: Iterable[LifeMemory], *, lapse_ns: int) -> None:
        """Go on from a memory; see `AlarmLife.recalled`."""
        self._lives.clear()
        self._opened_by.clear()
        for one in memory:
            place = (one.kind, one.zone)
            policy = self._policies[one.kind]
            self._lives[place] = AlarmLife.recalled(one, policy, lapse_ns=lapse_ns)
            self._opened_by[place] = one.opened_by

    def _life_for(self, hazard: Hazard) -> AlarmLife | None:
        place = (hazard.kind, hazard.zone)
        life = self._lives.get(place)
        if life is not None:
            return life
        policy = self._policies[hazard.kind]
        if hazard.score < policy.threshold:
            return None
        held = sum(source is hazard.source for source in self._opened_by.values())
        if held >= MAX_ALARMS_PER_SOURCE:
            self.refused[hazard.source] += 1
            return None
        life = AlarmLife(*place, policy)
        self._lives[place] = life
        self._opened_by[place] = hazard.source
        return life
