"""Many alarms at once: delays, sources, operators, bounds, order."""

import pytest

from tml_ros.safety.alarm import AlarmEvent, AlarmPolicy, AlarmState, Priority
from tml_ros.safety.alarm_manager import MAX_ALARMS_PER_SOURCE, AlarmManager
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

KIND = HazardKind.PERSON_IN_ZONE
GUARD, MODEL = HazardSource.GUARD, HazardSource.MODEL


def manager(**policy):
    return AlarmManager({KIND: AlarmPolicy(Priority.HIGH, **policy)})


def said(score, stamp_ns, *, source=GUARD, zone="press", kind=KIND, box=None):
    return Hazard(kind, zone, score, source, stamp_ns, box)


def told(transitions):
    return [(t.stamp_ns, t.event.value, t.due_ns) for t in transitions]


def test_a_hazard_that_lasts_for_the_on_delay_is_raised_once_and_names_when_it_was_due():
    alarms = manager(on_delay_ns=200)
    assert alarms.observe([said(0.9, 1000)], 1050) == []
    assert told(alarms.observe([said(0.9, 1210)], 1260)) == [(1260, "raised", 1200)]
    assert alarms.observe([said(0.9, 1400)], 1450) == []


def test_a_gap_shorter_than_the_off_delay_is_the_same_visit():
    alarms = manager(off_delay_ns=1000)
    assert told(alarms.observe([said(1.0, 0)], 0)) == [(0, "raised", 0)]
    assert alarms.observe([said(0.0, 500)], 500) == []
    assert alarms.observe([said(1.0, 1499)], 1499) == []
    assert alarms.observe([said(0.0, 2000)], 2000) == []
    assert told(alarms.advance(3500)) == [(3500, "returned", 3000)]


def test_a_score_below_the_threshold_is_absence():
    alarms = manager(threshold=0.7)
    assert alarms.observe([said(0.69, 0)], 0) == []
    assert told(alarms.observe([said(0.7, 1)], 1)) == [(1, "raised", 1)]
    assert told(alarms.observe([said(0.69, 2)], 2)) == [(2, "returned", 2)]


def test_two_sources_make_one_alarm_which_lasts_until_both_are_silent():
    alarms = manager()
    (raised,) = alarms.observe([said(1.0, 0)], 0)
    assert raised.alarm.source == "guard"
    assert alarms.observe([said(1.0, 10, source=MODEL)], 10) == []
    assert alarms.alarms()[0].source == "guard+model"
    assert alarms.observe([said(0.0, 20)], 20) == []
    (returned,) = alarms.observe([said(0.0, 30, source=MODEL)], 30)
    assert (returned.event, returned.alarm.source) == (AlarmEvent.RETURNED, "guard+model")


def test_a_source_that_was_never_convinced_is_not_named():
    alarms = manager(on_delay_ns=100)
    alarms.observe([said(1.0, 0), said(0.2, 0, source=MODEL)], 0)
    (raised,) = alarms.advance(100)
    assert raised.alarm.source == "guard"


def test_a_life_after_normal_starts_without_the_last_ones_sources_and_names():
    alarms = manager()
    alarms.observe([said(1.0, 0, box=Box("door", 1, 2, 3, 4))], 0)
    alarms.acknowledge(KIND, "press", operator="ann", now_ns=1)
    alarms.observe([said(0.0, 2)], 2)
    (raised,) = alarms.observe([said(1.0, 3, source=MODEL)], 3)
    assert (raised.alarm.source, raised.alarm.acknowledged_by) == ("model", "")
    assert raised.alarm.box is None


def test_the_alarm_shows_the_newest_evidence():
    alarms = manager()
    alarms.observe([said(1.0, 0, box=Box("door", 0, 0, 9, 9))], 0)
    alarms.observe([said(1.0, 70, box=Box("door", 5, 5, 9, 9))], 80)
    (alarm,) = alarms.alarms()
    assert (alarm.raised_ns, alarm.evidence_ns, alarm.box) == (0, 70, Box("door", 5, 5, 9, 9))


def test_zones_and_kinds_live_apart():
    alarms = manager()
    alarms.observe([said(1.0, 0, zone="a"), said(1.0, 0, zone="b")], 0)
    assert told(alarms.observe([said(0.0, 5, zone="a")], 5)) == [(5, "returned", 5)]
    assert [(a.zone, a.state.value) for a in alarms.alarms()] == [
        ("a", "returned_unacknowledged"),
        ("b", "active_unacknowledged"),
    ]


def test_acknowledged_and_then_gone_is_normal_and_forgotten():
    alarms = manager()
    alarms.observe([said(1.0, 0)], 0)
    (acknowledged,) = alarms.acknowledge(KIND, "press", operator="ann", now_ns=5)
    assert (acknowledged.event, acknowledged.operator) == (AlarmEvent.ACKNOWLEDGED, "ann")
    assert acknowledged.alarm.acknowledged_by == "ann"
    (cleared,) = alarms.observe([said(0.0, 10)], 10)
    assert (cleared.event, cleared.alarm.state) == (AlarmEvent.CLEARED, AlarmState.NORMAL)
    assert cleared.operator == ""
    assert alarms.alarms() == ()


