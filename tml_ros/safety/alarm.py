"""The words of alarm management: states, priorities, policies and transitions.

After ISA-18.2 / IEC 62682 and OPC UA Part 9. Types only; the state machine that uses them is
`AlarmManager`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tml_ros.turn.hazard import Box, HazardKind

Place = tuple[HazardKind, str]
"""What tells one alarm from another: its kind and its zone."""


class Priority(str, Enum):
    """How soon an operator must act. Ordered by `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low .. 3 for critical."""
        return list(Priority).index(self)


class AlarmState(str, Enum):
    """The life of an alarm (ISA-18.2 figure 3: A, B, C, D and the latched variants)."""

    NORMAL = "normal"
    ACTIVE_UNACKNOWLEDGED = "active_unacknowledged"
    ACTIVE_ACKNOWLEDGED = "active_acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    LATCHED_UNACKNOWLEDGED = "latched_unacknowledged"
    """The condition is gone, nobody has acknowledged, and the alarm is one that latches."""
    LATCHED_ACKNOWLEDGED = "latched_acknowledged"
    """The condition is gone and was acknowledged; the alarm waits for an operator's reset."""

    @property
    def condition_present(self) -> bool:
        """Whether the hazard itself is there (active states)."""
        return self in (AlarmState.ACTIVE_UNACKNOWLEDGED, AlarmState.ACTIVE_ACKNOWLEDGED)


class AlarmEvent(str, Enum):
    """What happened to an alarm."""

    RAISED = "raised"
    """The condition came (and lasted for the on-delay)."""
    ACKNOWLEDGED = "acknowledged"
    """An operator took notice."""
    RETURNED = "returned"
    """The condition went (and stayed away for the off-delay); the alarm is not normal yet."""
    REALARMED = "realarmed"
    """The condition is still there after the re-alarm time: unacknowledged again."""
    CLEARED = "cleared"
    """The alarm is normal again."""
    SHELVED = "shelved"
    """An operator wants to hear nothing of it for a while."""
    UNSHELVED = "unshelved"
    """That while is over, or an operator ended it."""
    SUPPRESSED = "suppressed"
    """A condition began that the cell's file says makes it meaningless."""
    UNSUPPRESSED = "unsuppressed"
    """That condition ended."""
    REMOVED_FROM_SERVICE = "removed_from_service"
    """Somebody answers for its not being heard, until somebody puts it back."""
    RETURNED_TO_SERVICE = "returned_to_service"
    """It is heard again."""
    JUDGED_FALSE = "judged_false"
    """An operator says that there was no hazard, and why."""
    CHATTERING = "chattering"
    """It comes and goes too often to tell anybody anything."""
    SETTLED = "settled"
    """It no longer does."""

    @property
    def of_life(self) -> bool:
        """Whether it changed the alarm's state, rather than who hears of it."""
        return self in (
            AlarmEvent.RAISED,
            AlarmEvent.ACKNOWLEDGED,
            AlarmEvent.RETURNED,
            AlarmEvent.REALARMED,
            AlarmEvent.CLEARED,
        )


class Withheld(str, Enum):
    """Why an alarm that lives is not announced (ISA-18.2 figure 3: E, F and G)."""

    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


@dataclass(frozen=True, slots=True)
class Withholding:
    """One reason not to announce an alarm. Several can hold at once.

    until_ns: when it ends by itself; None for never, which no shelving has.
    operator: who brought it about. reason: in the operator's words; of a suppression by design
        the name of the condition.
    """

    how: Withheld
    since_ns: int
    until_ns: int | None
    operator: str
    reason: str = ""


class Hearing(str, Enum):
    """Who gets to hear of a change at once. All of them are on record, whatever this says."""

    ANNOUNCED = "announced"
    WITHHELD = "withheld"
    """The alarm is shelved, suppressed or out of service."""
    SUMMARISED = "summarised"
    """Too much came at once: it is told of together with others."""


@dataclass(frozen=True, slots=True)
class AlarmPolicy:
    """How hazards of one kind become alarms.

    threshold: score from which a hazard counts as present, 0..1.
    on_delay_ns, off_delay_ns: how long it must be present or absent before the alarm follows.
    latching: once raised, only an operator's reset makes it normal.
    realarm_ns: raise anew when still active after so long; 0 for never.
    warning: what the loudspeaker says, "{zone}" standing for the place; "" for nothing.
    """

    priority: Priority
    threshold: float = 0.5
    on_delay_ns: int = 0
    off_delay_ns: int = 0
    latching: bool = False
    realarm_ns: int = 0
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The present life of one alarm, which is one kind in one zone.

    source: "guard", "model" or "guard+model": who has judged the hazard present in this life; ""
        of one that is listed only because it is withheld.
    raised_ns: when it was last raised; evidence_ns: stamp of the newest observation of it.
    withheld: why it is not announced, the gravest reason first; empty for one that is.
    """

    kind: HazardKind
    zone: str
    state: AlarmState
    priority: Priority
    source: str
    raised_ns: int
    evidence_ns: int
    box: Box | None = None
    acknowledged_by: str = ""
    withheld: tuple[Withholding, ...] = ()
    chattering: bool = False


@dataclass(frozen=True, slots=True)
class AlarmTransition:
    """One change of one alarm, at `stamp_ns` of cell time; `alarm` is what it is afterwards.

    due_ns: when the change was due: the stamp of the decisive observation plus the on- or
        off-delay, so that `stamp_ns - due_ns` is what the delays do not explain.
    operator: whose act it was, "" where time or the condition itself brought it about.
    reason: in the operator's words, or why time brought it about.
    """

    stamp_ns: int
    event: AlarmEvent
    alarm: Alarm
    due_ns: int
    operator: str = ""
    reason: str = ""
    hearing: Hearing = Hearing.ANNOUNCED

    @property
    def annunciates(self) -> bool:
        """Whether it calls an operator, where `hearing` lets it (ISA-18.2: annunciation).

        An alarm calls when it is raised and raised anew, and when it is heard again while its
        condition is present and nobody has acknowledged it.
        """
        if self.event in (AlarmEvent.RAISED, AlarmEvent.REALARMED):
            return True
        return self.event in _HEARD_AGAIN and self.alarm.state is AlarmState.ACTIVE_UNACKNOWLEDGED


_HEARD_AGAIN = frozenset(
    {
        AlarmEvent.UNSHELVED,
        AlarmEvent.UNSUPPRESSED,
        AlarmEvent.RETURNED_TO_SERVICE,
        AlarmEvent.SETTLED,
    }
)
