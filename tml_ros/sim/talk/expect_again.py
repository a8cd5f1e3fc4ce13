"""RESUME, and the answer to "say that again": what is right to say once more.

RESUME. "Go on" after the cell was told to stop, or was talked over: what was cut short is taken up
again within an answer's window (0.1 s before the end of the line to 2.0 s after it). At least one
of the content words of what it had to say last before is said; how much of it was left only the
judge knows. Where nothing was cut short nothing is asked.

The ANSWER to "say that again": most of the content words of what was to be said last before the
line. Where its window had not ended when the line began, or two things were due within 1.5 s, any
of these will do; where there was nothing yet, anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import SPEAKS, Duty, Situation
from tml_ros.sim.talk.expect_answers import after_the_end
from tml_ros.sim.talk.replies import Reply
from tml_ros.sim.talk.says_words import either, part_says
from tml_ros.sim.truth.expectation import Rule, Says
from tml_ros.sim.truth.truth import SpokenLine

_CLOSE_S: Final = 1.5
_CUTTING: Final = frozenset({Act.STOP, Act.INSTEAD})


def resumed(situation: Situation) -> list[Duty]:
    """One per "go on"; what it says is filled in by `said_again`."""
    return [
        situation.after(line, Rule.RESUME, after_the_end(line))
        for line in situation.lines
        if line.act is Act.CONTINUE and _cut_by(situation, line) is not None
    ]


def said_again(situation: Situation, duties: Sequence[Duty]) -> list[Duty]:
    """The same duties, those that say something again with what they say."""
    filled: dict[int, Duty] = {}
    lines = {line.index: line for line in situation.lines}
    known = list(duties)
    for place, duty in sorted(enumerate(known), key=lambda pair: _said_at(situation, pair[1])):
        line = None if duty.of is None else lines[duty.of]
        if line is None or line.act not in (Act.REPEAT, Act.CONTINUE):
            continue
        earlier = [filled.get(i, other) for i, other in enumerate(known) if i != place]
        if line.act is Act.REPEAT:
            reply = _again(situation, earlier, situation.times[line.index].earliest_s)
        else:
            cut = _cut_by(situation, line) or line
            last = _last_before(situation, earlier, situation.times[cut.index].earliest_s)
            # What is left of it nobody knows beforehand; it is said from the beginning then.
            text = last[0].text if last else ""
            parts = [part_says(other.text) for other in last]
            empty = not parts or not all(part.all_of for part in parts)
            reply = Reply(text, Says() if empty else either(*parts))
        says = reply.says if reply.says.all_of else None
        made = replace(duty.expectation, says=says)
        filled[place] = replace(duty, expectation=made, text=reply.text)
    return [filled.get(place, duty) for place, duty in enumerate(known)]


def _again(situation: Situation, duties: Sequence[Duty], before_s: float) -> Reply:
    last = _last_before(situation, duties, before_s)
    if not last:
        return replies.nothing_yet()
    return replies.any_of(*(replies.told(duty.text) for duty in last))


def _last_before(situation: Situation, duties: Sequence[Duty], before_s: float) -> list[Duty]:
    """What was to be said last before a time, the likeliest first."""
    spoken = [
        (_said_at(situation, duty), duty)
        for duty in duties
        if duty.expectation.rule in SPEAKS and duty.text
    ]
    earlier = sorted(
        (pair for pair in spoken if pair[0] < before_s), key=lambda pair: pair[0], reverse=True
    )
    last: list[Duty] = []
    for at, duty in earlier:
        if last and earlier[0][0] - at > _CLOSE_S and not _maybe_unsaid(situation, last, before_s):
            break
        last.append(duty)
    return last


def _maybe_unsaid(situation: Situation, duties: Sequence[Duty], time_s: float) -> bool:
    """Whether all of them may still be owed at that time."""
    return all(_begin(situation, duty) + duty.expectation.closes_s > time_s for duty in duties)


def _said_at(situation: Situation, duty: Duty) -> float:
    return _begin(situation, duty) + duty.expectation.due_s


def _begin(situation: Situation, duty: Duty) -> float:
    line = duty.expectation.line
    return 0.0 if line is None else situation.times[line].earliest_s


def _cut_by(situation: Situation, line: SpokenLine) -> SpokenLine | None:
    before = reversed(situation.lines_before(line))
    return next((other for other in before if other.act in _CUTTING), None)
