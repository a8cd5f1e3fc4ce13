"""ANSWER, ACKNOWLEDGE, DELEGATE: what is right to say when somebody has spoken to the cell.

ANSWER. Speech that says the right thing begins between 0.1 s before the end of the line (who knows
what is asked may be a little early) and 2.0 s after it: people answer after 0.2 s and find a
conversation broken after 1 s; 2.0 s is broken beyond doubt. The delay counts from the end of the
line. What is right is what is true at the end of the question. Where that changes within 1.0 s of
it, or no camera sees it well, either answer will do; of a line that waits for the cell the end is
only known to lie between two times, and it must be true at all of them. An answer about another
zone is wrong.
  ask_safe, instead: safe while no person, nothing that drives and no hazard is in the zone.
  ask_who: whether a person is in the zone.
  ask_alarm: names every kind of hazard that is there; one that has just ended (10 s), or is not
    evident yet, may be named or not.
  finish_count: the boxes that passed; where one passes about when it is asked, either number.
  repeat: most of the content words of what was to be said last. It is filled in when everything
    else is known (`expect_again`).
  instead: after falling silent (`expect_floor`), like ask_safe.

ACKNOWLEDGE. In the same window speech that confirms, and the request; why: as for an answer.

DELEGATE. In the same window a request to the background and a spoken sign of it: a person would
also say that they go and look before they go.

long_story, thanks, remind, every, stop_every, count, cue, continue: no answer is asked for, and a
word of confirmation is no mistake (`allowed_speech`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty, Situation
from tml_ros.sim.talk.expect_counts import counted_total
from tml_ros.sim.talk.line_times import Window
from tml_ros.sim.talk.meaning import Meaning
from tml_ros.sim.talk.replies import Reply
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import SpokenLine
from tml_ros.turn.hazard import HazardKind

EARLY_S: Final = 0.1
WITHIN_S: Final = 2.0
CHANGING_S: Final = 1.0
RECENT_S: Final = 10.0
"""An impact is over at once, and is asked about afterwards."""


def after_the_end(line: SpokenLine) -> tuple[float, float, float]:
    """Due, opens and closes of an answer, from the beginning of the line."""
    return line.seconds, max(0.0, line.seconds - EARLY_S), line.seconds + WITHIN_S


def answers(situation: Situation) -> list[Duty]:
    """One per line that wants one."""
    made: list[Duty] = []
    for line in situation.lines:
        window = after_the_end(line)
        meant = situation.meanings[line.index]
        if line.act in _ANSWERS:
            rule, answer = _ANSWERS[line.act]
            reply = answer(situation, meant, situation.times[line.index].ends)
            made.append(situation.after(line, rule, window, reply, about=meant.about))
        elif line.act is Act.FINISH_COUNT:
            counted, number = counted_total(situation, line)
            about = meant.thing
            made.append(
                situation.after(line, Rule.ANSWER, window, counted, about=about, number=number)
            )
        elif line.act is Act.REPEAT:
            made.append(situation.after(line, Rule.ANSWER, window))
    return made


def _safety(situation: Situation, meant: Meaning, ends: Window) -> Reply:
    zone = meant.zone
    zones = tuple(situation.scenario.zones)
    about = situation.floor.zone_truths(zone, ends[0] - CHANGING_S, ends[1] + CHANGING_S)
    at_end = situation.floor.zone_truths(zone, ends[0], ends[0])[0]
    dangers = [truth.danger for truth in (at_end, *about) if truth.danger is not None]
    safe = replies.is_safe(zone, zones=zones)
    unsafe = replies.is_not_safe(
        zone, dangers[0] if dangers else HazardKind.PERSON_IN_ZONE, zones=zones
    )
    now, other = (safe, unsafe) if at_end.danger is None else (unsafe, safe)
    changes = len({truth.danger is None for truth in about}) > 1
    sure = zone in situation.scenario.zones and all(truth.danger_sure for truth in about)
    return now if sure and not changes else replies.any_of(now, other)


def _presence(situation: Situation, meant: Meaning, ends: Window) -> Reply:
    zone = meant.zone
    zones = tuple(situation.scenario.zones)
    about = situation.floor.zone_truths(zone, ends[0] - CHANGING_S, ends[1] + CHANGING_S)
    at_end = situation.floor.zone_truths(zone, ends[0], ends[0])[0]
    somebody = replies.somebody_is_in(zone, zones=zones)
    nobody = replies.nobody_is_in(zone, zones=zones)
    now, other = (somebody, nobody) if at_end.somebody else (nobody, somebody)
    changes = len({truth.somebody for truth in about}) > 1
    sure = zone in situation.scenario.zones and all(truth.somebody_sure for truth in about)
    return now if sure and not changes else replies.any_of(now, other)


def _alarms(situation: Situation, _: Meaning, ends: Window) -> Reply:
    """Kinds that are there for certain must be named, those in doubt may be."""
    certain: list[tuple[HazardKind, str]] = []
    doubtful: list[tuple[HazardKind, str]] = []
    for span in situation.hazards:
        evident = span.evident_s is not None and span.evident_s <= ends[0] - CHANGING_S
        if evident and span.start_s <= ends[0] and span.end_s >= ends[1] + CHANGING_S:
            certain.append((span.kind, span.zone))
        elif span.start_s <= ends[1] + CHANGING_S and span.end_s >= ends[0] - RECENT_S:
            doubtful.append((span.kind, span.zone))
    unsure = bool(doubtful) or bool(situation.doubts_at(ends))
    if certain:
        return replies.alarms(_once(certain))
    quiet = replies.alarms(())
    if not unsure:
        return quiet
    named = [replies.alarms((one,)) for one in _once(doubtful)]
    return replies.any_of(*(named or [quiet]), quiet)


def _once(present: Sequence[tuple[HazardKind, str]]) -> list[tuple[HazardKind, str]]:
    return list(dict.fromkeys(present))


_Answer = Callable[[Situation, Meaning, Window], Reply]
_ANSWERS: Final[Mapping[Act, tuple[Rule, _Answer]]] = {
    Act.ASK_SAFE: (Rule.ANSWER, _safety),
    Act.INSTEAD: (Rule.ANSWER, _safety),
    Act.ASK_WHO: (Rule.ANSWER, _presence),
    Act.ASK_ALARM: (Rule.ANSWER, _alarms),
    Act.ASK_LISTENING: (Rule.ANSWER, lambda *_: replies.listening()),
    Act.ACKNOWLEDGE: (Rule.ACKNOWLEDGE, lambda *_: replies.acknowledged()),
    Act.ASK_WHY: (Rule.DELEGATE, lambda _, meant, __: replies.checking(meant.machine)),
}
