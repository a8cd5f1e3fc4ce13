"""When a clip begins and ends, and which alarms it is about.

A clip begins with an alarm that is announced and of some weight. Others that come meanwhile belong
to it and prolong it, up to a minute; the first that would prolong it further begins the next clip
as this one ends. Alarms nobody is told of at once, as they are shelved, suppressed, out of service
or part of a flood, begin none, or they would drive the others out; within a clip they are named.
Knows nothing of files. Pure but for its own state; owned by one thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.safety.alarm import AlarmEvent, AlarmTransition, Hearing, Priority
from tml_ros.turn.hazard import HazardKind

LONGEST_NS = 60_000_000_000
"""From the first alarm to the end; longer where the time after an alarm alone is longer."""
MAX_ALARMS = 200
"""Named in one clip; more are counted."""


@dataclass(frozen=True, slots=True)
class ClipSpan:
    """A clip in the making. begin_ns, end_ns: of what belongs into it. alarms: the first is the
    one it began with. more_alarms: those not named for want of room.
    """

    begin_ns: int
    end_ns: int
    alarms: tuple[AlarmTransition, ...]
    more_alarms: int = 0

    @property
    def raised_ns(self) -> int:
        """When the first alarm was raised."""
        return self.alarms[0].stamp_ns


class ClipPlan:
    """before_ns, after_ns: of an alarm, what its clip holds."""

    def __init__(self, *, before_ns: int, after_ns: int) -> None:
        """No clip yet."""
        self._before_ns, self._after_ns = before_ns, after_ns
        self._longest_ns = max(LONGEST_NS, after_ns)
        self._next: AlarmTransition | None = None
        self.span: ClipSpan | None = None

    def alarm(self, transition: AlarmTransition) -> bool:
        """Take in a change of an alarm; whether a clip begins with it."""
        if transition.event is not AlarmEvent.RAISED:
            return False
        if self.span is None:
            return begins_clip(transition) and self._begin(transition)
        self._name(transition)
        if begins_clip(transition):
            self._prolong(transition)
        return False

    def is_over(self, now_ns: int) -> bool:
        """Whether nothing that comes from now on belongs into the clip."""
        return self.span is not None and now_ns > self.span.end_ns

    def end(self) -> bool:
        """The clip is written, or is not to be; whether the next begins at once."""
        self.span = None
        following, self._next = self._next, None
        return following is not None and self._begin(following)

    def drop(self) -> None:
        """There is no clip, and none follows: another timeline."""
        self.span = self._next = None

    def _begin(self, transition: AlarmTransition) -> bool:
        stamp_ns = transition.stamp_ns
        self.span = ClipSpan(stamp_ns - self._before_ns, stamp_ns + self._after_ns, (transition,))
        return True

    def _name(self, transition: AlarmTransition) -> None:
        span = self.span
        if span is not None and len(span.alarms) < MAX_ALARMS:
            alarms = (*span.alarms, transition)
            self.span = ClipSpan(span.begin_ns, span.end_ns, alarms, span.more_alarms)
        elif span is not None:
            self.span = ClipSpan(span.begin_ns, span.end_ns, span.alarms, span.more_alarms + 1)

    def _prolong(self, transition: AlarmTransition) -> None:
        span = self.span
        if span is None:
            return
        wanted_ns, latest_ns = transition.stamp_ns + self._after_ns, span.raised_ns
        latest_ns += self._longest_ns
        if wanted_ns > latest_ns and self._next is None:
            self._next = transition
        end_ns = max(span.end_ns, min(wanted_ns, latest_ns))
        self.span = ClipSpan(span.begin_ns, end_ns, span.alarms, span.more_alarms)


def begins_clip(transition: AlarmTransition) -> bool:
    """Whether a clip is made for this change of an alarm."""
    alarm = transition.alarm
    return (
        transition.event is AlarmEvent.RAISED
        and transition.hearing is Hearing.ANNOUNCED
        and alarm.priority.rank >= Priority.MEDIUM.rank
        and alarm.kind is not HazardKind.EVIDENCE_FAILED
    )
