"""Histories that never happened, for the checker to find out what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tml_ros.bench.chaos.faults import SECOND, Fault, FaultKind
from tml_ros.bench.chaos.history import History, SeenEvent, Struck
from tml_ros.cell.cell_description import CellDescription
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import HazardKind

CELL = CellDescription.model_validate(
    {
        "cell": "press",
        "cameras": {"hall": {"source": 0}, "gate": {"topic": "/gate"}},
        "microphones": {"ear": {"source": "default"}},
        "speaker": {},
        "model": "nano",
        "machines": {"press_1": {"telemetry": {"oil": {"type": "std_msgs/Float64"}}}},
    }
)
LOST = HazardKind.CAMERA_LOST
RAISED = (AlarmEvent.RAISED, AlarmState.ACTIVE_UNACKNOWLEDGED)
RETURNED = (AlarmEvent.RETURNED, AlarmState.RETURNED_UNACKNOWLEDGED)
ACKNOWLEDGED = (AlarmEvent.ACKNOWLEDGED, AlarmState.ACTIVE_ACKNOWLEDGED)
CLEARED = (AlarmEvent.CLEARED, AlarmState.NORMAL)


def transition(
    what: tuple[AlarmEvent, AlarmState],
    at_s: float,
    *,
    kind: HazardKind = LOST,
    zone: str = "hall",
) -> AlarmTransition:
    """One change, stamped by the cell's time as by the steady one."""
    event, state = what
    stamp_ns = round(at_s * SECOND)
    alarm = Alarm(kind, zone, state, Priority.HIGH, "guard", stamp_ns, stamp_ns)
    return AlarmTransition(stamp_ns, event, alarm, stamp_ns)


def seen(what: tuple[AlarmEvent, AlarmState], at_s: float, **of: Any) -> SeenEvent:
    return SeenEvent(round(at_s * SECOND), transition(what, at_s, **of))


def struck(kind: FaultKind, target: str, began_s: float, ended_s: float) -> Struck:
    fault = Fault(kind, target, round((ended_s - began_s) * SECOND))
    return Struck(fault, round(began_s * SECOND), round(ended_s * SECOND))


def sound_history() -> History:
    """A camera was cut from 10 to 13 s, and all was as it has to be."""
    events = (seen(RAISED, 10.9), seen(RETURNED, 14.2))
    return History(
        began_ns=0,
        ended_ns=30 * SECOND,
        struck=(struck(FaultKind.CAMERA_CUT, "hall", 10, 13),),
        seen=events,
        standing={(LOST, "hall"): AlarmState.RETURNED_UNACKNOWLEDGED},
        spoken=tuple(range(0, 30 * SECOND, SECOND)),
        recorded=tuple(event.transition for event in events),
    )


def changed(**changes: Any) -> History:
    return replace(sound_history(), **changes)
