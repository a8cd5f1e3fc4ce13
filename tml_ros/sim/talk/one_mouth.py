"""One mouth: nobody says two things at once, or answers while they are talked to.

What is right to do is made rule by rule. Here its windows are fitted to each other: who must warn
first may answer later, who is told to stop before they could answer owes no answer, and what would
end after the scenario is not asked for. Only what has times of the scenario takes part; of lines
that wait for the cell nobody knows when they are. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import SPEAKS, Duty, Situation
from tml_ros.sim.talk.line_times import Window
from tml_ros.sim.truth.expectation import Rule

BEGUN_S: Final = 1.0
"""By then after it could be said, most of what must be said has begun."""
_TO_THE_SECOND: Final = frozenset({Rule.AT_TIME, Rule.COUNT, Rule.CUE})
"""Short, and not to be waited for: these make nobody else late."""
_IN_TURN: Final = frozenset({Rule.ANSWER, Rule.ACKNOWLEDGE, Rule.DELEGATE, Rule.RESUME})
_TAKES_THE_FLOOR: Final = frozenset({Act.STOP, Act.INSTEAD})


def one_mouth(situation: Situation, duties: Sequence[Duty]) -> list[Duty]:
    """What is left of the duties to speak, with windows that one mouth can keep; by when due."""
    ordered = sorted(duties, key=lambda duty: (not duty.urgent, duty.expectation.due_s))
    said: list[tuple[Duty, Window]] = []
    fitted: list[Duty] = []
    for duty in ordered:
        if duty.expectation.rule not in SPEAKS or duty.expectation.line is not None:
            fitted.append(duty)
            continue
        left = _until_told_to_stop(situation, duty)
        if left is None:
            continue
        blocked = [window for other, window in said if other.urgent or not duty.urgent]
        blocked += _listening(situation, duty)
        free = _free_from(left, blocked)
        if free > left.expectation.due_s:
            within = left.expectation.closes_s - left.expectation.due_s
            left = left.closing(max(left.expectation.closes_s, free + within))
        fitted.append(left)
        if duty.expectation.rule not in _TO_THE_SECOND:
            begun = min(left.expectation.closes_s, free + BEGUN_S)
            said.append((left, (left.expectation.due_s, begun + left.takes_s)))
    fitted.sort(key=lambda duty: (duty.expectation.due_s, duty.expectation.line or 0))
    return within_scenario(situation, fitted)


def within_scenario(situation: Situation, duties: Iterable[Duty]) -> list[Duty]:
    """What can be judged before the scenario ends.

    Speech, or silence, that may begin after the end is not asked for; what must last to the end of
    its window must last to the end of the scenario.
    """
    end = situation.scenario.seconds
    kept: list[Duty] = []
    for duty in duties:
        expectation = duty.expectation
        begin = 0.0
        if expectation.line is not None:
            begin = situation.times[expectation.line].earliest_s
        if expectation.rule in (Rule.HOLD, Rule.KEEP_ON, Rule.QUIET):
            if begin + expectation.opens_s < end:
                kept.append(duty.closing(min(expectation.closes_s, end - begin)))
        elif begin + expectation.closes_s <= end:
            kept.append(duty)
    return kept


def _free_from(duty: Duty, blocked: Sequence[Window]) -> float:
    """From when on nothing hinders it any more: what goes on before it would be done is over."""
    free = duty.expectation.due_s
    within = duty.expectation.closes_s - free
    for begin, end in sorted(blocked):
        if begin < free + within and end > free:
            free = end
    return free


def _listening(situation: Situation, duty: Duty) -> list[Window]:
    """Lines that it waits for: an answer for who speaks to the cell, a finding for everybody."""
    rule = duty.expectation.rule
    if duty.urgent or rule not in (*_IN_TURN, Rule.SAY_FINDING):
        return []
    return [
        (line.start_s, line.start_s + line.seconds)
        for line in situation.lines
        if line.start_s is not None
        and line.index != duty.of
        and (line.act.addressed or rule is Rule.SAY_FINDING)
    ]


def _until_told_to_stop(situation: Situation, duty: Duty) -> Duty | None:
    """Who is told to stop, or asked something else, before they answered need not answer."""
    due, closes = duty.expectation.due_s, duty.expectation.closes_s
    if duty.urgent or duty.expectation.rule not in (*_IN_TURN, Rule.SAY_FINDING):
        return duty
    for line in situation.lines:
        if line.act not in _TAKES_THE_FLOOR or line.start_s is None or line.index == duty.of:
            continue
        if due - 0.5 <= line.start_s < due + BEGUN_S:
            return None
        if due <= line.start_s < closes:
            return duty.closing(line.start_s)
    return duty
