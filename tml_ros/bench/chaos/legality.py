"""Whether a row of transitions is one that alarms can live through.

By the same table as the guardian itself (`alarm_life.next_state`) for the life of an alarm, and by
pairs for what withholds it. Knows nothing of faults. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tml_ros.bench.chaos.faults import Place
from tml_ros.safety.alarm import AlarmEvent, AlarmPolicy, AlarmState, AlarmTransition, Withheld
from tml_ros.safety.alarm_life import AlarmInput, next_state
from tml_ros.turn.hazard import HazardKind

_BEGINS = {
    AlarmEvent.UNSHELVED: AlarmEvent.SHELVED,
    AlarmEvent.UNSUPPRESSED: AlarmEvent.SUPPRESSED,
    AlarmEvent.RETURNED_TO_SERVICE: AlarmEvent.REMOVED_FROM_SERVICE,
    AlarmEvent.SETTLED: AlarmEvent.CHATTERING,
}
"""What must have come before each that ends something."""


def illegal_transitions(
    transitions: Iterable[AlarmTransition | None],
    policies: Mapping[HazardKind, AlarmPolicy],
    *,
    before: Mapping[Place, AlarmState] | None = None,
) -> tuple[str, ...]:
    """What is wrong with each that cannot follow from those before it; empty where all can.

    transitions: in the order in which they were made; None where the guardian began anew, after
        which every alarm may be in any state, but only until it is heard of.
    before: what each alarm was before the first, where that is known; then all others were normal.
    """
    judge = _Judge(policies, before)
    wrong = []
    for transition in transitions:
        if transition is None:
            judge = _Judge(policies, None)
        elif problem := judge.problem(transition):
            wrong.append(problem)
    return tuple(wrong)


class _Judge:
    def __init__(
        self, policies: Mapping[HazardKind, AlarmPolicy], before: Mapping[Place, AlarmState] | None
    ) -> None:
        self._policies = policies
        self._all_known = before is not None
        self._states: dict[Place, AlarmState] = dict(before or {})
        self._begun: dict[Place, set[AlarmEvent]] = {}

    def problem(self, transition: AlarmTransition) -> str:
        """Take in the next; what is wrong with it, "" where it is legal."""
        alarm = transition.alarm
        place = (alarm.kind, alarm.zone)
        known = self._all_known or place in self._states
        state = self._states.get(place, AlarmState.NORMAL)
        self._states[place] = alarm.state
        if any(holding.how is Withheld.SUPPRESSED for holding in alarm.withheld):
            # Of one that is raised while a condition holds, no other event says so.
            self._begun.setdefault(place, set()).add(AlarmEvent.SUPPRESSED)
        if transition.event.of_life:
            allowed = self._follows(state if known else None, transition)
        else:
            allowed = not known or alarm.state is state
            allowed = self._paired(place, transition.event) and allowed
        if allowed:
            return ""
        was = state.value if known else "unknown"
        where = f"{alarm.kind.value} '{alarm.zone}'"
        return f"{where}: {transition.event.value} to {alarm.state.value} when it was {was}"

    def _follows(self, state: AlarmState | None, transition: AlarmTransition) -> bool:
        latching = self._policies[transition.alarm.kind].latching
        after = (transition.event, transition.alarm.state)
        states = AlarmState if state is None else (state,)
        return any(
            next_state(one, happens, latching=latching) == after
            for one in states
            for happens in AlarmInput
        )

    def _paired(self, place: Place, event: AlarmEvent) -> bool:
        begun = self._begun.setdefault(place, set())
        if event not in _BEGINS:
            begun.add(event)
            return True
        beginning = _BEGINS[event]
        if beginning in begun:
            # A suppression may have several conditions, each of which ends by itself.
            if beginning is not AlarmEvent.SUPPRESSED:
                begun.discard(beginning)
            return True
        return not self._all_known
