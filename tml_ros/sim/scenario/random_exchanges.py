"""Draws exchanges between people and the cell, one after the other on a timeline.

An exchange begins when the one before it is over and leaves time for an answer. What the words are
is not decided here. Pure; the random source is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tml_ros.sim.scenario.random_hall import Rng
from tml_ros.sim.scenario.scenario import EventKind, EventPart, HandedOver, LinePart
from tml_ros.sim.talk.act import Act

FINDINGS = (
    "Press one stopped because the guard door was open for two minutes. It has been running again "
    "since ten past nine, and nothing else was found.",
    "The bearing of the conveyor is warmer than last week. It should be greased during the next "
    "break, and the temperature should be checked again tomorrow.",
    "The robot made three hard stops within an hour. Somebody should look at its gripper before "
    "the next shift begins, because a part may be loose.",
    "The oil of the hydraulic unit is low. There is enough for this shift, but it has to be filled "
    "up before the night shift starts.",
)
"""What the background may have found; long enough to be interrupted."""
ANSWER_S = 5.0
"""Left free for an answer after a question."""
FINDING_S = 11.0
"""So long a finding is spoken."""


@dataclass(slots=True)
class Talk:
    """What has been drawn so far. now: when the next exchange may begin, s."""

    zones: tuple[str, ...]
    machines: tuple[str, ...]
    now: float
    lines: list[LinePart] = field(default_factory=list)
    handed_over: list[HandedOver] = field(default_factory=list)
    events: list[EventPart] = field(default_factory=list)

    def say(
        self,
        act: Act,
        *,
        who: str = "operator",
        about: str = "",
        into: float | None = None,
        number: int | None = None,
        level_db: float = 0.0,
        lasts: float = 3.0,
    ) -> None:
        """A line now, or so long into what the cell says; `lasts` is a generous guess."""
        now = round(self.now, 2)
        at, after = (now, None) if into is None else (None, now)
        level_db = round(level_db, 1)
        self.lines.append(
            LinePart(
                who=who,
                act=act,
                at=at,
                into=into,
                after=after,
                about=about,
                number=number,
                level_db=level_db,
            )
        )
        self.now += lasts + (into or 0.0)

    def finding(self, rng: Rng) -> None:
        """The background has found something."""
        text = FINDINGS[int(rng.integers(len(FINDINGS)))]
        self.handed_over.append(HandedOver(at=round(self.now, 2), say=text))

    @property
    def lengths(self) -> tuple[int, int, int]:
        """How many lines, findings and events there are."""
        return len(self.lines), len(self.handed_over), len(self.events)

    def cut(self, lines: int, findings: int, events: int) -> None:
        """Take back all but so many."""
        del self.lines[lines:]
        del self.handed_over[findings:]
        del self.events[events:]


Exchange = Callable[[Rng, Talk], None]


def question(rng: Rng, talk: Talk) -> None:
    """A question that the cell can answer at once."""
    acts = (Act.ASK_SAFE, Act.ASK_WHO, Act.ASK_ALARM, Act.ASK_LISTENING)
    act = acts[int(rng.choice(4, p=(0.4, 0.25, 0.2, 0.15)))]
    about = _zone(rng, talk) if act in (Act.ASK_SAFE, Act.ASK_WHO) else ""
    talk.say(act, who=_who(rng), about=about, level_db=float(rng.uniform(-6, 3)))
    talk.now += ANSWER_S
    if rng.uniform() < 0.25:
        talk.say(Act.THANKS if rng.uniform() < 0.5 else Act.REPEAT)
        talk.now += ANSWER_S


def corrected_question(rng: Rng, talk: Talk) -> None:
    """While the cell answers, the worker asks something else instead."""
    talk.say(Act.ASK_ALARM, lasts=0.5)
    into = round(float(rng.uniform(0.4, 1.0)), 2)
    talk.say(Act.INSTEAD, about=_zone(rng, talk), into=into)
    talk.now += ANSWER_S


def told_to_stop(rng: Rng, talk: Talk) -> None:
    """The cell is told to stop while it says a finding; often it may go on afterwards."""
    talk.finding(rng)
    talk.say(Act.STOP, into=round(float(rng.uniform(1.5, 5.0)), 2), lasts=2.0)
    talk.now += 2.0
    if rng.uniform() < 0.6:
        talk.say(Act.CONTINUE, lasts=2.0)
        talk.now += FINDING_S


def listened_to(rng: Rng, talk: Talk) -> None:
    """People say "uh-huh" or talk among themselves while the cell says a finding."""
    talk.finding(rng)
    act = (Act.UH_HUH, Act.CHATTER)[int(rng.integers(2))]
    level = 0.0 if act is Act.UH_HUH else -6.0
    into = round(float(rng.uniform(1.5, 6.0)), 2)
    talk.say(act, who="visitor", into=into, level_db=level, lasts=FINDING_S)


def long_story(_rng: Rng, talk: Talk) -> None:
    """Somebody speaks to the cell for long."""
    talk.say(Act.LONG_STORY, lasts=16.0)


def chatter(rng: Rng, talk: Talk) -> None:
    """People among themselves; some of it sounds like a command."""
    for _ in range(int(rng.integers(1, 4))):
        act = Act.NEAR_MISS if rng.uniform() < 0.4 else Act.CHATTER
        who = ("colleague", "visitor")[int(rng.integers(2))]
        talk.say(act, who=who, level_db=float(rng.uniform(-10, 0)), lasts=3.5)
    talk.now += 2.0


def radio(rng: Rng, talk: Talk) -> None:
    """A radio plays."""
    lasts = round(float(rng.uniform(6, 12)), 1)
    strength = round(float(rng.uniform(0.2, 0.7)), 2)
    talk.events.append(
        EventPart(kind=EventKind.RADIO, at=round(talk.now, 2), lasts=lasts, strength=strength)
    )
    talk.now += lasts + 1.0


def why(rng: Rng, talk: Talk) -> None:
    """A question that needs thinking, and some seconds later what was found."""
    talk.say(Act.ASK_WHY, about=talk.machines[int(rng.integers(len(talk.machines)))])
    talk.now += float(rng.uniform(4.0, 8.0))
    talk.finding(rng)
    talk.now += FINDING_S


def seen(rng: Rng, talk: Talk) -> None:
    """A siren, and somebody who says that they have noticed."""
    lasts = round(float(rng.uniform(3.0, 6.0)), 1)
    strength = round(float(rng.uniform(0.4, 0.8)), 2)
    talk.events.append(
        EventPart(kind=EventKind.SIREN, at=round(talk.now, 2), lasts=lasts, strength=strength)
    )
    talk.now += lasts + 3.0
    talk.say(Act.ACKNOWLEDGE)
    talk.now += ANSWER_S


EXCHANGES: Mapping[str, tuple[Exchange, float]] = {
    "question": (question, 3.0),
    "corrected_question": (corrected_question, 1.0),
    "told_to_stop": (told_to_stop, 1.5),
    "listened_to": (listened_to, 1.5),
    "long_story": (long_story, 1.0),
    "chatter": (chatter, 2.0),
    "radio": (radio, 0.7),
    "why": (why, 1.2),
    "seen": (seen, 0.8),
}
"""By name: the exchange and how often it is drawn beside the others."""


def remind(rng: Rng, talk: Talk) -> None:
    """To be reminded once."""
    number = int(rng.choice((5, 10, 15, 20, 30)))
    talk.say(Act.REMIND, number=number)
    talk.now += number + 3.0


def every(rng: Rng, talk: Talk) -> None:
    """To be told again and again, until told to stop."""
    number = int(rng.choice((5, 8, 10)))
    times = int(rng.integers(2, 5))
    talk.say(Act.EVERY, number=number)
    talk.now += number * times + 0.5 * number
    talk.say(Act.STOP_EVERY)
    talk.now += number + 2.0


def count(rng: Rng, talk: Talk) -> None:
    """To count boxes on the conveyor."""
    talk.say(Act.COUNT, about="boxes")
    talk.now += float(rng.uniform(10, 25))
    talk.say(Act.FINISH_COUNT, about="boxes")
    talk.now += ANSWER_S


TIMED: Mapping[str, tuple[Exchange, float]] = {
    "remind": (remind, 1.0),
    "every": (every, 1.0),
    "count": (count, 1.0),
}
"""The same for what is about time; what waits for a cue needs something to wait for."""


def _zone(rng: Rng, talk: Talk) -> str:
    return talk.zones[int(rng.integers(len(talk.zones)))]


def _who(rng: Rng) -> str:
    return ("operator", "foreman", "visitor")[int(rng.integers(3))]
