"""What of the sound that was sent to a loudspeaker is heard, told from what it says it has played.

The same rules as at the loudspeaker: a warning takes the place of all else, nothing is heard beside
it, and a flush ends speech. Knows nothing of topics or clocks. One thread owns it.
"""

from __future__ import annotations


class HeardSpeech:
    """Counts samples."""

    def __init__(self) -> None:
        """Nothing was sent."""
        self._sent = 0
        self._played = 0
        self._warned = 0

    @property
    def speaking(self) -> bool:
        """Whether some of what was sent is still to be played."""
        return self._played < self._sent

    @property
    def warning(self) -> bool:
        """Whether a warning is being played."""
        return self._played < self._warned

    def sent(self, count: int) -> bool:
        """Speech was sent; whether it is heard."""
        if self.warning:
            return False
        self._sent += count
        return True

    def warned(self, count: int) -> None:
        """A warning was sent, or with 0 ended."""
        self._warned = self._sent = self._played + count

    def flushed(self) -> None:
        """Speech was taken back."""
        if not self.warning:
            self._sent = self._played

    def played(self, count: int) -> None:
        """The loudspeaker has played so many samples since its start."""
        self._played = count
