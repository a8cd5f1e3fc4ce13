"""Shelving, suppression by design and out of service: who is not heard, until when, and then."""

from __future__ import annotations

import pytest

from tml_ros.safety.alarm import AlarmEvent, AlarmPolicy, AlarmState, Hearing, Priority, Withheld
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.alarm_rules import AlarmRules, Suppression
from tml_ros.safety.alarm_withholding import MAX_WITHHELD
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

PERSON, FALL, IMPACT = HazardKind.PERSON_IN_ZONE, HazardKind.PERSON_DOWN, HazardKind.IMPACT_SOUND
RULES = AlarmRules(
    shelve_ns=900,
    longest_shelve_ns=3600,
    suppressions={
        "maintenance": Suppression(longest_ns=5000),
        "hammering": Suppression(frozenset({IMPACT}), frozenset({"ear"}), 1000),
    },
)
ANN = {"operator": "ann", "reason": "known"}


def manager() -> AlarmManager:
    return AlarmManager(
        {
            PERSON: AlarmPolicy(Priority.HIGH),
            FALL: AlarmPolicy(Priority.CRITICAL, latching=True),
            IMPACT: AlarmPolicy(Priority.MEDIUM),
        },
        RULES,
    )


def said(score, stamp_ns, *, kind=PERSON, zone="press"):
    return Hazard(kind, zone, score, HazardSource.GUARD, stamp_ns)


def told(transitions):
    return [(t.due_ns, t.event.value, t.hearing.value) for t in transitions]


def test_a_shelved_alarm_lives_on_unheard_and_calls_when_its_time_is_over():
    alarms = manager()
    alarms.observe([said(1.0, 0)], 0)
    assert told(alarms.shelve(PERSON, "press", now_ns=10, **ANN)) == [(10, "shelved", "withheld")]
    assert told(alarms.observe([said(0.0, 20)], 20)) == [(20, "returned", "withheld")]
    assert told(alarms.observe([said(1.0, 30)], 30)) == [(30, "raised", "withheld")]
    assert alarms.advance(909) == []
    (unshelved,) = alarms.advance(950)
    assert told([unshelved]) == [(910, "unshelved", "announced")]
    assert (unshelved.operator, unshelved.reason) == ("", "its time is over")
    assert unshelved.alarm.state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert unshelved.alarm.withheld == ()
    assert unshelved.annunciates


def test_an_alarm_that_was_acknowledged_does_not_call_when_it_is_heard_again():
    alarms = manager()
    alarms.observe([said(1.0, 0)], 0)
    alarms.acknowledge(PERSON, "press", operator="ann", now_ns=1)
    alarms.shelve(PERSON, "press", now_ns=10, **ANN)
    (unshelved,) = alarms.unshelve(PERSON, "press", operator="bob", now_ns=20, reason="repaired")
    assert (unshelved.operator, unshelved.reason) == ("bob", "repaired")
    assert not unshelved.annunciates


def test_an_alarm_can_be_shelved_before_it_stands_and_is_listed():
    alarms = manager()
    (shelved,) = alarms.shelve(PERSON, "press", now_ns=10, duration_ns=50, **ANN)
    assert (shelved.alarm.state, shelved.alarm.source) == (AlarmState.NORMAL, "")
    (alarm,) = alarms.alarms()
    (holding,) = alarm.withheld
    assert (holding.how, holding.since_ns, holding.until_ns) == (Withheld.SHELVED, 10, 60)
    assert (holding.operator, holding.reason) == ("ann", "known")
    assert told(alarms.observe([said(1.0, 30)], 30)) == [(30, "raised", "withheld")]
    assert told(alarms.advance(100)) == [(60, "unshelved", "announced")]


def test_shelving_again_begins_anew():
    alarms = manager()
    alarms.shelve(PERSON, "press", now_ns=10, duration_ns=50, **ANN)
    assert len(alarms.shelve(PERSON, "press", now_ns=20, duration_ns=100, **ANN)) == 1
    assert alarms.advance(119) == []
    assert told(alarms.advance(120)) == [(120, "unshelved", "announced")]


