"""What is kept around an alarm, how much of it, and what is made unrecognisable first.

Knows nothing of cell files. Checked once, frozen ever after.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Privacy(str, Enum):
    """What of a picture is made unrecognisable before it is kept, even in memory."""

    PEOPLE = "people"
    """Whatever is not certainly background."""
    FACES = "faces"
    """The upper part of that, where heads are; found by place, not by looking for faces."""
    ALL = "all"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """folder: of the clips. before_ns, after_ns: of an alarm, what its clip holds.

    memory_bytes: what the time before may take. keep_ns, keep_bytes: how old a clip may become and
    how large all of them together.

    Raises ValueError for what is negative, or zero where nothing could be kept.
    """

    folder: Path
    before_ns: int = 5_000_000_000
    after_ns: int = 5_000_000_000
    memory_bytes: int = 64 * 2**20
    privacy: Privacy = Privacy.PEOPLE
    keep_ns: int = 30 * 86_400 * 10**9
    keep_bytes: int = 2 * 2**30

    def __post_init__(self) -> None:
        """Check the amounts."""
        for name in ("before_ns", "after_ns"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        for name in ("memory_bytes", "keep_ns", "keep_bytes"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be more than 0, got {getattr(self, name)}")

    @property
    def warning(self) -> str:
        """What whoever starts this must be told; "" where there is nothing."""
        if self.privacy is Privacy.OFF:
            return "evidence keeps people recognisable: privacy is off"
        return ""

    def record(self) -> dict[str, str | int]:
        """The settings as a record of what was decided, for whoever writes such records."""
        return {
            "what": "evidence",
            "privacy": self.privacy.value,
            "folder": str(self.folder),
            "before_ns": self.before_ns,
            "after_ns": self.after_ns,
            "memory_bytes": self.memory_bytes,
            "keep_ns": self.keep_ns,
            "keep_bytes": self.keep_bytes,
        }
