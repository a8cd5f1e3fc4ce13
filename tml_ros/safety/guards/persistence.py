"""A judgement that must last before it counts, in either direction.

Knows nothing of what is judged. Owned by the guard that feeds it.
"""

from __future__ import annotations


class Persistence:
    """Present once seen for `on_ns` without a break, gone once unseen for `off_ns`."""

    def __init__(self, *, on_ns: int, off_ns: int) -> None:
        self._on_ns = on_ns
        self._off_ns = off_ns
        self.reset()

    def reset(self) -> None:
        """Not present, and nothing seen."""
        self.present = False
        self._changing_since_ns: int | None = None

    def observe(self, seen: bool, stamp_ns: int) -> bool:
        """Take in one judgement and say whether the thing is present now."""
        if seen == self.present:
            self._changing_since_ns = None
            return self.present
        if self._changing_since_ns is None:
            self._changing_since_ns = stamp_ns
        needed_ns = self._on_ns if seen else self._off_ns
        if stamp_ns - self._changing_since_ns >= needed_ns:
            self.present = seen
            self._changing_since_ns = None
        return self.present
