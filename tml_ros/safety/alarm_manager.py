"""Hazards, operators and time in, alarm transitions out: every alarm of one cell.

After ISA-18.2 / IEC 62682 and OPC UA Part 9. Each (kind, zone) lives in an `AlarmLife`. Who hears
of a transition (shelving, suppression, out of service, chattering, flood) is decided in
`AlarmHearing`, through which every one passes in the order they fell due: it never touches the
lives, so nothing is missing from them when it ends.

Knows nothing of guards, models, speech or storage, and reads no clock. One thread owns a manager.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmPolicy, AlarmTransition, Place, Withholding
from tml_ros.safety.alarm_health import AlarmHealth
from tml_ros.safety.alarm_hearing import AlarmHearing
from tml_ros.safety.alarm_life import AlarmLife
from tml_ros.safety.alarm_lives import MAX_ALARMS_PER_SOURCE, AlarmLives
from tml_ros.safety.alarm_memory import VERSION, AlarmMemory
from tml_ros.safety.alarm_rules import AlarmRules
from tml_ros.safety.alarm_summary import FloodSummary
from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

__all__ = ["MAX_ALARMS_PER_SOURCE", "RECALL_GRACE_NS", "AlarmManager"]

RECALL_GRACE_NS = 6_000_000_000
"""After a restart, how long what was present counts as present though its source says nothing: a
stream has 5 s for its first picture or sound."""


class AlarmManager:
    """The alarms of one cell.

    policies: how each kind becomes an alarm; kinds it does not name keep `DEFAULT_POLICIES`.
    rules: by which alarms are shelved, suppressed, summed up and found to chatter.

    A hazard is present while any source's last statement is at or above the threshold. Each call
    first settles what fell due before it, so that the answers do not depend on how often
    `advance` is called: only `stamp_ns`, the time of the call that noticed, gets coarser. A
    `now_ns` that steps back counts as the latest one seen, a hazard from the future as of now.

    Raises ValueError for a policy whose threshold lies outside 0 < t <= 1 or with a negative time.
    """

    def __init__(
        self, policies: Mapping[HazardKind, AlarmPolicy], rules: AlarmRules | None = None
    ) -> None:
        self._policies = {**DEFAULT_POLICIES, **policies}
        for kind, policy in self._policies.items():
            _check(kind, policy)
        self._rules = AlarmRules() if rules is None else rules
        self._step_ns = min(self._rules.chatter_window_ns, self._rules.flood_window_ns) - 1
        self._lives = AlarmLives(self._policies)
        self._hearing = AlarmHearing(self._rules)
        self._now_ns: int | None = None

    @property
    def refused(self) -> Mapping[HazardSource, int]:
        """Per source, how many statements were dropped because it held too many alarms open."""
        return dict(self._lives.refused)

    @property
    def conditions(self) -> Mapping[str, Withholding]:
        """The conditions that hold, such as maintenance, by name."""
        return self._hearing.withholdings.conditions

    def observe(self, hazards: Iterable[Hazard], now_ns: int) -> list[AlarmTransition]:
        """Take in statements that became known together, in the order they were made."""
        now_ns = self._clamp(now_ns)
        transitions = self._settle(now_ns)
        for hazard in hazards:
            transitions += self._publish(self._lives.observe(hazard, now_ns))
        return transitions + self._settle(now_ns)

    def advance(self, now_ns: int) -> list[AlarmTransition]:
        """Let delays, re-alarm times and withholdings expire."""
        return self._settle(self._clamp(now_ns))

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

    def shelve(
        self,
        kind: HazardKind,
        zone: str,
        *,
        operator: str,
        reason: str,
        now_ns: int,
        duration_ns: int | None = None,
    ) -> list[AlarmTransition]:
        """An operator wants to hear nothing of one alarm for a while, whether it stands or not.

        duration_ns: `rules.shelve_ns` unless given. Done again it begins anew.

        Raises ValueError for an empty operator, for a duration not above 0 or longer than the rules
        allow (a critical alarm is shelved for `rules.shelve_ns` at most), and where too many alarms
        are withheld already.
        """
        place = (kind, zone)
        return self._withhold(
            AlarmEvent.SHELVED,
            [place],
            now_ns,
            lambda at_ns: self._hearing.withholdings.shelve(
                place,
                self._policies[kind].priority,
                operator=operator,
                reason=reason,
                now_ns=at_ns,
                duration_ns=duration_ns,
            ),
            operator=operator,
            reason=reason,
        )

    def unshelve(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int, reason: str = ""
    ) -> list[AlarmTransition]:
        """An operator ends a shelving. Raises ValueError for an empty operator."""
        return self._withhold(
            AlarmEvent.UNSHELVED,
            [(kind, zone)],
            now_ns,
            lambda _: self._hearing.withholdings.unshelve((kind, zone), operator=operator),
            operator=operator,
            reason=reason,
        )

    def remove_from_service(
        self, kind: HazardKind, zone: str, *, operator: str, reason: str, now_ns: int
    ) -> list[AlarmTransition]:
        """One alarm is not heard until somebody puts it back.

        Raises ValueError for an empty operator or reason, and where too many alarms are withheld.
        """
        place = (kind, zone)
        return self._withhold(
            AlarmEvent.REMOVED_FROM_SERVICE,
            [place],
            now_ns,
            lambda at_ns: self._hearing.withholdings.remove_from_service(
                place, operator=operator, reason=reason, now_ns=at_ns
            ),
            operator=operator,
            reason=reason,
        )

    def return_to_service(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int, reason: str = ""
    ) -> list[AlarmTransition]:
        """One alarm is put back. Raises ValueError for an empty operator."""
        return self._withhold(
            AlarmEvent.RETURNED_TO_SERVICE,
            [(kind, zone)],
            now_ns,
            lambda _: self._hearing.withholdings.return_to_service((kind, zone), operator=operator),
            operator=operator,
            reason=reason,
        )

    def begin_condition(
        self,
        name: str,
        *,
        operator: str,
        reason: str,
        now_ns: int,
        duration_ns: int | None = None,
    ) -> list[AlarmTransition]:
        """A condition holds from now on that makes alarms meaningless; see `conditions`.

        The alarms that stand and are among them are told of; those that come later are withheld
        from their first transition on.

        Raises ValueError for an unknown condition, an empty operator, and a duration not above 0 or
        longer than the condition's longest, which is what it lasts unless given.
        """
        return self._withhold(
            AlarmEvent.SUPPRESSED,
            name,
            now_ns,
            lambda at_ns: self._hearing.withholdings.begin(
                name, operator=operator, now_ns=at_ns, duration_ns=duration_ns
            ),
            operator=operator,
            reason=f"{name}: {reason}" if reason else name,
        )

    def end_condition(
        self, name: str, *, operator: str, now_ns: int, reason: str = ""
    ) -> list[AlarmTransition]:
        """A condition no longer holds. Raises ValueError for an unknown one or no operator."""
        return self._withhold(
            AlarmEvent.UNSUPPRESSED,
            name,
            now_ns,
            lambda _: self._hearing.withholdings.end(name, operator=operator),
            operator=operator,
            reason=f"{name}: {reason}" if reason else name,
        )

    def judge_false(
        self, kind: HazardKind, zone: str, *, operator: str, reason: str, now_ns: int
    ) -> list[AlarmTransition]:
        """An operator says that there was no hazard when this alarm was last raised, and why.

        Its life goes on. Nothing of it comes where the alarm was not raised lately or was judged so
        already. Raises ValueError for an empty operator or reason.
        """
        if not operator or not reason:
            raise ValueError("an alarm is judged false by somebody, for a reason: one is empty")
        return self._withhold(
            AlarmEvent.JUDGED_FALSE,
            [(kind, zone)],
            now_ns,
            lambda _: self._hearing.figures.judge_false((kind, zone)),
            operator=operator,
            reason=reason,
        )

    def take_summary(self, now_ns: int) -> FloodSummary | None:
        """What was held back by a flood or by chattering, and not told yet.

        Each `rules.summary_ns` while something is, and when a flood has ended; else None. Every
        transition whose hearing is SUMMARISED is counted in exactly one summary.
        """
        return self._hearing.take_summary(now_ns)

    def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm that is not normal, or shelved, or out of service.

        Highest priority first, then by kind and zone.
        """
        standing = self._lives.standing()
        places = {(alarm.kind, alarm.zone) for alarm in standing}
        holdings = self._hearing.withholdings
        listed = {*holdings.shelved, *holdings.out_of_service} - places
        alarms = [self._hearing.dress(alarm) for alarm in standing]
        alarms += [self._hearing.dress(self._lives.alarm(place)) for place in listed]
        alarms.sort(key=lambda alarm: (-alarm.priority.rank, alarm.kind.value, alarm.zone))
        return tuple(alarms)

    def health(self, now_ns: int) -> AlarmHealth:
        """How the alarms fare, as of the latest call or `now_ns`, whichever is later."""
        return self._hearing.health(self._lives.standing(), max(self._now_ns or 0, now_ns))

    def restart(self, now_ns: int) -> None:
        """Go on from `now_ns` after the clock was set: what stands stands, its times move along."""
        if self._now_ns is not None:
            self._lives.shift(now_ns - self._now_ns)
            self._hearing.shift(now_ns - self._now_ns)
        self._now_ns = now_ns

    def memory(self) -> AlarmMemory:
        """Everything needed to go on after a restart of the process, as of the latest call."""
        return AlarmMemory(
            version=VERSION,
            now_ns=self._now_ns or 0,
            lives=self._lives.memory(),
            withholdings=self._hearing.withholdings.memory(),
            chatter=self._hearing.chatter.memory(),
            flood=self._hearing.flood_memory(),
            figures=self._hearing.figures.memory(),
        )

    def recall(self, memory: AlarmMemory, now_ns: int) -> list[AlarmTransition]:
        """Go on from a memory in place of what there is; answers with what fell due meanwhile.

        Times stay true: what ended while nobody was there has ended, and says when it was due. A
        hazard that was present counts as present until its source says anything of it, or until
        `RECALL_GRACE_NS` from now. A memory from the future, as after a clock was set back, counts
        as of now: its times move along.
        """
        hearing = self._hearing = AlarmHearing(self._rules)
        hearing.withholdings.recall(memory.withholdings)
        hearing.chatter.recall(memory.chatter)
        hearing.figures.recall(memory.figures)
        hearing.recall_flood(memory.flood, memory.now_ns)
        self._lives.recall(memory.lives, lapse_ns=max(now_ns, memory.now_ns) + RECALL_GRACE_NS)
        self._now_ns = memory.now_ns
        if now_ns < memory.now_ns:
            self.restart(now_ns)
        transitions = self._settle(self._clamp(now_ns))
        # Nobody managed alarms in between.
        hearing.figures.seen_ns = memory.figures.seen_ns
        hearing.figures.flooded_ns = memory.figures.flooded_ns
        return transitions

    def _operate(
        self,
        act: Callable[[AlarmLife, str, int], list[AlarmTransition]],
        place: Place,
        operator: str,
        now_ns: int,
    ) -> list[AlarmTransition]:
        if not operator:
            raise ValueError("an alarm is acknowledged or reset by somebody: operator is empty")
        now_ns = self._clamp(now_ns)
        transitions = self._settle(now_ns)
        life = self._lives.find(place)
        if life is not None:
            transitions += self._publish(act(life, operator, now_ns))
            self._lives.forget_what_is_over()
        return transitions

    def _withhold(
        self,
        event: AlarmEvent,
        whom: list[Place] | str,
        now_ns: int,
        act: Callable[[int], bool],
        *,
        operator: str,
        reason: str,
    ) -> list[AlarmTransition]:
        """Do what an operator asks for, and tell it of the alarms that are concerned.

        whom: the alarms, or the condition by whose name they are found. act: given the time,
        answers whether it changed anything.
        """
        now_ns = self._clamp(now_ns)
        transitions = self._settle(now_ns)
        if act(now_ns):
            places = self._suppressed_by(whom) if isinstance(whom, str) else whom
            for place in places:
                alarm = self._lives.alarm(place)
                told = AlarmTransition(now_ns, event, alarm, now_ns, operator, reason)
                transitions += self._publish([told])
        return transitions

    def _settle(self, now_ns: int) -> list[AlarmTransition]:
        """Everything that fell due until now, in order, through `_publish`.

        What time ends of withholdings and chattering comes before what happens to an alarm at the
        same moment. What a transition may bring about falls due at least a window after it, so
        that alarms can be advanced together that far.
        """
        transitions: list[AlarmTransition] = []
        while True:
            due_ns, end_ns = self._lives.due_ns, self._hearing.next_end_ns
            if end_ns is not None and end_ns <= now_ns and (due_ns is None or end_ns <= due_ns):
                transitions += self._end(end_ns, now_ns)
            elif due_ns is not None and due_ns <= now_ns:
                until_ns = min(now_ns, due_ns + self._step_ns)
                if end_ns is not None:
                    until_ns = min(until_ns, end_ns - 1)
                transitions += self._publish(self._lives.advance(until_ns, now_ns))
            else:
                self._hearing.pass_time(now_ns)
                self._lives.forget_what_is_over()
                return transitions

    def _end(self, at_ns: int, now_ns: int) -> list[AlarmTransition]:
        """End what time ends at `at_ns`."""
        self._hearing.pass_time(at_ns)
        places, names = self._hearing.withholdings.take_ended(at_ns)
        told = [(AlarmEvent.UNSHELVED, place, "its time is over") for place in places]
        for name in names:
            reason = f"{name}: its longest time is over"
            told += [(AlarmEvent.UNSUPPRESSED, p, reason) for p in self._suppressed_by(name)]
        window_s = self._rules.chatter_window_ns / 1e9
        for place in self._hearing.chatter.take_settled(at_ns):
            told.append((AlarmEvent.SETTLED, place, f"not raised for {window_s:g} s"))
        return self._publish(
            AlarmTransition(now_ns, event, self._lives.alarm(place), at_ns, reason=reason)
            for event, place, reason in told
        )

    def _suppressed_by(self, name: str) -> list[Place]:
        suppresses = self._hearing.withholdings.suppresses
        standing = self._lives.standing()
        return [
            (alarm.kind, alarm.zone)
            for alarm in standing
            if suppresses(name, (alarm.kind, alarm.zone), alarm.priority)
        ]

    def _publish(self, transitions: Iterable[AlarmTransition]) -> list[AlarmTransition]:
        return [one for given in transitions for one in self._hearing.pass_on(given)]

    def _clamp(self, now_ns: int) -> int:
        self._now_ns = now_ns if self._now_ns is None else max(self._now_ns, now_ns)
        return self._now_ns


def _check(kind: HazardKind, policy: AlarmPolicy) -> None:
    if not 0.0 < policy.threshold <= 1.0:
        raise ValueError(f"{kind.value}: threshold must be above 0 and at most 1")
    if min(policy.on_delay_ns, policy.off_delay_ns, policy.realarm_ns) < 0:
        raise ValueError(f"{kind.value}: delays and re-alarm time must not be negative")
