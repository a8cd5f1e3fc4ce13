"""What goes on record of alarms and speech, as the bodies of records.

Knows nothing of where they are kept. Numbers are integers, so that a seal covers every digit. Pure;
any thread.
"""

from __future__ import annotations

from typing import Any

from tml_ros.safety.alarm import AlarmTransition
from tml_ros.safety.alarm_summary import FloodSummary


def transition_body(transition: AlarmTransition) -> dict[str, Any]:
    """A change of an alarm, and the alarm after it."""
    alarm = transition.alarm
    body: dict[str, Any] = {
        "event": transition.event.value,
        "kind": alarm.kind.value,
        "zone": alarm.zone,
        "state": alarm.state.value,
        "priority": alarm.priority.value,
        "source": alarm.source,
        "due_ns": transition.due_ns,
        "raised_ns": alarm.raised_ns,
        "evidence_ns": alarm.evidence_ns,
        "operator": transition.operator,
        "reason": transition.reason,
        "hearing": transition.hearing.value,
        "acknowledged_by": alarm.acknowledged_by,
        "chattering": alarm.chattering,
        "withheld": [
            {
                "how": one.how.value,
                "since_ns": one.since_ns,
                "until_ns": one.until_ns,
                "operator": one.operator,
                "reason": one.reason,
            }
            for one in alarm.withheld
        ],
    }
    if alarm.box is not None:
        box = alarm.box
        body["box"] = {"camera": box.camera, "edges": [box.x0, box.y0, box.x1, box.y1]}
    return body


def summary_body(summary: FloodSummary) -> dict[str, Any]:
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
