"""What an evaluation came to: its records totalled, suite by suite and all together.

The order in which records come does not matter. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tml_ros.bench.evaluation.judged_kinds import JudgedKinds, judged_kinds
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.plan import EvaluationPlan
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.bench.judge.ranking import RecallAt, auc, recall_at
from tml_ros.bench.judge.totals import HazardTotal, Totals, total
from tml_ros.turn.hazard import HazardKind

FALSE_PER_HOUR = 1.0
"""The rate of false alarms at which a model's recall is told: about what an operator bears."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well the scores of a kind rank, over all its zones. auc None: nothing to tell apart."""

    auc: float | None
    at_rate: RecallAt


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """behaviour: of the whole conduct. opinions: alarms alone, by who is believed."""

    behaviour: Totals
    opinions: Mapping[Opinion, Totals]
    ranking: Mapping[HazardKind, Ranking]

    def hazard(self, opinion: Opinion, kind: HazardKind) -> HazardTotal | None:
        """A kind's row; None where it was neither there nor raised."""
        rows = self.opinions[opinion].hazards
        return next((row for row in rows if row.kind is kind), None)

    @property
    def kinds(self) -> tuple[HazardKind, ...]:
        """Those that were there, or that somebody raised."""
        met = {row.kind for totals in self.opinions.values() for row in totals.hazards}
        return tuple(kind for kind in HazardKind if kind in met)


@dataclass(frozen=True, slots=True)
class TurnCost:
    """What a turn of the model cost on this machine, ms."""

    turns: int
    p50: float
    p99: float
    greatest: float


@dataclass(frozen=True, slots=True)
class Results:
    """every: all suites together; suites: each by its name. faults: turns in which the model failed
    and was silent instead.
    """

    plan: EvaluationPlan
    every: SuiteResult
    suites: Mapping[str, SuiteResult]
    judged: JudgedKinds
    cost: TurnCost | None
    faults: int
    first_fault: str

    @property
    def scenarios(self) -> int:
        """How many were played."""
        return self.every.behaviour.scenarios

    @property
    def hours(self) -> float:
        """How long they were, together."""
        return self.every.behaviour.hours


def results_of(plan: EvaluationPlan, records: Sequence[ScenarioRecord]) -> Results:
    """Total the records of a plan."""
    ordered = sorted(records, key=lambda record: record.task.name)
    suites = {
        suite.value: of_suite
        for suite in plan.suites
        if (of_suite := [record for record in ordered if record.task.suite is suite])
    }
    totalled = {name: _suite(of_suite) for name, of_suite in suites.items()}
    failed = [record for record in ordered if record.faults]
    return Results(
        plan=plan,
        every=_suite(ordered) if len(totalled) != 1 else next(iter(totalled.values())),
        suites=totalled,
        judged=judged_kinds(ordered, pictures=plan.pictures),
        cost=_cost(ordered),
        faults=sum(record.faults for record in failed),
        first_fault=failed[0].first_fault if failed else "",
    )


def _suite(records: Sequence[ScenarioRecord]) -> SuiteResult:
    return SuiteResult(
        behaviour=total(record.judged for record in records),
        opinions={
            opinion: total(record.by_opinion[opinion] for record in records) for opinion in Opinion
        },
        ranking=_rankings(records),
    )


def _rankings(records: Sequence[ScenarioRecord]) -> dict[HazardKind, Ranking]:
    runs = [row.run(record.truth) for record in records for row in record.scores]
    return {
        kind: Ranking(auc(of_kind), recall_at(of_kind, per_hour=FALSE_PER_HOUR))
        for kind in HazardKind
        if (of_kind := [run for run in runs if run.kind is kind])
    }


def _cost(records: Sequence[ScenarioRecord]) -> TurnCost | None:
    spent = np.array([ms for record in records for ms in record.step_ms])
    if not len(spent):
        return None
    p50, p99 = np.percentile(spent, [50, 99])
    return TurnCost(len(spent), float(p50), float(p99), float(spent.max()))
