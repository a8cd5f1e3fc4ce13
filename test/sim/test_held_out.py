"""Looks, voices, machines, noises and words kept for judging are none of those to learn from.

Every pool and band of the simulator is found, wherever it is defined, and looked at from outside.
"""

from __future__ import annotations

import dataclasses
import importlib
import math
import pkgutil
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

import tml_ros.sim
from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.sound.voices import voice_of
from tml_ros.sim.split import Band, Pool, Split
from tml_ros.sim.talk.words import drawn_words
from tml_ros.sim.truth.expectation import plain_words

DEEPEST = 3
LIKE_COLOURS = 0.03
"""Nobody tells two colours apart whose red, green and blue differ by less, of 1."""


def inside(name: str, value: object, depth: int = 0) -> Iterator[tuple[str, Pool | Band]]:
    """The pools and bands in a value, however it holds them."""
    if isinstance(value, Pool | Band):
        yield name, value
    elif depth == DEEPEST:
        return
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from inside(f"{name}[{key}]", item, depth + 1)
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from inside(f"{name}[{index}]", item, depth + 1)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from inside(f"{name}.{field.name}", getattr(value, field.name), depth + 1)


def everything_drawn() -> dict[str, Pool | Band]:
    found: dict[int, tuple[str, Pool | Band]] = {}
    package = tml_ros.sim
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if not name.startswith("__"):
                place = f"{info.name.removeprefix('tml_ros.sim.')}.{name}"
                for path, one in inside(place, value):
                    found.setdefault(id(one), (path, one))
    return dict(found.values())


DRAWN = everything_drawn()
POOLS = {name: one for name, one in DRAWN.items() if isinstance(one, Pool)}
BANDS = {name: one for name, one in DRAWN.items() if isinstance(one, Band)}


def is_colour(item: object) -> bool:
    return (
        isinstance(item, tuple)
        and len(item) == 3
        and all(isinstance(part, float) and 0 <= part <= 1 for part in item)
    )


@pytest.mark.parametrize(
    ("theme", "least"),
    [
        ("scene.people", 15),
        ("scene.machines", 10),
        ("scene.hall_looks", 20),
        ("scene.vehicle", 8),
        ("scene.smoke", 4),
        ("sound.sirens", 5),
        ("sound.impacts", 4),
        ("sound.machines", 5),
        ("sound.distractor_sounds", 4),
        ("sound.voices", 3),
        ("talk.phrasebook", 20),
    ],
)
def test_what_could_be_learnt_by_heart_comes_from_pools_and_bands(theme: str, least: int) -> None:
    assert sum(name.startswith(theme) for name in DRAWN) >= least


@pytest.mark.parametrize("name", POOLS)
def test_no_pool_has_a_thing_in_both_parts(name: str) -> None:
    pool = POOLS[name]
    assert not {repr(item) for item in pool.train} & {repr(item) for item in pool.held_out}
    texts = [{plain_words(i) for i in part if isinstance(i, str)} for part in parts(pool)]
    assert not texts[0] & texts[1]


@pytest.mark.parametrize("name", [name for name in POOLS if is_colour(POOLS[name].train[0])])
def test_no_two_colours_are_alike_across_the_parts(name: str) -> None:
    train, held_out = (np.array([i for i in part if is_colour(i)]) for part in parts(POOLS[name]))
    apart = np.abs(train[:, None] - held_out[None]).max(axis=2)
    assert apart.min() > LIKE_COLOURS


@pytest.mark.parametrize("name", BANDS)
def test_no_number_can_be_drawn_for_both_parts(name: str) -> None:
    band = BANDS[name]
    for low, high in band.train:
        for other_low, other_high in band.held_out:
            assert math.nextafter(high, -math.inf) < other_low or other_high <= low
    rng = np.random.default_rng(3)
    drawn = [band.draw(rng, Split.TRAIN) for _ in range(200)]
    assert not any(band.holds(number, Split.HELD_OUT) for number in drawn)


def parts(pool: Pool) -> tuple[tuple[object, ...], tuple[object, ...]]:
    return pool.train, pool.held_out


@pytest.mark.parametrize("suite", Suite)
def test_scenarios_of_both_splits_share_neither_words_nor_voices(suite: Suite) -> None:
    words: dict[Split, set[str]] = {split: set() for split in Split}
    voices: dict[Split, set[object]] = {split: set() for split in Split}
    for split in Split:
        for seed in range(40):
            scenario = random_scenario(seed, suite=suite, looks=split)
            words[split] |= {plain_words(text) for text in drawn_words(scenario)}
            voices[split] |= {voice_of(scenario, line.who) for line in scenario.lines}
    assert all(len(drawn) > 10 for drawn in words.values())
    assert not words[Split.TRAIN] & words[Split.HELD_OUT]
    names = [{voice.name for voice in voices[split]} for split in Split]
    assert not names[0] & names[1]
