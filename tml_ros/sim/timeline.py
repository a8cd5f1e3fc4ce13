"""What happens in a scenario and what would be right to do, in plain words and in order of time.

For people who read; nothing is decided from it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.truth.expectation import Expectation, Rule
from tml_ros.sim.truth.moment import Moment, Posture
from tml_ros.sim.truth.truth import SpokenLine, Truth


class Happens(str, Enum):
    """What kind of thing an entry tells of."""

    PERSON = "person"
    VEHICLE = "vehicle"
    EVENT = "event"
    """Something happens in the hall, harmless or not."""
    HAZARD = "hazard"
    LINE = "said"
    HANDED_OVER = "handed over"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Entry:
    """at_s, until_s: relative to the beginning of line `line`, where that is given."""

    at_s: float
    what: Happens
    text: str
    until_s: float | None = None
    line: int | None = None


_FALLS: Final = {
    Posture.FALLING: "falls",
    Posture.LYING: "lies on the floor",
    Posture.RISING: "gets up",
    Posture.CROUCHING: "crouches",
}
_RIGHT: Final = {
    Rule.WARN: "warns",
    Rule.ANSWER: "answers",
    Rule.HOLD: "waits: somebody is still thinking",
    Rule.FALL_SILENT: "falls silent, if it speaks",
    Rule.KEEP_ON: "goes on, if it speaks",
    Rule.RESUME: "says the rest",
    Rule.BACKCHANNEL: "gives a sign that it listens, and says nothing",
    Rule.QUIET: "does not begin to speak",
    Rule.ACKNOWLEDGE: "acknowledges the alarm and says so",
    Rule.DELEGATE: "hands the question to the background and says so",
    Rule.SAY_FINDING: "says what was found",
    Rule.AT_TIME: "speaks at the time set",
    Rule.COUNT: "says the number",
    Rule.CUE: "speaks when it comes to that",
}


def timeline(scenario: Scenario, truth: Truth) -> tuple[Entry, ...]:
    """All entries in order of time; what depends on when the cell speaks comes last."""
    entries = [
        *_people(scenario, truth.moments),
        *_events(scenario),
        *_hazards(truth),
        *(_line(line, scenario) for line in truth.lines),
        *(
            Entry(one.at, Happens.HANDED_OVER, f'"{one.say}"' + (", urgent" if one.urgent else ""))
            for one in scenario.handed_over
        ),
        *(_expected(one) for one in truth.expected),
    ]
    return tuple(sorted(entries, key=lambda one: (one.line is not None, one.line or 0, one.at_s)))


def _people(scenario: Scenario, moments: Sequence[Moment]) -> Iterator[Entry]:
    """Who comes, goes, falls, gets up, and which vehicles drive about."""
    for name, part in scenario.people.items():
        wears = " and ".join(
            f"{'' if worn else 'no '}{thing}"
            for thing, worn in (("helmet", part.helmet), ("vest", part.vest))
        )
        states = [next((one for one in m.people if one.name == name), None) for m in moments]
        there, before = False, None
        for moment, state in zip(moments, states, strict=True):
            if (state is not None) != there:
                there = state is not None
                text = f"{name} comes in, {wears}" if there else f"{name} is gone"
                if there and moment is moments[0]:
                    text = f"{name} is there, {wears}"
                yield Entry(moment.time_s, Happens.PERSON, text)
            posture = None if state is None else state.posture
            if posture in _FALLS and posture is not before:
                yield Entry(moment.time_s, Happens.PERSON, f"{name} {_FALLS[posture]}")
            before = posture
    for name, vehicle in scenario.vehicles.items():
        there = False
        for moment in moments:
            now = any(one.name == name for one in moment.vehicles)
            if now != there:
                there = now
                text = f"{name} ({vehicle.kind.value}) {'comes' if now else 'is gone'}"
                yield Entry(moment.time_s, Happens.VEHICLE, text)


def _events(scenario: Scenario) -> Iterator[Entry]:
    for event in scenario.events:
        text = event.kind.value.replace("_", " ")
        yield Entry(event.at, Happens.EVENT, text, until_s=event.at + event.lasts)
    for name, machine in scenario.machines.items():
        for begin, end in machine.stops:
            yield Entry(begin, Happens.EVENT, f"{name} stands still", until_s=end)
        if machine.fault is not None:
            text = f"{name} begins to sound of a bad {machine.fault.value}"
            yield Entry(machine.faulty, Happens.EVENT, text)


def _hazards(truth: Truth) -> Iterator[Entry]:
    for span in truth.hazards:
        evident = (
            "never evident: nobody is blamed"
            if span.evident_s is None
            else f"evident from {span.evident_s:.2f} s"
        )
        text = f"{span.kind.value} in {span.zone}, {evident}"
        yield Entry(span.start_s, Happens.HAZARD, text, until_s=span.end_s)


def _line(line: SpokenLine, scenario: Scenario) -> Entry:
    text = f'{line.who}: "{line.text}" ({line.act.value})'
    if line.start_s is not None:
        return Entry(line.start_s, Happens.LINE, text, until_s=line.start_s + line.seconds)
    waits = f"{line.into_s or 0:.1f} s after the cell has begun to speak"
    after = scenario.lines[line.index].after
    waits += "" if after is None else f", from {after:.1f} s on"
    return Entry(0.0, Happens.LINE, f"{text}, {waits}", until_s=line.seconds, line=line.index)


def _expected(one: Expectation) -> Entry:
    text = f"the cell {_RIGHT[one.rule]}"
    if one.about:
        text += f" ({one.about})"
    if one.number is not None:
        text += f": {one.number}"
    if one.says is not None:
        text += ": " + " + ".join(_one_of(group) for group in one.says.all_of)
    return Entry(one.opens_s, Happens.EXPECTED, text, until_s=one.closes_s, line=one.line)


def _one_of(group: Sequence[str]) -> str:
    """The first ways to say it."""
    shown = "/".join(f'"{words}"' for words in group[:2])
    return shown + ("/..." if len(group) > 2 else "")
