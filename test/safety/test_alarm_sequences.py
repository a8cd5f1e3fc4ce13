"""Alarms under any sequence of hazards, operators, pauses and restarts: what holds in all of them.

Nanoseconds stand for seconds, so that windows and delays end within a few steps.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.safety.alarm import (
    AlarmEvent,
    AlarmPolicy,
    AlarmState,
    AlarmTransition,
    Hearing,
    Priority,
)
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.alarm_memory import AlarmMemory
from tml_ros.safety.alarm_rules import AlarmRules, Suppression
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

PERSON, FALL, SLOW = HazardKind.PERSON_IN_ZONE, HazardKind.PERSON_DOWN, HazardKind.MODEL_LATE
GUARD = HazardSource.GUARD
RULES = AlarmRules(
    shelve_ns=20,
    longest_shelve_ns=60,
    suppressions={
        "maintenance": Suppression(longest_ns=40),
        "cleaning": Suppression(frozenset({FALL}), frozenset({"door"}), 25),
    },
    flood_enter=3,
    flood_leave=2,
    flood_window_ns=60,
    summary_ns=10,
    chatter_count=3,
    chatter_window_ns=50,
    stale_ns=50,
)


@dataclass(frozen=True)
class Step:
    """What happens `pause` ns after the step before."""

    pause: int
    act: str
    kind: HazardKind
    zone: str
    source: HazardSource
    present: bool
    age: int
    length: int


OPERATOR_ACTS = (
    "acknowledge",
    "reset",
    "shelve",
    "unshelve",
    "remove_from_service",
    "return_to_service",
    "begin_condition",
    "end_condition",
    "judge_false",
)


def script(seed: int, length: int) -> list[Step]:
    """Many hazards, half of them of one place, and some acts.

    A shorter one of the same seed is its beginning.
    """
    chance = random.Random(seed)
    acts = ("observe",) * chance.choice((10, 30)) + OPERATOR_ACTS
    places = [(kind, zone) for kind in (PERSON, FALL, SLOW) for zone in ("press", "door")]
    busy = chance.choice(places)
    steps = []
    for number in range(length):
        kind, zone = busy if chance.random() < 0.5 else chance.choice(places)
        often = (kind, zone) == busy
        steps.append(
            Step(
                pause=chance.choice((0, 0, 1, 1, 2, 3, 8, 25)),
                act=chance.choice(acts),
                kind=kind,
                zone=zone,
                source=GUARD if often else chance.choice(tuple(HazardSource)),
                present=number % 2 == 0 if often else chance.random() < 0.5,
                age=chance.choice((0, 0, 1, 3)),
                length=chance.randint(1, 20),
            )
        )
    return steps


STEPS = st.builds(script, st.integers(0, 2**32), st.integers(0, 120))
POLICIES = st.fixed_dictionaries(
    {
        kind: st.builds(
            AlarmPolicy,
            priority=st.just(priority),
            on_delay_ns=st.integers(0, 4),
            off_delay_ns=st.integers(0, 4),
            latching=st.booleans(),
            realarm_ns=st.sampled_from([0, 0, 25]),
        )
        for kind, priority in (
            (PERSON, Priority.HIGH),
            (FALL, Priority.CRITICAL),
            (SLOW, Priority.LOW),
        )
    }
)


def take(manager: AlarmManager, step: Step, now: int) -> list[AlarmTransition]:
    """Let one step happen."""
    if step.act == "observe":
        score = float(step.present)
        return manager.observe(
            [Hazard(step.kind, step.zone, score, step.source, now - step.age)], now
        )
    by = {"operator": "ann", "now_ns": now}
    if step.act.endswith("condition"):
        name = "maintenance" if step.zone == "press" else "cleaning"
        more = {"reason": ""} if step.act == "begin_condition" else {}
        return getattr(manager, step.act)(name, **by, **more)
    if step.act in ("shelve", "remove_from_service", "judge_false"):
        by["reason"] = "because"
    if step.act == "shelve":
        by["duration_ns"] = step.length
    return getattr(manager, step.act)(step.kind, step.zone, **by)


def run(
    policies: dict[HazardKind, AlarmPolicy], steps: list[Step], *, often: bool = False
) -> tuple[AlarmManager, list[AlarmTransition], int]:
    manager, now = AlarmManager(policies, RULES), 1000
    told = manager.advance(now)
    for step in steps:
        if often:
            for tick in range(now, now + step.pause):
                told += manager.advance(tick)
        now += step.pause
        told += take(manager, step, now)
    return manager, told, now


@given(policies=POLICIES, steps=STEPS)
@settings(max_examples=100)
def test_the_answer_does_not_depend_on_how_often_time_is_noticed(policies, steps) -> None:
    seldom, told, _ = run(policies, steps)
    often, told_often, now = run(policies, steps, often=True)
    assert [replace(t, stamp_ns=0) for t in told] == [replace(t, stamp_ns=0) for t in told_often]
    assert seldom.alarms() == often.alarms()
    assert seldom.health(now) == often.health(now)


@given(policies=POLICIES, steps=STEPS, interval=st.integers(1, 15))
@settings(max_examples=100)
def test_everything_that_is_held_back_is_in_exactly_one_summary(policies, steps, interval) -> None:
    manager, now, told, summaries = AlarmManager(policies, RULES), 1000, [], []
    for number, step in enumerate(
        [*steps, *[Step(20, "advance", PERSON, "press", GUARD, False, 0, 1)] * 20]
    ):
        now += step.pause
        told += manager.advance(now) if step.act == "advance" else take(manager, step, now)
        if number % interval == 0:
            summaries.append(manager.take_summary(now))
    summaries = [one for one in [*summaries, manager.take_summary(now)] if one is not None]
    told_of: Counter[tuple[HazardKind, str, Priority]] = Counter()
    for one in summaries:
        assert one.summarised == sum(count.count for count in one.counts)
        assert one.summarised == sum(one.by_kind.values()) == sum(one.by_zone.values())
        told_of.update({(c.kind, c.zone, c.priority): c.count for c in one.counts})
    held_back = [t.alarm for t in told if t.hearing is Hearing.SUMMARISED]
    assert told_of == Counter((a.kind, a.zone, a.priority) for a in held_back)
    assert all(alarm.priority is not Priority.CRITICAL for alarm in held_back)


@given(policies=POLICIES, steps=STEPS)
@settings(max_examples=100)
def test_withholding_never_touches_a_life(policies, steps) -> None:
    # The same hazards and acknowledgements at the same times, with and without everything else.
    pauses, kept = 0, []
    for step in steps:
        pauses += step.pause
        if step.act in ("observe", "acknowledge", "reset"):
            kept.append(replace(step, pause=pauses))
            pauses = 0
    _, withheld, now = run(policies, steps)
    plain_manager, plain, _ = run(policies, kept)
    plain += plain_manager.advance(now)

    def lives(told: list[AlarmTransition]) -> list[tuple]:
        return [
            (t.due_ns, t.event, replace(t.alarm, withheld=(), chattering=False))
            for t in told
            if t.event.of_life
        ]

    assert lives(withheld) == lives(plain)


@given(policies=POLICIES, steps=STEPS)
@settings(max_examples=100)
def test_a_transition_says_who_hears_of_it_and_the_events_come_in_pairs(policies, steps) -> None:
    manager, told, now = run(policies, steps)
    states: dict[tuple, AlarmState] = {}
    shelved, out, chattering = set(), set(), set()
    pairs = {
        AlarmEvent.UNSHELVED: shelved,
        AlarmEvent.RETURNED_TO_SERVICE: out,
        AlarmEvent.SETTLED: chattering,
    }
    for t in told:
        place = (t.alarm.kind, t.alarm.zone)
        assert (t.hearing is Hearing.WITHHELD) == bool(t.alarm.withheld)
        if t.hearing is Hearing.SUMMARISED:
            assert t.annunciates
        if t.event.of_life:
            states[place] = t.alarm.state
        else:
            assert t.alarm.state is states.get(place, AlarmState.NORMAL)
        if t.event is AlarmEvent.SHELVED:
            shelved.add(place)
        elif t.event is AlarmEvent.REMOVED_FROM_SERVICE:
            out.add(place)
        elif t.event is AlarmEvent.CHATTERING:
            assert place not in chattering
            chattering.add(place)
        elif t.event in pairs:
            pairs[t.event].remove(place)
        assert t.alarm.chattering == (place in chattering)
    listed = {(a.kind, a.zone) for a in manager.alarms()}
    assert listed >= shelved | out
    health = manager.health(now)
    assert (set(health.shelved), set(health.out_of_service)) == (shelved, out)
    assert set(health.chattering) == chattering


@given(policies=POLICIES, steps=STEPS, at=st.integers(0, 120))
@settings(max_examples=100)
def test_restored_is_uninterrupted_where_sources_go_on(policies, steps, at) -> None:
    first, second = steps[:at], steps[at:]
    uninterrupted, _, now = run(policies, first)
    restored = AlarmManager(policies, RULES)
    memory = AlarmMemory.from_json(json.loads(json.dumps(uninterrupted.memory().to_json())))
    assert memory == uninterrupted.memory()
    assert restored.recall(memory, now) == []
    assert restored.alarms() == uninterrupted.alarms()
    for step in second:
        now += step.pause
        assert take(restored, step, now) == take(uninterrupted, step, now)
        assert restored.take_summary(now) == uninterrupted.take_summary(now)
    assert restored.memory() == uninterrupted.memory()
    assert restored.health(now) == uninterrupted.health(now)
