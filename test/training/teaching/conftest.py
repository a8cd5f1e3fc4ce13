"""Scenarios to be taught: some by hand, of which only the talk matters, and some drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.model.preset import Preset
from tml_ros.model.preset_file import load_preset
from tml_ros.model.tokenizer import TextTokenizer, load_tokenizer
from tml_ros.sim.factory import Factory
from tml_ros.sim.render.facts import Facts
from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.scenario import HandedOver, MicrophonePart, Scenario, ZonePart
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.allowed_speech import allowed_speech
from tml_ros.sim.talk.expectations import expectations
from tml_ros.sim.talk.words import drawn_words
from tml_ros.sim.truth.moment import Moment
from tml_ros.sim.truth.truth import HazardSpan, SpokenLine, Truth

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
DRAWN = {
    Suite.DIALOGUE: (0, 1, 4, 8, 44, 48, 60),
    Suite.TIME: (3, 5, 15, 25),
    Suite.HAZARDS: (0, 2),
}
"""Seeds among which every rule is met."""


def talk(
    *lines: tuple[Act, float, float],
    handed: Sequence[HandedOver] = (),
    hazards: Sequence[HazardSpan] = (),
    pauses: Mapping[int, tuple[float, float]] | None = None,
    seconds: float = 30.0,
    **parts: Any,
) -> Facts:
    """lines: act, beginning (negative: so long after the cell began), how long it lasts."""
    scenario = Scenario.model_validate(
        {
            "scenario": "talk",
            "seconds": seconds,
            "seed": 7,
            "zones": {name: ZonePart(polygon=SQUARE) for name in ("press_area", "bay_2")},
            "machines": {"press_2": {"kind": "press", "at": (1, 1)}},
            "microphones": {"mic": MicrophonePart(at=(0, 0, 2))},
            "lines": [
                {"who": "anna", "act": act, **({"at": at} if at >= 0 else {"into": -at})}
                for act, at, _ in lines
            ],
            "handed_over": list(handed),
            **parts,
        }
    )
    words = drawn_words(scenario)
    spoken = tuple(
        SpokenLine(
            index,
            "anna",
            act,
            words[index],
            lasts,
            scenario.lines[index].at,
            scenario.lines[index].into,
            pauses=((pauses or {})[index],) if index in (pauses or {}) else (),
        )
        for index, (act, _, lasts) in enumerate(lines)
    )
    moments = tuple(Moment(0.2 * (turn + 1)) for turn in range(scenario.turns))
    expected = expectations(scenario, spoken, hazards, moments, passes={})
    truth = Truth(seconds, tuple(hazards), (), spoken, expected, moments)
    return Facts(scenario, truth, allowed_speech(scenario, spoken, expected, hazards=hazards))


@pytest.fixture(scope="session")
def preset() -> Preset:
    return load_preset("nano")


@pytest.fixture(scope="session")
def tokenizer(preset: Preset) -> TextTokenizer:
    return load_tokenizer(vocabulary=preset.text.vocabulary)


@pytest.fixture(scope="session")
def drawn() -> Callable[[Suite, int], Facts]:
    """Facts of a drawn scenario of half a minute, worked out once."""
    known: dict[tuple[Suite, int], Facts] = {}

    def facts(suite: Suite, seed: int) -> Facts:
        if (suite, seed) not in known:
            scenario = random_scenario(seed, suite=suite, seconds=30.0)
            with Factory(scenario) as factory:
                try:
                    known[suite, seed] = Facts(scenario, factory.truth, factory.allowed_speech)
                except SpeechUnavailableError as error:
                    pytest.skip(str(error))
        return known[suite, seed]

    return facts
