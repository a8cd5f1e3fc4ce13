"""What a node of a cell says of itself five times a second, and how it reads as text.

Knows nothing of topics or of who judges it. Frozen; any thread.

| key | value |
|---|---|
| node, pid, host | its name in the cell, its process and machine |
| sequence | counts up from 1 with each beat of a process |
| work | counts up with everything done of what the node is there for; never steps back |
| work_age_ms | since the last of it, "none" before the first |
| expected | whether more of it is due now: "true", or "false" for one that waits or has ended |
| deadline_misses | so far |
| late_beats | so far; beats that were late because the process got too little time; may be absent |
| stream.<name>_age_ms | since something last came from a stream, "none" before the first |

A node may add keys of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tml_ros.cell.alarm_status import StatusError

BEAT_NS = 200_000_000
"""Between two beats, by a steady clock."""
HEARTBEAT = "heartbeat"
LATE_BEATS = "late_beats"
NONE = "none"
_STREAM, _AGE = "stream.", "_age_ms"
MAX_TEXT = 128


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One beat; see the table above. Ages in nanoseconds, None before the first."""

    node: str
    pid: int
    host: str
    sequence: int
    work: int
    work_age_ns: int | None = None
    expected: bool = True
    deadline_misses: int = 0
    late_beats: int = 0
    stream_ages_ns: Mapping[str, int | None] = field(default_factory=dict)


def heartbeat_values(beat: Heartbeat) -> dict[str, str]:
    """A beat as text; `parse_heartbeat` reads it back, ages to the microsecond."""
    return {
        "node": beat.node,
        "pid": str(beat.pid),
        "host": beat.host,
        "sequence": str(beat.sequence),
        "work": str(beat.work),
        "work_age_ms": _milliseconds(beat.work_age_ns),
        "expected": str(beat.expected).lower(),
        "deadline_misses": str(beat.deadline_misses),
        LATE_BEATS: str(beat.late_beats),
        **{
            f"{_STREAM}{name}{_AGE}": _milliseconds(age_ns)
            for name, age_ns in beat.stream_ages_ns.items()
        },
    }


def parse_heartbeat(values: Mapping[str, str]) -> Heartbeat:
    """The beat in a status's values. Raises StatusError, which names the key."""
    expected = _text(values, "expected")
    if expected not in ("true", "false"):
        raise StatusError(f"expected: found {expected!r}, allowed: true, false")
    return Heartbeat(
        node=_text(values, "node"),
        pid=_count(values, "pid"),
        host=_text(values, "host"),
        sequence=_count(values, "sequence"),
        work=_count(values, "work"),
        work_age_ns=_age(values, "work_age_ms"),
        expected=expected == "true",
        deadline_misses=_count(values, "deadline_misses"),
        late_beats=_count(values, LATE_BEATS) if LATE_BEATS in values else 0,
        stream_ages_ns={
            key[len(_STREAM) : -len(_AGE)]: _age(values, key)
            for key in values
            if key.startswith(_STREAM) and key.endswith(_AGE)
        },
    )


def _milliseconds(age_ns: int | None) -> str:
    return NONE if age_ns is None else f"{age_ns / 1e6:.3f}"


def _text(values: Mapping[str, str], key: str) -> str:
    text = values.get(key)
    if text is None:
        raise StatusError(f"{key}: missing")
    if len(text) > MAX_TEXT:
        raise StatusError(f"{key}: found {len(text)} characters, allowed: at most {MAX_TEXT}")
    return text


def _count(values: Mapping[str, str], key: str) -> int:
    text = _text(values, key)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise StatusError(f"{key}: found {text!r}, allowed: a whole number from 0 on")
    return int(text)


def _age(values: Mapping[str, str], key: str) -> int | None:
    text = _text(values, key)
    if text == NONE:
        return None
    try:
        age_ms = float(text)
    except ValueError:
        age_ms = -1.0
    if not 0.0 <= age_ms < 1e12:
        raise StatusError(f"{key}: found {text!r}, allowed: milliseconds from 0 on, or none")
    return round(age_ms * 1e6)
