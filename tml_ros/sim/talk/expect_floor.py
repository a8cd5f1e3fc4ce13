"""HOLD, FALL_SILENT, KEEP_ON, BACKCHANNEL: whose turn it is to speak.

HOLD. Somebody who speaks to the cell pauses in thought: nothing is begun from 0.1 s into the pause
(who reacts to speech that has just ended has not seen a pause yet) to its end. Pauses below 0.3 s
are those between words. While a warning, an urgent message, or something that was set to a time may
begin, nothing is asked.

FALL_SILENT. Told to stop, the cell is silent 0.4 s after the end of the word(s); what it did 0.3 s
after their beginning counts, so that a reply that ends by itself then is no obedience. Talked over
with another question it is silent 1.0 s after its beginning, as people are; what it did at 0.2 s
counts. Not asked where a hazard is evident in between, or up to 1.0 s before: the warning may just
begin.

KEEP_ON. A sign of listening, people among themselves, or a radio while the cell speaks: it does not
break off from the beginning of that sound to 0.5 s after its end (of a radio: 3.0 s). The window
ends where somebody speaks to the cell; where somebody may tell it to stop, nothing is asked.

BACKCHANNEL. Somebody speaks to the cell for more than 6 s: from 2 s into it to its end there is a
sign of listening, and no speech. Before 2 s nobody knows that it will be long. What calls for
speech meanwhile is left out; of the rest the longest part counts if it is 3 s long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tml_ros.sim.scenario.scenario import EventKind
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty, Situation
from tml_ros.sim.talk.line_times import Window, overlap, without
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import SpokenLine

LONG_S: Final = 6.0
LISTENING_S: Final = 2.0
_PAUSE_S: Final = 0.3
_RADIO_S: Final = 3.0
_TO_NOBODY: Final = frozenset({Act.CHATTER, Act.NEAR_MISS, Act.UH_HUH})
_SILENCING: Final = frozenset({Act.STOP, Act.INSTEAD})
_ANY_TIME: Final = frozenset({Rule.WARN, Rule.AT_TIME, Rule.COUNT, Rule.CUE})


def floor_duties(situation: Situation, speech: Sequence[Duty]) -> list[Duty]:
    """All of these. speech: what is to be said, at times of the scenario or of lines."""
    taken = [duty.window for duty in _at_any_time(speech)]
    duties: list[Duty] = []
    for line in situation.lines:
        if line.act.addressed and line.act is not Act.CRY_FOR_HELP:
            duties += _hold(situation, line, taken)
        if line.act in _SILENCING:
            duties += _fall_silent(situation, line, speech)
        if line.act in _TO_NOBODY:
            duties += _keep_on(situation, line)
        if line.act is Act.LONG_STORY and line.seconds > LONG_S:
            duties += _backchannel(situation, line, speech)
    return [*duties, *_keep_on_over_radio(situation)]


def _at_any_time(speech: Sequence[Duty]) -> list[Duty]:
    """What may be said over somebody who speaks."""
    return [
        duty
        for duty in speech
        if duty.expectation.line is None and (duty.urgent or duty.expectation.rule in _ANY_TIME)
    ]


def _hold(situation: Situation, line: SpokenLine, taken: Sequence[Window]) -> Iterator[Duty]:
    begin = line.start_s or 0.0
    for pause in line.pauses:
        if pause[1] - pause[0] < _PAUSE_S:
            continue
        window = (pause[0] + 0.1, min(pause[1], line.seconds))
        if line.start_s is None:
            yield situation.after(line, Rule.HOLD, (window[0], *window))
            continue
        for opens, closes in without((begin + window[0], begin + window[1]), taken):
            if closes - opens > 0.1:
                yield situation.at(Rule.HOLD, (opens, opens, closes), of=line.index)


def _fall_silent(situation: Situation, line: SpokenLine, speech: Sequence[Duty]) -> Iterator[Duty]:
    due, closes = 0.3, max(line.seconds, 0.3) + 0.4
    if line.act is Act.INSTEAD:
        due, closes = 0.2, 1.0
    if line.start_s is not None:
        begun = (line.start_s + due - 1.0, line.start_s + closes)
        if any(
            duty.urgent
            and duty.expectation.line is None
            and begun[0] <= duty.expectation.due_s <= begun[1]
            for duty in speech
        ):
            return
    yield situation.after(line, Rule.FALL_SILENT, (due, due, closes), about=line.act.value)


def _keep_on(situation: Situation, line: SpokenLine) -> Iterator[Duty]:
    window = (0.0, 0.0, line.seconds + 0.5)
    if line.start_s is None:
        yield situation.after(line, Rule.KEEP_ON, window, about=line.act.value)
        return
    closes = _undisturbed(situation, line.start_s, line.start_s + window[2])
    if closes is not None:
        begin = line.start_s
        about = line.act.value
        yield situation.at(Rule.KEEP_ON, (begin, begin, closes), about=about, of=line.index)


def _keep_on_over_radio(situation: Situation) -> Iterator[Duty]:
    for event in situation.scenario.events:
        if event.kind is not EventKind.RADIO:
            continue
        closes = _undisturbed(situation, event.at, event.at + min(event.lasts, _RADIO_S))
        if closes is not None:
            yield situation.at(Rule.KEEP_ON, (event.at, event.at, closes), about="radio")


def _undisturbed(situation: Situation, begin: float, end: float) -> float | None:
    """Until when, at most `end`, nobody speaks to the cell; None where that is too soon or open."""
    for line in situation.lines:
        if not line.act.addressed:
            continue
        time = situation.times[line.index]
        if not time.fixed and line.act in _SILENCING and overlap(time.reach, (begin, end)):
            return None
        if time.fixed and time.reach[1] > begin:
            end = min(end, time.earliest_s)
    return end if end - begin >= 0.2 else None


def _backchannel(situation: Situation, line: SpokenLine, speech: Sequence[Duty]) -> Iterator[Duty]:
    window = (LISTENING_S, LISTENING_S, line.seconds)
    if line.start_s is None:
        yield situation.after(line, Rule.BACKCHANNEL, window)
        return
    begin = line.start_s
    taken = [
        (duty.expectation.opens_s, duty.expectation.closes_s + duty.takes_s)
        for duty in _at_any_time(speech)
    ]
    free = without((begin + LISTENING_S, begin + line.seconds), taken)
    opens, closes = max(free, key=lambda part: part[1] - part[0], default=(0.0, 0.0))
    if closes - opens >= 3.0 or (closes - opens >= line.seconds - LISTENING_S - 0.2):
        made = situation.at(Rule.BACKCHANNEL, (opens, opens, closes), of=line.index)
        yield replace(made, text="mm-hm")
