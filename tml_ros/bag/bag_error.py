"""What can be wrong with a bag."""

from __future__ import annotations


class BagError(ValueError):
    """A bag cannot be read or written; the message says what was found and what to do."""
