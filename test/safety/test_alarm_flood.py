"""Floods and chattering: when they begin and end, what is held back, and how it is summed up."""

from __future__ import annotations

import pytest

from tml_ros.safety.alarm import AlarmPolicy, Hearing, Priority
from tml_ros.safety.alarm_chatter import MAX_WATCHED, ChatterWatch
from tml_ros.safety.alarm_flood import FloodWatch
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.alarm_rules import AlarmRules, Suppression
from tml_ros.safety.warning_text import summary_parts, summary_sentences
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

HELMET, FALL = HazardKind.MISSING_HELMET, HazardKind.PERSON_DOWN
RULES = AlarmRules(
    flood_enter=10, flood_leave=5, flood_window_ns=600, summary_ns=60, chatter_window_ns=60
)


def manager(rules: AlarmRules = RULES) -> AlarmManager:
    return AlarmManager(
        {HELMET: AlarmPolicy(Priority.HIGH), FALL: AlarmPolicy(Priority.CRITICAL)}, rules
    )


def raise_many(alarms, count, at_ns, *, kind=HELMET, first=0):
    hazards = [Hazard(kind, f"z{first + n}", 1.0, HazardSource.GUARD, at_ns) for n in range(count)]
    return [t.hearing for t in alarms.observe(hazards, at_ns)]


def come_and_go(alarms, times, at_ns, *, kind=HELMET, apart=2):
    told = []
    for n in range(times):
        for score in (1.0, 0.0):
            stamp_ns = at_ns + n * apart + (score == 0.0)
            hazard = Hazard(kind, "gate", score, HazardSource.GUARD, stamp_ns)
            told += alarms.observe([hazard], stamp_ns)
    return told


def raises(transitions):
    return [t.hearing.value for t in transitions if t.event.value == "raised"]


def test_the_eleventh_alarm_in_ten_minutes_begins_a_flood():
    alarms = manager()
    assert raise_many(alarms, 10, 0) == [Hearing.ANNOUNCED] * 10
    assert not alarms.health(1).flood
    assert raise_many(alarms, 2, 599, first=10) == [Hearing.SUMMARISED] * 2
    assert alarms.health(600).flood


def test_ten_alarms_before_the_window_are_no_flood():
    alarms = manager()
    raise_many(alarms, 10, 0)
    assert raise_many(alarms, 1, 600, first=10) == [Hearing.ANNOUNCED]


@pytest.mark.parametrize("kind", sorted(AlarmRules().always_heard))
def test_whoever_is_in_danger_is_warned_in_every_flood_and_however_often(kind):
    high = AlarmPolicy(Priority.HIGH)
    alarms = AlarmManager({HELMET: high, kind: high}, RULES)
    raise_many(alarms, 11, 0)
    assert alarms.health(1).flood
    assert raise_many(alarms, 3, 10, kind=kind, first=20) == [Hearing.ANNOUNCED] * 3
    assert raises(come_and_go(alarms, 6, 20, kind=kind)) == ["announced"] * 6


def test_a_critical_alarm_is_always_announced():
    alarms = manager()
    assert raise_many(alarms, 30, 0, kind=FALL) == [Hearing.ANNOUNCED] * 30
    assert alarms.health(1).flood
    assert raise_many(alarms, 1, 1) == [Hearing.SUMMARISED]


def test_a_flood_ends_when_fewer_than_five_alarms_are_left_in_the_window():
    alarms = manager()
    raise_many(alarms, 12, 0)
    raise_many(alarms, 4, 300, first=20)
    alarms.advance(599)
    assert alarms.health(599).flood
    alarms.advance(600)
    assert not alarms.health(600).flood
    assert raise_many(alarms, 1, 601, first=30) == [Hearing.ANNOUNCED]
    assert alarms.health(601).floods == 1
    assert alarms.health(601).flood_share == pytest.approx(600 / 601)


def test_what_a_flood_holds_back_is_summed_up_each_minute_and_at_its_end():
    alarms = manager()
    raise_many(alarms, 13, 0)
    assert alarms.take_summary(59) is None
    alarms.advance(60)
    first = alarms.take_summary(60)
    assert (first.began_ns, first.stamp_ns, first.summarised) == (0, 60, 3)
    assert (first.flood, first.ended) == (True, False)
    assert alarms.take_summary(60) is None
    raise_many(alarms, 2, 70, first=20)
    raise_many(alarms, 1, 80, kind=FALL)
    alarms.advance(130)
    second = alarms.take_summary(130)
    assert (second.began_ns, second.summarised, second.announced) == (60, 2, 1)
    assert second.by_kind == {HELMET: 2}
    assert second.by_zone == {"z20": 1, "z21": 1}
    assert second.by_priority == {Priority.HIGH: 2}
    assert second.priority is Priority.HIGH
    alarms.advance(600)
    last = alarms.take_summary(600)
    assert (last.summarised, last.ended) == (0, True)
    alarms.advance(2000)
    assert alarms.take_summary(2000) is None


