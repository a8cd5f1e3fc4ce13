"""The judge judged: agents get the figures that theory gives."""

from __future__ import annotations

import math
from collections import defaultdict

import pytest

from tml_ros.bench.judge.agents import (
    Chance,
    at_random,
    chattering,
    clinging,
    endless,
    hazard_keys,
    mute,
    parrot,
    perfect,
    words_for,
)
from tml_ros.bench.judge.hazards import AlarmVerdict
from tml_ros.bench.judge.interval import rate, share
from tml_ros.bench.judge.judgement import Judgement, judge
from tml_ros.bench.judge.made_up import Piece, Script, drawn_truth, made_up_truth
from tml_ros.bench.judge.outcome import Outcome, Verdict
from tml_ros.bench.judge.scene import EARLY_S, LATE_S, WANTS_SPEECH, scene_of
from tml_ros.bench.judge.totals import Totals, total
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import Truth

TRUTHS = [drawn_truth(seed) for seed in range(12)]
KEPT_BACK = {Rule.HOLD, Rule.QUIET}
ANYTHING = {Rule.KEEP_ON, Rule.FALL_SILENT, Rule.RESUME}


def shares(totals: Totals) -> dict[Rule, float | None]:
    return {row.rule: row.share.value if row.share else None for row in totals.rules}


def recalls(totals: Totals) -> list[float]:
    return [row.recall.value for row in totals.hazards if row.recall is not None]


def false_alarms(totals: Totals) -> int:
    return sum(row.false_alarms + row.wrong_zone + row.overlong for row in totals.hazards)


def test_the_perfect_agent_has_everything_right_at_once() -> None:
    totals = total(judge(truth, perfect(truth)) for truth in TRUTHS)
    assert shares(totals) == dict.fromkeys(Rule, 1.0)
    assert sum(row.void for row in totals.rules) == 0
    delays = [row.delay_p95.value for row in (*totals.rules, *totals.hazards) if row.delay_p95]
    assert len(delays) == len(Rule) - len(KEPT_BACK) - 1 + 1
    assert delays == pytest.approx([0.0] * len(delays), abs=1e-9)
    assert recalls(totals) == [1.0]
    assert (false_alarms(totals), totals.unprovoked, totals.signs) == (0, 0, 0)


@pytest.mark.parametrize("late_s", [0.2, 0.5])
def test_the_late_agent_loses_what_is_tighter_and_shifts_the_rest(late_s: float) -> None:
    lost = 0
    for truth in TRUTHS:
        judgement = judge(truth, perfect(truth, late_s=late_s))
        for outcome, asked in zip(judgement.outcomes, truth.expected, strict=True):
            timed = asked.rule not in KEPT_BACK | {Rule.KEEP_ON}
            tight = timed and asked.closes_s - asked.due_s < late_s
            lost += tight
            assert outcome.verdict is (Verdict.WRONG if tight else Verdict.RIGHT)
            if timed and not tight:
                assert outcome.delay_s == pytest.approx(late_s)
        assert [span.delay_s for span in judgement.spans if span.verdict is not Verdict.VOID] == [
            pytest.approx(late_s)
        ] * sum(span.evident_s is not None for span in truth.hazards)
        assert judgement.unprovoked == ()
        assert all(a.verdict is AlarmVerdict.RIGHT and not a.overlong for a in judgement.alarms)
    assert (lost > 100) is (late_s > 0.3)


def test_the_mute_agent_only_keeps_back() -> None:
    totals = total(judge(truth, mute(truth)) for truth in TRUTHS)
    expected = {
        rule: 1.0 if rule in KEPT_BACK else None if rule in ANYTHING else 0.0 for rule in Rule
    }
    assert shares(totals) == expected
    assert recalls(totals) == [0.0]
    assert (false_alarms(totals), totals.unprovoked) == (0, 0)


def test_the_endless_agent_gets_nothing() -> None:
    judgements = [judge(truth, endless(truth)) for truth in TRUTHS]
    totals = total(judgements)
    void = {Rule.KEEP_ON, Rule.RESUME}
    assert shares(totals) == {rule: None if rule in void else 0.0 for rule in Rule}
    assert recalls(totals) == [0.0]
    assert totals.unprovoked == len(TRUTHS)
    keys = sum(len(hazard_keys(truth)) for truth in TRUTHS)
    assert sum(row.false_alarms for row in totals.hazards) == keys


def test_who_never_takes_an_alarm_back_finds_only_what_comes_soon() -> None:
    visits = [Piece(Script.TWO_VISITS, offset_s=2.0)] * 5
    truth = made_up_truth(visits)
    (row,) = total([judge(truth, clinging(truth))]).hazards
    # The second visit comes 2 s after the first has ended, the third 12 s after the second.
    assert (row.found, row.spans, row.overlong, row.false_alarms) == (2, 10, 1, 0)
    assert row.idle_share > 0.9


def test_the_chattering_agent_breaks_every_silence() -> None:
    totals = total(judge(truth, chattering(truth)) for truth in TRUTHS)
    found = shares(totals)
    assert [found[rule] for rule in (*sorted(KEPT_BACK), Rule.BACKCHANNEL)] == [0.0] * 3
    assert all(found[rule] == 0.0 for rule in WANTS_SPEECH - {Rule.RESUME})
    stop = made_up_truth([Piece(Script.STOP, offset_s=1.0 + i / 100) for i in range(60)])
    outcomes = judge(stop, chattering(stop)).outcomes
    told = [outcome.verdict for outcome in outcomes if outcome.rule is Rule.FALL_SILENT]
    assert set(told) == {Verdict.WRONG, Verdict.VOID}


