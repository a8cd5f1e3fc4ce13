"""Bytes of text that come in pieces, as text: half a character waits for its other half.

Knows nothing of tokens. Owned by the thread of its session.
"""

from __future__ import annotations

import codecs

_Decoder = codecs.getincrementaldecoder("utf-8")


class StreamedText:
    """UTF-8 in, text out; what can no longer become a character is U+FFFD at once."""

    def __init__(self) -> None:
        self._decoder = _Decoder("replace")

    @property
    def waiting(self) -> bytes:
        """The at most three bytes held back."""
        return self._decoder.getstate()[0]

    def push(self, piece: bytes) -> str:
        """The characters that are whole by now and have not been given out."""
        return self._decoder.decode(piece)

    def close(self) -> str:
        """What is held back comes out as U+FFFD; then as new."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest

    def restore(self, waiting: bytes) -> None:
        """Go on where another one stood. Raises ValueError for bytes that would not wait."""
        fresh = _Decoder("replace")
        if fresh.decode(waiting) or fresh.getstate()[0] != waiting:
            raise ValueError(f"saved bytes must be a part of one character, not {waiting!r}")
        self._decoder = fresh
