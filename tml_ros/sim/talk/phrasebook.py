"""What people say: for each act the wordings, by split, and every phrase that they make.

Slots: {zone} and {machine} take a name with its article ("the press area", "press two"), {seconds}
a span ("thirty seconds"), {thing} what leaves with its article ("the forklift") or what is counted
without one ("boxes"). Held-out wordings are other sentences, not variants of the training ones.
Knows nothing of scenarios or of what is right to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Formatter
from types import MappingProxyType
from typing import Final, NamedTuple

from tml_ros.sim.split import Pool, Split
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.names import HALL, spoken_name
from tml_ros.sim.talk.numbers import number_words
from tml_ros.sim.talk.wordings import chatter, commands, near_misses, questions, stories, tasks

WORDINGS: Final[Mapping[Act, tuple[Pool[str], ...]]] = MappingProxyType(
    {
        Act.ASK_SAFE: (questions.ASK_SAFE,),
        Act.ASK_WHO: (questions.ASK_WHO,),
        Act.ASK_ALARM: (questions.ASK_ALARM,),
        Act.ASK_LISTENING: (questions.ASK_LISTENING,),
        Act.ASK_WHY: (questions.ASK_WHY,),
        Act.ACKNOWLEDGE: (commands.ACKNOWLEDGE,),
        Act.STOP: (commands.STOP,),
        Act.CONTINUE: (commands.CONTINUE,),
        Act.REPEAT: (commands.REPEAT,),
        Act.REMIND: (tasks.REMIND,),
        Act.EVERY: (tasks.EVERY,),
        Act.STOP_EVERY: (tasks.STOP_EVERY,),
        Act.COUNT: (tasks.COUNT,),
        Act.FINISH_COUNT: (tasks.FINISH_COUNT,),
        Act.CUE: (tasks.CUE_GONE, tasks.CUE_CLEAR),
        Act.INSTEAD: (questions.INSTEAD,),
        Act.LONG_STORY: (stories.LONG_STORY,),
        Act.THANKS: (commands.THANKS,),
        Act.UH_HUH: (commands.UH_HUH,),
        Act.CHATTER: (chatter.CHATTER,),
        Act.NEAR_MISS: (near_misses.NEAR_MISS,),
        Act.CRY_FOR_HELP: (commands.CRY_FOR_HELP,),
    }
)
"""CUE has two pools: something is gone, a zone is clear."""

COUNTED: Final = "boxes"
"""What is counted where nothing else is said."""

USUAL_SECONDS: Final = (5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 90, 120)
"""The spans that grammars are made for."""


class GrammarPhrase(NamedTuple):
    """about: the name as in a scenario; of spans the number in digits; "" where there is none."""

    text: str
    act: Act
    about: str


def slots(wording: str) -> frozenset[str]:
    """The slots of a wording."""
    return frozenset(name for _, name, _, _ in Formatter().parse(wording) if name)


def filled(
    wording: str, *, zone: str = HALL, machine: str = "press", seconds: int = 30, thing: str = ""
) -> str:
    """The sentence with names as they are spoken. thing: as it is spoken, article and all."""
    said = wording.format(
        zone=spoken_name(zone),
        machine=spoken_name(machine),
        seconds=span_words(seconds),
        thing=thing or COUNTED,
    )
    return said[:1].upper() + said[1:]


def span_words(seconds: int) -> str:
    """So many seconds: "one second", "thirty seconds"."""
    return f"{number_words(seconds)} second{'' if seconds == 1 else 's'}"


def grammar_phrases(
    acts: Iterable[Act],
    *,
    split: Split,
    zones: Sequence[str],
    machines: Sequence[str],
    things: Sequence[str],
    seconds: Sequence[int] = USUAL_SECONDS,
) -> list[GrammarPhrase]:
    """Every concrete phrase of those acts, each once.

    zones, machines: names as in a scenario. things: names of what can be gone ("forklift"), and
    plurals of what can be counted ("boxes"); a plural ends in s. Where there is no zone it is the
    hall, where there is no machine the press, and boxes can be counted always.
    """
    found = [
        phrase
        for act in acts
        for pool in WORDINGS[act]
        for wording in pool.of(split)
        for phrase in _phrases(
            act,
            wording,
            {
                "zone": [(name, spoken_name(name)) for name in (*zones,) or (HALL,)],
                "machine": [(name, spoken_name(name)) for name in (*machines,) or ("press",)],
                "seconds": [(str(number), span_words(number)) for number in seconds],
                "thing": _things(act, things),
            },
        )
    ]
    return list(dict.fromkeys(found))


def _things(act: Act, things: Sequence[str]) -> list[tuple[str, str]]:
    if act is Act.COUNT:
        counted = dict.fromkeys((COUNTED, *(name for name in things if name.endswith("s"))))
        return [(name, name.replace("_", " ")) for name in counted]
    return [(name, spoken_name(name)) for name in things if not name.endswith("s")]


def _phrases(
    act: Act, wording: str, choices: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[GrammarPhrase]:
    """No wording has two slots."""
    (slot,) = slots(wording) or ("",)
    for about, said in choices[slot] if slot else [("", "")]:
        text = wording.format(**{slot: said}) if slot else wording
        yield GrammarPhrase(text[:1].upper() + text[1:], act, about)
