"""What a voice is asked to say: warnings, replies, and the names in them.

Every phrase is said for names that the scenarios have, which a voice may have been taught, and for
names that appear nowhere else, which it must put together from what it knows. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.safety.warning_text import warning_text
from tml_ros.sim.split import Pool, Split
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.names import written_name
from tml_ros.turn.hazard import HazardKind

ZONES: Final = Pool(
    train=("press_area", "conveyor_area", "robot_area"),
    held_out=("loading_dock", "paint_shop", "welding_bay"),
)
MACHINES: Final = Pool(train=("press", "conveyor", "robot"), held_out=("saw", "crane", "furnace"))
EARS: Final = Pool(train=("hall_mic",), held_out=("north_gate",))
"""Microphones, which warnings of what is heard name."""


@dataclass(frozen=True, slots=True)
class VoicePhrase:
    """names: whose names are in it; None where there is no name in it."""

    text: str
    names: Split | None


def voice_phrases() -> tuple[VoicePhrase, ...]:
    """All of them, each text once."""
    found = dict.fromkeys(_plain(), None)
    for split in Split:
        for text in _named(split):
            found.setdefault(text, split)
    return tuple(VoicePhrase(text, names) for text, names in found.items())


def _plain() -> Iterator[str]:
    """Without any name."""
    told = (replies.listening(), replies.acknowledged(), replies.alarms(()))
    yield from (reply.text for reply in told)
    yield from (replies.counting(number).text for number in (1, 3, 7, 12))
    yield from (replies.reminder(seconds).text for seconds in (10, 30))
    yield replies.gone("the forklift").text


def _named(split: Split) -> Iterator[str]:
    for zone in ZONES.of(split):
        yield from (warning_text(kind, zone) for kind in SEEN)
        yield replies.is_safe(zone).text
        yield replies.is_not_safe(zone, HazardKind.PERSON_IN_ZONE).text
        yield replies.is_not_safe(zone, HazardKind.SMOKE_OR_FIRE).text
        yield replies.nobody_is_in(zone).text
        yield replies.free(zone).text
        yield _sentence(written_name(zone))
    for ear in EARS.of(split):
        yield from (warning_text(kind, ear) for kind in HEARD)
    for machine in MACHINES.of(split):
        yield replies.checking(machine).text
        yield _sentence(written_name(machine))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
