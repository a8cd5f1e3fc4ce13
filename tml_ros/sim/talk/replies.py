"""What a well-behaved cell says: its own words, and the rule that any well-behaved words fulfil.

The text is short (12 words at most) and is what the cell is taught; the rule is what it is judged
by, broad enough for the words of others. Yes and no follow the wordings in `questions`: yes means
safe where safety is asked for, and somebody where people are. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tml_ros.safety.warning_text import warning_text
from tml_ros.sim.talk.names import HALL, other_names, written_name
from tml_ros.sim.talk.numbers import number_variants, number_words
from tml_ros.sim.talk.says_words import content_says, content_words, either, one_of
from tml_ros.sim.talk.warning_says import HEARD, danger_words, warning_says
from tml_ros.sim.truth.expectation import Says
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class Reply:
    """text: what a well-behaved cell says. says: what any right wording says."""

    text: str
    says: Says


BACKCHANNELS: Final = ("mm-hm", "okay", "right")
"""Signs of listening; `SAID_AS` has what espeak-ng would spell out."""
CONFIRMATION: Final = "Okay."
"""To a task or a thank-you; nobody expects it."""

_CLEAR: Final = (
    *("yes", "clear", "safe", "free", "empty", "nobody", "no one", "go ahead", "you can"),
    *("you may", "of course", "sure", "come in", "no danger", "no hazard", "no hazards"),
)
_PRESENT: Final = (
    *("somebody", "someone", "a person", "person is", "people are", "a worker", "worker is"),
    *("workers are", "one person", "two people", "three people", "two persons"),
)
_UNSAFE: Final = (
    *("not", "unsafe", "danger", "dangerous", "occupied", "stay out", "stay back", "stay away"),
    *("keep out", "wait", "don't", "isn't", "can't", "cannot", "warning", "smoke is", "is smoke"),
)
_CONTRADICTED: Final = (
    *(words for words in _UNSAFE if words != "danger"),
    *("is danger", "a danger", "is a danger"),
)
"""What nobody says of a place that is safe; "no danger" is what some do."""
_FREE: Final = (
    *("clear", "safe", "free", "empty", "nobody", "no one", "you can enter", "you may enter"),
    *("you can go", "you may go", "have left", "has left", "are out", "is out", "go ahead"),
)
_NOBODY: Final = ("nobody", "no one", "no person", "no people", "no worker", "no workers", "empty")
_NO_ALARM: Final = (
    *("no alarm", "no alarms", "no active alarm", "no active alarms", "nothing", "none"),
    *(
        "no hazard",
        "no hazards",
        "no danger",
        "no dangers",
        "no problem",
        "no problems",
        "all clear",
    ),
    *("all is clear", "everything is clear", "everything is fine", "everything is okay"),
    *("everything is normal", "everything is in order", "all quiet", "all is quiet", "no warning"),
    *("no warnings", "not any", "isn't any", "is fine", "is okay", "all good"),
)

_DANGERS: Final = {
    HazardKind.PERSON_IN_ZONE: "Somebody is in",
    HazardKind.PERSON_DOWN: "Somebody is down in",
    HazardKind.MISSING_HELMET: "Somebody without a helmet is in",
    HazardKind.VEHICLE_NEAR_PERSON: "A vehicle is moving in",
    HazardKind.SMOKE_OR_FIRE: "There is smoke in",
}
_NAMED: Final = {
    HazardKind.PERSON_IN_ZONE: "person in",
    HazardKind.PERSON_DOWN: "person down in",
    HazardKind.MISSING_HELMET: "helmet missing in",
    HazardKind.VEHICLE_NEAR_PERSON: "vehicle close to a person in",
    HazardKind.SMOKE_OR_FIRE: "smoke or fire in",
    HazardKind.SIREN: "siren",
    HazardKind.IMPACT_SOUND: "loud impact",
    HazardKind.MACHINE_FAULT_SOUND: "unusual machine sound",
    HazardKind.CRY_FOR_HELP: "call for help",
}


def is_safe(zone: str, *, zones: Iterable[str] = ()) -> Reply:
    """It is safe to enter. zones: of the cell; an answer about another of them is wrong."""
    return Reply(
        f"Yes. {_sentence(written_name(zone or HALL))} is clear.",
        Says((_CLEAR,), (*_PRESENT, *_CONTRADICTED, *other_names(zone, zones))),
    )


def is_not_safe(
    zone: str,
    danger: HazardKind = HazardKind.PERSON_IN_ZONE,
    *,
    zones: Iterable[str] = (),
) -> Reply:
    """It is not safe to enter, because of that."""
    why = _DANGERS.get(danger, "It is not safe in")
    no = ("no", "people", "person", "fire", "smoke", "vehicle", "forklift", "down")
    yes = ("yes", "go ahead", "you can", "you may", "no danger", "no hazard", "no problem", "sure")
    return Reply(
        f"No. {why} {written_name(zone or HALL)}.",
        Says(((*no, *_PRESENT, *_UNSAFE),), (*yes, "nobody", "no one", *other_names(zone, zones))),
    )


def somebody_is_in(zone: str, *, zones: Iterable[str] = ()) -> Reply:
    """Yes, there is somebody."""
    says = ("yes", *_PRESENT, "there is one", "there are", "person in", "people in", "worker in")
    nobody = (*_NOBODY, "is clear", "is free", "not", "don't", "isn't", "can't", "cannot")
    return Reply(
        f"Yes. Somebody is in {written_name(zone or HALL)}.",
        Says((says,), (*nobody, *other_names(zone, zones))),
    )


def nobody_is_in(zone: str, *, zones: Iterable[str] = ()) -> Reply:
    """No, there is nobody."""
    says = ("no", *_NOBODY, "none", "clear", "free", "not", "don't", "isn't", "can't", "cannot")
    somebody = ("yes", "somebody is", "someone is", "person is", "people are", "worker is")
    return Reply(
        f"No. Nobody is in {written_name(zone or HALL)}.",
        Says((says,), (*somebody, *other_names(zone, zones))),
    )


def alarms(present: Sequence[tuple[HazardKind, str]]) -> Reply:
    """The hazards that are there, by kind and zone (of heard ones the microphone), or none."""
    if not present:
        return Reply("No alarm. All is clear.", one_of(*_NO_ALARM))
    kinds = list(dict.fromkeys(kind for kind, _ in present))
    one = len(present) == 1
    named = [_named(kind, zone if one else "") for kind, zone in present]
    text = _sentence(f"{', '.join(dict.fromkeys(named))}.")
    groups = [
        _present_words(kind, next(zone for other, zone in present if other is kind))
        for kind in kinds
    ]
    return Reply(text, Says(tuple(groups), ("no alarm", "no alarms", "nothing", "all clear")))


def listening() -> Reply:
    """It listens."""
    says = ("yes", "here", "listening", "hear you", "ready", "go ahead", "loud and clear", "online")
    return Reply("Yes. I am listening.", Says((says,), ("cannot hear", "can't hear", "no")))


def acknowledged() -> Reply:
    """The alarm is acknowledged."""
    return Reply(
        "Alarm acknowledged.",
        one_of(
            *("acknowledged", "acknowledge", "acknowledging", "okay", "ok", "noted", "understood"),
            *("thank you", "thanks", "got it", "confirmed", "all right", "alright", "copy"),
            *("roger", "yes", "good", "very well", "marked", "will do"),
        ),
    )


def checking(machine: str) -> Reply:
    """It must think about that, and says so."""
    return Reply(
        f"Let me check {written_name(machine or 'press')}.",
        one_of(
            *("let me", "check", "checking", "look", "looking", "find out", "finding out"),
            *("moment", "one second", "i will", "i'll", "see", "investigate", "ask", "asking"),
            *("give me a", "hang on", "hold on", "working on it", "analyse", "analyze"),
        ),
    )


def total(low: int, number: int, high: int, thing: str) -> Reply:
    """So many were counted; where the last one is in doubt, between `low` and `high`."""
    counted = [form for n in range(low, high + 1) for form in number_variants(n)]
    if low == 0:
        counted += ["none", "no", "nothing", "not one"]
    what = thing.removesuffix("es") if thing == "boxes" and number == 1 else thing
    text = f"{number_words(number)} {what}." if number else f"No {what} so far."
    return Reply(_sentence(text), one_of(*counted))


def counting(*numbers: int) -> Reply:
    """The number of this one; the first is the right one, the others would do."""
    forms = (form for number in numbers for form in number_variants(number))
    return Reply(f"{_sentence(number_words(numbers[0]))}.", one_of(*forms))


def reminder(seconds: int) -> Reply:
    """The time that was set is over."""
    return Reply(
        f"Reminder: {_span(seconds)} {'is' if seconds == 1 else 'are'} over.",
        one_of(
            *("reminder", "remind", "reminding", "seconds", "second", "minute", "minutes"),
            *("time", "over", "up", "timer", "passed", "now", *number_variants(seconds)),
        ),
    )


def tick(seconds: int, elapsed: int) -> Reply:
    """Another `seconds` have passed, `elapsed` since it was asked for."""
    forms = (*number_variants(seconds), *_number_forms(elapsed))
    return Reply(
        f"{_span(elapsed)}.",
        one_of(
            *("seconds", "second", "minute", "minutes", "reminder", "time", "now", "passed"),
            *("over", "again", "another", *forms),
        ),
    )


def gone(thing: str) -> Reply:
    """What was waited for has left. thing: as it is spoken, "the forklift"."""
    return Reply(
        f"{_sentence(thing)} is gone.",
        Says(
            (
                (
                    *("gone", "left", "away", "out of sight", "out of view", "disappeared"),
                    *("no longer", "not here", "has gone", "is out", "don't see", "do not see"),
                    *("can't see", "cannot see", "not in view", "not in sight", "leaving"),
                ),
            ),
            _LATER,
        ),
    )


def free(zone: str, *, zones: Iterable[str] = ()) -> Reply:
    """The zone that was waited for is free."""
    return Reply(
        f"{_sentence(written_name(zone or HALL))} is clear.",
        Says((_FREE,), (*_LATER, *_CONTRADICTED, *_PRESENT, *other_names(zone, zones))),
    )


def warning(kind: HazardKind, zone: str, *, named: bool = True) -> Reply:
    """The warning for a hazard. named: whether its zone must be said."""
    text = warning_text(kind, zone or HALL)
    return Reply(text, warning_says(kind, zone if named else ""))


def told(text: str) -> Reply:
    """A text that was handed over to be said, or is said again.

    Of several sentences the first that says something decides: whoever pauses after it has said it.
    """
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    telling = (sentence for sentence in sentences if len(content_words(sentence)) >= _TELLING)
    return Reply(text, content_says(next(telling, text)))


def nothing_yet() -> Reply:
    """Asked to repeat, and nothing was said."""
    return Reply("I have not said anything yet.", Says())


def any_of(*replies: Reply) -> Reply:
    """The first one's text, and a rule that holds for each of them."""
    rules = dict.fromkeys(reply.says for reply in replies)
    says = replies[0].says if len(rules) == 1 else either(*rules)
    # Where anything is right for one of them, anything is right.
    return Reply(replies[0].text, says if all(rule.all_of for rule in rules) else Says())


_TELLING: Final = 3
"""Content words of a sentence that says something."""
_LATER: Final = ("will", "i'll", "when", "once", "as soon as", "until", "not yet", "still")
"""Whoever promises to tell has not told."""


def _present_words(kind: HazardKind, zone: str) -> tuple[str, ...]:
    words = danger_words(kind, zone)
    if kind is HazardKind.PERSON_IN_ZONE:
        return (*words, *_PRESENT, "person", "people", "worker", "workers", "intruder")
    return words


def _named(kind: HazardKind, zone: str) -> str:
    said = _NAMED.get(kind, kind.value.replace("_", " "))
    if kind in HEARD or kind not in _NAMED:
        return said
    return f"{said} {written_name(zone)}" if zone else said.removesuffix(" in")


def _span(seconds: int) -> str:
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _number_forms(number: int) -> tuple[str, ...]:
    return number_variants(number) if number <= 3600 else (str(number),)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
