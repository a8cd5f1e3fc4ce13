"""How many turns ago each thing last happened in a session, counted no further than is told.

Knows nothing of seconds beyond the length of a turn. Owned by the thread of its session.
"""

from __future__ import annotations

from enum import Enum

from tml_ros.model.preset import TURNS_PER_SECOND
from tml_ros.model.saved_facts import Facts, SavedFacts

OLDEST = 3600 * TURNS_PER_SECOND
"""Turns at which an age stands still: an hour."""


class Event(str, Enum):
    """What a session remembers the time of."""

    TYPED = "typed"
    INSTRUCTION = "instruction"
    HANDED_OVER = "handed_over"
    SPEECH_BEGAN = "speech_began"
    SPEECH_ENDED = "speech_ended"
    DELEGATION = "delegation"


EVENTS = tuple(Event)


class EventAges:
    """Ages in whole turns; an event is of age 0 until the turn in which it happened is over."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Nothing has ever happened."""
        self._turns: dict[Event, int] = {}

    def happened(self, event: Event) -> None:
        """It happens now."""
        self._turns[event] = 0

    def pass_turns(self, turns: int = 1) -> None:
        """So many turns have gone by."""
        for event, age in self._turns.items():
            self._turns[event] = min(age + turns, OLDEST)

    def seconds(self) -> dict[Event, float]:
        """The age of everything that has ever happened."""
        return {event: age / TURNS_PER_SECOND for event, age in self._turns.items()}

    def facts(self) -> Facts:
        """State that survives JSON: turns, -1 for never."""
        return {event.value: self._turns.get(event, -1) for event in EVENTS}

    def restore(self, facts: object) -> None:
        """Go on where another one stood. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "ages", [event.value for event in EVENTS])
        turns = {event: saved.whole(event.value, low=-1, high=OLDEST) for event in EVENTS}
        self._turns = {event: age for event, age in turns.items() if age >= 0}
