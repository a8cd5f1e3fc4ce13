"""What a line of a scenario is about: its zone, machine, thing and number, none of them left open.

What the scenario does not say is taken from the words where it gives them, else drawn from its
seed. Both the words of a line and what is right to answer follow from this. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import LinePart, MachineKind, Scenario
from tml_ros.sim.split import Pool
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.names import name_variants, person_name, spoken_name
from tml_ros.sim.talk.numbers import first_number
from tml_ros.sim.talk.phrasebook import COUNTED
from tml_ros.sim.truth.expectation import plain_words

SPANS: Final = Pool(train=(5, 10, 15, 20, 30, 45, 60), held_out=(6, 8, 12, 25, 40, 50))
"""Seconds that people ask for where the scenario does not say."""

_OF_ZONES: Final = frozenset({Act.ASK_SAFE, Act.ASK_WHO, Act.INSTEAD})
_OF_SPANS: Final = frozenset({Act.REMIND, Act.EVERY})
_STREAM: Final = 61_001


@dataclass(frozen=True, slots=True)
class Meaning:
    """about: the one name that matters, for people who read it. zone, machine: names of the
    scenario, "" where there is none.

    thing: what is counted ("boxes") or must go ("the forklift"), as it is spoken. gone: the name of
    the vehicle or person that a cue waits for, "" where it waits for the zone. number: of seconds.
    """

    about: str = ""
    zone: str = ""
    machine: str = ""
    thing: str = ""
    gone: str = ""
    number: int | None = None


def meaning(scenario: Scenario, index: int) -> Meaning:
    """What line `index` is about."""
    line = scenario.lines[index]
    rng = np.random.default_rng(np.random.SeedSequence([scenario.seed, _STREAM, index]))
    about = line.about.strip().lower().replace(" ", "_")
    zones, machines = tuple(scenario.zones), tuple(scenario.machines)
    if line.act in _OF_ZONES:
        zone = _one_of(zones, about, line, rng, but=_asked_before(scenario, index))
        return Meaning(zone, zone=zone)
    if line.act in _OF_SPANS:
        return Meaning(number=_span(scenario, line, rng))
    if line.act is Act.CUE:
        return _cue(scenario, about, line, rng)
    if line.act in (Act.COUNT, Act.FINISH_COUNT):
        return _count(scenario, about, line, rng)
    zone, machine = (_one_of(names, about, line, rng) for names in (zones, machines))
    named = machine if line.act is Act.ASK_WHY else ""
    return Meaning(named, zone=zone, machine=machine, number=line.number)


def _one_of(
    names: Sequence[str], about: str, line: LinePart, rng: np.random.Generator, *, but: str = ""
) -> str:
    """The one that is named by `about`, else in the words, else any one, `but` if need be."""
    if about in names:
        return about
    said = f" {plain_words(line.say or '')} "
    named = [name for name in names if any(f" {v} " in said for v in name_variants(name))]
    if named:
        return max(named, key=len)
    left = [name for name in names if name != but] or list(names)
    return left[int(rng.integers(len(left)))] if left else ""


def _asked_before(scenario: Scenario, index: int) -> str:
    """Who asks for another place instead does not mean the one asked for before."""
    if scenario.lines[index].act is not Act.INSTEAD:
        return ""
    before = (i for i in range(index - 1, -1, -1) if scenario.lines[i].act in _OF_ZONES)
    return next((meaning(scenario, i).zone for i in before), "")


def _span(scenario: Scenario, line: LinePart, rng: np.random.Generator) -> int:
    if line.number is not None:
        return line.number
    said = first_number(line.say or "")
    return SPANS.draw(rng, scenario.looks) if said is None else said


def _cue(scenario: Scenario, about: str, line: LinePart, rng: np.random.Generator) -> Meaning:
    about = about.removeprefix("clear_")
    zones, movers = tuple(scenario.zones), (*scenario.vehicles, *scenario.people)
    said = plain_words(line.say or "")
    kinds = {name: part.kind.value for name, part in scenario.vehicles.items()}
    if about not in (*zones, *movers):
        spoken = [name for name, kind in kinds.items() if kind in said.split()]
        about = spoken[0] if spoken else _one_of((*movers, *zones), "", line, rng)
    if about in zones:
        return Meaning(about, zone=about)
    if about in kinds:
        own = kinds[about] in about.split("_")
        return Meaning(about, gone=about, thing=spoken_name(about if own else kinds[about]))
    return Meaning(about, gone=about, thing=person_name(about))


def _count(scenario: Scenario, about: str, line: LinePart, rng: np.random.Generator) -> Meaning:
    belts = [name for name, m in scenario.machines.items() if m.kind is MachineKind.CONVEYOR]
    machine = _one_of(belts, about, line, rng)
    thing = COUNTED if not about or about in scenario.machines else about.replace("_", " ")
    if len(belts) > 1:
        thing = f"{thing} on {spoken_name(machine)}"
    return Meaning(thing, machine=machine, thing=thing)
