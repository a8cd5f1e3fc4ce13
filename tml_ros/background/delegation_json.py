"""Delegations as they come in: JSON text to `Delegation`, or an error that says what is wrong.

Knows nothing of who sends them or what becomes of them. Any thread.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from pydantic import ValidationError

from tml_ros.background.contracts import (
    MAX_SHOWN,
    SCHEMA_VERSION,
    Delegation,
    Finding,
    Outcome,
    Urgency,
)

MAX_BYTES: Final = 1 << 20
"""Of one delegation's JSON; the longest that the schema allows is well below."""
_TOLD_MISTAKES = 5


class DelegationError(ValueError):
    """A text that is no delegation; `str()` says what is wrong with it.

    delegation: the id it gives itself, where that can be read and is an id, else None.
    """

    def __init__(self, reason: str, text: bytes, delegation: str | None = None) -> None:
        """text: as it came."""
        super().__init__(reason)
        self.delegation = delegation
        self._digest = hashlib.sha256(text).hexdigest()[:16]

    def finding(self, now_ns: int) -> Finding:
        """The refusal to publish: shown, not said. It names no asker, for none could be read."""
        return Finding(
            id=f"malformed.{self._digest}-{now_ns}",
            delegation=self.delegation,
            outcome=Outcome.REFUSED,
            show=f"Not understood: {self}"[:MAX_SHOWN],
            urgency=Urgency.SILENT,
            stamp_ns=now_ns,
        )


def read_delegation(text: str | bytes) -> Delegation:
    """The delegation that a JSON text is. Raises DelegationError for everything else."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BYTES:
        raise DelegationError(f"it has {len(raw)} bytes; at most {MAX_BYTES} are read", raw)
    try:
        return Delegation.model_validate_json(raw)
    except ValidationError as error:
        delegation, version = _id_and_version(raw)
        reason = _reason(error)
        if version not in (None, SCHEMA_VERSION):
            reason = f"schema_version {version!r} is not known here; this is {SCHEMA_VERSION}"
        raise DelegationError(reason, raw, delegation) from None


def _reason(error: ValidationError) -> str:
    mistakes = error.errors(include_url=False, include_context=False, include_input=False)
    told = [
        ": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"])))
        for one in mistakes[:_TOLD_MISTAKES]
    ]
    if len(mistakes) > _TOLD_MISTAKES:
        told.append(f"and {len(mistakes) - _TOLD_MISTAKES} more")
    return "; ".join(told)


def _id_and_version(raw: bytes) -> tuple[str | None, object]:
    try:
        given = json.loads(raw)
        if not isinstance(given, dict):
            return None, None
        version = given.get("schema_version")
        named = Delegation.model_validate({"id": given.get("id")})
    except (ValidationError, ValueError, RecursionError):
        return None, None
    return named.id, version if isinstance(version, (int, str)) else None
