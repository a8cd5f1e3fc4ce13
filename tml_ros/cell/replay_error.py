"""What can be wrong with a recording that is to be replayed."""

from __future__ import annotations


class ReplayError(ValueError):
    """The recording and the cell do not fit; the message says what was found and what to do."""
