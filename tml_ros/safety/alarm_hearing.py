"""Who hears of a transition at once: what is withheld, what chatters, what comes in a flood.

Every transition of a cell's alarms passes here, in order, and goes out with its `hearing`, with
what withholds its alarm and with whether it chatters. The lives of alarms are never touched, so
that nothing is missing from them when it ends.

| of a transition that | hearing is |
|---|---|
| is of an alarm that is shelved, suppressed or out of service | withheld |
| calls nobody, or is of a critical alarm | announced |
| is of an alarm that chatters, or comes during a flood | summarised |
| is any other | announced |

Times in nanoseconds; `at_ns` never steps back. Owned by the manager's thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tml_ros.safety.alarm import (
    Alarm,
    AlarmEvent,
    AlarmTransition,
    Hearing,
    Priority,
)
from tml_ros.safety.alarm_chatter import ChatterWatch
from tml_ros.safety.alarm_figures import AlarmFigures, percentile
from tml_ros.safety.alarm_flood import FloodWatch
from tml_ros.safety.alarm_health import AlarmHealth
from tml_ros.safety.alarm_memory import FloodMemory
from tml_ros.safety.alarm_rules import AlarmRules
from tml_ros.safety.alarm_summary import FloodSummary, SummaryTally
from tml_ros.safety.alarm_withholding import AlarmWithholdings

_HOUR_NS = 3_600_000_000_000


class AlarmHearing:
    """What decides who hears of the alarms of one cell, and the figures of it."""

    def __init__(self, rules: AlarmRules) -> None:
        """Everybody hears everything."""
        self._rules = rules
        self.withholdings = AlarmWithholdings(rules)
        self.chatter = ChatterWatch(rules.chatter_count, rules.chatter_window_ns)
        self.flood = FloodWatch(rules)
        self.figures = AlarmFigures()
        self._tally = SummaryTally()
        self._at_ns: int | None = None

    @property
    def next_end_ns(self) -> int | None:
        """When time will next end a withholding or a chattering: a transition comes of it."""
        ends = (self.withholdings.next_end_ns, self.chatter.next_settle_ns)
        return min((end for end in ends if end is not None), default=None)

    def dress(self, alarm: Alarm) -> Alarm:
        """The alarm with what withholds it and with whether it chatters."""
        place = (alarm.kind, alarm.zone)
        withheld = self.withholdings.on(place, alarm.priority)
        chattering = self.chatter.chatters(place)
        if not withheld and not chattering:
            return alarm
        return replace(alarm, withheld=withheld, chattering=chattering)

    def pass_time(self, at_ns: int) -> None:
        """Time passes until `at_ns`; a flood may end."""
        if self._at_ns is None:
            self._at_ns = at_ns
        end_ns = self.flood.end_ns
        if end_ns is not None and end_ns <= at_ns:
            self._move(end_ns)
            self.flood.end()
            self._tally.flood_ended()
        self._move(at_ns)

    def pass_on(self, transition: AlarmTransition) -> list[AlarmTransition]:
        """The transition as it goes out, and what it brings about: a chattering begins.

        A transition that was due before what was passed on already counts as of then.
        """
        self.pass_time(transition.due_ns)
        at_ns = self._at_ns or 0
        transition = replace(transition, alarm=self.dress(transition.alarm))
        alarm = transition.alarm
        begins_to_chatter = False
        if transition.event is AlarmEvent.RAISED:
            if not alarm.withheld and not alarm.chattering and self.flood.raised(at_ns):
                self._tally.flood_began(at_ns)
            begins_to_chatter = self.chatter.raised((alarm.kind, alarm.zone), at_ns)
        passed = [self._heard(transition, at_ns)]
        if begins_to_chatter:
            window_s = self._rules.chatter_window_ns / 1e9
            chattering = AlarmTransition(
                transition.stamp_ns,
                AlarmEvent.CHATTERING,
                replace(alarm, chattering=True),
                transition.due_ns,
                reason=f"raised {self._rules.chatter_count} times within {window_s:g} s",
            )
            passed.append(self._heard(chattering, at_ns))
        return passed

    def take_summary(self, now_ns: int) -> FloodSummary | None:
        """What was held back, once it is time to tell."""
        if self._at_ns is None:
            return None
        return self._tally.take(max(now_ns, self._at_ns), self._rules.summary_ns)

    def health(self, standing: Iterable[Alarm], now_ns: int) -> AlarmHealth:
        """The figures so far. standing: every alarm that is not normal."""
        figures, holdings = self.figures, self.withholdings
        stale = [
            (alarm.raised_ns, (alarm.kind, alarm.zone))
            for alarm in standing
            if alarm.state.condition_present and now_ns - alarm.raised_ns >= self._rules.stale_ns
        ]
        acknowledged = figures.acknowledged_after_ns
        seen_ns, called = figures.seen_ns, figures.called
        return AlarmHealth(
            seen_ns=seen_ns,
            called=called,
            withheld=figures.withheld,
            per_hour=called * _HOUR_NS / seen_ns if seen_ns else 0.0,
            last_ten_minutes=figures.in_ten_minutes(now_ns),
            peak_ten_minutes=figures.peak,
            flood=self.flood.began_ns is not None,
            floods=self.flood.floods,
            flood_share=figures.flooded_ns / seen_ns if seen_ns else 0.0,
            stale=tuple(place for _, place in sorted(stale)),
            chattering=self.chatter.chattering,
            chattered=figures.chattered,
            acknowledged=len(acknowledged),
            acknowledge_p50_s=percentile(acknowledged, 0.50),
            acknowledge_p95_s=percentile(acknowledged, 0.95),
            raised=figures.raised,
            shares={p: count / called for p, count in figures.priorities.items()},
            judgements=figures.judgements,
            shelved=holdings.shelved,
            out_of_service=holdings.out_of_service,
            conditions=holdings.conditions,
        )

    def shift(self, by_ns: int) -> None:
        """Move every time along with a clock that was set."""
        if self._at_ns is not None:
            self._at_ns += by_ns
        for part in (self.withholdings, self.chatter, self.flood, self.figures, self._tally):
            part.shift(by_ns)

    def flood_memory(self) -> FloodMemory:
        """What is to be remembered of a flood."""
        return FloodMemory(
            self.flood.raised_ns,
            self.flood.began_ns,
            self.flood.floods,
            *self._tally.remember(),
        )

    def recall_flood(self, memory: FloodMemory, at_ns: int) -> None:
        """Go on from a memory of `at_ns`."""
        self._at_ns = at_ns
        self.flood.recall(memory.raised_ns, memory.began_ns, memory.floods)
        self._tally.recall(memory)

    def _move(self, at_ns: int) -> None:
        passed_ns = at_ns - (self._at_ns or 0)
        if passed_ns > 0:
            self.figures.pass_time(passed_ns, flood=self.flood.began_ns is not None)
            self._at_ns = at_ns

    def _heard(self, transition: AlarmTransition, at_ns: int) -> AlarmTransition:
        hearing = self._hearing_of(transition)
        if hearing is not Hearing.ANNOUNCED:
            transition = replace(transition, hearing=hearing)
        if hearing is Hearing.SUMMARISED:
            self._tally.held_back(transition.alarm, at_ns)
        elif hearing is Hearing.ANNOUNCED and transition.annunciates:
            self._tally.announced()
        self.figures.note(transition, at_ns)
        return transition

    def _hearing_of(self, transition: AlarmTransition) -> Hearing:
        alarm = transition.alarm
        if alarm.withheld:
            return Hearing.WITHHELD
        always = alarm.priority is Priority.CRITICAL or alarm.kind in self._rules.always_heard
        if not transition.annunciates or always:
            return Hearing.ANNOUNCED
        if alarm.chattering or self.flood.began_ns is not None:
            return Hearing.SUMMARISED
        return Hearing.ANNOUNCED
