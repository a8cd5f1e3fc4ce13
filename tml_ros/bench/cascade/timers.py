"""Reminders and calls every so often, exact to the sample. Knows nothing of speech.

Time is counted in samples since the session began. Of the thread of its session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tml_ros.bench.cascade import answers
from tml_ros.turn.micro_turn import SAMPLE_RATE

MOST: Final = 20
"""Timers kept; one more lets the oldest go."""


@dataclass(frozen=True, slots=True)
class Due:
    """To be said at sample `at`."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class _Timer:
    """Goes off at `begun` plus `calls` times `seconds`; once, or on and on."""

    begun: int
    seconds: int
    again: bool
    calls: int = 1

    @property
    def at(self) -> int:
        return self.begun + self.calls * self.seconds * SAMPLE_RATE


class Timers:
    """What was set, in order."""

    def __init__(self) -> None:
        self._timers: list[_Timer] = []

    @property
    def calling(self) -> bool:
        """Whether anybody is to be called every so often."""
        return any(timer.again for timer in self._timers)

    def set(self, seconds: int, *, begun: int, again: bool) -> None:
        """Go off `seconds` after sample `begun`, and again and again if so.

        Raises ValueError for less than one second.
        """
        if seconds < 1:
            raise ValueError(f"a timer of at least 1 s is wanted, not {seconds}")
        self._timers.append(_Timer(begun, seconds, again))
        del self._timers[:-MOST]

    def stop_calling(self) -> None:
        """No more calls every so often; reminders stay."""
        self._timers = [timer for timer in self._timers if not timer.again]

    def clear(self) -> None:
        """No more calls and reminders."""
        self._timers = []

    def due(self, before: int) -> list[Due]:
        """What goes off before that sample, in order; each is given out once."""
        found: list[Due] = []
        left: list[_Timer] = []
        for timer in self._timers:
            while timer.at < before:
                found.append(_due(timer))
                if not timer.again:
                    break
                timer = _Timer(timer.begun, timer.seconds, True, timer.calls + 1)  # noqa: PLW2901
            else:
                left.append(timer)
        self._timers = left
        return sorted(found, key=lambda due: due.at)


def _due(timer: _Timer) -> Due:
    elapsed = timer.calls * timer.seconds
    text = answers.time_passed(elapsed) if timer.again else answers.time_over(timer.seconds)
    return Due(text, timer.at)