def test_gone_and_then_acknowledged_is_normal_by_the_operators_hand():
    alarms = manager()
    alarms.observe([said(1.0, 0)], 0)
    alarms.observe([said(0.0, 10)], 10)
    (cleared,) = alarms.acknowledge(KIND, "press", operator="ann", now_ns=20)
    assert (cleared.event, cleared.operator, cleared.alarm.acknowledged_by) == (
        AlarmEvent.CLEARED,
        "ann",
        "ann",
    )


def test_a_latching_alarm_waits_for_an_acknowledgement_and_then_for_a_reset():
    alarms = manager(latching=True)
    alarms.observe([said(1.0, 0)], 0)
    (returned,) = alarms.observe([said(0.0, 1)], 1)
    assert returned.alarm.state is AlarmState.LATCHED_UNACKNOWLEDGED
    assert alarms.reset(KIND, "press", operator="ann", now_ns=2) == []
    (acknowledged,) = alarms.acknowledge(KIND, "press", operator="ann", now_ns=3)
    assert acknowledged.alarm.state is AlarmState.LATCHED_ACKNOWLEDGED
    (cleared,) = alarms.reset(KIND, "press", operator="bob", now_ns=4)
    assert (cleared.event, cleared.operator) == (AlarmEvent.CLEARED, "bob")


def test_an_acknowledged_alarm_that_goes_on_calls_again_after_the_realarm_time():
    alarms = manager(realarm_ns=60)
    alarms.observe([said(1.0, 0)], 0)
    alarms.acknowledge(KIND, "press", operator="ann", now_ns=50)
    (realarmed,) = alarms.advance(65)
    assert told([realarmed]) == [(65, "realarmed", 60)]
    assert realarmed.alarm.state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert realarmed.alarm.acknowledged_by == ""


@pytest.mark.parametrize("act", ["acknowledge", "reset"])
def test_acting_on_an_alarm_that_is_not_there_says_nothing(act):
    assert getattr(manager(), act)(KIND, "press", operator="ann", now_ns=0) == []


@pytest.mark.parametrize("act", ["acknowledge", "reset"])
def test_nobody_cannot_act(act):
    with pytest.raises(ValueError, match="operator"):
        getattr(manager(), act)(KIND, "press", operator="", now_ns=0)


def test_alarms_come_by_priority_then_kind_then_zone():
    alarms = AlarmManager({})
    alarms.observe(
        [
            said(1.0, 0, kind=HazardKind.MODEL_LATE, zone=""),
            said(1.0, 0, zone="b"),
            said(1.0, 0, zone="a"),
            said(1.0, 0, kind=HazardKind.CAMERA_LOST, zone="z"),
            said(1.0, 0, kind=HazardKind.SMOKE_OR_FIRE, zone="z"),
        ],
        0,
    )
    alarms.advance(10_000_000_000)
    assert [(a.kind.value, a.zone) for a in alarms.alarms()] == [
        ("smoke_or_fire", "z"),
        ("camera_lost", "z"),
        ("person_in_zone", "a"),
        ("person_in_zone", "b"),
        ("model_late", ""),
    ]


def test_what_falls_due_in_one_call_is_told_in_the_order_it_was_due():
    alarms = manager(on_delay_ns=100)
    alarms.observe([said(1.0, 30, zone="a"), said(1.0, 20, zone="b")], 40)
    assert [(t.due_ns, t.alarm.zone) for t in alarms.advance(500)] == [(120, "b"), (130, "a")]


def test_a_clock_that_steps_back_is_held_and_a_hazard_from_the_future_is_of_now():
    alarms = manager()
    alarms.advance(1000)
    assert told(alarms.observe([said(1.0, 5000)], 900)) == [(1000, "raised", 1000)]


def test_after_a_restart_delays_go_on_where_they_were():
    alarms = manager(on_delay_ns=100, realarm_ns=1000)
    alarms.observe([said(1.0, 1_000_000)], 1_000_060)
    alarms.restart(500)
    assert told(alarms.advance(540)) == [(540, "raised", 540)]
    assert told(alarms.advance(1540)) == [(1540, "realarmed", 1540)]


def test_a_model_that_invents_zones_is_bounded_and_cannot_crowd_out_the_guards():
    alarms = manager()
    flood = [said(1.0, 0, source=MODEL, zone=f"z{i}") for i in range(MAX_ALARMS_PER_SOURCE + 7)]
    assert len(alarms.observe(flood, 0)) == MAX_ALARMS_PER_SOURCE
    assert alarms.refused == {GUARD: 0, MODEL: 7}
    assert told(alarms.observe([said(1.0, 1)], 1)) == [(1, "raised", 1)]


def test_normal_alarms_leave_room_for_others():
    alarms = manager(on_delay_ns=10)
    for i in range(3 * MAX_ALARMS_PER_SOURCE):
        alarms.observe([said(1.0, 2 * i, zone=f"z{i}")], 2 * i)
        alarms.observe([said(0.0, 2 * i + 1, zone=f"z{i}")], 2 * i + 1)
    assert alarms.refused[GUARD] == 0


@pytest.mark.parametrize(
    "policy",
    [{"threshold": 0.0}, {"threshold": 1.1}, {"on_delay_ns": -1}, {"realarm_ns": -1}],
    ids=str,
)
def test_an_impossible_policy_is_refused_at_the_door(policy):
    with pytest.raises(ValueError, match="person_in_zone"):
        manager(**policy)
