"""QUIET: when nothing at all is to be said.

QUIET. While people talk among themselves, and for 2.0 s after it (who would take up what was said
does so then); while a radio speaks; and in every other stretch of at least 5 s in which nothing
calls for speech, nothing begins: neither speech nor a sign of listening. Left out is all time in
which speech would be no mistake (`allowed_speech`) with 1.0 s after what is to be said, so that a
warning of several sentences may have pauses; all lines spoken to the cell; and all time in which a
line that waits for the cell may be spoken, with 4.0 s after it. `about` tells the kinds apart:
chatter, near_miss, radio, or nothing for a quiet stretch. What is shorter than 0.6 s is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tml_ros.sim.scenario.scenario import EventKind
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.allowed_speech import allowed_speech
from tml_ros.sim.talk.duty import SPEAKS, Duty, Situation
from tml_ros.sim.talk.line_times import Window, without
from tml_ros.sim.truth.expectation import Rule

STRETCH_S: Final = 5.0
AFTERWARDS_S: Final = 2.0
_SHORTEST_S: Final = 0.6
_PAUSES_S: Final = 1.0
_AFTER_WAITING_S: Final = 4.0
_AFTER_STOP_S: Final = 1.0


def quiet(situation: Situation, duties: Sequence[Duty]) -> list[Duty]:
    """All windows of it, no two overlapping. duties: everything else that is right to do."""
    taken = _taken(situation, duties)
    made: list[Duty] = []
    for about, window in _talk(situation):
        for part in without(window, taken):
            if part[1] - part[0] >= _SHORTEST_S:
                made.append(_duty(situation, part, about))
        taken.append(window)
    for part in without((0.0, situation.scenario.seconds), taken):
        if part[1] - part[0] >= STRETCH_S:
            made.append(_duty(situation, part, ""))
    return made


def _duty(situation: Situation, part: Window, about: str) -> Duty:
    return situation.at(Rule.QUIET, (part[0], *part), about=about)


def _talk(situation: Situation) -> list[tuple[str, Window]]:
    """What is meant for nobody here."""
    end = situation.scenario.seconds
    found = [
        (line.act.value, (line.start_s, min(line.start_s + line.seconds + AFTERWARDS_S, end)))
        for line in situation.lines
        if line.act in (Act.CHATTER, Act.NEAR_MISS) and line.start_s is not None
    ]
    found += [
        ("radio", (event.at, min(event.at + event.lasts, end)))
        for event in situation.scenario.events
        if event.kind is EventKind.RADIO
    ]
    return sorted(found, key=lambda one: one[1])


def _taken(situation: Situation, duties: Sequence[Duty]) -> list[Window]:
    """When something calls for speech, or may."""
    expected = [duty.expectation for duty in duties]
    allowed = allowed_speech(
        situation.scenario,
        situation.lines,
        expected,
        hazards=situation.hazards,
        doubts=situation.doubts,
    )
    taken = [(window.opens_s, window.closes_s) for window in allowed if window.line is None]
    taken += [
        (duty.expectation.opens_s, duty.expectation.closes_s + duty.takes_s + _PAUSES_S)
        for duty in duties
        if duty.expectation.rule in SPEAKS and duty.expectation.line is None
    ]
    for line in situation.lines:
        time = situation.times[line.index]
        if not time.fixed:
            taken.append((time.reach[0], time.reach[1] + _AFTER_WAITING_S))
        elif line.act.addressed:
            taken.append((time.reach[0], time.reach[1] + _AFTER_STOP_S))
    return taken
