from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.report.alarm_latency import CAPACITY, AlarmLatency
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import HazardKind

MS = 1_000_000


def change(
    event: AlarmEvent, state: AlarmState, *, raised_ms: int, due_ms: int, zone: str = "gate"
) -> AlarmTransition:
    raised_ns = raised_ms * MS
    kind = HazardKind.PERSON_IN_ZONE
    alarm = Alarm(kind, zone, state, Priority.HIGH, "guard", raised_ns, raised_ns)
    return AlarmTransition(raised_ns, event, alarm, due_ms * MS)


RAISED = change(AlarmEvent.RAISED, AlarmState.ACTIVE_UNACKNOWLEDGED, raised_ms=105, due_ms=100)
RETURNED = change(
    AlarmEvent.RETURNED, AlarmState.RETURNED_UNACKNOWLEDGED, raised_ms=105, due_ms=400
)
ACKNOWLEDGED = change(
    AlarmEvent.ACKNOWLEDGED, AlarmState.ACTIVE_ACKNOWLEDGED, raised_ms=105, due_ms=300
)


def standing(at_ms: int, *changes: AlarmTransition) -> Callable[[AlarmLatency], list[float]]:
    return lambda latency: latency.standing([c.alarm for c in changes], at_ms * MS)


def changed(what: AlarmTransition) -> Callable[[AlarmLatency], list[float]]:
    return lambda latency: latency.changed(what)


@pytest.mark.parametrize(
    ("steps", "latencies"),
    [
        ([standing(130, RAISED), changed(RAISED)], [30.0]),
        ([changed(RAISED), standing(130, RAISED)], [30.0]),
        ([standing(130, RAISED), standing(900, RAISED), changed(RAISED)], [30.0]),
        ([changed(RAISED), standing(130, RAISED), standing(900, RAISED)], [30.0]),
        (
            [
                standing(130, RAISED),
                changed(RAISED),
                standing(310, ACKNOWLEDGED),
                changed(ACKNOWLEDGED),
                changed(RETURNED),
                standing(420, RETURNED),
            ],
            [30.0, 20.0],
        ),
        ([changed(RAISED), standing(130)], []),
        ([standing(130, RAISED)], []),
    ],
    ids=[
        "alarm first",
        "change first",
        "sign of life before the change",
        "sign of life afterwards",
        "acknowledging is not measured, returning is",
        "never seen standing",
        "change lost",
    ],
)
def test_each_change_by_a_hazard_is_measured_once(
    steps: list[Callable[[AlarmLatency], list[float]]], latencies: list[float]
) -> None:
    latency = AlarmLatency()
    assert [found for step in steps for found in step(latency)] == latencies


def test_what_never_finds_its_other_half_is_forgotten_in_time() -> None:
    latency = AlarmLatency()
    for index in range(CAPACITY + 1):
        raised = change(
            AlarmEvent.RAISED,
            AlarmState.ACTIVE_UNACKNOWLEDGED,
            raised_ms=index,
            due_ms=index,
            zone=f"zone_{index}",
        )
        latency.changed(raised)
        last = raised
    assert latency.standing([last.alarm], (CAPACITY + 5) * MS) == [5.0]
    first = change(
        AlarmEvent.RAISED,
        AlarmState.ACTIVE_UNACKNOWLEDGED,
        raised_ms=0,
        due_ms=0,
        zone="zone_0",
    )
    assert latency.standing([first.alarm], 10**12) == []
