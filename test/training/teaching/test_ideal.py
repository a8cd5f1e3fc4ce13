"""Whoever does what the ideal teacher does is found right by the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from test.training.teaching.conftest import DRAWN
from test.training.teaching.played import judged
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import TextTokenizer
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
