"""The words of a scenario's lines: as it gives them, or drawn from its seed and looks.

A line's words depend on the scenario's seed, its place among the lines and what it means, and on
nothing else. Some questions are drawn with a pause in thought, "...". Pure.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.meaning import meaning
from tml_ros.sim.talk.names import HALL
from tml_ros.sim.talk.phrasebook import WORDINGS, filled
from tml_ros.sim.talk.wordings import tasks

PAUSE: Final = "..."
PAUSING: Final = 0.25
"""Share of questions and tasks that are spoken with a pause in thought."""

_CAN_PAUSE: Final = frozenset(
    {Act.ASK_SAFE, Act.ASK_WHO, Act.ASK_WHY, Act.REMIND, Act.EVERY, Act.COUNT, Act.CUE}
)
_HINGES: Final = frozenset(
    {
        "the",
        "to",
        "into",
        "in",
        "if",
        "is",
        "when",
        "why",
        "whether",
        "after",
        "every",
        "for",
        "has",
        "have",
    }
)
_STREAM: Final = 61_002


def drawn_words(scenario: Scenario) -> tuple[str, ...]:
    """What is said in each line."""
    return tuple(_words_of(scenario, index) for index in range(len(scenario.lines)))


def with_pause(text: str, rng: np.random.Generator) -> str:
    """The sentence with one pause in thought where somebody might stop to think.

    Before a word that leads on to what is sought, never after the first word, before the last one
    or at the end of a clause. A text that has no such place, or a pause already, stays as it is.
    """
    words = text.split()
    if PAUSE in text or len(words) < 4:
        return text
    inner = [i for i in range(2, len(words) - 1) if not re.search(r"[.,!?;:]$", words[i - 1])]
    likely = [i for i in inner if words[i].lower() in _HINGES] or inner
    if not likely:
        return text
    place = likely[int(rng.integers(len(likely)))]
    return " ".join((*words[:place], PAUSE, *words[place:]))


def _words_of(scenario: Scenario, index: int) -> str:
    line = scenario.lines[index]
    if line.say is not None:
        return line.say
    rng = np.random.default_rng(np.random.SeedSequence([scenario.seed, _STREAM, index]))
    meant = meaning(scenario, index)
    pool = WORDINGS[line.act][0]
    if line.act is Act.CUE and meant.zone:
        pool = tasks.CUE_CLEAR
    text = filled(
        pool.draw(rng, scenario.looks),
        zone=meant.zone or HALL,
        machine=meant.machine or "press",
        seconds=meant.number if meant.number is not None else 30,
        thing=meant.thing,
    )
    pauses = rng.random() < PAUSING
    return with_pause(text, rng) if pauses and line.act in _CAN_PAUSE else text
