"""What a record says of a change of an alarm. Names are those of `alarms/events`.

Knows nothing of seals or files. Pure functions; any thread.
"""

from __future__ import annotations

from tml_ros.audit.canonical import JSON, recordable
from tml_ros.safety.alarm import AlarmTransition


def transition_body(transition: AlarmTransition) -> dict[str, JSON]:
    """One change of one alarm, and all that the alarm is after it."""
    alarm = transition.alarm
    body: dict[str, JSON] = {
        "event": transition.event.value,
        "kind": alarm.kind.value,
        "zone": alarm.zone,
        "state": alarm.state.value,
        "priority": alarm.priority.value,
        "source": alarm.source,
        "raised_ns": alarm.raised_ns,
        "evidence_ns": alarm.evidence_ns,
        "due_ns": transition.due_ns,
        "operator": _plain(transition.operator),
        "reason": _plain(transition.reason),
        "hearing": transition.hearing.value,
        "acknowledged_by": _plain(alarm.acknowledged_by),
        "chattering": alarm.chattering,
        "withheld": [
            {
                "how": one.how.value,
                "since_ns": one.since_ns,
                "until_ns": one.until_ns,
                "operator": _plain(one.operator),
                "reason": _plain(one.reason),
            }
            for one in alarm.withheld
        ],
    }
    if alarm.box is not None:
        box = alarm.box
        body["box"] = {"camera": box.camera, "edges": [box.x0, box.y0, box.x1, box.y1]}
    return body


def _plain(text: str) -> JSON:
    return recordable(text, max_text=1_000)
