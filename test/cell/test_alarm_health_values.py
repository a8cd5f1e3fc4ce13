"""The health of alarms as text: each figure under its key, with its unit."""

from __future__ import annotations

from tml_ros.cell.alarm_health_values import MOST_NAMED, alarm_health_values
from tml_ros.safety.alarm import Priority
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.alarm_rules import AlarmRules, Suppression
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

S = 1_000_000_000
RULES = AlarmRules(stale_ns=1800 * S, suppressions={"maintenance": Suppression()})
BY = {"operator": "ann", "reason": "a coat"}


def test_before_anything_happened_every_key_is_there() -> None:
    values = alarm_health_values(AlarmManager({}).health(0))
    assert all(isinstance(value, str) for value in values.values())
    assert (values["per_hour"], values["acknowledge_p50_s"], values["stale"]) == (
        "0.00",
        "none",
        "0",
    )
    assert {f"share_{one.value}_percent" for one in Priority} <= values.keys()


def test_the_figures_of_an_hour_are_told_with_their_units() -> None:
    alarms = AlarmManager({}, RULES)
    alarms.advance(0)
    for number in range(MOST_NAMED + 1):
        at_ns = number * 60 * S
        hazard = Hazard(HazardKind.CAMERA_LOST, f"c{number}", 1.0, HazardSource.GUARD, at_ns)
        alarms.observe([hazard], at_ns)
    alarms.observe([Hazard(HazardKind.MODEL_LOST, "", 1.0, HazardSource.GUARD, 900 * S)], 900 * S)
    alarms.acknowledge(HazardKind.MODEL_LOST, "", operator="ann", now_ns=912 * S)
    alarms.judge_false(HazardKind.CAMERA_LOST, "c1", **BY, now_ns=1000 * S)
    alarms.shelve(HazardKind.MODEL_LOST, "", **BY, now_ns=3500 * S)
    alarms.remove_from_service(HazardKind.SIREN, "ear", **BY, now_ns=3500 * S)
    alarms.begin_condition("maintenance", **BY, now_ns=3500 * S)
    alarms.advance(3600 * S)
    values = alarm_health_values(alarms.health(3600 * S))
    assert values == {
        "seen_h": "1.00",
        "raised": "7",
        "withheld": "0",
        "per_hour": "7.00",
        "last_10_min": "0",
        "peak_10_min": "6",
        "flood": "false",
        "floods": "0",
        "flood_share_percent": "0.00",
        "stale": "7: camera_lost c0, camera_lost c1, camera_lost c2, camera_lost c3, "
        "camera_lost c4, ...",
        "chattering": "0",
        "chattered": "0",
        "acknowledge_p50_s": "12.0",
        "acknowledge_p95_s": "12.0",
        "acknowledged": "1",
        "share_low_percent": "0.0 (recommended 80)",
        "share_medium_percent": "14.3 (recommended 15)",
        "share_high_percent": "85.7 (recommended 5)",
        "share_critical_percent": "0.0 (recommended 1)",
        "raised_by_kind": "camera_lost 6, model_lost 1",
        "judged_false": "camera_lost 1/6",
        "judged_false_worst": "camera_lost c1 guard 1/1",
        "shelved": "1: model_lost",
        "out_of_service": "1: siren ear",
        "conditions": "maintenance",
    }
