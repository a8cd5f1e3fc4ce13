"""What a drawn scenario is about. Words only."""

from __future__ import annotations

from enum import Enum


class Suite(str, Enum):
    """Each suite has scenarios of its own kind."""

    HAZARDS = "hazards"
    """Things happen that are dangerous, or look or sound as if they were."""
    DIALOGUE = "dialogue"
    """People talk to the cell, over it, and past it."""
    TIME = "time"
    """The cell is to speak at set times, to count, and to wait for a cue."""
