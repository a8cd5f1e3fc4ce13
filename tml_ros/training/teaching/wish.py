"""What a session is to say of itself, and when: made from duties once their lines are spoken.

A wish opens when saying it is no mistake any more, is ripe when it is to be said, and is given up
when it is too late to be of use. Knows nothing of who has the floor. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty
from tml_ros.sim.truth.expectation import Rule, Says
from tml_ros.sim.truth.truth import SpokenLine

AFTERWARDS_S: Final = 0.2
"""What is right after something has happened begins in the first turn that is heard so much later:
whoever reacts sooner jumps into pauses."""
NEAR_S: Final = 0.1
"""Half a turn: what is set to a time begins in the turn that is heard nearest to it."""
FIRST_SIGN_S: Final = 2.2
"""A sign of listening so long after one may be given: no question is as long."""
NEXT_SIGN_S: Final = 4.0
BEFORE_END_S: Final = 0.4
"""No sign of listening is begun so near to the end of what is listened to."""
CONFIRM_WITHIN_S: Final = 1.6
IN_TURN: Final = frozenset({Rule.ANSWER, Rule.ACKNOWLEDGE, Rule.DELEGATE, Rule.RESUME})
"""The reply to who has spoken to the cell."""
CONFIRMED: Final = frozenset({Act.THANKS, Act.REMIND, Act.EVERY, Act.COUNT, Act.CUE})
"""What is met with a word, where no other reply is asked for."""

_LATER_S: Final = {
    Rule.ANSWER: 1.0,
    Rule.ACKNOWLEDGE: 1.0,
    Rule.DELEGATE: 1.0,
    Rule.RESUME: 1.0,
    Rule.AT_TIME: 0.6,
    Rule.COUNT: 0.0,
    Rule.CUE: 1.0,
}
"""So long after its window each is still worth saying."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Times are seconds of the scenario at which its speech would begin to be heard.

    rule: None for a confirmation, which nobody asks for. of: index of the line that called for it.
    says: what is right to say; None where anything is.
    """

    text: str
    rule: Rule | None
    opens_s: float
    ripe_s: float
    until_s: float
    of: int | None = None
    says: Says | None = None

    @property
    def in_turn(self) -> bool:
        """Whether it is said in turn: never while somebody speaks to the cell."""
        return self.rule is None or self.rule in IN_TURN

    @property
    def sign(self) -> bool:
        """Whether it is a sign of listening."""
        return self.rule is Rule.BACKCHANNEL


def wishes_of(duty: Duty, begin_s: float) -> Iterator[Wish]:
    """What a duty asks of the session itself; none for warnings, findings and keeping back.

    begin_s: what the duty's times count from.
    """
    asked = duty.expectation
    due, opens, closes = (begin_s + at for at in (asked.due_s, asked.opens_s, asked.closes_s))
    if asked.rule is Rule.BACKCHANNEL:
        ripe = min(opens + FIRST_SIGN_S, closes - BEFORE_END_S)
        while ripe <= closes - BEFORE_END_S:
            yield Wish(duty.text, asked.rule, opens, ripe, closes - BEFORE_END_S, duty.of)
            opens, ripe = ripe + NEXT_SIGN_S / 2, ripe + NEXT_SIGN_S
    elif asked.rule in _LATER_S:
        ripe = due - NEAR_S if asked.rule is Rule.AT_TIME else due + AFTERWARDS_S
        until = closes + _LATER_S[asked.rule]
        yield Wish(duty.text, asked.rule, opens, ripe, until, duty.of, asked.says)


def confirmation(line: SpokenLine, begin_s: float) -> Wish:
    """A word after a line."""
    end = begin_s + line.seconds
    return Wish(
        replies.CONFIRMATION,
        None,
        end - NEAR_S,
        end + AFTERWARDS_S,
        end + CONFIRM_WITHIN_S,
        line.index,
    )
