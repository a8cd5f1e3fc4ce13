"""What the cascade understands: the phrases of a cell, each of them the whole of an utterance.

Beside the commands stand phrases that are not meant for
the cell, so that what sounds like them is not taken for a command. Nobody says anything else, as
far as a grammar knows; what is said in other words is rejected, or mistaken. Only training wordings
are in it: they are the manual of this baseline. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.numbers import number_of, number_words
from tml_ros.sim.talk.phrasebook import grammar_phrases

NOT_FOR_THE_CELL: Final = (Act.UH_HUH, Act.CHATTER, Act.NEAR_MISS)
COMMANDS: Final = tuple(
    act for act in Act if act.addressed and act not in (Act.LONG_STORY, *NOT_FOR_THE_CELL)
)
MACHINES: Final = ("press", "conveyor", "robot")
THINGS: Final = ("boxes", "forklift", "cart", "worker")
"""What is asked about where the cell does not say."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """text: plain words. about: a name of the cell, a number of seconds in digits, or ""."""

    text: str
    act: Act
    about: str


def phrases_of(
    zones: Sequence[str],
    *,
    machines: Sequence[str] = MACHINES,
    things: Sequence[str] = THINGS,
) -> tuple[Phrase, ...]:
    """Everything that may be said in a cell with these names, commands first, each text once."""
    found: dict[str, Phrase] = {}
    for act in (*COMMANDS, *NOT_FOR_THE_CELL):
        for said in grammar_phrases(
            [act], split=Split.TRAIN, zones=zones, machines=machines, things=things
        ):
            text = plain(said.text)
            found.setdefault(text, Phrase(text, said.act, said.about))
    return tuple(found.values())


def plain(text: str) -> str:
    """Small letters and single spaces, as grammar and dictionary spell it."""
    return " ".join(re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower().replace("\u2019", "'")))


def typed_plain(text: str) -> str:
    """What somebody typed, as they would have said it: numbers in words."""
    return plain(re.sub(r"\d+", lambda found: _said(found.group()), text))


def _said(digits: str) -> str:
    number = number_of(digits)
    return " " if number is None else f" {number_words(number)} "
