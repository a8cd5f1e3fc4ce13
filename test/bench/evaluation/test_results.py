"""Figures of an evaluation: nobody is blamed for what they do not judge."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.evaluation.agent_card import AgentCard, agent_card
from tml_ros.bench.evaluation.judged_kinds import guards_judge
from tml_ros.bench.evaluation.mistakes import mistakes
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.results import results_of
from tml_ros.bench.evaluation.scale import rate_on_scale, share_on_scale
from tml_ros.bench.evaluation.summary import Made, summary
from tml_ros.bench.evaluation.tables import kind_rows, never_met
from tml_ros.bench.evaluation.verdict import DONE, LEFT, hazard_sum, verdict
from tml_ros.bench.judge.interval import rate, share
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.model.interface import ModelUnavailableError
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

NAMES = {Opinion.GUARDS: "guards"}


def test_guards_judge_what_they_can_state_and_no_more():
    heard = {HazardKind.SIREN, HazardKind.IMPACT_SOUND, HazardKind.MICROPHONE_LOST}
    assert heard < guards_judge(pictures=False)
    assert HazardKind.PERSON_IN_ZONE not in guards_judge(pictures=False)
    seen = guards_judge(pictures=True) - guards_judge(pictures=False)
    assert {HazardKind.PERSON_IN_ZONE, HazardKind.CAMERA_COVERED} < seen
    assert HazardKind.SMOKE_OR_FIRE not in guards_judge(pictures=True)


def test_kinds_that_nobody_judges_are_no_misses(played):
    results = results_of(played.plan, list(played.records.values()))
    there = {row.kind for row in results.every.opinions[Opinion.BOTH].hazards if row.spans}
    blind = there - results.judged[Opinion.GUARDS]
    assert blind
    counted = hazard_sum(results.every, Opinion.BOTH, results.judged[Opinion.BOTH])
    spans = [
        span
        for record in played.records.values()
        for span in record.by_opinion[Opinion.GUARDS].spans
        if span.verdict is not Verdict.VOID
    ]
    assert counted.spans == sum(span.kind not in blind for span in spans) < len(spans)
    told = summary(results, agent_card("none"), verdict="", made=Made())
    for kind in blind:
        assert kind.value in told["all"]["hazards_there"]
        assert kind.value not in told["all"]["hazards"]["guards"]
    rows = {row.kind: row for row in kind_rows(results, NAMES)}
    smoke = rows["Smoke or fire"]
    assert (smoke.rows, smoke.unjudged) == ((), ("guards",))
    assert rows["Siren"].unjudged == ()
    assert "microphone lost" in never_met(results)
    picked = mistakes(
        played.plan,
        list(played.records.values()),
        judged=results.judged,
        names=NAMES,
        most=99,
    )
    assert not {one.kind for one in picked} & blind


def test_the_order_of_records_does_not_matter(played):
    records = list(played.records.values())
    card = agent_card("none")
    one = summary(results_of(played.plan, records), card, verdict="", made=Made())
    two = summary(results_of(played.plan, records[::-1]), card, verdict="", made=Made())
    assert one == two


def test_an_evaluation_of_nothing_has_figures_too(plan):
    results = results_of(plan, [])
    told = summary(results, agent_card("none"), verdict="", made=Made())
    assert (told["scenarios"], told["hours"], told["complete"]) == (0, 0, False)
    assert verdict(results, agent_card("none")) == "Nothing was played yet"


def test_a_verdict_names_what_was_found_and_what_was_not(played):
    results = results_of(played.plan, list(played.records.values()))
    told = verdict(results, agent_card("none"))
    assert told.startswith("Guards found ")
    assert "hazards that they judge" in told
    assert "false alarms an hour" in told
    assert "to be done" not in told
    model = verdict(results, AgentCard("nano", "nano", "", "1"))
    assert "Guards and nano found" in model


def test_silence_is_told_apart_from_doing_something():
    assert set(Rule) == DONE | LEFT
    assert not DONE & LEFT
    assert {Rule.QUIET, Rule.HOLD} <= LEFT


def test_rates_lie_on_a_scale_that_grows_tenfold():
    places = [rate_on_scale(rate(count, 1.0)).at for count in (1, 10, 100, 1000, 5000)]
    assert places == pytest.approx([25, 50, 75, 100, 100])
    assert rate_on_scale(rate(0, 1.0)).at == 0
    assert rate_on_scale(None) is None
    for count in range(0, 50, 7):
        shown = rate_on_scale(rate(count, 2.0))
        assert 0 <= shown.low <= shown.at <= shown.high <= 100
        part = share_on_scale(share(count, 50))
        assert 0 <= part.low <= part.at <= part.high <= 100


def test_a_card_tells_weights_apart(tmp_path):
    preset = tmp_path / "mine.yaml"
    preset.write_text("one")
    first = agent_card(str(preset))
    preset.write_text("two")
    assert first.title == "mine"
    assert not first.trained
    assert agent_card(str(preset)).made_of != first.made_of
    assert agent_card("none").trained
    assert agent_card("none").called == "guards alone"
    with pytest.raises(ModelUnavailableError, match=r"none, .*cascade"):
        agent_card("oracle")
    with pytest.raises(FileNotFoundError):
        agent_card(str(tmp_path / "missing.safetensors"))


def test_a_turns_cost_is_told_by_percentiles(played):
    first = next(iter(played.records.values()))
    costly = type(first)(
        first.task,
        first.truth,
        first.conduct,
        first.judged,
        first.by_opinion,
        step_ms=tuple(float(ms) for ms in range(1, 101)),
        faults=3,
        first_fault="RuntimeError: no",
    )
    results = results_of(played.plan, [costly])
    assert results.cost is not None
    assert results.cost.p50 == pytest.approx(np.percentile(range(1, 101), 50))
    assert (results.cost.turns, results.cost.greatest) == (100, 100.0)
    assert (results.faults, results.first_fault) == (3, "RuntimeError: no")
