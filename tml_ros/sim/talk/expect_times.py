"""AT_TIME, CUE: what is right to say later, at a time that was set or when something happens.

AT_TIME. "Remind me in 30 seconds": speech about it begins 30 s after the end of the line, 0.4 s
more or less: two turns of a cell, and as well as a person with a watch can do. "Every 10 seconds":
likewise at each multiple, until somebody says that it, or the cell, should stop; the last one is
due only if all of its window lies before that. Every number of seconds is said to the second, so
the times do not drift with what was late before.

CUE. "Tell me when the forklift is gone" is due when it leaves the last picture, "when the press
area is clear" when nobody and nothing that drives is in it, and stays so for 1.0 s (behind a column
people vanish for less). Speech that says it begins within 1.5 s of that, and not before it: who
wants to walk there acts on it. A promise to tell says "will" or "when" and is not that. If it is so
already at the end of the line, that is an ANSWER, with an answer's window. Where it is not known
when the line ends, only what happens after all the times it may end, and is not so at any of them,
is a cue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty, Situation
from tml_ros.sim.talk.expect_answers import after_the_end
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import SpokenLine

AROUND_S: Final = 0.4
CUE_WITHIN_S: Final = 1.5
_ENDING: Final = frozenset({Act.STOP_EVERY, Act.STOP})


def timed(situation: Situation) -> list[Duty]:
    """Reminders, ticks and cues."""
    duties: list[Duty] = []
    for line in situation.lines:
        if line.act is Act.REMIND:
            duties.append(_reminder(situation, line))
        elif line.act is Act.EVERY:
            duties += _ticks(situation, line)
        elif line.act is Act.CUE:
            duties += _cue(situation, line)
    return duties


def _reminder(situation: Situation, line: SpokenLine) -> Duty:
    seconds = situation.meanings[line.index].number or 0
    due = line.seconds + seconds
    window = (due, max(due - AROUND_S, line.seconds - AROUND_S, 0.0), due + AROUND_S)
    reply = replies.reminder(seconds)
    return situation.after(line, Rule.AT_TIME, window, reply, number=seconds)


def _ticks(situation: Situation, line: SpokenLine) -> Iterator[Duty]:
    seconds = situation.meanings[line.index].number or 0
    ends = (
        situation.times[other.index].earliest_s
        for other in situation.lines_after(line)
        if other.act in _ENDING
    )
    until = min(ends, default=situation.scenario.seconds)
    _, last = situation.times[line.index].ends
    elapsed = seconds
    while seconds and last + elapsed + AROUND_S <= until:
        due = line.seconds + elapsed
        window = (due, max(0.0, due - AROUND_S), due + AROUND_S)
        reply = replies.tick(seconds, elapsed)
        yield situation.after(line, Rule.AT_TIME, window, reply, number=seconds)
        elapsed += seconds


def _cue(situation: Situation, line: SpokenLine) -> Iterator[Duty]:
    meant = situation.meanings[line.index]
    first, last = situation.times[line.index].ends
    if meant.gone:
        reply = replies.gone(meant.thing)
        due, already = situation.floor.gone_at(meant.gone, last)
        known = situation.floor.gone_at(meant.gone, first) == (due, already)
    elif meant.zone:
        reply = replies.free(meant.zone, zones=tuple(situation.scenario.zones))
        due, already = situation.floor.free_at(meant.zone, last)
        known = situation.floor.free_at(meant.zone, first) == (due, already)
    else:
        return
    if known and due is not None:
        window = (due, due, due + CUE_WITHIN_S)
        yield situation.at(Rule.CUE, window, reply, about=meant.about, of=line.index)
    elif known and already:
        yield situation.after(line, Rule.ANSWER, after_the_end(line), reply, about=meant.about)
