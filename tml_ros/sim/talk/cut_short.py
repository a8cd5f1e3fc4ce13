"""What is right to say where somebody cuts it short.

Who is told to stop, or asked something else, says only the beginning of what they had to say. Where
that may happen, a warning and a finding need one of their words, and of an answer only that it was
begun is asked: what it would have said nobody knows. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import SPEAKS, Duty, Situation
from tml_ros.sim.talk.line_times import overlap
from tml_ros.sim.talk.says_words import either, one_of
from tml_ros.sim.truth.expectation import Rule, Says, plain_words

_CUTTING = frozenset({Act.STOP, Act.INSTEAD})
_AT_LENGTH = frozenset({Rule.WARN, Rule.SAY_FINDING})
_SHORT = frozenset({Rule.COUNT, Rule.AT_TIME, Rule.CUE})
"""A word or two: said before anybody can cut in."""


def cut_short(situation: Situation, duties: Iterable[Duty]) -> list[Duty]:
    """The same duties, asking no more of what may be cut short than can be heard of it."""
    return [_asking_less(duty) if _may_be_cut(situation, duty) else duty for duty in duties]


def _may_be_cut(situation: Situation, duty: Duty) -> bool:
    rule, says = duty.expectation.rule, duty.expectation.says
    if rule not in SPEAKS - _SHORT or says is None or not says.all_of:
        return False
    begin = end = 0.0
    if duty.expectation.line is not None:
        begin, end = situation.times[duty.expectation.line].reach
    spoken = (begin + duty.expectation.due_s, end + duty.expectation.closes_s + duty.takes_s)
    for line in situation.lines:
        time = situation.times[line.index]
        if line.act not in _CUTTING or line.index == duty.of:
            continue
        # A line that waits comes after what it was waiting for, so not before this is due.
        if overlap((time.earliest_s, time.latest_s + 0.1), spoken):
            return True
    return False


def _asking_less(duty: Duty) -> Duty:
    says: Says | None = None
    if duty.expectation.rule in _AT_LENGTH and duty.expectation.says is not None:
        words = [word for word in plain_words(duty.text).split() if len(word) > 3]
        says = either(duty.expectation.says, one_of(*words)) if words else None
    return replace(duty, expectation=replace(duty.expectation, says=says))
