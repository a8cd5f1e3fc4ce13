"""How much trouble is taken over a picture."""

from __future__ import annotations

from enum import Enum


class Quality(str, Enum):
    """FAST is for training and for judging, PRETTY for people."""

    FAST = "fast"
    """No shadows of lamps, drawn at the size it is given out in."""
    PRETTY = "pretty"
    """Shadows; drawn twice as large and averaged."""
