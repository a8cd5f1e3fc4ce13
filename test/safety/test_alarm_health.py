"""The figures of alarm health, against numbers worked out by hand."""

from __future__ import annotations

import pytest

from tml_ros.safety.alarm import AlarmPolicy, Priority
from tml_ros.safety.alarm_figures import MAX_COUNTED, AlarmFigures, percentile
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.alarm_rules import AlarmRules
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

PERSON, IMPACT, SLOW = HazardKind.PERSON_IN_ZONE, HazardKind.IMPACT_SOUND, HazardKind.MODEL_LATE
S = 1_000_000_000
GUARD, MODEL = HazardSource.GUARD, HazardSource.MODEL


def manager(**rules) -> AlarmManager:
    policies = {
        PERSON: AlarmPolicy(Priority.HIGH),
        IMPACT: AlarmPolicy(Priority.MEDIUM),
        SLOW: AlarmPolicy(Priority.LOW),
    }
    return AlarmManager(policies, AlarmRules(**rules))


def come(alarms, at_s, *, kind=PERSON, zone="press", source=GUARD, score=1.0):
    return alarms.observe([Hazard(kind, zone, score, source, at_s * S)], at_s * S)


def go(alarms, at_s, **place):
    return come(alarms, at_s, score=0.0, **place)


def test_rates_are_per_hour_seen_within_ten_minutes_and_at_the_peak():
    alarms = manager()
    alarms.advance(0)
    for at_s in (100, 200, 300, 3000, 7100):
        come(alarms, at_s)
        go(alarms, at_s + 50)
    alarms.advance(7200 * S)
    health = alarms.health(7200 * S)
    assert health.seen_ns == 7200 * S
    assert (health.called, health.per_hour) == (5, 2.5)
    assert (health.last_ten_minutes, health.peak_ten_minutes) == (1, 3)


def test_withheld_alarms_are_counted_apart():
    alarms = manager()
    alarms.shelve(PERSON, "press", operator="ann", reason="known", now_ns=0)
    come(alarms, 1)
    come(alarms, 2, zone="door")
    health = alarms.health(3 * S)
    assert (health.called, health.withheld) == (1, 1)
    assert health.raised == {PERSON: 2}
    assert health.shelved == ((PERSON, "press"),)


def test_the_time_to_acknowledge_is_from_the_raise_to_the_first_acknowledgement():
    alarms = manager()
    for number, taken_s in enumerate((2, 4, 30)):
        at_s = 100 * number
        come(alarms, at_s)
        if taken_s == 4:
            go(alarms, at_s + 1)
        alarms.acknowledge(PERSON, "press", operator="ann", now_ns=(at_s + taken_s) * S)
        go(alarms, at_s + 40)
    health = alarms.health(400 * S)
    assert (health.acknowledged, health.acknowledge_p50_s, health.acknowledge_p95_s) == (3, 4, 30)


def test_an_alarm_that_goes_unacknowledged_and_comes_again_is_timed_from_the_newest_raise():
    alarms = manager()
    come(alarms, 0)
    go(alarms, 10)
    come(alarms, 50)
    alarms.acknowledge(PERSON, "press", operator="ann", now_ns=53 * S)
    assert alarms.health(60 * S).acknowledge_p50_s == 3


def test_what_is_active_for_too_long_is_stale_the_oldest_first():
    alarms = manager(stale_ns=100 * S)
    come(alarms, 0, zone="a")
    come(alarms, 5, zone="b")
    come(alarms, 50, zone="c")
    come(alarms, 50, zone="d")
    go(alarms, 60, zone="d")
    alarms.acknowledge(PERSON, "b", operator="ann", now_ns=61 * S)
    assert alarms.health(99 * S).stale == ()
    assert alarms.health(100 * S).stale == ((PERSON, "a"),)
    assert alarms.health(106 * S).stale == ((PERSON, "a"), (PERSON, "b"))


def test_shares_are_of_the_alarms_that_called():
    alarms = manager()
    for zone in "abc":
        come(alarms, 1, kind=SLOW, zone=zone)
    come(alarms, 2)
    shares = alarms.health(3 * S).shares
    assert shares == {Priority.LOW: 0.75, Priority.HIGH: 0.25}


def test_a_raise_is_judged_false_once_and_counted_by_kind_zone_and_source():
    alarms = manager()
    for at_s in (0, 100, 200, 300):
        come(alarms, at_s, source=MODEL if at_s == 200 else GUARD)
        if at_s in (100, 200):
            by = {"operator": "ann", "reason": "a shadow", "now_ns": (at_s + 5) * S}
            (judged,) = alarms.judge_false(PERSON, "press", **by)
            assert (judged.event.value, judged.reason) == ("judged_false", "a shadow")
            assert alarms.judge_false(PERSON, "press", **by) == []
        alarms.acknowledge(PERSON, "press", operator="ann", now_ns=(at_s + 6) * S)
        go(alarms, at_s + 10, source=MODEL if at_s == 200 else GUARD)
    come(alarms, 400, zone="door")
    health = alarms.health(500 * S)
    rows = {(one.zone, one.source): (one.judged_false, one.raised) for one in health.judgements}
    assert rows == {("press", "guard"): (1, 3), ("press", "model"): (1, 1)}
    assert health.judged_false[PERSON].rate == 2 / 5


def test_an_alarm_can_be_judged_false_when_it_is_over():
    alarms = manager()
    come(alarms, 0)
    alarms.acknowledge(PERSON, "press", operator="ann", now_ns=1 * S)
    go(alarms, 2)
    assert alarms.alarms() == ()
    (judged,) = alarms.judge_false(PERSON, "press", operator="ann", reason="test", now_ns=9 * S)
    assert judged.alarm.state.value == "normal"


def test_figures_do_not_grow_with_the_places_that_a_model_invents():
    alarms = manager(chatter_window_ns=1)
    for number in range(3 * MAX_COUNTED):
        come(alarms, number, zone=f"z{number}", source=MODEL)
        alarms.judge_false(PERSON, f"z{number}", operator="ann", reason="no", now_ns=number * S)
        alarms.acknowledge(PERSON, f"z{number}", operator="ann", now_ns=number * S)
        go(alarms, number, zone=f"z{number}", source=MODEL)
    health = alarms.health(3 * MAX_COUNTED * S)
    assert health.raised == {PERSON: 3 * MAX_COUNTED}
    assert len(health.judgements) == MAX_COUNTED + 1
    assert health.judgements[0].zone == "(elsewhere)"
    assert sum(one.judged_false for one in health.judgements) == 3 * MAX_COUNTED
    memory = alarms.memory().figures
    assert max(map(len, (memory.places, memory.latest, memory.recent_ns))) <= 2 * MAX_COUNTED


def test_nothing_was_seen_at_first():
    health = manager().health(5)
    assert (health.per_hour, health.flood_share, health.acknowledge_p95_s) == (0.0, 0.0, None)
    assert AlarmFigures().in_ten_minutes(0) == 0


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7 * S], 0.95, 7.0), ([3 * S, S, 2 * S], 0.5, 2.0)],
)
def test_a_percentile_is_one_of_the_values(values, share, expected):
    assert percentile(values, share) == expected
