"""What a source of pictures or sound is doing. A type only."""

from __future__ import annotations

from enum import Enum


class SourceState(str, Enum):
    """What a source is doing."""

    OPENING = "opening"
    RUNNING = "running"
    LOST = "lost"
    """Gone or never there; it is being retried."""
    ENDED = "ended"
    """A file that does not loop has been played to its end."""
    CLOSED = "closed"

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self in (SourceState.ENDED, SourceState.CLOSED)
