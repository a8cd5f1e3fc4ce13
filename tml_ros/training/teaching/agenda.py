"""What is still to be said in a scenario, and what of it may be said now.

Knows the duties, and who speaks; nothing of the session. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import SpokenLine
from tml_ros.training.teaching.talk_so_far import HEARD_S, TalkSoFar
from tml_ros.training.teaching.wish import (
    AFTERWARDS_S,
    CONFIRMED,
    IN_TURN,
    Wish,
    confirmation,
    wishes_of,
)

WARNED_S: Final = 0.4
"""The guardian warns so long after a hazard is evident."""
TONE_S: Final = 1.0
CHARACTER_S: Final = 0.07
PAUSE_S: Final = 0.2
"""About how long a warning takes: a tone, its characters, and a pause before the next."""
OPEN_S: Final = 3.0
"""So long after a question that is not judged an answer would be no mistake."""
_OPEN: Final = frozenset(
    {
        *(Act.ASK_SAFE, Act.ASK_WHO, Act.ASK_ALARM, Act.ASK_LISTENING, Act.ASK_WHY, Act.INSTEAD),
        *(Act.ACKNOWLEDGE, Act.REPEAT, Act.CONTINUE, Act.FINISH_COUNT, Act.STOP_EVERY),
    }
)


class Agenda:
    """Wishes that were not fulfilled yet, and the guardian's warnings."""

    def __init__(
        self, duties: Sequence[Duty], lines: Sequence[SpokenLine], talk: TalkSoFar
    ) -> None:
        self._talk = talk
        self._duties = duties
        self._wishes: list[Wish] = []
        self._open: list[tuple[float, float]] = []
        self.warnings: list[tuple[float, str]] = []
        self._take(None, 0.0)
        for line in lines:
            if line.start_s is not None:
                self.begun(line, line.start_s)

    def begun(self, line: SpokenLine, start_s: float) -> None:
        """It is known when a line begins."""
        if line.start_s is None:
            self._take(line.index, start_s)
        replied = any(
            duty.of == line.index and duty.expectation.rule in IN_TURN for duty in self._duties
        )
        end_s = start_s + line.seconds
        if line.act in CONFIRMED and not replied:
            self._wishes.append(confirmation(line, start_s))
        elif line.act in _OPEN and not replied:
            self._open.append((end_s - HEARD_S, end_s + OPEN_S))

    def told_to_stop(self, line: SpokenLine, start_s: float) -> None:
        """What was asked for before is owed no more."""
        self._wishes = [
            wish
            for wish in self._wishes
            if not (wish.in_turn and wish.of is not None and self._asked_before(wish.of, start_s))
            or wish.of == line.index
        ]

    def done(self, wish: Wish) -> None:
        """It is being said, or can never be."""
        self._wishes.remove(wish)

    def ripe(self, at_s: float) -> Wish | None:
        """What is to begin to be heard at that time, the longest due first."""
        self._wishes = [wish for wish in self._wishes if wish.until_s >= at_s - 1e-6]
        ripe = (wish for wish in self._wishes if wish.ripe_s <= at_s + 1e-6)
        free = (wish for wish in ripe if not wish.in_turn or self._floor_free(wish, at_s))
        return min(free, key=lambda wish: (wish.ripe_s, wish.rule is None), default=None)

    def open(self, at_s: float) -> bool:
        """Whether something may begin then and need not."""
        return any(wish.opens_s - 1e-6 <= at_s < wish.ripe_s for wish in self._wishes) or any(
            begin <= at_s < end for begin, end in self._open
        )

    def finding_free(self, at_s: float) -> bool:
        """Whether the floor is free for what was handed over."""
        talk = self._talk
        return not (
            any(talk.speaking(at_s, after_s=AFTERWARDS_S))
            or talk.warned(at_s) is not None
            or talk.stopped(at_s, within_s=2.0)
        )

    def _floor_free(self, wish: Wish, at_s: float) -> bool:
        if any(
            line.act.addressed and line.index != wish.of
            for line in self._talk.speaking(at_s, known_s=HEARD_S, after_s=AFTERWARDS_S)
        ):
            return False
        warned = self._talk.warned(at_s)
        # Who cannot be in time by waiting speaks under the warning.
        return warned is None or warned + AFTERWARDS_S > wish.until_s

    def _asked_before(self, index: int, time_s: float) -> bool:
        begun = self._talk.begun_s(index)
        return begun is not None and begun < time_s

    def _take(self, line: int | None, begin_s: float) -> None:
        """The duties whose times are now known."""
        for duty in self._duties:
            if duty.expectation.line != line:
                continue
            if duty.expectation.rule is Rule.WARN:
                self._warn(begin_s + duty.expectation.due_s + WARNED_S, duty.text)
            self._wishes += wishes_of(duty, begin_s)

    def _warn(self, at_s: float, text: str) -> None:
        after = max((end + PAUSE_S for _, end in self._talk.warnings), default=0.0)
        begin = max(at_s, after)
        self.warnings.append((begin, text))
        self._talk.warnings.append((begin, begin + TONE_S + CHARACTER_S * len(text)))
