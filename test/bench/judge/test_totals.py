"""Judgements in figures: small sums done by hand, merged in any order, written and read again."""

from __future__ import annotations

import json
import random

import pytest

from tml_ros.bench.judge.agents import AGENTS
from tml_ros.bench.judge.conduct import AlarmSpan, Conduct, Utterance
from tml_ros.bench.judge.examples import examples
from tml_ros.bench.judge.judgement import Judgement, as_plain, judge, judgement_of
from tml_ros.bench.judge.made_up import drawn_truth
from tml_ros.bench.judge.outcome import Fault
from tml_ros.bench.judge.totals import figures, total
from tml_ros.sim.truth.expectation import Expectation, Rule
from tml_ros.sim.truth.truth import HazardSpan, Truth
from tml_ros.turn.hazard import HazardKind

KIND = HazardKind.SIREN
TRUTH = Truth(
    1800.0,
    hazards=(HazardSpan(KIND, "hall", 100, 110, 101), HazardSpan(KIND, "hall", 300, 310, 302)),
    expected=(
        Expectation(Rule.ANSWER, 10, 10, 12),
        Expectation(Rule.ANSWER, 20, 20, 22, over_speech=True),
        Expectation(Rule.ANSWER, 30, 30, 32),
        Expectation(Rule.FALL_SILENT, 50, 50, 51),
    ),
)


def said(*starts: float) -> tuple[Utterance, ...]:
    return tuple(Utterance(start, start + 0.5, "yes") for start in starts)


def alarms(*raised: float) -> tuple[AlarmSpan, ...]:
    return tuple(AlarmSpan(KIND, "hall", at, at + 1) for at in raised)


HALF = judge(TRUTH, Conduct(1800.0, said(10.2, 20.6, 900), alarms(101.5, 500)), scenario="a")
LATE = judge(TRUTH, Conduct(1800.0, said(10.4, 32.5), alarms(101.5, 302.7)), scenario="b")
EMPTY = judge(Truth(3600.0), Conduct(3600.0), scenario="c")


@pytest.fixture(scope="module")
def judgements() -> list[Judgement]:
    truths = [drawn_truth(seed, pieces=12) for seed in range(4)]
    return [
        judge(truth, agent(truth, seed), scenario=f"{name} {seed}")
        for name, agent in AGENTS.items()
        for seed, truth in enumerate(truths)
    ]


def test_rules_are_summed_over_scenarios() -> None:
    totals = total([HALF, LATE, EMPTY])
    answer, fall_silent = totals.rules
    assert (answer.rule, answer.count, answer.right, answer.void) == (Rule.ANSWER, 6, 3, 0)
    assert answer.share is not None
    assert answer.share.value == 0.5
    assert answer.delay_p50 is not None
    assert answer.delay_p95 is not None
    assert answer.delay_p50.value == pytest.approx(0.4)
    assert answer.delay_p95.value == pytest.approx(0.6)
    assert dict(answer.faults) == {Fault.SILENT: 2, Fault.LATE: 1}
    assert (fall_silent.count, fall_silent.void, fall_silent.share) == (0, 2, None)
    assert (totals.scenarios, totals.hours) == (3, pytest.approx(2.0))


def test_turn_taking_is_told_apart_by_whether_somebody_spoke() -> None:
    rows = {
        row.over_speech: (row.count, row.right)
        for row in total([HALF, LATE]).by_speech
        if row.rule is Rule.ANSWER
    }
    assert rows == {False: (4, 2), True: (2, 1)}


def test_hazards_are_summed_and_false_alarms_belong_to_quiet_hours() -> None:
    (siren,) = total([HALF, LATE, EMPTY]).hazards
    assert (siren.spans, siren.found, siren.false_alarms, siren.alarms) == (4, 3, 1, 4)
    assert siren.delay_p50 is not None
    assert siren.delay_p50.value == pytest.approx(0.5)
    assert siren.quiet_hours == pytest.approx((7200 - 4 * 10.8) / 3600)
    assert siren.false_per_hour is not None
    assert siren.false_per_hour.value == pytest.approx(1 / siren.quiet_hours)
    assert siren.idle_share == pytest.approx(1 / 3600 / siren.quiet_hours)


def test_unprovoked_speech_is_counted_by_the_hour() -> None:
    totals = total([HALF, LATE, EMPTY])
    assert totals.unprovoked == 1
    assert totals.unprovoked_per_hour is not None
    assert totals.unprovoked_per_hour.value == pytest.approx(0.5)


def test_nothing_judged_is_no_figure() -> None:
    totals = total([])
    assert (totals.scenarios, totals.rules, totals.unprovoked_per_hour) == (0, (), None)


def test_the_order_of_judgements_changes_not_a_bit(judgements: list[Judgement]) -> None:
    once = total(judgements)
    for seed in range(3):
        shuffled = random.Random(seed).sample(judgements, len(judgements))
        assert total(shuffled) == once
    assert total(judgements[:5]).joined(total(judgements[5:])) == once


def test_judgements_and_totals_are_written_as_json_and_read_again(
    judgements: list[Judgement],
) -> None:
    for judgement in judgements:
        written = json.dumps(as_plain(judgement), allow_nan=False)
        assert judgement_of(json.loads(written)) == judgement
    written = json.dumps(figures(total(judgements)), allow_nan=False)
    assert len(json.loads(written)["rules"]) == len(Rule)


def test_examples_are_spread_over_sorts_and_scenarios(judgements: list[Judgement]) -> None:
    picked = examples(judgements, most=20)
    assert len({example.what for example in picked}) == 20
    assert len({example.scenario for example in picked}) >= 15
    assert picked[0].what.startswith(("missed", "warn"))
    assert picked == examples(random.Random(5).sample(judgements, len(judgements)), most=20)


def test_every_mistake_is_an_example_once_there_is_room() -> None:
    picked = examples([HALF, LATE], most=100)
    assert sorted((example.scenario, example.at_s, example.what) for example in picked) == [
        ("a", 30.0, "answer: silent"),
        ("a", 300, "missed siren"),
        ("a", 500, "false siren"),
        ("a", 900, "unprovoked speech"),
        ("b", 20.0, "answer: silent"),
        ("b", 30.0, "answer: late"),
    ]
    assert examples([HALF, LATE], most=2)[0].what == "missed siren"
