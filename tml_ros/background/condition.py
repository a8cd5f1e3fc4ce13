"""What is judged of a machine's condition, whichever method judges: state, grade, words, proof.

Six steps after OSA-CBM (ISO 13374); this is what state detection and health assessment give out.
Knows nothing of the methods. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class State(str, Enum):
    """Of a machine or a part of it."""

    NORMAL = "normal"
    WATCH = "watch"
    FAULT = "fault"
    UNKNOWN = "unknown"
    """Too little data, or data that no judgement can rest on; `sentence` says why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One judgement.

    method: that made it, "bearing_envelope", "velocity_rms", "orders", "acoustic", "trend",
        "change_point". defect: its name in the playbook's terms ("inner_race", "unbalance" ...) or
        "". confidence: 0..1 that the state is right, calibrated as far as the method's docstring
        says. grade: health 0 (failed) .. 100 (as new), None where unknown.
    sentence: one sentence for people, with numbers and units. figures: name -> (value, unit).
    picture: PNG bytes, or b"".
    """

    machine: str
    method: str
    state: State
    stamp_ns: int
    defect: str = ""
    confidence: float = 0.0
    grade: int | None = None
    sentence: str = ""
    figures: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    picture: bytes = b""
