"""Kinds of lessons."""

from __future__ import annotations

from enum import Enum


class Course(str, Enum):
    """What lessons are about."""

    SIGHT = "sight"
    """Short: what is seen and heard; nothing is said."""
    TALK = "talk"
    """Whole scenarios: who has the floor, what is said, what is heard; without pictures."""
    BOTH = "both"
    """Whole scenarios with pictures."""
