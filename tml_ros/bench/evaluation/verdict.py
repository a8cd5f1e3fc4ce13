"""An evaluation in one sentence. Words only."""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.results import Results, SuiteResult
from tml_ros.bench.judge.interval import Estimate, rate, share
from tml_ros.model.interface import NO_MODEL
from tml_ros.turn.hazard import HazardKind


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
    """All rules together."""

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


def behaviour_sum(suite: SuiteResult) -> BehaviourSum:
    """Of everything that was right to do and could be told."""
    rows = suite.behaviour.rules
    right, count = sum(row.right for row in rows), sum(row.count for row in rows)
    return BehaviourSum(right, count, share(right, count))


def who(card: AgentCard, opinion: Opinion) -> str:
    """What an opinion is called in this evaluation."""
    if opinion is Opinion.GUARDS or card.name == NO_MODEL:
        return "guards"
    return card.title if opinion is Opinion.MODEL else f"guards and {card.title}"


def verdict(results: Results, card: AgentCard) -> str:
    """One sentence without a full stop; what is untrained is said first."""
    if not results.scenarios:
        return "Nothing was played yet"
    every, name = results.every, who(card, Opinion.BOTH)
    alarms = hazard_sum(every, Opinion.BOTH, results.judged[Opinion.BOTH])
    they = f"{name[0].upper()}{name[1:]}"
    if alarms.spans and alarms.recall is not None:
        told = f"{they} found {alarms.found} of {alarms.spans} hazards that they judge"
        told += f" ({alarms.recall.value:.0%})"
    else:
        told = f"{they} had no hazard to find"
    if alarms.false_per_hour is not None:
        told += f" with {per_hour(alarms.false_per_hour.value)} false alarms an hour"
    behaviour = behaviour_sum(every)
    if card.name != NO_MODEL and behaviour.count and behaviour.share is not None:
        told += (
            f"; {card.title} did what was right in {behaviour.right} of {behaviour.count} "
            f"situations ({behaviour.share.value:.0%})"
        )
        unasked = every.behaviour.unprovoked_per_hour
        if unasked is not None:
            told += f" and spoke unasked {per_hour(unasked.value)} times an hour"
    return told if card.trained else f"{untrained(card)}. {told}"


def untrained(card: AgentCard) -> str:
    """Without a full stop."""
    return f"The weights of {card.title} are untrained: what it says and scores means nothing"


def per_hour(value: float) -> str:
    """A rate with as many digits as mean something."""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
