"""What a part of a machine said of itself in words: its level and its text at one time.

Knows nothing of diagnostic messages. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("ok", "warn", "error", "stale")


@dataclass(frozen=True, slots=True)
class StateEvent:
    """subject: the part. level: one of `LEVELS`. text: in the machine's own words.

    Raises ValueError for another level or an empty name.
    """

    machine: str
    subject: str
    level: str
    text: str
    stamp_ns: int

    def __post_init__(self) -> None:
        """Check the level and the names."""
        if self.level not in LEVELS:
            raise ValueError(f"level is {self.level!r}, allowed: {', '.join(LEVELS)}")
        if not self.machine or not self.subject:
            raise ValueError("a state event needs a machine and a subject")
