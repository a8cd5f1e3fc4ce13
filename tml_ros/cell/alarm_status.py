"""Alarms, their transitions and hazards as key/value text, the form diagnostic messages carry.

Knows nothing of ROS: the nodes and the bag writer put a `Status` into diagnostic_msgs and take it
out again, both by the keys named here. Stateless; any thread.

| key | value |
|---|---|
| kind, zone, source, priority, state | as the enumerations say; zone is a name or empty |
| raised_ns, evidence_ns, stamp_ns, due_ns | integer nanoseconds of cell time |
| acknowledged_by | operator's name or empty |
| withheld | JSON list of what withholds the alarm, the gravest first; absent where nothing does |
| chattering | "true" or "false" |
| box_camera, box | camera name and "x0 y0 x1 y1" in its pixels; both absent without a box |
| event | of a transition only |
| operator | of a transition only: whose act it was, or empty |
| reason | of a transition only: why, in the operator's words or the guardian's, or empty |
| hearing | of a transition only: announced, withheld or summarised |
| score | of a hazard only, shortest decimal that reads back exactly |

Each entry of `withheld` is `{"how", "since_ns", "until_ns", "operator", "reason"}`: how is shelved,
suppressed or out_of_service, until_ns null where no time ends it, reason the name of the condition
where one suppresses. What older writers did not know (withheld, chattering, reason, hearing) may be
missing and then has its default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from tml_ros.safety.alarm import (
    Alarm,
    AlarmEvent,
    AlarmState,
    AlarmTransition,
    Hearing,
    Priority,
    Withheld,
    Withholding,
)
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

OK, WARN, ERROR, STALE = range(4)
"""Levels of diagnostic_msgs/DiagnosticStatus."""

MAX_ZONE = 64
"""Characters of a zone in a hazard, as in a cell file: what is kept of strangers stays small."""
MAX_WITHHELD = 65_536
"""Characters of `withheld`: more than an alarm can be withheld for."""
ALARM_SOURCES = ("guard", "model", "guard+model", "")
"""The last of one that is normal, and listed only because it is withheld."""
_WITHHOLDING = {"how", "since_ns", "until_ns", "operator", "reason"}

_Choice = TypeVar("_Choice", bound=Enum)


class StatusError(ValueError):
    """The values are not those of an alarm, transition or hazard; the message names the key."""


@dataclass(frozen=True, slots=True)
class Status:
    """What one diagnostic_msgs/DiagnosticStatus says.

    level: OK, WARN, ERROR or STALE. name: what it is about, "<kind>: <zone>".
    hardware_id: the cell.
    """

    level: int
    name: str
    message: str
    hardware_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def alarm_values(alarm: Alarm) -> dict[str, str]:
    """An alarm as text; `parse_alarm` reads it back unchanged."""
    return {
        "kind": alarm.kind.value,
        "zone": alarm.zone,
        "state": alarm.state.value,
        "priority": alarm.priority.value,
        "source": alarm.source,
        "raised_ns": str(alarm.raised_ns),
        "evidence_ns": str(alarm.evidence_ns),
        "acknowledged_by": alarm.acknowledged_by,
        "chattering": str(alarm.chattering).lower(),
        **_withheld_values(alarm.withheld),
        **_box_values(alarm.box),
    }


def parse_alarm(values: Mapping[str, str]) -> Alarm:
    """The alarm that `alarm_values` wrote. Raises StatusError."""
    source = _text(values, "source")
    if source not in ALARM_SOURCES:
        raise StatusError(f"source: found {source!r}, allowed: {', '.join(ALARM_SOURCES)}")
    return Alarm(
        kind=_choice(values, "kind", HazardKind),
        zone=_text(values, "zone"),
        state=_choice(values, "state", AlarmState),
        priority=_choice(values, "priority", Priority),
        source=source,
        raised_ns=_whole(values, "raised_ns"),
        evidence_ns=_whole(values, "evidence_ns"),
        box=_parse_box(values),
        acknowledged_by=values.get("acknowledged_by", ""),
        withheld=_parse_withheld(values),
        chattering=_flag(values, "chattering"),
    )


def transition_values(transition: AlarmTransition) -> dict[str, str]:
    """A transition and the alarm after it as text; `parse_transition` reads it back unchanged."""
    return {
        "event": transition.event.value,
        "stamp_ns": str(transition.stamp_ns),
        "due_ns": str(transition.due_ns),
        "operator": transition.operator,
        "reason": transition.reason,
        "hearing": transition.hearing.value,
        **alarm_values(transition.alarm),
    }


def parse_transition(values: Mapping[str, str]) -> AlarmTransition:
    """The transition that `transition_values` wrote. Raises StatusError."""
    return AlarmTransition(
        stamp_ns=_whole(values, "stamp_ns"),
        event=_choice(values, "event", AlarmEvent),
        alarm=parse_alarm(values),
        due_ns=_whole(values, "due_ns"),
        operator=values.get("operator", ""),
        reason=values.get("reason", ""),
        hearing=_choice({"hearing": Hearing.ANNOUNCED.value, **values}, "hearing", Hearing),
    )


def hazard_values(hazard: Hazard) -> dict[str, str]:
    """A hazard as text; `parse_hazard` reads it back unchanged."""
    return {
        "kind": hazard.kind.value,
        "zone": hazard.zone,
        "score": repr(float(hazard.score)),
        "source": hazard.source.value,
        "stamp_ns": str(hazard.stamp_ns),
        **_box_values(hazard.box),
    }


def parse_hazard(values: Mapping[str, str]) -> Hazard:
    """The hazard that `hazard_values` wrote. Raises StatusError."""
    text, zone = _text(values, "score"), _text(values, "zone")
    if len(zone) > MAX_ZONE:
        raise StatusError(f"zone: found {len(zone)} characters, allowed: at most {MAX_ZONE}")
    try:
        return Hazard(
            kind=_choice(values, "kind", HazardKind),
            zone=zone,
            score=float(text),
            source=_choice(values, "source", HazardSource),
            stamp_ns=_whole(values, "stamp_ns"),
            box=_parse_box(values),
        )
    except StatusError:
        raise
    except ValueError:
        raise StatusError(f"score: found {text!r}, allowed: a number within 0..1") from None


def alarm_status(alarm: Alarm, *, cell: str = "") -> Status:
    """An alarm for the `alarms` topic: an ERROR from priority high, a WARN below, OK if normal.

    One that is withheld is never more than a WARN: nobody is to be called by it.
    """
    how = dict.fromkeys(holding.how.value.replace("_", " ") for holding in alarm.withheld)
    return Status(
        _alarm_level(alarm),
        _name(alarm.kind, alarm.zone),
        ", ".join((alarm.state.value.replace("_", " "), *how)),
        cell,
        alarm_values(alarm),
    )


def transition_status(transition: AlarmTransition, *, cell: str = "") -> Status:
    """A transition for the `alarms/events` topic, levelled as the alarm after it."""
    alarm = transition.alarm
    return Status(
        _alarm_level(alarm),
        _name(alarm.kind, alarm.zone),
        transition.event.value,
        cell,
        transition_values(transition),
    )


def hazard_status(hazard: Hazard, *, cell: str = "") -> Status:
    """A hazard for the `hazards` topic. Always OK: only alarms judge how bad it is."""
    return Status(
        OK,
        _name(hazard.kind, hazard.zone),
        f"score {hazard.score:.2f}",
        cell,
        hazard_values(hazard),
    )


def _name(kind: HazardKind, zone: str) -> str:
    return f"{kind.value}: {zone}" if zone else kind.value


def _alarm_level(alarm: Alarm) -> int:
    if alarm.state is AlarmState.NORMAL:
        return OK
    urgent = alarm.priority.rank >= Priority.HIGH.rank and not alarm.withheld
    return ERROR if urgent else WARN


def _withheld_values(withheld: tuple[Withholding, ...]) -> dict[str, str]:
    if not withheld:
        return {}
    listed = [
        {
            "how": one.how.value,
            "since_ns": one.since_ns,
            "until_ns": one.until_ns,
            "operator": one.operator,
            "reason": one.reason,
        }
        for one in withheld
    ]
    return {"withheld": json.dumps(listed, ensure_ascii=False)}


def _parse_withheld(values: Mapping[str, str]) -> tuple[Withholding, ...]:
    text = values.get("withheld", "[]")
    try:
        # Deeply nested text ends in a RecursionError.
        listed = json.loads(text) if len(text) <= MAX_WITHHELD else None
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        raise StatusError(f"withheld: found {text[:40]!r}, allowed: a JSON list")
    return tuple(_parse_withholding(one) for one in listed)


def _parse_withholding(one: object) -> Withholding:
    if isinstance(one, dict) and one.keys() == _WITHHOLDING:
        since_ns, until_ns = one["since_ns"], one["until_ns"]
        texts = (one["operator"], one["reason"])
        if (
            one["how"] in tuple(Withheld)
            and type(since_ns) is int
            and (until_ns is None or type(until_ns) is int)
            and all(type(text) is str for text in texts)
        ):
            return Withholding(Withheld(one["how"]), since_ns, until_ns, *texts)
    raise StatusError("withheld: found an entry that is none, allowed: as `alarm_values` writes it")


def _flag(values: Mapping[str, str], key: str) -> bool:
    text = values.get(key, "false")
    if text not in ("true", "false"):
        raise StatusError(f"{key}: found {text!r}, allowed: true, false")
    return text == "true"


def _box_values(box: Box | None) -> dict[str, str]:
    if box is None:
        return {}
    return {"box_camera": box.camera, "box": f"{box.x0} {box.y0} {box.x1} {box.y1}"}


def _parse_box(values: Mapping[str, str]) -> Box | None:
    text = values.get("box")
    if text is None:
        return None
    try:
        x0, y0, x1, y1 = (int(edge) for edge in text.split())
    except ValueError:
        raise StatusError(f"box: found {text!r}, allowed: four whole numbers") from None
    return Box(_text(values, "box_camera"), x0, y0, x1, y1)


def _text(values: Mapping[str, str], key: str) -> str:
    if key not in values:
        raise StatusError(f"{key}: missing")
    return values[key]


def _whole(values: Mapping[str, str], key: str) -> int:
    text = _text(values, key)
    try:
        return int(text)
    except ValueError:
        raise StatusError(f"{key}: found {text!r}, allowed: a whole number") from None


def _choice(values: Mapping[str, str], key: str, choices: type[_Choice]) -> _Choice:
    text = _text(values, key)
    try:
        return choices(text)
    except ValueError:
        allowed = ", ".join(str(choice.value) for choice in choices)
        raise StatusError(f"{key}: found {text!r}, allowed: {allowed}") from None
