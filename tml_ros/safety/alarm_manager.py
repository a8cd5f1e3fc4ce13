"""Hazards and time in, alarm transitions out: every alarm of one cell.

After ISA-18.2 / IEC 62682 and OPC UA Part 9. Each (kind, zone) lives in an `AlarmLife`; here they
are found, held, bounded and put in order. Whatever decides who hears of a transition (shelving,
suppression, out of service, flood) belongs behind `_publish`, through which every one passes: it
never touches the lives, so nothing is missing from them when it ends.

Knows nothing of guards, models, speech or storage, and reads no clock. One thread owns a manager.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tml_ros.safety.alarm import Alarm, AlarmPolicy, AlarmState, AlarmTransition
from tml_ros.safety.alarm_life import AlarmLife
from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

MAX_ALARMS_PER_SOURCE = 512
"""Pairs of kind and zone that one source may hold open; a model that invents zones without end
must neither fill the memory nor keep the guards from raising theirs."""

_Place = tuple[HazardKind, str]


class AlarmManager:
    """The alarms of one cell.

    policies: how each kind becomes an alarm; kinds it does not name keep `DEFAULT_POLICIES`.

    A hazard is present while any source's last statement is at or above the threshold. Each call
    first settles what fell due before it, so that the answers do not depend on how often
    `advance` is called: only `stamp_ns`, the time of the call that noticed, gets coarser. A
    `now_ns` that steps back counts as the latest one seen, a hazard from the future as of now.

    Raises ValueError for a policy whose threshold lies outside 0 < t <= 1 or with a negative time.
    """

    def __init__(self, policies: Mapping[HazardKind, AlarmPolicy]) -> None:
        self._policies = {**DEFAULT_POLICIES, **policies}
        for kind, policy in self._policies.items():
            _check(kind, policy)
        self._lives: dict[_Place, AlarmLife] = {}
        self._opened_by: dict[_Place, HazardSource] = {}
        self._now_ns: int | None = None
        self._refused = dict.fromkeys(HazardSource, 0)

    @property
    def refused(self) -> Mapping[HazardSource, int]:
        """Per source, how many statements were dropped because it held too many alarms open."""
        return dict(self._refused)

    def observe(self, hazards: Iterable[Hazard], now_ns: int) -> list[AlarmTransition]:
        """Take in statements that became known together, in the order they were made."""
        now_ns = self._clamp(now_ns)
        transitions = self._settle(now_ns)
        for hazard in hazards:
            life = self._life_for(hazard)
            if life is not None:
                transitions += life.observe(hazard, now_ns)
        transitions += self._settle(now_ns)
        return self._publish(transitions)

    def advance(self, now_ns: int) -> list[AlarmTransition]:
        """Let delays and re-alarm times expire."""
        return self._publish(self._settle(self._clamp(now_ns)))

    def acknowledge(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int
    ) -> list[AlarmTransition]:
        """An operator takes notice of one alarm.

        Nothing of it comes where there is nothing to acknowledge: the alarm may have gone while
        the operator's hand was moving. Raises ValueError for an empty operator.
        """
        return self._operate(AlarmLife.acknowledge, (kind, zone), operator, now_ns)

    def reset(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int
    ) -> list[AlarmTransition]:
        """Unlatch one alarm whose condition is gone and which has been acknowledged.

        Nothing of it comes in any other state. Raises ValueError for an empty operator.
        """
        return self._operate(AlarmLife.reset, (kind, zone), operator, now_ns)

    def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm that is not normal: highest priority first, then by kind and zone."""
        alarms = [
            life.alarm() for life in self._lives.values() if life.state is not AlarmState.NORMAL
        ]
        alarms.sort(key=lambda alarm: (-alarm.priority.rank, alarm.kind.value, alarm.zone))
        return tuple(alarms)

    def restart(self, now_ns: int) -> None:
        """Go on from `now_ns` after the clock was set: what stands stands, its times move along."""
        if self._now_ns is not None:
            for life in self._lives.values():
                life.shift(now_ns - self._now_ns)
        self._now_ns = now_ns

    def _operate(
        self,
        act: Callable[[AlarmLife, str, int], list[AlarmTransition]],
        place: _Place,
        operator: str,
        now_ns: int,
    ) -> list[AlarmTransition]:
        if not operator:
            raise ValueError("an alarm is acknowledged or reset by somebody: operator is empty")
        now_ns = self._clamp(now_ns)
        transitions = self._settle(now_ns)
        if place in self._lives:
            transitions += act(self._lives[place], operator, now_ns)
            self._forget_what_is_over()
        return self._publish(transitions)

    def _publish(self, transitions: list[AlarmTransition]) -> list[AlarmTransition]:
        return transitions

    def _clamp(self, now_ns: int) -> int:
        self._now_ns = now_ns if self._now_ns is None else max(self._now_ns, now_ns)
        return self._now_ns

    def _settle(self, now_ns: int) -> list[AlarmTransition]:
        transitions = [t for life in self._lives.values() for t in life.advance(now_ns, now_ns)]
        transitions.sort(key=lambda t: (t.due_ns, t.alarm.kind.value, t.alarm.zone))
        self._forget_what_is_over()
        return transitions

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
            self._refused[hazard.source] += 1
            return None
        life = AlarmLife(*place, policy)
        self._lives[place] = life
        self._opened_by[place] = hazard.source
        return life

    def _forget_what_is_over(self) -> None:
        for place in [place for place, life in self._lives.items() if life.over]:
            del self._lives[place], self._opened_by[place]


def _check(kind: HazardKind, policy: AlarmPolicy) -> None:
    if not 0.0 < policy.threshold <= 1.0:
        raise ValueError(f"{kind.value}: threshold must be above 0 and at most 1")
    if min(policy.on_delay_ns, policy.off_delay_ns, policy.realarm_ns) < 0:
        raise ValueError(f"{kind.value}: delays and re-alarm time must not be negative")