def test_the_parrot_answers_nothing_and_keeps_no_silence() -> None:
    found = shares(total(judge(truth, parrot(truth)) for truth in TRUTHS))
    assert all(found[rule] == 0.0 for rule in WANTS_SPEECH - {Rule.RESUME})
    assert (found[Rule.HOLD], found[Rule.QUIET]) == (1.0, 0.0)


CHANCE = Chance(speech=300.0, signs=200.0, alarms=120.0, texts=("yes", "well", "person", "i will"))
PER_TEXT = CHANCE.speech / len(CHANCE.texts) / 3600
SPEECH, SIGNS = CHANCE.speech / 3600, CHANCE.signs / 3600


@pytest.fixture(scope="module")
def by_chance() -> tuple[Truth, list[Judgement]]:
    """Far from each other, so that each is judged alone: what the random agent gets in them."""
    scripts = (Script.QUESTION, Script.REMINDER, Script.STORY, Script.CHATTER, Script.THOUGHT)
    scripts += (Script.WARNING,)
    truth = made_up_truth([Piece(script, worded=False) for script in scripts * 15])
    return truth, [judge(truth, at_random(truth, seed=seed, chance=CHANCE)) for seed in range(48)]


@pytest.mark.parametrize(
    ("rule", "chance_of"),
    [
        (Rule.HOLD, lambda s: math.exp(-SPEECH * s)),
        (Rule.QUIET, lambda s: math.exp(-(SPEECH + SIGNS) * s)),
        (Rule.BACKCHANNEL, lambda s: math.exp(-SPEECH * s) * (1 - math.exp(-SIGNS * s))),
        (Rule.AT_TIME, lambda s: 1 - math.exp(-SPEECH * s)),
    ],
)
def test_the_random_agent_is_right_as_often_as_chance(
    by_chance: tuple[Truth, list[Judgement]], rule: Rule, chance_of: object
) -> None:
    truth, judgements = by_chance
    (seconds,) = {round(e.closes_s - e.opens_s, 6) for e in truth.expected if e.rule is rule}
    outcomes = [o for judgement in judgements for o in judgement.outcomes if o.rule is rule]
    _holds_chance(outcomes, chance_of(seconds))  # type: ignore[operator]


def test_the_random_agent_finds_the_right_word_as_often_as_chance() -> None:
    says = Says((("yes",),), ("well",))
    expected = tuple(
        Expectation(Rule.ANSWER, at, at, at + 2.0, says=says) for at in range(10, 700, 10)
    )
    truth = Truth(720.0, expected=expected)
    outcomes = [
        outcome
        for seed in range(40)
        for outcome in judge(truth, at_random(truth, seed=seed, chance=CHANCE)).outcomes
    ]
    # "yes" at least once, "well" never.
    _holds_chance(outcomes, (1 - math.exp(-PER_TEXT * 2)) * math.exp(-PER_TEXT * 2))


def _holds_chance(outcomes: list[Outcome], chance: float) -> None:
    right = sum(outcome.verdict is Verdict.RIGHT for outcome in outcomes)
    found = share(right, len(outcomes), confidence=0.999)
    assert found is not None
    assert len(outcomes) > 500
    assert found.low <= chance <= found.high


def test_the_random_agents_alarms_are_as_many_as_chance(
    by_chance: tuple[Truth, list[Judgement]],
) -> None:
    (row,) = total(by_chance[1]).hazards
    found = rate(row.false_alarms, row.quiet_hours, confidence=0.999)
    assert found is not None
    assert found.low <= CHANCE.alarms <= found.high
    # Found where one is raised from 0.3 s before the start to 3 s after it is evident.
    chance = 1 - math.exp(-CHANCE.alarms / 3600 * (0.3 + 0.4 + 3.0))
    recall = share(row.found, row.spans, confidence=0.999)
    assert recall is not None
    assert recall.low <= chance <= recall.high


def test_the_random_agents_speech_is_unprovoked_where_nothing_asks(
    by_chance: tuple[Truth, list[Judgement]],
) -> None:
    truth, judgements = by_chance
    scene = scene_of(truth, at_random(truth, seed=0, chance=CHANCE))
    asked = [w for w in scene.windows if w is not None and w.asked.rule in WANTS_SPEECH]
    asked_s = sum(w.closes_s - w.opens_s + EARLY_S + LATE_S for w in asked)
    unasked_hours = len(judgements) * (truth.seconds - asked_s) / 3600
    totals = total(judgements)
    found = rate(totals.unprovoked, unasked_hours, confidence=0.999)
    assert found is not None
    assert found.low <= CHANCE.speech <= found.high


def test_every_rule_and_script_is_tried() -> None:
    met: defaultdict[Rule, int] = defaultdict(int)
    for truth in TRUTHS:
        for asked in truth.expected:
            met[asked.rule] += 1
    assert set(met) == set(Rule)
    assert min(met.values()) >= 10


@pytest.mark.parametrize("says", [Says((("yes", "no"),), ("yes",)), None])
def test_right_words_can_be_found(says: Says | None) -> None:
    assert words_for(Expectation(Rule.ANSWER, 1, 1, 2, says=says)) in {"no", "all right"}


def test_where_nothing_is_right_no_words_are_found() -> None:
    with pytest.raises(ValueError, match="nothing can be said"):
        words_for(Expectation(Rule.ANSWER, 1, 1, 2, says=Says((("yes",),), ("yes",))))
