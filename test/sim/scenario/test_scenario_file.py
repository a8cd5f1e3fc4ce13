"""Scenario files: every mistake with its place, and what is written can be read again."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.scenario_file import (
    ScenarioFileError,
    load_scenario,
    parse_scenario,
    scenario_text,
    shipped_scenarios,
)
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split

PLACE = Path("/scenarios/here.yaml")
GOOD = """
scenario: here
seconds: 30
people:
  anna: {at: [0, 0], steps: [{walk: [[1, 1]]}, {stand: 2}]}
vehicles:
  forklift_1: {at: [3, 0], steps: [{walk: [[1, 0]]}]}
events:
  - {kind: smoke, at: 3, place: [1, 1]}
lines:
  - {who: anna, act: ask_safe, at: 2, about: press_area}
"""


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_scenario_that_ships_can_be_read(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.scenario == name
    assert scenario.cameras
    assert scenario.microphones


@pytest.mark.parametrize(
    ("written", "instead", "place", "allowed"),
    [
        ("{stand: 2}", "{stand: 2, crouch: 1}", "people.anna.steps[1]", "exactly one of walk"),
        ("{stand: 2}", "{facing: 2}", "people.anna.steps[1]", "exactly one of walk"),
        ("[{walk: [[1, 0]]}]", "[{fall: 2}]", "vehicles.forklift_1.steps[0]", "for a vehicle"),
        (", place: [1, 1]", "", "events[0].place", "where on the floor"),
        ("kind: smoke", "kind: smog", "events[0].kind", "siren"),
        ("at: 3,", "at: 30,", "events[0].at", "before the scenario's end at 30 s"),
        ("at: 2, about", "into: 2, about", "lines[0].into", "nothing before it"),
        ("at: 2, about", "about", "lines[0]", "exactly one of at, into"),
        ("forklift_1:", "anna:", "vehicles.anna", "one name for one thing"),
        ("seconds: 30", "seconds: .nan", "seconds", "a finite number"),
        ("act: ask_safe", "act: ask_sage", "lines[0].act", "ask_safe"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    written: str, instead: str, place: str, allowed: str
) -> None:
    parse_scenario(GOOD, PLACE)
    with pytest.raises(ScenarioFileError) as caught:
        parse_scenario(GOOD.replace(written, instead), PLACE)
    (problem,) = caught.value.problems
    assert problem.path == place
    assert allowed in problem.allowed


def test_a_name_that_does_not_ship_is_answered_with_those_that_do() -> None:
    with pytest.raises(ScenarioFileError, match="press_visit"):
        load_scenario("no_such_scenario")


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    suite=st.sampled_from(Suite),
    looks=st.sampled_from(Split),
    difficulty=st.floats(0, 1),
)
def test_a_drawn_scenario_survives_being_written_and_read(
    seed: int, suite: Suite, looks: Split, difficulty: float
) -> None:
    scenario = random_scenario(seed, suite=suite, looks=looks, difficulty=difficulty)
    assert parse_scenario(scenario_text(scenario), PLACE) == scenario


@given(
    text=st.text(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["scenario", "seconds", "people", "events", "lines", "at", "kind"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).map(yaml.safe_dump)
)
def test_whatever_the_file_says_it_is_a_scenario_or_an_error_with_words(text: str) -> None:
    try:
        parse_scenario(text, PLACE)
    except ScenarioFileError as error:
        assert error.problems