def test_what_happens_at_the_moment_a_shelving_ends_is_heard():
    alarms = manager()
    alarms.shelve(PERSON, "press", now_ns=0, duration_ns=50, **ANN)
    assert told(alarms.observe([said(1.0, 50)], 50)) == [
        (50, "unshelved", "announced"),
        (50, "raised", "announced"),
    ]


@pytest.mark.parametrize(
    ("kind", "duration_ns", "allowed"),
    [
        (PERSON, None, True),
        (PERSON, 3600, True),
        (PERSON, 3601, False),
        (PERSON, 0, False),
        (PERSON, -1, False),
        (FALL, None, True),
        (FALL, 900, True),
        (FALL, 901, False),
    ],
)
def test_a_shelving_has_a_longest_time_and_a_shorter_one_for_critical_alarms(
    kind, duration_ns, allowed
):
    alarms = manager()
    if allowed:
        assert len(alarms.shelve(kind, "press", now_ns=0, duration_ns=duration_ns, **ANN)) == 1
    else:
        with pytest.raises(ValueError, match="at most"):
            alarms.shelve(kind, "press", now_ns=0, duration_ns=duration_ns, **ANN)
        assert alarms.alarms() == ()


def test_an_alarm_out_of_service_stays_so_until_it_is_put_back():
    alarms = manager()
    (out,) = alarms.remove_from_service(PERSON, "press", now_ns=0, **ANN)
    assert out.event is AlarmEvent.REMOVED_FROM_SERVICE
    assert alarms.remove_from_service(PERSON, "press", now_ns=1, **ANN) == []
    assert told(alarms.observe([said(1.0, 5)], 5)) == [(5, "raised", "withheld")]
    assert alarms.advance(10**15) == []
    (back,) = alarms.return_to_service(PERSON, "press", operator="bob", now_ns=10**15)
    assert (back.event, back.hearing, back.annunciates) == (
        AlarmEvent.RETURNED_TO_SERVICE,
        Hearing.ANNOUNCED,
        True,
    )
    assert alarms.return_to_service(PERSON, "press", operator="bob", now_ns=10**15) == []


def test_a_condition_suppresses_all_but_critical_alarms_unless_it_names_kinds():
    alarms = manager()
    alarms.observe([said(1.0, 0), said(1.0, 0, kind=FALL)], 0)
    (suppressed,) = alarms.begin_condition("maintenance", now_ns=10, **ANN)
    assert (suppressed.event, suppressed.alarm.kind) == (AlarmEvent.SUPPRESSED, PERSON)
    assert (suppressed.operator, suppressed.reason) == ("ann", "maintenance: known")
    raised = alarms.observe(
        [said(1.0, 20, kind=IMPACT, zone="ear"), said(1.0, 20, kind=FALL, zone="door")], 20
    )
    assert [t.hearing for t in raised] == [Hearing.WITHHELD, Hearing.ANNOUNCED]
    (holding,) = raised[0].alarm.withheld
    assert (holding.how, holding.reason) == (Withheld.SUPPRESSED, "maintenance")
    ended = alarms.end_condition("maintenance", operator="bob", now_ns=30)
    assert [(t.event.value, t.alarm.kind, t.annunciates) for t in ended] == [
        ("unsuppressed", IMPACT, True),
        ("unsuppressed", PERSON, True),
    ]


def test_a_condition_that_names_kinds_and_zones_suppresses_only_those():
    alarms = manager()
    alarms.begin_condition("hammering", now_ns=0, **ANN)
    raised = alarms.observe(
        [said(1.0, 5, kind=IMPACT, zone=zone) for zone in ("ear", "other")] + [said(1.0, 5)], 5
    )
    assert [t.hearing.value for t in raised] == ["withheld", "announced", "announced"]


def test_a_forgotten_condition_ends_by_itself():
    alarms = manager()
    alarms.begin_condition("hammering", now_ns=0, **ANN)
    assert tuple(alarms.conditions) == ("hammering",)
    alarms.observe([said(1.0, 5, kind=IMPACT, zone="ear")], 5)
    (ended,) = alarms.advance(2000)
    assert told([ended]) == [(1000, "unsuppressed", "announced")]
    assert ended.reason == "hammering: its longest time is over"
    assert alarms.conditions == {}


