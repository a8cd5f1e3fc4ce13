"""What alarms remember of themselves, and how they go on after a restart of the process."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.safety.alarm import AlarmPolicy, Priority
from tml_ros.safety.alarm_manager import RECALL_GRACE_NS, AlarmManager
from tml_ros.safety.alarm_memory import AlarmMemory, AlarmMemoryError
from tml_ros.safety.alarm_rules import AlarmRules, Suppression
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

PERSON, FALL = HazardKind.PERSON_IN_ZONE, HazardKind.PERSON_DOWN
GUARD, MODEL = HazardSource.GUARD, HazardSource.MODEL
S = 1_000_000_000
RULES = AlarmRules(
    shelve_ns=900 * S, suppressions={"maintenance": Suppression(longest_ns=3600 * S)}
)
POLICIES = {
    PERSON: AlarmPolicy(Priority.HIGH, off_delay_ns=S),
    FALL: AlarmPolicy(Priority.CRITICAL, on_delay_ns=2 * S, latching=True),
}


def manager(rules: AlarmRules = RULES) -> AlarmManager:
    return AlarmManager(POLICIES, rules)


def said(score, at_s, *, kind=PERSON, source=GUARD, box=None):
    return Hazard(kind, "press", score, source, at_s * S, box)


def through_json(memory: AlarmMemory) -> AlarmMemory:
    return AlarmMemory.from_json(json.loads(json.dumps(memory.to_json())))


def restarted(before: AlarmManager, at_s: int, rules: AlarmRules = RULES):
    after = manager(rules)
    return after, after.recall(through_json(before.memory()), at_s * S)


def told(transitions):
    return [(t.due_ns / S, t.event.value, t.hearing.value) for t in transitions]


def busy() -> AlarmManager:
    """A manager that has something to remember of everything."""
    alarms = manager()
    alarms.observe([said(1.0, 0, box=Box("eye", 1, 2, 3, 4)), said(0.2, 0, source=MODEL)], 0)
    alarms.observe([said(1.0, 1, kind=FALL)], S)
    alarms.acknowledge(PERSON, "press", operator="ann", now_ns=2 * S)
    alarms.shelve(PERSON, "door", operator="ann", reason="known", now_ns=3 * S)
    alarms.remove_from_service(FALL, "door", operator="ann", reason="broken", now_ns=3 * S)
    alarms.begin_condition("maintenance", operator="bob", reason="oil", now_ns=3 * S)
    for number in range(12):
        hazard = Hazard(FALL, f"z{number}", 1.0, MODEL, 4 * S)
        alarms.observe([hazard], 4 * S)
    alarms.advance(6 * S)
    alarms.judge_false(FALL, "z3", operator="ann", reason="a coat", now_ns=7 * S)
    return alarms


def test_a_memory_is_plain_json_and_reads_back_unchanged():
    memory = busy().memory()
    assert memory.lives
    assert memory.flood.began_ns is not None
    assert through_json(memory) == memory


def test_after_a_restart_everything_is_as_it_was():
    before = busy()
    after, told_at_once = restarted(before, 7)
    assert told_at_once == []
    assert after.alarms() == before.alarms()
    assert after.conditions == before.conditions
    assert after.health(7 * S) == before.health(7 * S)
    assert after.memory() == before.memory()


def test_an_alarm_stands_until_its_source_says_that_the_hazard_is_gone():
    before = manager()
    before.observe([said(1.0, 0)], 0)
    after, _ = restarted(before, 10)
    assert told(after.observe([said(0.0, 12)], 12 * S)) == []
    assert told(after.advance(20 * S)) == [(13, "returned", "announced")]


def test_an_alarm_whose_source_is_gone_ends_after_the_grace():
    before = manager()
    before.observe([said(1.0, 0)], 0)
    after, _ = restarted(before, 10)
    grace_s = RECALL_GRACE_NS / S
    assert after.advance((10 + 6) * S) == []
    assert told(after.advance(100 * S)) == [(10 + grace_s + 1, "returned", "announced")]


def test_an_alarm_whose_source_says_it_again_within_the_grace_goes_on():
    before = manager()
    before.observe([said(1.0, 0), said(1.0, 0, source=MODEL)], 0)
    after, _ = restarted(before, 10)
    assert after.observe([said(1.0, 14)], 14 * S) == []
    assert after.advance(100 * S) == []
    (alarm,) = after.alarms()
    assert (alarm.raised_ns, alarm.source) == (0, "guard+model")


def test_one_source_cannot_take_back_what_another_one_said_before_the_restart():
    before = manager()
    before.observe([said(1.0, 0), said(1.0, 0, source=MODEL)], 0)
    after, _ = restarted(before, 10)
    assert after.observe([said(0.0, 11, source=MODEL)], 11 * S) == []
    assert after.observe([said(1.0, 13)], 13 * S) == []
    assert after.advance(100 * S) == []


def test_what_fell_due_while_nobody_was_there_is_told_at_once_with_its_time():
    before = manager()
    before.shelve(PERSON, "press", operator="ann", reason="known", now_ns=0)
    before.begin_condition("maintenance", operator="ann", reason="", now_ns=0)
    before.observe([said(1.0, 1), said(1.0, 1, kind=FALL)], S)
    _, at_once = restarted(before, 100_000)
    assert told(at_once) == [
        (3, "raised", "announced"),
        (900, "unshelved", "withheld"),
        (3600, "unsuppressed", "announced"),
    ]
    assert {t.stamp_ns for t in at_once} == {100_000 * S}


def test_time_in_which_nobody_was_there_was_not_seen():
    before = manager()
    before.advance(0)
    before.advance(3600 * S)
    after, _ = restarted(before, 10_000)
    after.advance(10_100 * S)
    assert after.health(10_100 * S).seen_ns == 3700 * S


def test_after_a_clock_was_set_back_the_times_move_along():
    before = manager()
    before.observe([said(1.0, 1000)], 1000 * S)
    before.shelve(PERSON, "press", operator="ann", reason="known", now_ns=1100 * S)
    after, at_once = restarted(before, 50)
    assert at_once == []
    after.observe([said(1.0, 51)], 51 * S)
    (alarm,) = after.alarms()
    assert alarm.raised_ns == -50 * S
    assert told(after.advance(950 * S)) == [(950, "unshelved", "announced")]


def test_a_condition_that_the_cell_no_longer_knows_no_longer_holds():
    before = manager()
    before.begin_condition("maintenance", operator="ann", reason="", now_ns=0)
    after, _ = restarted(before, 1, AlarmRules())
    assert after.conditions == {}


@pytest.mark.parametrize(
    "data",
    [None, {}, [], {"version": 2}, {"version": "1"}, {"version": 1}, {"version": 1, "now_ns": "x"}],
)
def test_what_is_no_memory_is_refused(data):
    with pytest.raises(AlarmMemoryError):
        AlarmMemory.from_json(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(data=st.data(), value=JSON)
def test_a_damaged_memory_is_read_or_refused_and_never_breaks_the_alarms(data, value):
    damaged = copy.deepcopy(BUSY)
    place = damaged
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            place[key] = value
            break
        place = inner
    try:
        memory = AlarmMemory.from_json(damaged)
    except AlarmMemoryError:
        return
    alarms = manager()
    alarms.recall(memory, 10 * S)
    alarms.observe([said(1.0, 11)], 11 * S)
    alarms.advance(5000 * S)
    alarms.health(5000 * S)
    assert through_json(alarms.memory()) == alarms.memory()


BUSY = busy().memory().to_json()
