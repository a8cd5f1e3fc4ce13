"""The words of lines: from the scenario, or drawn; with their names and numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.scenario.scenario import (
    LinePart,
    MachinePart,
    PersonPart,
    Scenario,
    VehiclePart,
    ZonePart,
)
from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.meaning import SPANS, meaning
from tml_ros.sim.talk.names import (
    name_variants,
    other_names,
    person_name,
    spoken_name,
    written_name,
)
from tml_ros.sim.talk.phrasebook import WORDINGS, grammar_phrases
from tml_ros.sim.talk.words import PAUSE, drawn_words, with_pause

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0))


def scenario(*lines: LinePart, **fields: object) -> Scenario:
    given = {
        "zones": {name: ZonePart(polygon=SQUARE) for name in ("press_area", "bay_2")},
        "machines": {
            "press_2": MachinePart(kind="press", at=(0, 0)),
            "belt": MachinePart(kind="conveyor", at=(0, 0)),
        },
        "vehicles": {
            "forklift": VehiclePart(at=(0, 0)),
            "agv": VehiclePart(kind="cart", at=(0, 1)),
        },
        "people": {"otto": PersonPart(at=(0, 0)), "inspector": PersonPart(at=(0, 0))},
    }
    made = {"scenario": "words", "seconds": 60.0, "lines": lines, **given, **fields}
    return Scenario.model_validate(made)


def line(act: Act, **fields: object) -> LinePart:
    return LinePart.model_validate({"who": "otto", "act": act, "at": 1.0, **fields})


@pytest.mark.parametrize("looks", Split)
@pytest.mark.parametrize("act", Act)
def test_every_act_is_drawn_from_the_wordings_of_its_looks(act: Act, looks: Split) -> None:
    lines = [line(act) for _ in range(20)]
    drawn = drawn_words(scenario(*lines, looks=looks, seed=4))
    possible = grammar_phrases(
        [act],
        split=looks,
        zones=["press_area", "bay_2"],
        machines=["press_2", "belt"],
        things=["forklift", "cart", "worker", "inspector"],
        seconds=SPANS.of(looks),
    )
    plain = {" ".join(text.replace(PAUSE, " ").split()) for text in drawn}
    assert plain <= {phrase.text for phrase in possible}
    assert len(plain) >= min(3, len(WORDINGS[act][0].of(looks)))


def test_what_the_scenario_says_is_said_as_it_is() -> None:
    assert drawn_words(scenario(line(Act.STOP, say="Whoa ... hold it."))) == ("Whoa ... hold it.",)


def test_a_line_keeps_its_words_whatever_follows_it() -> None:
    first = line(Act.ASK_SAFE)
    alone = drawn_words(scenario(first, seed=9))
    assert drawn_words(scenario(first, line(Act.CHATTER), seed=9))[:1] == alone
    others = {drawn_words(scenario(first, seed=seed)) for seed in range(30)}
    assert len(others) > 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (line(Act.ASK_SAFE, about="bay_2"), "bay two"),
        (line(Act.ASK_SAFE, about="press area"), "the press area"),
        (line(Act.ASK_WHY, about="press_2"), "press two"),
        (line(Act.REMIND, number=45), "forty five seconds"),
        (line(Act.REMIND, number=1), "one second"),
        (line(Act.EVERY, number=125), "one hundred twenty five seconds"),
        (line(Act.CUE, about="forklift"), "the forklift"),
        (line(Act.CUE, about="agv"), "the cart"),
        (line(Act.CUE, about="otto"), "the worker"),
        (line(Act.CUE, about="inspector"), "the inspector"),
        (line(Act.CUE, about="bay_2"), "bay two"),
        (line(Act.CUE, about="clear press_area"), "the press area"),
        (line(Act.COUNT), "boxes"),
        (line(Act.COUNT, about="pallets"), "pallets"),
        (line(Act.COUNT, about="belt"), "boxes"),
    ],
)
def test_names_and_numbers_are_spoken(given: LinePart, said: str) -> None:
    for seed in range(8):
        text = drawn_words(scenario(given, seed=seed))[0].lower().replace(" ...", "")
        assert f" {said}" in f" {text}"


@pytest.mark.parametrize(
    ("given", "about"),
    [
        (line(Act.ASK_SAFE, say="Hm, is the bay 2 safe?"), "bay_2"),
        (line(Act.ASK_WHO, say="Anyone in bay two?"), "bay_2"),
        (line(Act.ASK_WHY, say="Why does press two make that noise?"), "press_2"),
        (line(Act.CUE, say="Tell me when the cart is gone."), "agv"),
        (line(Act.CUE, say="Tell me when bay two is clear.", about="bay_2"), "bay_2"),
    ],
)
def test_words_that_are_given_say_what_they_are_about(given: LinePart, about: str) -> None:
    for seed in range(5):
        assert meaning(scenario(given, seed=seed), 0).about == about


def test_a_number_in_words_that_are_given_counts() -> None:
    spoken = line(Act.REMIND, say="Wake me up in twenty-five seconds, will you?")
    assert meaning(scenario(spoken), 0).number == 25
    assert meaning(scenario(line(Act.REMIND, say="Ping me after 40 s.")), 0).number == 40


def test_who_asks_instead_asks_about_another_place() -> None:
    for seed in range(10):
        made = scenario(line(Act.ASK_SAFE), line(Act.INSTEAD), seed=seed)
        assert meaning(made, 0).zone != meaning(made, 1).zone


def test_a_hall_without_anything_can_be_talked_about() -> None:
    lines = [line(act) for act in Act]
    bare = Scenario(scenario="bare", seconds=60, lines=tuple(lines))
    assert all(drawn_words(bare))


def test_two_belts_are_told_apart() -> None:
    belts = {name: MachinePart(kind="conveyor", at=(0, 0)) for name in ("belt_1", "belt_2")}
    text = drawn_words(scenario(line(Act.COUNT, about="belt_2"), machines=belts))[0]
    assert "boxes on belt two" in text.replace(" ...", "")


@given(seed=st.integers(0, 2**32), act=st.sampled_from(Act), number=st.integers(0, 11))
def test_a_pause_is_put_between_words_and_changes_none(seed: int, act: Act, number: int) -> None:
    wordings = WORDINGS[act][0].train
    text = wordings[number % len(wordings)]
    paused = with_pause(text, np.random.default_rng(seed))
    words = paused.split()
    assert [word for word in words if word != PAUSE] == text.split()
    assert words.count(PAUSE) <= 1
    if PAUSE in words:
        place = words.index(PAUSE)
        assert 2 <= place < len(words) - 1
        assert words[place - 1][-1] not in ".,!?;:"
        assert with_pause(paused, np.random.default_rng(seed)) == paused


@pytest.mark.parametrize(
    ("name", "spoken", "written", "variants"),
    [
        ("press_area", "the press area", "the press area", ("press area",)),
        ("press_2", "press two", "press 2", ("press two", "press 2")),
        ("dock_c", "dock c", "dock c", ("dock c",)),
        ("press", "the press", "the press", ("press",)),
    ],
)
def test_names_are_called_as_people_call_them(
    name: str, spoken: str, written: str, variants: tuple[str, ...]
) -> None:
    assert spoken_name(name) == spoken
    assert written_name(name) == written
    assert name_variants(name) == variants


def test_a_name_within_a_name_is_not_another_one() -> None:
    assert other_names("press_area_2", ["press_area", "press_area_2", "bay"]) == ("bay",)
    assert "press area two" in other_names("press_area", ["press_area", "press_area_2"])


def test_nobody_is_asked_for_by_name() -> None:
    assert person_name("otto") == "the worker"
    assert person_name("inspector_2") == "the inspector"
