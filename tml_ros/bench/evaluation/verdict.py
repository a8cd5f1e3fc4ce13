"""An evaluation in one sentence. Words only."""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.results import Results, SuiteResult
from tml_ros.bench.evaluation.voice_suite import VoiceResult
from tml_ros.bench.evaluation.wording import capital
from tml_ros.bench.judge.interval import Estimate, rate, share
from tml_ros.model.interface import NO_MODEL
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

LEFT = frozenset({Rule.HOLD, Rule.KEEP_ON, Rule.QUIET})
"""What silence, or going on as before, fulfils: who does nothing at all gets these right."""
DONE = frozenset(Rule) - LEFT


@dataclass(frozen=True, slots=True)
class HazardSum:
    """All kinds that an opinion judges, together."""

    found: int
    spans: int
    recall: Estimate | None
    false_alarms: int
    false_per_hour: Estimate | None


@dataclass(frozen=True, slots=True)
class BehaviourSum:
    """Several rules together."""

    right: int
    count: int
    share: Estimate | None


def hazard_sum(suite: SuiteResult, opinion: Opinion, judged: frozenset[HazardKind]) -> HazardSum:
    """Of the kinds in `judged`; false alarms are related to all the time there is."""
    totals = suite.opinions[opinion]
    rows = [row for row in totals.hazards if row.kind in judged]
    found, spans = sum(row.found for row in rows), sum(row.spans for row in rows)
    false = sum(row.false_alarms for row in rows)
    return HazardSum(found, spans, share(found, spans), false, rate(false, totals.hours))


def behaviour_sum(suite: SuiteResult, rules: frozenset[Rule]) -> BehaviourSum:
    """Of what these rules ask for and could be told."""
    rows = [row for row in suite.behaviour.rules if row.rule in rules]
    right, count = sum(row.right for row in rows), sum(row.count for row in rows)
    return BehaviourSum(right, count, share(right, count))


def who(card: AgentCard, opinion: Opinion) -> str:
    """What an opinion is called in this evaluation."""
    if opinion is Opinion.GUARDS or card.name == NO_MODEL:
        return "guards"
    return card.title if opinion is Opinion.MODEL else f"guards and {card.title}"


def verdict(results: Results, card: AgentCard, *, voice: VoiceResult | None = None) -> str:
    """One sentence without a full stop; what is untrained is to be said beside it.

    voice: told of where nothing else is.
    """
    if not results.scenarios:
        return "Nothing was played yet" if voice is None else capital(voice.sentence(card.called))
    every, name = results.every, who(card, Opinion.BOTH)
    alarms = hazard_sum(every, Opinion.BOTH, results.judged[Opinion.BOTH])
    they = capital(name)
    if alarms.spans and alarms.recall is not None:
        told = f"{they} found {alarms.found} of {alarms.spans} hazards that they judge"
        told += f" ({alarms.recall.value:.0%})"
    else:
        told = f"{they} had no hazard to find"
    if alarms.false_per_hour is not None:
        told += f" with {per_hour(alarms.false_per_hour.value)} false alarms an hour"
    if card.name != NO_MODEL:
        told += _behaviour(every, card)
    return told


def _behaviour(every: SuiteResult, card: AgentCard) -> str:
    done, left = behaviour_sum(every, DONE), behaviour_sum(every, LEFT)
    told = []
    if done.share is not None:
        told.append(f"did {done.right} of {done.count} things that were to be done")
    if left.share is not None:
        told.append(f"left {left.right} of {left.count} that were to be left")
    unasked = every.behaviour.unprovoked_per_hour
    if unasked is not None:
        told.append(f"spoke unasked {per_hour(unasked.value)} times an hour")
    *most, last = told or [""]
    return f"; {card.title} {', '.join(most)}{', and ' if most else ''}{last}" if told else ""


def untrained(card: AgentCard) -> str:
    """Without a full stop."""
    return f"The weights of {card.title} are untrained: what it says and scores means nothing"


def per_hour(value: float) -> str:
    """A rate with as many digits as mean something."""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
