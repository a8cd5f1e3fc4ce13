"""The proof that a command comes from the operator whom it names, and from nobody else.

Knows nothing of keys' whereabouts or of times. Pure functions; any thread.

What is signed is the command without its `mac`, as JSON in one way only: keys in alphabetical
order, no spaces, no escapes but those that JSON demands (of the quotation mark and the backslash;
there are no control characters in a command), UTF-8. All values are texts and whole numbers, so
that every language writes the same. The `mac` is the HMAC-SHA256 (RFC 2104) of these bytes under
the operator's key, in hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from tml_ros.cell.commands.alarm_command import AlarmCommand


def sent_fields(command: AlarmCommand) -> dict[str, Any]:
    """The fields of a command as they were sent; what was left out stays out."""
    return command.model_dump(mode="json", exclude_unset=True)


def canonical_bytes(fields: Mapping[str, Any]) -> bytes:
    """What is signed of a command with these fields."""
    signed = {key: value for key, value in fields.items() if key != "mac"}
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def mac_of(fields: Mapping[str, Any], key: bytes) -> str:
    """The `mac` of a command with these fields under the operator's key."""
    return hmac.new(key, canonical_bytes(fields), hashlib.sha256).hexdigest()


def is_genuine(command: AlarmCommand, key: bytes) -> bool:
    """Whether the command carries the right `mac`. Takes as long for a wrong one as for a right."""
    return hmac.compare_digest(mac_of(sent_fields(command), key), command.mac or "")


def content_digest(command: AlarmCommand) -> bytes:
    """The same for commands that ask for the same in the same words; 32 bytes."""
    return hashlib.sha256(canonical_bytes(sent_fields(command))).digest()


def command_text(fields: Mapping[str, Any], key: bytes | None = None) -> str:
    """A command as it goes onto `alarms/command`, signed where there is a key."""
    signed = dict(fields) if key is None else {**fields, "mac": mac_of(fields, key)}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
