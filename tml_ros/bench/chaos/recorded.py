"""The transitions that a guardian has written down, read back from its record and verified.

Knows nothing of what they mean. Reads files; any thread, once the guardian has ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tml_ros.audit.anchor import read_anchors
from tml_ros.audit.record_key import RecordKeyError, load_key
from tml_ros.audit.record_reader import (
    RecordReadError,
    check_place,
    files_set_aside,
    open_log,
    record_files,
)
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import HazardKind

TRANSITION, START = "transition", "start"
Recorded = tuple[AlarmTransition | None, ...]


def recorded_transitions(folder: Path, key: Path, anchor: Path) -> tuple[Recorded | None, str]:
    """The transitions in the order written, None where a guardian began; and what is wrong.

    None instead of all where there is no record. Of each only what tells it from others is read.
    """
    try:
        files = record_files(folder)
    except RecordReadError:
        return None, ""
    try:
        written = tuple(one for path in files for one in _of_file(path))
    except RecordReadError as error:
        return (), str(error)
    return written, _problem(folder, key, anchor)


def _of_file(path: Path) -> Iterator[AlarmTransition | None]:
    with open_log(path) as log:
        for record in log.store.records():
            if record.kind == START:
                yield None
            elif record.kind == TRANSITION:
                yield _transition(record.stamp_ns, record.body)


def _transition(stamp_ns: int, body: str) -> AlarmTransition:
    try:
        told = json.loads(body)
        alarm = Alarm(
            kind=HazardKind(told["kind"]),
            zone=told["zone"],
            state=AlarmState(told["state"]),
            priority=Priority(told["priority"]),
            source=told["source"],
            raised_ns=told["raised_ns"],
            evidence_ns=told["evidence_ns"],
        )
        return AlarmTransition(stamp_ns, AlarmEvent(told["event"]), alarm, told["due_ns"])
    except (ValueError, KeyError, TypeError) as error:
        raise RecordReadError(f"a transition on record is none: {error!r}") from None


def _problem(folder: Path, key: Path, anchor: Path) -> str:
    if aside := files_set_aside(folder):
        return f"set aside: {', '.join(aside)}"
    try:
        anchors, wrong = read_anchors(anchor)
        checked = check_place(folder, load_key(key), anchors)
    except (OSError, RecordKeyError, RecordReadError) as error:
        return str(error)
    found = [one.text for log in checked for one in log.verdict.found if one.flaw.is_tampering]
    return "; ".join((*wrong, *found)[:5])
