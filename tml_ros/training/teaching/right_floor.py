"""Who has the floor by right in a turn, whatever the session does.

Knows who speaks and what is to be said. Pure but for what it looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tml_ros.training.teaching.agenda import Agenda
from tml_ros.training.teaching.own_speech import Speech
from tml_ros.training.teaching.talk_so_far import TalkSoFar, Told
from tml_ros.training.teaching.wish import Wish
from tml_ros.turn.turn_output import Floor

OPEN: Final = 0.0
"""Weight of a turn in which either is right."""
USUAL: Final = 1.0
TEMPTING: Final = 2.0
"""Of one in which something happens that is no reason to begin or to stop."""
TURNING: Final = 4.0
"""Of one in which something is to begin or to end."""


@dataclass(frozen=True, slots=True)
class Right:
    """floor: what is right. weight: how much it counts. begins: whether speech is to begin.
    told: somebody wants it to end.
    """

    floor: Floor
    weight: float
    begins: bool = False
    told: bool = False


def right_floor(
    at_s: float,
    speech: Speech | None,
    wish: Wish | None,
    *,
    waiting: bool,
    talk: TalkSoFar,
    agenda: Agenda,
) -> Right:
    """Of the turn whose speech is heard from `at_s` on.

    speech: what is being said. wish: what is to be begun. waiting: whether something that was
    handed over waits.
    """
    if speech is not None:
        return _speaking(at_s, speech, talk)
    if waiting:
        # A start says what was handed over, so nothing else can be said meanwhile.
        if agenda.finding_free(at_s):
            return Right(Floor.SPEAK, TURNING, begins=True)
    elif wish is not None:
        return Right(Floor.BACKCHANNEL if wish.sign else Floor.SPEAK, TURNING, begins=True)
    if agenda.open(at_s):
        return Right(Floor.LISTEN, OPEN)
    tempting = talk.paused(at_s) or talk.past_the_cell(at_s)
    return Right(Floor.LISTEN, TEMPTING if tempting else USUAL)


def _speaking(at_s: float, speech: Speech, talk: TalkSoFar) -> Right:
    goes_on = Floor.BACKCHANNEL if speech.backchannel else Floor.SPEAK
    if speech.unasked:
        return Right(Floor.LISTEN, TURNING)
    if speech.urgent:
        # No judgement of the floor ends it.
        return Right(goes_on, OPEN)
    told = talk.told_to_stop(at_s, since_s=speech.since_s)
    if told is Told.YES:
        return Right(Floor.LISTEN, TURNING, told=True)
    addressed = any(line.act.addressed for line in talk.speaking(at_s, known_s=0.1))
    if told is Told.PERHAPS or talk.warned(at_s) is not None:
        return Right(goes_on, OPEN)
    if addressed and not speech.backchannel:
        return Right(goes_on, OPEN)
    return Right(goes_on, TEMPTING if talk.past_the_cell(at_s) else USUAL)
