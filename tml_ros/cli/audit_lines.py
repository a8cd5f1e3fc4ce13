"""A record as one line to read, and times as people write them.

Knows nothing of files. Local time is that of this machine. Pure functions.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tml_ros.audit.chain import Record
from tml_ros.cli.mistake import MistakeError

_FIRST = (
    *("event", "command", "code", "text", "say", "name", "kind", "zone", "state", "priority"),
    *("reason", "message"),
)
_WHO = ("operator", "acknowledged_by", "source")
_MAX_VALUE = 120
_CONTROL = dict.fromkeys((*range(32), 127, *range(128, 160)), " ")


def record_line(record: Record) -> str:
    """Local time, number, kind, what, where, who."""
    body = _body(record)
    # A command is recorded as it was sent, with its answer.
    for part in ("answer", "sent"):
        if isinstance(body.get(part), dict):
            body = {**body[part], **body}
    words = [_text(body[key]) for key in _FIRST if body.get(key)]
    who = next((_text(body[key]) for key in _WHO if body.get(key)), "")
    if not words:
        words = [f"{key}={_text(value)}" for key, value in body.items() if value not in ({}, [])]
    told = " · ".join(words) + (f" · by {who}" if who else "")
    return f"{local_stamp(record.stamp_ns)}  {record.seq:>6}  {record.kind:<10}  {told}".rstrip()


def local_stamp(stamp_ns: int) -> str:
    """Date and time to the millisecond; the number itself where it is no date."""
    try:
        when = datetime.fromtimestamp(stamp_ns // 1_000_000_000).astimezone()
    except (OverflowError, ValueError, OSError):
        return f"{stamp_ns} ns"
    return f"{when:%Y-%m-%d %H:%M:%S}.{stamp_ns // 1_000_000 % 1000:03d}"


def parse_stamp(option: str, text: str) -> int:
    """Nanoseconds of a time as ISO 8601, local unless it says its zone; "14:30" is today's.

    Raises MistakeError.
    """
    try:
        if "-" not in text and ":" in text:
            text = f"{datetime.now():%Y-%m-%d}T{text}"
        when = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone()
        return int(when.timestamp()) * 1_000_000_000 + when.microsecond * 1_000
    except (ValueError, OverflowError, OSError):
        raise MistakeError(
            f"{option} {text}: allowed is a time such as 2026-11-22T14:30 or 14:30"
        ) from None


def _body(record: Record) -> dict[str, Any]:
    try:
        found = json.loads(record.body)
    except (ValueError, RecursionError):
        return {"body": record.body}
    return found if isinstance(found, dict) else {"body": found}


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # What strangers sent must not steer the terminal.
    text = text.translate(_CONTROL)
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}..."