def test_neither_withheld_nor_chattering_alarms_make_a_flood():
    rules = AlarmRules(
        flood_window_ns=600,
        chatter_window_ns=60,
        suppressions={"maintenance": Suppression(longest_ns=1000)},
    )
    alarms = manager(rules)
    come_and_go(alarms, 25, 0)
    assert not alarms.health(60).flood
    alarms.begin_condition("maintenance", operator="ann", reason="", now_ns=60)
    raise_many(alarms, 40, 60)
    assert not alarms.health(60).flood


def test_an_alarm_chatters_with_its_third_raise_in_a_minute_and_is_held_back_from_then_on():
    alarms = manager()
    told = come_and_go(alarms, 5, 0, apart=10)
    assert raises(told) == ["announced"] * 3 + ["summarised"] * 2
    (begins,) = [t for t in told if t.event.value == "chattering"]
    assert (begins.due_ns, begins.hearing) == (20, Hearing.ANNOUNCED)
    assert begins.reason.startswith("raised 3 times within")
    assert begins.alarm.chattering
    assert alarms.alarms()[0].chattering
    assert alarms.health(50).chattering == ((HELMET, "gate"),)


def test_an_alarm_has_settled_when_it_was_not_raised_for_a_minute():
    alarms = manager()
    come_and_go(alarms, 3, 0)
    assert alarms.advance(63) == []
    (settled,) = alarms.advance(70)
    assert (settled.event.value, settled.due_ns) == ("settled", 64)
    assert not settled.alarm.chattering
    assert raises(come_and_go(alarms, 1, 80)) == ["announced"]
    health = alarms.health(90)
    assert (health.chattering, health.chattered) == ((), 1)


def test_an_alarm_that_settles_while_its_condition_is_present_calls():
    alarms = manager()
    come_and_go(alarms, 3, 0)
    (raised,) = alarms.observe([Hazard(HELMET, "gate", 1.0, HazardSource.GUARD, 10)], 10)
    assert raised.hearing is Hearing.SUMMARISED
    (settled,) = alarms.advance(100)
    assert (settled.due_ns, settled.annunciates) == (70, True)


def test_a_critical_alarm_that_chatters_is_told_of_and_goes_on_being_announced():
    told = come_and_go(manager(), 6, 0, kind=FALL)
    assert raises(told) == ["announced"] * 6
    assert [t.event.value for t in told].count("chattering") == 1


def test_what_chattering_holds_back_is_summed_up_without_a_flood():
    alarms = manager()
    come_and_go(alarms, 6, 0)
    alarms.advance(66)
    summary = alarms.take_summary(66)
    assert (summary.flood, summary.ended, summary.summarised) == (False, False, 3)
    assert summary.sentences("en") == (
        "Attention. An alarm comes and goes again and again.",
        "At least 3 warnings were not announced.",
    )


@pytest.mark.parametrize(
    ("count", "ended", "language", "sentences"),
    [
        (1, False, "de", ["Achtung. Sehr viele Alarme.", "Eine Warnung wurde nicht angesagt."]),
        (
            4,
            False,
            "en",
            ["Attention. Very many alarms.", "At least 3 warnings were not announced."],
        ),
        (
            7,
            True,
            "en-us",
            ["The flood of alarms is over.", "At least 5 warnings were not announced."],
        ),
        (0, True, "de-at", ["Die Flut von Alarmen ist vorbei."]),
    ],
)
def test_a_summary_says_how_many_at_least(count, ended, language, sentences):
    said = summary_sentences(count, flood=True, ended=ended, language=language)
    assert list(said) == sentences


@pytest.mark.parametrize("language", ["en", "de-at"])
@pytest.mark.parametrize("count", [0, 1, 2, 4, 99, 100, 10**9])
@pytest.mark.parametrize(("flood", "ended"), [(True, False), (True, True), (False, False)])
def test_every_sentence_of_a_summary_is_one_a_voice_can_have_ready(language, count, flood, ended):
    said = summary_sentences(count, flood=flood, ended=ended, language=language)
    assert set(said) <= set(summary_parts(language))


def test_a_flood_is_remembered_in_as_few_times_as_decide():
    flood = FloodWatch(RULES)
    for at_ns in range(10_000):
        flood.raised(at_ns)
    assert len(flood.raised_ns) == 11
    assert flood.end_ns == 9995 + 600


def test_only_so_many_alarms_are_watched_for_chattering_and_those_that_do_are_kept():
    watch = ChatterWatch(3, 10**6)
    kind = HazardKind.SIREN
    assert [watch.raised((kind, "mic"), at_ns) for at_ns in (0, 1, 2)] == [False, False, True]
    for number in range(3 * MAX_WATCHED):
        watch.raised((kind, f"z{number}"), 10)
    assert len(watch.memory()) == MAX_WATCHED
    assert watch.chatters((kind, "mic"))
