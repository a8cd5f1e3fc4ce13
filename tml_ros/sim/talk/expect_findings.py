"""SAY_FINDING: what is right to say of what was handed over.

SAY_FINDING. What the cell is given to say is begun once nobody speaks: from the moment it was
given, or from the end of the line that is being spoken then, to 3.0 s later. Nobody has asked for
it just now, so that 3.0 s of a free floor are no delay; later it would be about something else.
Lines that follow, and what else must be said, do not count towards the 3.0 s (`one_mouth`). Urgent
ones begin within 0.6 s, three turns, whoever speaks. It must say most of the content words: it was
given to be said, not to be told about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tml_ros.sim.talk import replies
from tml_ros.sim.talk.duty import Duty, Situation
from tml_ros.sim.truth.expectation import Rule

WITHIN_S: Final = 3.0
URGENT_S: Final = 0.6


def findings(situation: Situation) -> list[Duty]:
    """One per text that was handed over."""
    duties: list[Duty] = []
    for handed in situation.scenario.handed_over:
        due = handed.at if handed.urgent else _free_from(situation, handed.at)
        closes = due + (URGENT_S if handed.urgent else WITHIN_S)
        duty = situation.at(Rule.SAY_FINDING, (due, due, closes), replies.told(handed.say))
        duties.append(replace(duty, urgent=handed.urgent))
    return duties


def _free_from(situation: Situation, time_s: float) -> float:
    """The end of the line, or of those one after the other, that are being spoken then."""
    for line in situation.lines:
        if line.start_s is not None and line.start_s <= time_s < line.start_s + line.seconds:
            time_s = line.start_s + line.seconds
    return time_s
