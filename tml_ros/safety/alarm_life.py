"""The life of one alarm: what its condition, an operator and the passing of time do to it.

After ISA-18.2 figure 3 and OPC UA Part 9. Knows one kind in one zone; holding many of them, and
every rule about who gets to hear of them, is `AlarmManager`'s. Owned by the manager's thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmPolicy, AlarmState, AlarmTransition
from tml_ros.safety.alarm_memory import LifeMemory, StatementMemory
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

_CATCH_UP_NS = 3_600_000_000_000
"""A clock set forward by years must not re-alarm once for every minute in between."""


class AlarmInput(Enum):
    """What can befall an alarm. Delays are over by the time a condition comes or goes."""

    CONDITION_CAME = "condition_came"
    CONDITION_WENT = "condition_went"
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"
    REALARM = "realarm"


def _steps() -> dict[tuple[AlarmState, AlarmInput], tuple[AlarmEvent, AlarmState]]:
    state, happens, event = AlarmState, AlarmInput, AlarmEvent
    quiet = (
        state.NORMAL,
        state.RETURNED_UNACKNOWLEDGED,
        state.LATCHED_UNACKNOWLEDGED,
        state.LATCHED_ACKNOWLEDGED,
    )
    raised = (event.RAISED, state.ACTIVE_UNACKNOWLEDGED)
    realarmed = (event.REALARMED, state.ACTIVE_UNACKNOWLEDGED)
    return {
        **{(before, happens.CONDITION_CAME): raised for before in quiet},
        (state.ACTIVE_UNACKNOWLEDGED, happens.REALARM): realarmed,
        (state.ACTIVE_ACKNOWLEDGED, happens.REALARM): realarmed,
        (state.ACTIVE_UNACKNOWLEDGED, happens.CONDITION_WENT): (
            event.RETURNED,
            state.RETURNED_UNACKNOWLEDGED,
        ),
        (state.ACTIVE_ACKNOWLEDGED, happens.CONDITION_WENT): (event.CLEARED, state.NORMAL),
        (state.ACTIVE_UNACKNOWLEDGED, happens.ACKNOWLEDGE): (
            event.ACKNOWLEDGED,
            state.ACTIVE_ACKNOWLEDGED,
        ),
        (state.RETURNED_UNACKNOWLEDGED, happens.ACKNOWLEDGE): (event.CLEARED, state.NORMAL),
        (state.LATCHED_UNACKNOWLEDGED, happens.ACKNOWLEDGE): (
            event.ACKNOWLEDGED,
            state.LATCHED_ACKNOWLEDGED,
        ),
        (state.LATCHED_ACKNOWLEDGED, happens.RESET): (event.CLEARED, state.NORMAL),
    }


_STEPS = MappingProxyType(_steps())
_LATCHING_STEPS: Mapping[tuple[AlarmState, AlarmInput], tuple[AlarmEvent, AlarmState]] = (
    MappingProxyType(
        {
            **_STEPS,
            (AlarmState.ACTIVE_UNACKNOWLEDGED, AlarmInput.CONDITION_WENT): (
                AlarmEvent.RETURNED,
                AlarmState.LATCHED_UNACKNOWLEDGED,
            ),
            (AlarmState.ACTIVE_ACKNOWLEDGED, AlarmInput.CONDITION_WENT): (
                AlarmEvent.RETURNED,
                AlarmState.LATCHED_ACKNOWLEDGED,
            ),
        }
    )
)


def next_state(
    state: AlarmState, happens: AlarmInput, *, latching: bool
) -> tuple[AlarmEvent, AlarmState] | None:
    """The event and the state that follow, or None where the input changes nothing."""
    return (_LATCHING_STEPS if latching else _STEPS).get((state, happens))


@dataclass(slots=True)
class _Statement:
    """What one source last said: present or not, since when, and when it last said so.

    remembered: it said so before the process was restarted, and nothing since.
    """

    present: bool
    since_ns: int
    stamp_ns: int
    remembered: bool = False


class AlarmLife:
    """One kind in one zone. Times are those of the observations; `now_ns` only stamps answers.

    A statement older than its source's newest is dropped. The condition changes at the stamp of
    the decisive statement, but never before its own last change was due.
    """

    def __init__(self, kind: HazardKind, zone: str, policy: AlarmPolicy) -> None:
        self.kind = kind
        self.zone = zone
        self.policy = policy
        self.state = AlarmState.NORMAL
        self._statements: dict[HazardSource, _Statement] = {}
        self._lapse_ns: int | None = None
        """When what is only remembered to be present counts no longer."""
        self._sources: set[HazardSource] = set()
        self._present = False
        self._present_since_ns = 0
        self._changed_ns: int | None = None
        self._sounded_ns = 0
        self._raised_ns = 0
        self._evidence_ns = 0
        self._box: Box | None = None
        self._acknowledged_by = ""

    @property
    def over(self) -> bool:
        """Normal and without a condition: nothing here is worth remembering."""
        return self.state is AlarmState.NORMAL and not self._present

    @property
    def due_ns(self) -> int | None:
        """When time alone will change the alarm next, if it will."""
        due = self._next_due()
        if due is None or (self._lapse_ns is not None and self._lapse_ns < due[0]):
            return self._lapse_ns
        return due[0]

    def alarm(self) -> Alarm:
        """The alarm as it stands."""
        return Alarm(
            kind=self.kind,
            zone=self.zone,
            state=self.state,
            priority=self.policy.priority,
            source="+".join(sorted(source.value for source in self._sources)),
            raised_ns=self._raised_ns,
            evidence_ns=self._evidence_ns,
            box=self._box,
            acknowledged_by=self._acknowledged_by,
        )

    def observe(self, hazard: Hazard, now_ns: int) -> list[AlarmTransition]:
        """Take in one statement; answers with what fell due before it was made."""
        stamp_ns = min(hazard.stamp_ns, now_ns)
        transitions = self.advance(stamp_ns, now_ns)
        present = hazard.score >= self.policy.threshold
        last = self._statements.get(hazard.source)
        if last is None or last.present is not present:
            if last is not None and stamp_ns < last.stamp_ns:
                return transitions
            self._statements[hazard.source] = _Statement(present, stamp_ns, stamp_ns)
        else:
            last.stamp_ns = max(last.stamp_ns, stamp_ns)
            last.remembered = False
        if present:
            self._remember_evidence(hazard, stamp_ns)
        self._merge(stamp_ns)
        return transitions

    def advance(self, until_ns: int, now_ns: int) -> list[AlarmTransition]:
        """Everything that fell due until `until_ns`, stamped `now_ns`, in order."""
        transitions = []
        if self._lapse_ns is not None and self._lapse_ns <= until_ns:
            transitions += self._fall_due(self._lapse_ns, now_ns)
            self._lapse(self._lapse_ns)
        return transitions + self._fall_due(until_ns, now_ns)

    def acknowledge(self, operator: str, now_ns: int) -> list[AlarmTransition]:
        """An operator takes notice; nothing happens where there is nothing to acknowledge."""
        return self._apply(AlarmInput.ACKNOWLEDGE, now_ns, now_ns, operator=operator)

    def reset(self, operator: str, now_ns: int) -> list[AlarmTransition]:
        """Unlatch; nothing happens unless the condition is gone and acknowledged."""
        return self._apply(AlarmInput.RESET, now_ns, now_ns, operator=operator)

    def shift(self, by_ns: int) -> None:
        """Move every remembered time along with a clock that was set."""
        for statement in self._statements.values():
            statement.since_ns += by_ns
            statement.stamp_ns += by_ns
        if self._changed_ns is not None:
            self._changed_ns += by_ns
        self._present_since_ns += by_ns
        self._sounded_ns += by_ns
        self._raised_ns += by_ns
        self._evidence_ns += by_ns
        if self._lapse_ns is not None:
            self._lapse_ns += by_ns

    def memory(self, opened_by: HazardSource) -> LifeMemory:
        """Everything needed to go on after a restart. opened_by: whose statement began it."""
        return LifeMemory(
            kind=self.kind,
            zone=self.zone,
            opened_by=opened_by,
            state=self.state,
            statements=tuple(
                StatementMemory(source, one.present, one.since_ns, one.stamp_ns)
                for source, one in self._statements.items()
            ),
            sources=tuple(sorted(self._sources)),
            present=self._present,
            present_since_ns=self._present_since_ns,
            changed_ns=self._changed_ns,
            sounded_ns=self._sounded_ns,
            raised_ns=self._raised_ns,
            evidence_ns=self._evidence_ns,
            box=self._box,
            acknowledged_by=self._acknowledged_by,
        )

    @classmethod
    def recalled(cls, memory: LifeMemory, policy: AlarmPolicy, *, lapse_ns: int) -> AlarmLife:
        """The life that goes on from a memory.

        What a source said to be present counts as present until it says anything again, or until
        `lapse_ns`: no alarm vanishes, and none stands for ever because its source is gone.
        """
        life = cls(memory.kind, memory.zone, policy)
        life.state = memory.state
        life._statements = {
            one.source: _Statement(one.present, one.since_ns, one.stamp_ns, remembered=True)
            for one in memory.statements
        }
        life._lapse_ns = lapse_ns
        life._sources = set(memory.sources)
        life._present = memory.present
        life._present_since_ns = memory.present_since_ns
        life._changed_ns = memory.changed_ns
        life._sounded_ns = memory.sounded_ns
        life._raised_ns = memory.raised_ns
        life._evidence_ns = memory.evidence_ns
        life._box = memory.box
        life._acknowledged_by = memory.acknowledged_by
        return life

    def _lapse(self, at_ns: int) -> None:
        for statement in self._statements.values():
            if statement.remembered and statement.present:
                statement.present = False
                statement.since_ns = at_ns
        self._lapse_ns = None
        self._merge(at_ns)

    def _fall_due(self, until_ns: int, now_ns: int) -> list[AlarmTransition]:
        transitions = []
        while (due := self._next_due()) is not None:
            due_ns, happens = due
            if happens is AlarmInput.REALARM and self._skip_missed_realarms(due_ns, now_ns):
                continue
            if due_ns > until_ns:
                break
            transitions += self._apply(happens, due_ns, now_ns)
        return transitions

    def _remember_evidence(self, hazard: Hazard, stamp_ns: int) -> None:
        self._sources.add(hazard.source)
        if not self._present:
            self._box = None
        elif stamp_ns < self._evidence_ns:
            return
        self._evidence_ns = stamp_ns
        self._box = hazard.box or self._box

    def _merge(self, stamp_ns: int) -> None:
        present = any(statement.present for statement in self._statements.values())
        if present is self._present:
            return
        self._present = present
        since_ns = stamp_ns
        if not present:
            since_ns = max(statement.since_ns for statement in self._statements.values())
        if self._changed_ns is not None:
            since_ns = max(since_ns, self._changed_ns)
        self._present_since_ns = since_ns

    def _condition_due_ns(self) -> int | None:
        if self._present is self.state.condition_present:
            return None
        delay_ns = self.policy.on_delay_ns if self._present else self.policy.off_delay_ns
        return self._present_since_ns + delay_ns

    def _next_due(self) -> tuple[int, AlarmInput] | None:
        due_ns = self._condition_due_ns()
        if self.state.condition_present and self.policy.realarm_ns:
            realarm_ns = self._sounded_ns + self.policy.realarm_ns
            # On a tie the condition goes first: who has left at that very moment is not warned.
            if due_ns is None or realarm_ns < due_ns:
                return realarm_ns, AlarmInput.REALARM
        if due_ns is None:
            return None
        return due_ns, AlarmInput.CONDITION_CAME if self._present else AlarmInput.CONDITION_WENT

    def _skip_missed_realarms(self, due_ns: int, now_ns: int) -> bool:
        """Of re-alarms missed for long only the last is told; whether any was skipped."""
        condition_due_ns = self._condition_due_ns()
        end_ns = now_ns if condition_due_ns is None else min(now_ns, condition_due_ns)
        if end_ns - due_ns <= _CATCH_UP_NS:
            return False
        missed = (end_ns - due_ns) // self.policy.realarm_ns
        self._sounded_ns += missed * self.policy.realarm_ns
        return missed > 0

    def _apply(
        self, happens: AlarmInput, due_ns: int, now_ns: int, *, operator: str = ""
    ) -> list[AlarmTransition]:
        step = next_state(self.state, happens, latching=self.policy.latching)
        if step is None:
            return []
        event, self.state = step
        if happens in (AlarmInput.CONDITION_CAME, AlarmInput.CONDITION_WENT):
            self._changed_ns = due_ns
        if event is AlarmEvent.RAISED:
            self._raised_ns = due_ns
        if event in (AlarmEvent.RAISED, AlarmEvent.REALARMED):
            self._sounded_ns = due_ns
            self._acknowledged_by = ""
        if happens is AlarmInput.ACKNOWLEDGE:
            self._acknowledged_by = operator
        transition = AlarmTransition(now_ns, event, self.alarm(), due_ns, operator)
        if self.state is AlarmState.NORMAL:
            self._start_anew()
        return [transition]

    def _start_anew(self) -> None:
        """Leave nothing of the past life to the next but what is being observed right now."""
        self._sources = {s for s, statement in self._statements.items() if statement.present}
        self._acknowledged_by = ""
        if not self._present:
            self._box = None
