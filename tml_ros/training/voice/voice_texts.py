"""What a voice is taught to say: everything a cell says of its own, and made-up sentences.

Some texts are left out, to examine it with. The random source is an argument; the same gives the
same texts. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tml_ros.cell.paced_choice import SpokenKind
from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.safety.warning_text import warning_text
from tml_ros.sim.scenario.random_exchanges import FINDINGS
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.names import written_name
from tml_ros.sim.talk.numbers import number_words
from tml_ros.training.voice.voice_words import (
    GENERAL,
    KINDS_OF_PLACE,
    MACHINES_TAUGHT,
    NEVER_NAMED,
    NEVER_TAUGHT,
    PLACES,
)

Rng = np.random.Generator

SCENARIO_ZONES: Final = ("press_area", "conveyor_area", "robot_area", "hall")
SCENARIO_MACHINES: Final = (
    *("press", "conveyor", "robot"),
    *(f"{name}_{number}" for name in ("press", "conveyor", "robot") for number in range(1, 6)),
)
SCENARIO_EARS: Final = ("hall_mic", "press_mic", "gate_mic", "microphone")
THINGS: Final = ("the forklift", "the cart", "the truck", "the vehicle", "the worker", "the driver")
COUNTED: Final = ("boxes", "parts", "pallets", "people", "cycles")
_ABOUT: Final = SEEN
"""Dangers that a zone can have."""
_EXAMINED: Final = 12
"""Of each kind, so many new texts are left out for the exam."""


@dataclass(frozen=True, slots=True)
class SpokenText:
    """kind: None for sentences that no cell says."""

    text: str
    kind: SpokenKind | None


def fixed_texts() -> tuple[SpokenText, ...]:
    """What is said with the names that scenarios have; all of it is taught."""
    found = dict.fromkeys(_fixed())
    return tuple(SpokenText(text, kind) for kind, text in found)


def drawn_texts(rng: Rng, count: int) -> tuple[SpokenText, ...]:
    """So many different texts with other names, numbers and words, kinds in turn."""
    found: dict[str, SpokenKind | None] = {}
    makers = tuple(_MAKERS.items())
    while len(found) < count:
        kind, make = makers[len(found) % len(makers)]
        # A kind that has nothing new to say makes room for made-up sentences.
        for attempt in range(10):
            text = make(rng) if attempt < 9 else _anything(rng)
            if text not in found and _may_be_taught(text):
                found[text] = kind if attempt < 9 else None
                break
    return tuple(SpokenText(text, kind) for text, kind in found.items())


def texts_of(seed: int, count: int) -> tuple[tuple[SpokenText, ...], tuple[SpokenText, ...]]:
    """About `count` texts to teach, and new ones to examine with."""
    fixed = fixed_texts()
    known = {one.text for one in fixed}
    drawn = [
        one for one in drawn_texts(np.random.default_rng(seed), count) if one.text not in known
    ]
    asked: list[SpokenText] = []
    for kind in SpokenKind:
        asked += [one for one in drawn if one.kind is kind][:_EXAMINED]
    left_out = {one.text for one in asked}
    return (*fixed, *(one for one in drawn if one.text not in left_out)), tuple(asked)


def made_up_texts(rng: Rng, count: int) -> tuple[str, ...]:
    """So many sentences without sense in which every word of `voice_words` comes equally often.

    Names that a voice never met are made of such words, and one that was heard a few times is not
    said well.
    """
    found: dict[str, None] = {}
    words: list[str] = []
    while len(found) < count:
        while len(words) < 6:
            words += rng.permutation(GENERAL).tolist()
        length = int(rng.integers(2, 7))
        said, words = " ".join(words[:length]), words[length:]
        number = f" {rng.integers(0, 130)}" if rng.random() < 0.3 else ""
        text = f"{_capital(said)}{number}."
        if _may_be_taught(text):
            found[text] = None
    return tuple(found)


def _may_be_taught(text: str) -> bool:
    low = text.lower()
    named = any(name in low for name in NEVER_TAUGHT)
    return not named and not any(f"the {name}" in low for name in NEVER_NAMED)


def _fixed() -> Iterator[tuple[SpokenKind, str]]:
    sign, answer, count, time = (
        *(SpokenKind.SIGN, SpokenKind.ANSWER, SpokenKind.COUNT, SpokenKind.TIME),
    )
    for words in replies.BACKCHANNELS:
        yield sign, words
    yield sign, replies.CONFIRMATION
    yield sign, replies.listening().text
    yield sign, replies.acknowledged().text
    yield answer, replies.nothing_yet().text
    yield answer, replies.alarms(()).text
    for machine in SCENARIO_MACHINES:
        yield sign, replies.checking(machine).text
    for zone in SCENARIO_ZONES:
        yield from ((answer, text) for text in _about_zone(zone))
        yield SpokenKind.CUE, replies.free(zone).text
        yield from ((SpokenKind.WARNING, warning_text(kind, zone)) for kind in SEEN)
    for ear in SCENARIO_EARS:
        yield from ((SpokenKind.WARNING, warning_text(kind, ear)) for kind in HEARD)
        yield from ((answer, replies.alarms(((kind, ear),)).text) for kind in HEARD)
    for number in range(101):
        if number:
            yield count, replies.counting(number).text
        if number <= 60:
            yield count, replies.total(number, number, number, "boxes").text
        if number:
            yield time, replies.tick(number, number).text
            yield time, replies.reminder(number).text
    for thing in THINGS:
        yield SpokenKind.CUE, replies.gone(thing).text
    for finding in FINDINGS:
        yield SpokenKind.FINDING, finding
        yield from ((SpokenKind.FINDING, f"{part}.") for part in finding.rstrip(".").split(". "))


def _about_zone(zone: str) -> Iterator[str]:
    yield replies.is_safe(zone).text
    yield replies.somebody_is_in(zone).text
    yield replies.nobody_is_in(zone).text
    for danger in _ABOUT:
        yield replies.is_not_safe(zone, danger).text
        yield replies.alarms(((danger, zone),)).text


def _pick(rng: Rng, *choices: str) -> str:
    return choices[int(rng.integers(len(choices)))]


def _zone(rng: Rng) -> str:
    place = _pick(rng, *PLACES)
    kind = _pick(rng, *KINDS_OF_PLACE)
    number = f"_{rng.integers(1, 10)}" if rng.random() < 0.2 else ""
    return f"{place}_{kind}{number}"


def _machine(rng: Rng) -> str:
    name = _pick(rng, *MACHINES_TAUGHT).replace(" ", "_")
    return f"{name}_{rng.integers(1, 13)}" if rng.random() < 0.4 else name


def _ear(rng: Rng) -> str:
    return _pick(rng, _zone(rng), f"{_pick(rng, *PLACES)}_mic")


def _sign(rng: Rng) -> str:
    return replies.checking(_machine(rng)).text


def _answer(rng: Rng) -> str:
    return _pick(rng, *_about_zone(_zone(rng)))


def _count(rng: Rng) -> str:
    number = int(rng.integers(0, 200))
    return replies.total(number, number, number, _pick(rng, *COUNTED)).text


def _time(rng: Rng) -> str:
    seconds = int(rng.integers(1, 1000))
    return _pick(rng, replies.tick(seconds, seconds).text, replies.reminder(seconds).text)


def _cue(rng: Rng) -> str:
    thing = _pick(rng, *THINGS, f"the {_pick(rng, *MACHINES_TAUGHT)}")
    return _pick(rng, replies.free(_zone(rng)).text, replies.gone(thing).text)


def _warning(rng: Rng) -> str:
    if rng.random() < 0.4:
        return warning_text(list(HEARD)[int(rng.integers(len(HEARD)))], _ear(rng))
    return warning_text(list(SEEN)[int(rng.integers(len(SEEN)))], _zone(rng))


def _number(rng: Rng) -> str:
    value = float(rng.choice([rng.uniform(0, 10), rng.uniform(10, 100), rng.uniform(100, 2000)]))
    return _pick(rng, f"{value:.0f}", f"{value:.1f}", number_words(int(value)))


def _finding(rng: Rng) -> str:
    machine = _capital(written_name(_machine(rng)))
    name = _pick(rng, "temperature", "pressure", "speed", "current", "vibration", "power", "flow")
    unit = _pick(
        rng,
        *("degrees", "percent", "bar", "amperes", "millimetres per second", "hertz"),
        *("revolutions per minute", "kilowatts", "volts", "seconds"),
    )
    number, other = _number(rng), _number(rng)
    part = _pick(rng, "bearing", "belt", "seal", "filter", "valve", "sensor", "hose", "shaft")
    return _pick(
        rng,
        f"{machine}: {name} {number} {unit}, {rng.integers(1, 60)} minutes ago.",
        f"{machine} stopped {rng.integers(1, 60)} minutes ago.",
        f"The {name} is {number} {unit}. That is beyond its limit of {other}.",
        f"The {name} rose from {number} to {other} {unit} since yesterday.",
        f"{machine} needs attention: the {part} is {_pick(rng, 'worn', 'loose', 'leaking')}.",
        f"Before that it was about {number} {unit}.",
        f"There are no readings of {machine[:1].lower()}{machine[1:]}.",
        f"The {part} of {machine[:1].lower()}{machine[1:]} should be checked {_when(rng)}.",
        f"{machine} has been running since {_pick(rng, 'ten past nine', 'noon', 'this morning')}.",
    )


def _when(rng: Rng) -> str:
    return _pick(
        rng, "today", "tomorrow", "next week", "before the next shift", "during the next break"
    )


def _anything(rng: Rng) -> str:
    words = " ".join(_pick(rng, *GENERAL) for _ in range(int(rng.integers(2, 7))))
    number = f" {_number(rng)}" if rng.random() < 0.3 else ""
    return f"{_capital(words)}{number}."


def _names(rng: Rng) -> str:
    name = written_name(_pick(rng, _zone(rng), _machine(rng)))
    return f"{_capital(name)}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


_MAKERS: Final[dict[SpokenKind | None, Callable[[Rng], str]]] = {
    SpokenKind.SIGN: _sign,
    SpokenKind.ANSWER: _answer,
    SpokenKind.COUNT: _count,
    SpokenKind.TIME: _time,
    SpokenKind.CUE: _cue,
    SpokenKind.WARNING: _warning,
    SpokenKind.FINDING: _finding,
    None: lambda rng: _anything(rng) if rng.random() < 0.75 else _names(rng),
}
