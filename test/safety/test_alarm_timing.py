"""Alarms under any sequence of observations, operators and pauses, against a model that ticks.

The reference knows nothing of due times: it counts, nanosecond by nanosecond, how long the
condition has differed from the alarm. The manager under test is called only now and then.
"""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tml_ros.safety.alarm import AlarmPolicy, Priority
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

KIND = HazardKind.PERSON_DOWN
SOURCES = st.sampled_from(HazardSource)
POLICIES = st.builds(
    AlarmPolicy,
    priority=st.just(Priority.HIGH),
    on_delay_ns=st.integers(0, 4),
    off_delay_ns=st.integers(0, 4),
    latching=st.booleans(),
    realarm_ns=st.sampled_from([0, 1, 3, 7]),
)


class Ticking:
    """One alarm, advanced one nanosecond at a time. States: N, A, a, R, L, l (small: acked)."""

    def __init__(self, policy):
        self.policy = policy
        self.now = 0
        self.state = "N"
        self.seen = dict.fromkeys(HazardSource, False)
        self.differing_for = 0
        self.sounding_for = 0
        self.log = []

    def _say(self, event, state):
        self.state = state
        self.differing_for = 0
        self.log.append((self.now, event, state))

    def _settle(self):
        present, active = any(self.seen.values()), self.state in "Aa"
        delay = self.policy.on_delay_ns if present else self.policy.off_delay_ns
        if present != active and self.differing_for >= delay:
            if present:
                self.sounding_for = 0
                self._say("raised", "A")
            elif self.policy.latching:
                self._say("returned", "l" if self.state == "a" else "L")
            elif self.state == "a":
                self._say("cleared", "N")
            else:
                self._say("returned", "R")
        elif active and self.policy.realarm_ns and self.sounding_for >= self.policy.realarm_ns:
            self.sounding_for = 0
            waited = self.differing_for
            self._say("realarmed", "A")
            self.differing_for = waited

    def tick(self):
        self.now += 1
        self.differing_for += 1
        self.sounding_for += 1
        self._settle()

    def observe(self, source, present):
        before = any(self.seen.values())
        self.seen[source] = present
        if any(self.seen.values()) != before:
            self.differing_for = 0
        self._settle()

    def acknowledge(self):
        waited = self.differing_for
        if self.state == "A":
            self._say("acknowledged", "a")
        elif self.state == "L":
            self._say("acknowledged", "l")
        elif self.state == "R":
            self._say("cleared", "N")
        self.differing_for = waited

    def reset(self):
        waited = self.differing_for
        if self.state == "l":
            self._say("cleared", "N")
        self.differing_for = waited


LETTER = {
    "normal": "N",
    "active_unacknowledged": "A",
    "active_acknowledged": "a",
    "returned_unacknowledged": "R",
    "latched_unacknowledged": "L",
    "latched_acknowledged": "l",
}


class AlarmsAgainstTheTickingModel(RuleBasedStateMachine):
    @initialize(policy=POLICIES)
    def begin(self, policy):
        self.reference = Ticking(policy)
        self.manager = AlarmManager({KIND: policy})
        self.transitions = []

    @rule(ticks=st.integers(0, 12))
    def time_passes_unnoticed(self, ticks):
        for _ in range(ticks):
            self.reference.tick()

    @rule()
    def time_is_noticed(self):
        self.transitions += self.manager.advance(self.reference.now)

    @rule(source=SOURCES, present=st.booleans())
    def a_source_speaks(self, source, present):
        now = self.reference.now
        hazard = Hazard(KIND, "press", float(present), source, now)
        self.transitions += self.manager.observe([hazard], now)
        self.reference.observe(source, present)

    @rule()
    def an_operator_acknowledges(self):
        self.transitions += self.manager.acknowledge(
            KIND, "press", operator="ann", now_ns=self.reference.now
        )
        self.reference.acknowledge()

    @rule()
    def an_operator_resets(self):
        self.transitions += self.manager.reset(
            KIND, "press", operator="ann", now_ns=self.reference.now
        )
        self.reference.reset()

    def lived(self):
        return [t for t in self.transitions if t.event.of_life]

    @invariant()
    def what_was_told_so_far_is_what_the_reference_saw(self):
        told = [(t.due_ns, t.event.value, LETTER[t.alarm.state.value]) for t in self.lived()]
        assert told == self.reference.log[: len(told)]

    @invariant()
    def time_never_decreases(self):
        stamps = [t.stamp_ns for t in self.transitions]
        assert stamps == sorted(stamps)
        assert all(t.stamp_ns >= t.due_ns for t in self.transitions)

    @invariant()
    def the_condition_comes_and_goes_in_turns(self):
        active = False
        for t in self.transitions:
            if t.event.value == "raised":
                assert not active
                active = True
            elif t.event.value == "returned" or (t.event.value == "cleared" and active):
                assert active
                active = False

    def teardown(self):
        self.transitions += self.manager.advance(self.reference.now)
        self.what_was_told_so_far_is_what_the_reference_saw()
        assert len(self.lived()) == len(self.reference.log)


AlarmsAgainstTheTickingModel.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None
)
TestAlarmsAgainstTheTickingModel = AlarmsAgainstTheTickingModel.TestCase


STEPS = st.lists(
    st.tuples(
        st.integers(0, 9),  # pause before
        st.sampled_from(["observe", "acknowledge", "reset"]),
        st.sampled_from(["press", "door"]),
        SOURCES,
        st.sampled_from([0.0, 0.4, 0.6, 1.0]),
        st.integers(0, 6),  # how old the observation is when it is learned of
    ),
    max_size=30,
)


def _run(policy, steps, *, advance_often):
    manager = AlarmManager({KIND: policy})
    now, told = 100, []
    for pause, act, zone, source, score, age in [
        *steps,
        (50, "observe", "", HazardSource.GUARD, 0.0, 0),
    ]:
        if advance_often:
            for tick in range(now, now + pause):
                told += manager.advance(tick)
        now += pause
        if act == "observe":
            told += manager.observe([Hazard(KIND, zone, score, source, now - age)], now)
        else:
            told += getattr(manager, act)(KIND, zone, operator="ann", now_ns=now)
    return [replace(t, stamp_ns=0) for t in told], manager.alarms()


@given(policy=POLICIES, steps=STEPS)
@settings(max_examples=300, deadline=None)
def test_the_answer_does_not_depend_on_how_often_time_is_noticed(policy, steps):
    assert _run(policy, steps, advance_often=True) == _run(policy, steps, advance_often=False)