def test_an_alarm_is_heard_only_when_nothing_withholds_it_any_more():
    alarms = manager()
    alarms.observe([said(1.0, 0)], 0)
    alarms.shelve(PERSON, "press", now_ns=1, **ANN)
    alarms.begin_condition("maintenance", now_ns=2, **ANN)
    alarms.remove_from_service(PERSON, "press", now_ns=3, **ANN)
    (alarm,) = alarms.alarms()
    assert [one.how.value for one in alarm.withheld] == ["out_of_service", "suppressed", "shelved"]
    ends = [
        *alarms.unshelve(PERSON, "press", operator="ann", now_ns=4),
        *alarms.end_condition("maintenance", operator="ann", now_ns=5),
        *alarms.return_to_service(PERSON, "press", operator="ann", now_ns=6),
    ]
    assert [t.hearing.value for t in ends] == ["withheld", "withheld", "announced"]


def test_what_is_left_of_a_shelving_is_left_after_the_clock_was_set():
    alarms = manager()
    alarms.shelve(PERSON, "press", now_ns=1_000_000, duration_ns=100, **ANN)
    alarms.advance(1_000_040)
    alarms.restart(7)
    assert alarms.advance(66) == []
    assert told(alarms.advance(67)) == [(67, "unshelved", "announced")]


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        ("shelve", {"kind": PERSON, "zone": "press", "reason": ""}),
        ("unshelve", {"kind": PERSON, "zone": "press"}),
        ("remove_from_service", {"kind": PERSON, "zone": "press", "reason": "broken"}),
        ("return_to_service", {"kind": PERSON, "zone": "press"}),
        ("begin_condition", {"name": "maintenance", "reason": ""}),
        ("end_condition", {"name": "maintenance"}),
        ("judge_false", {"kind": PERSON, "zone": "press", "reason": "shadow"}),
    ],
)
def test_somebody_answers_for_every_act(act, arguments):
    alarms = manager()
    with pytest.raises(ValueError, match="empty"):
        getattr(alarms, act)(**arguments, operator="", now_ns=0)
    assert alarms.alarms() == ()


@pytest.mark.parametrize("act", ["remove_from_service", "judge_false"])
def test_some_acts_need_a_reason(act):
    with pytest.raises(ValueError, match="reason"):
        getattr(manager(), act)(PERSON, "press", operator="ann", reason="", now_ns=0)


def test_a_condition_that_the_cell_does_not_know_is_refused_with_those_it_does():
    alarms = manager()
    for act in (alarms.begin_condition, alarms.end_condition):
        with pytest.raises(ValueError, match="'lunch'; it has: hammering, maintenance"):
            act("lunch", operator="ann", reason="", now_ns=0)
    with pytest.raises(ValueError, match="at most"):
        alarms.begin_condition("hammering", now_ns=0, duration_ns=1001, **ANN)


@pytest.mark.parametrize(
    "act",
    [
        lambda a: a.unshelve(PERSON, "press", operator="ann", now_ns=0),
        lambda a: a.return_to_service(PERSON, "press", operator="ann", now_ns=0),
        lambda a: a.end_condition("maintenance", operator="ann", now_ns=0),
        lambda a: a.judge_false(PERSON, "press", now_ns=0, **ANN),
    ],
)
def test_what_is_not_withheld_or_was_not_raised_changes_nothing(act):
    assert act(manager()) == []


def test_no_more_alarms_can_be_withheld_than_anybody_could_look_through():
    alarms = manager()
    for number in range(MAX_WITHHELD):
        alarms.shelve(PERSON, f"z{number}", now_ns=0, **ANN)
    for act in (alarms.shelve, alarms.remove_from_service):
        with pytest.raises(ValueError, match=str(MAX_WITHHELD)):
            act(PERSON, "one_more", now_ns=1, **ANN)
    assert len(alarms.shelve(PERSON, "z7", now_ns=2, **ANN)) == 1
    alarms.unshelve(PERSON, "z9", operator="ann", now_ns=3)
    assert len(alarms.remove_from_service(PERSON, "one_more", now_ns=4, **ANN)) == 1
