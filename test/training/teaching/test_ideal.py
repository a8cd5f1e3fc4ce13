"""Whoever does what the ideal teacher does is found right by the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from test.training.teaching.conftest import DRAWN
from test.training.teaching.played import ScriptedModel, conduct_of, judged
from tml_ros.bench.evaluation.closed_loop import play
from tml_ros.bench.judge.conduct import Speaker
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import TextTokenizer
from tml_ros.sim.factory import Factory
from tml_ros.sim.render.facts import Facts
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.truth.expectation import Rule
from tml_ros.training.teaching.teacher import teach

Drawn = Callable[[Suite, int], Facts]


@pytest.mark.parametrize("suite", list(Suite))
def test_the_ideal_does_everything_that_is_right_and_nothing_else(
    suite: Suite, drawn: Drawn, preset: Preset, tokenizer: TextTokenizer
) -> None:
    for seed in DRAWN[suite]:
        facts = drawn(suite, seed)
        script = teach(facts, preset, tokenizer, np.random.default_rng(0), mistakes=0.0)
        found = judged(script, facts, tokenizer)
        wrong = [one for one in found.outcomes if one.verdict is Verdict.WRONG]
        assert not wrong, f"{facts.scenario.scenario}: {wrong}"
        assert not found.unprovoked, facts.scenario.scenario


def test_the_drawn_scenarios_ask_for_everything(drawn: Drawn) -> None:
    asked = Counter(
        one.rule
        for suite, seeds in DRAWN.items()
        for seed in seeds
        for one in drawn(suite, seed).truth.expected
    )
    assert set(asked) >= set(Rule) - {Rule.WARN}


def test_answers_come_as_soon_as_people_expect_them(
    drawn: Drawn, preset: Preset, tokenizer: TextTokenizer
) -> None:
    delays = []
    for seed in DRAWN[Suite.DIALOGUE]:
        facts = drawn(Suite.DIALOGUE, seed)
        script = teach(facts, preset, tokenizer, np.random.default_rng(0), mistakes=0.0)
        delays += [
            one.delay_s
            for one in judged(script, facts, tokenizer).outcomes
            if one.rule is Rule.ANSWER and one.delay_s is not None
        ]
    assert np.percentile(delays, 50) <= 0.35


@pytest.mark.parametrize("mistakes", [0.0, 2.0])
def test_in_an_evaluation_the_same_happens_at_the_same_time(
    mistakes: float, drawn: Drawn, preset: Preset, tokenizer: TextTokenizer
) -> None:
    facts = drawn(Suite.DIALOGUE, 60)
    script = teach(facts, preset, tokenizer, np.random.default_rng(1), mistakes=mistakes)
    assert script.line_starts
    with Factory(facts.scenario) as factory:
        played = play(
            factory, ScriptedModel(script, tokenizer), pictures=False, spoken_warnings=False
        )
    taught = conduct_of(script, facts, tokenizer)
    assert played.conduct.line_starts == pytest.approx(dict(taught.line_starts))
    assert played.conduct.requests == taught.requests
    assert played.conduct.utterances == tuple(
        one for one in taught.utterances if one.by is Speaker.MODEL
    )


def test_mistakes_are_found_by_the_judge(
    drawn: Drawn, preset: Preset, tokenizer: TextTokenizer
) -> None:
    facts = drawn(Suite.HAZARDS, 0)
    unasked = [
        len(judged(script, facts, tokenizer).unprovoked)
        for seed in range(5)
        for script in [teach(facts, preset, tokenizer, np.random.default_rng(seed), mistakes=4.0)]
    ]
    assert sum(unasked) > 0
