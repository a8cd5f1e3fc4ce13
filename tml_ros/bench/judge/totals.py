"""Many judgements in figures, each with its interval. Pure.

The order of the judgements does not matter, not even to the last bit. Totals keep the judgements
they were made of, so that those of several processes can be joined exactly: percentiles could not
be otherwise.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tml_ros.bench.judge.hazards import AlarmVerdict
from tml_ros.bench.judge.interval import Estimate, percentile, rate, share
from tml_ros.bench.judge.judgement import Judgement, as_plain
from tml_ros.bench.judge.outcome import Fault, Outcome, Verdict
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """A rule over all scenarios, or of it what was due while somebody spoke, or while nobody did.

    count: right or wrong; void ones are apart. delay_*: of those that were right, s.
    faults: how often each went wrong, the most frequent first.
    """

    rule: Rule
    over_speech: bool | None
    count: int
    right: int
    void: int
    share: Estimate | None
    delay_p50: Estimate | None
    delay_p95: Estimate | None
    faults: tuple[tuple[Fault, int], ...]


@dataclass(frozen=True, slots=True)
class HazardTotal:
    """A kind of hazard over all scenarios.

    spans: found or missed; void ones are apart. delay_*: of those found, s. false_alarms: raised in
    quiet time, in quiet_hours. idle_share: of the quiet time with an alarm on.
    """

    kind: HazardKind
    spans: int
    found: int
    void: int
    recall: Estimate | None
    delay_p50: Estimate | None
    delay_p95: Estimate | None
    alarms: int
    false_alarms: int
    quiet_hours: float
    false_per_hour: Estimate | None
    wrong_zone: int
    overlong: int
    idle_share: float


@dataclass(frozen=True, slots=True)
class Totals:
    """rules: each that was met, in the order of `Rule`. by_speech: the same, told apart by whether
    somebody spoke at due. unprovoked: speech that nothing asked for; signs: backchannels likewise.
    """

    scenarios: int
    hours: float
    rules: tuple[RuleTotal, ...]
    by_speech: tuple[RuleTotal, ...]
    hazards: tuple[HazardTotal, ...]
    unprovoked: int
    unprovoked_per_hour: Estimate | None
    signs: int
    signs_per_hour: Estimate | None
    judgements: tuple[Judgement, ...] = field(repr=False)

    def joined(self, other: Totals) -> Totals:
        """The totals of both."""
        return total((*self.judgements, *other.judgements))


def total(judgements: Iterable[Judgement]) -> Totals:
    """The figures of all of them."""
    judged = tuple(sorted(judgements, key=_order))
    hours = math.fsum(judgement.seconds for judgement in judged) / 3600
    told = Counter(said.backchannel for judgement in judged for said in judgement.unprovoked)
    return Totals(
        scenarios=len(judged),
        hours=hours,
        rules=_rules(judged, (None,)),
        by_speech=_rules(judged, (False, True)),
        hazards=tuple(_hazard(judged, kind, hours) for kind in _kinds(judged)),
        unprovoked=told[False],
        unprovoked_per_hour=rate(told[False], hours),
        signs=told[True],
        signs_per_hour=rate(told[True], hours),
        judgements=judged,
    )


def figures(totals: Totals) -> dict[str, object]:
    """Totals without the judgements they were made of, ready for JSON."""
    plain = as_plain(totals)
    del plain["judgements"]
    return plain


def _order(judgement: Judgement) -> tuple[str, str]:
    return (judgement.scenario, json.dumps(as_plain(judgement)))


def _rules(judged: Sequence[Judgement], over: Sequence[bool | None]) -> tuple[RuleTotal, ...]:
    met = {outcome.rule for judgement in judged for outcome in judgement.outcomes}
    rows = [
        _rule(
            rule,
            spoken,
            [
                [
                    o
                    for o in judgement.outcomes
                    if o.rule is rule and spoken in (None, o.over_speech)
                ]
                for judgement in judged
            ],
        )
        for rule in Rule
        if rule in met
        for spoken in over
    ]
    return tuple(row for row in rows if row.count or row.void)


def _rule(rule: Rule, over: bool | None, clusters: Sequence[Sequence[Outcome]]) -> RuleTotal:
    outcomes = [outcome for cluster in clusters for outcome in cluster]
    right = sum(outcome.verdict is Verdict.RIGHT for outcome in outcomes)
    void = sum(outcome.verdict is Verdict.VOID for outcome in outcomes)
    count = len(outcomes) - void
    p50, p95 = _delays(clusters, lambda outcome: outcome.delay_s)
    faults = Counter(outcome.fault for outcome in outcomes if outcome.fault is not None)
    return RuleTotal(
        rule=rule,
        over_speech=over,
        count=count,
        right=right,
        void=void,
        share=share(right, count),
        delay_p50=p50,
        delay_p95=p95,
        faults=tuple(sorted(faults.items(), key=lambda item: (-item[1], item[0].value))),
    )


def _kinds(judged: Sequence[Judgement]) -> list[HazardKind]:
    met = {time.kind for judgement in judged for time in judgement.times}
    return [kind for kind in HazardKind if kind in met]


def _hazard(judged: Sequence[Judgement], kind: HazardKind, hours: float) -> HazardTotal:
    clusters = [[span for span in j.spans if span.kind is kind] for j in judged]
    spans = [span for cluster in clusters for span in cluster]
    alarms = [alarm for j in judged for alarm in j.alarms if alarm.kind is kind]
    times = [time for j in judged for time in j.times if time.kind is kind]
    found = sum(span.verdict is Verdict.RIGHT for span in spans)
    void = sum(span.verdict is Verdict.VOID for span in spans)
    false = sum(alarm.verdict is AlarmVerdict.FALSE for alarm in alarms)
    # A scenario in which nothing of the kind was there or raised is quiet from end to end.
    quiet_hours = max(0.0, hours - math.fsum(time.open_s for time in times) / 3600)
    idle_hours = math.fsum(time.idle_s for time in times) / 3600
    p50, p95 = _delays(clusters, lambda span: span.delay_s)
    return HazardTotal(
        kind=kind,
        spans=len(spans) - void,
        found=found,
        void=void,
        recall=share(found, len(spans) - void),
        delay_p50=p50,
        delay_p95=p95,
        alarms=len(alarms),
        false_alarms=false,
        quiet_hours=quiet_hours,
        false_per_hour=rate(false, quiet_hours),
        wrong_zone=sum(alarm.verdict is AlarmVerdict.WRONG_ZONE for alarm in alarms),
        overlong=sum(alarm.overlong for alarm in alarms),
        idle_share=idle_hours / quiet_hours if quiet_hours else 0.0,
    )


def _delays(
    clusters: Sequence[Sequence[_Item]], delay_of: Callable[[_Item], float | None]
) -> tuple[Estimate | None, Estimate | None]:
    found = [
        [delay for item in cluster if (delay := delay_of(item)) is not None] for cluster in clusters
    ]
    return percentile(found, 50), percentile(found, 95)
