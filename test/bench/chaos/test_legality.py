"""What is taken for legal, against what an alarm manager really does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tml_ros.bench.chaos.legality import illegal_transitions
from tml_ros.safety.alarm import AlarmEvent, AlarmPolicy, AlarmTransition, Priority
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.alarm_rules import AlarmRules, Suppression
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

KIND = HazardKind.SIREN
POLICIES = {KIND: AlarmPolicy(Priority.HIGH)}


def lived() -> list[AlarmTransition]:
    """A condition begins, an alarm is raised, the condition ends, the alarm is shelved."""
    alarms = AlarmManager(POLICIES, AlarmRules(suppressions={"drill": Suppression()}))
    by = {"operator": "ann", "reason": ""}
    told = alarms.begin_condition("drill", **by, now_ns=0)
    told += alarms.observe([Hazard(KIND, "ear", 1.0, HazardSource.GUARD, 1)], 1)
    told += alarms.end_condition("drill", **by, now_ns=2)
    told += alarms.shelve(KIND, "ear", **by, now_ns=3)
    return told + alarms.unshelve(KIND, "ear", operator="ann", now_ns=4)


def test_an_alarm_may_be_suppressed_from_the_first() -> None:
    told = lived()
    assert [t.event.value for t in told] == ["raised", "unsuppressed", "shelved", "unshelved"]
    assert illegal_transitions(told, POLICIES, before={}) == ()


@pytest.mark.parametrize("left_out", [0, 2])
def test_what_ends_must_have_begun(left_out: int) -> None:
    told = lived()
    del told[left_out]
    assert illegal_transitions(told, POLICIES, before={})


def test_an_alarm_is_not_raised_twice() -> None:
    told = lived()
    again = replace(told[-1], event=AlarmEvent.RAISED)
    assert illegal_transitions([*told, again], POLICIES, before={})
