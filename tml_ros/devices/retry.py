"""How long to wait before the next attempt at a source that is gone.

Knows nothing of what is retried, and keeps no time itself. Belongs to the thread that retries.
"""

from __future__ import annotations

FIRST_S = 0.5
LONGEST_S = 10.0


class Backoff:
    """Waiting times that double from 0.5 s to 10 s until a success starts them over."""

    __slots__ = ("_attempts",)

    def __init__(self) -> None:
        """Start with the first wait."""
        self._attempts = 0

    def next_s(self) -> float:
        """The wait before the next attempt, seconds."""
        # Bounded exponent: after days without a source 2**n would no longer be a float.
        wait_s = FIRST_S * 2.0 ** min(self._attempts, 10)
        self._attempts += 1
        return min(wait_s, LONGEST_S)

    def reset(self) -> None:
        """A success: the next failure waits the first time again."""
        self._attempts = 0
