"""What a record says of alarms: a change of one, and many told together.

Names are those of `alarms/events`.

Knows nothing of seals or files. Pure functions; any thread.
"""

from __future__ import annotations

from tml_ros.audit.canonical import JSON, recordable
from tml_ros.safety.alarm import AlarmTransition
from tml_ros.safety.alarm_summary import FloodSummary


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


def summary_body(summary: FloodSummary) -> dict[str, JSON]:
    """What was held back and told together."""
    return {
        "began_ns": summary.began_ns,
        "announced": summary.announced,
        "summarised": summary.summarised,
        "flood": summary.flood,
        "ended": summary.ended,
        "counts": [
            {
                "kind": one.kind.value,
                "zone": one.zone,
                "priority": one.priority.value,
                "count": one.count,
            }
            for one in summary.counts
        ],
    }


def _plain(text: str) -> JSON:
    return recordable(text, max_text=1_000)
