"""What is looked up, as evidence: where it comes from, what it says, since when it is so.

Sources are named alike everywhere: "press_2/temperature", "press_2 bearing_envelope", "alarm siren
hall", "manual press.md, Care > Lubrication", "playbook machines, inner_race". Pure functions.
"""

from __future__ import annotations

import math
import re

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.condition import Condition
from tml_ros.background.contracts import Evidence
from tml_ros.background.facts import QuantityShift, Summary
from tml_ros.background.manuals import Passage
from tml_ros.background.playbook import Advice
from tml_ros.background.reading import Reading
from tml_ros.background.spoken import plain_speech, shown_value
from tml_ros.background.state_event import StateEvent

MAX_SOURCE, MAX_TEXT, MAX_UNIT = 300, 2_000, 32


def of_reading(reading: Reading, *, limit: float | None = None) -> Evidence:
    """A reading, and the limit that it is beyond."""
    text = shown_value(reading.value, reading.unit)
    if limit is not None:
        text += f", limit {shown_value(limit, reading.unit)}"
    source = f"{reading.machine}/{reading.quantity}"
    return _evidence(source, text, reading.stamp_ns, value=reading.value, unit=reading.unit)


def of_summary(summary: Summary) -> Evidence:
    """A quantity over a span."""
    text = (
        f"{shown_value(summary.last, summary.unit)} at last, mean "
        f"{shown_value(summary.mean, summary.unit)}, {shown_value(summary.low, summary.unit)} to "
        f"{shown_value(summary.high, summary.unit)} in {summary.readings} readings"
    )
    source = f"{summary.machine}/{summary.quantity}"
    return _evidence(source, text, summary.last_ns, value=summary.last, unit=summary.unit)


def of_shift(found: QuantityShift) -> Evidence:
    """A quantity that is lastingly other than it was."""
    text = (
        f"from {shown_value(found.shift.before, found.unit)} to "
        f"{shown_value(found.shift.after, found.unit)}"
    )
    source = f"{found.machine}/{found.quantity}"
    return _evidence(source, text, found.shift.stamp_ns, value=found.shift.after, unit=found.unit)


def of_condition(condition: Condition) -> Evidence:
    """A judgement; its picture under the name that `picture_name` gives."""
    text = f"{condition.state.value}: {condition.sentence or condition.defect or 'no words'}"
    text += f" (confidence {condition.confidence:.0%})"
    return _evidence(
        f"{condition.machine} {condition.method}",
        text,
        condition.stamp_ns,
        picture=picture_name(condition),
    )


def picture_name(condition: Condition) -> str:
    """The file name of a judgement's picture, "" where it has none."""
    if not condition.picture:
        return ""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", f"{condition.machine}_{condition.method}")[:80]
    return f"{plain}_{condition.stamp_ns}.png"


def of_alarm(note: AlarmNote) -> Evidence:
    """An alarm at one of its changes."""
    words = f"{note.event or note.state}: {note.kind.replace('_', ' ')} {note.zone}".rstrip()
    if note.priority:
        words += f", priority {note.priority}"
    return _evidence(f"alarm {note.kind} {note.zone}".rstrip(), words, note.stamp_ns)


def of_event(event: StateEvent) -> Evidence:
    """What a machine said of itself."""
    source = f"{event.machine} {event.subject}"
    return _evidence(source, f"{event.level}: {event.text}", event.stamp_ns)


def of_passage(passage: Passage) -> Evidence:
    """Words of a manual."""
    return _evidence(f"manual {passage.citation}", passage.text, None)


def of_advice(advice: Advice) -> Evidence:
    """What the playbook says."""
    entry = advice.entry
    text = f"{entry.title}: {entry.action}"
    return _evidence(f"playbook {advice.playbook}, {entry.defects[0]}", text, None)


def _evidence(
    source: str,
    text: str,
    stamp_ns: int | None,
    *,
    value: float | None = None,
    unit: str = "",
    picture: str = "",
) -> Evidence:
    return Evidence(
        source=plain_speech(source)[:MAX_SOURCE],
        text="".join(c if c.isprintable() or c == "\n" else " " for c in text)[:MAX_TEXT],
        value=value if value is not None and math.isfinite(value) else None,
        unit=unit[:MAX_UNIT],
        stamp_ns=None if stamp_ns is None else max(0, stamp_ns),
        picture=picture,
    )
