"""Two or more evaluations side by side, over the scenarios that all of them have played.

Reads what an evaluation left in its folder. Main thread.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tml_ros.bench.evaluation.evaluate import kept_records
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.plan import EvaluationPlan, Task
from tml_ros.bench.evaluation.results import Results, results_of
from tml_ros.bench.evaluation.scale import OnScale, rate_on_scale, share_on_scale
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.bench.evaluation.summary import plan_of
from tml_ros.bench.evaluation.verdict import DONE, LEFT, behaviour_sum, hazard_sum
from tml_ros.bench.evaluation.wording import RULES, capital, plain
from tml_ros.bench.judge.totals import RuleTotal
from tml_ros.model.interface import NO_MODEL
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

SUMMARY_FILE = "summary.json"
_MAY_DIFFER = ("model", "made_of", "suites", "seeds")


class BesideError(ValueError):
    """The folder has no evaluation that can stand beside this one; the message says why."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation. title: of its column."""

    title: str
    plan: EvaluationPlan
    records: tuple[ScenarioRecord, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one evaluation. scale None: no figure, or none that has a scale."""

    words: str
    scale: OnScale | None = None


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """name: what is compared. cells: one for each evaluation."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """groups: rows under their headings. scenarios: that all have."""

    titles: tuple[str, ...]
    scenarios: int
    hours: float
    groups: tuple[tuple[str, tuple[ComparedRow, ...]], ...]


def read_beside(folder: Path, plan: EvaluationPlan) -> Evaluated:
    """The evaluation in a folder, to stand beside that of a plan.

    Raises BesideError where there is none, or one of other scenarios.
    """
    try:
        told = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
        other = plan_of(told["plan"])
    except FileNotFoundError:
        raise BesideError(f"{folder} holds no evaluation: no {SUMMARY_FILE} there") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BesideError(f"{folder / SUMMARY_FILE} cannot be read: {error}") from error
    differs = [
        f"{name.replace('_', ' ')} {getattr(other, name)} there and {getattr(plan, name)} here"
        for name in EvaluationPlan.__dataclass_fields__
        if name not in _MAY_DIFFER and getattr(other, name) != getattr(plan, name)
    ]
    if differs:
        raise BesideError(f"{folder} is of other scenarios: {', '.join(differs)}")
    kept = kept_records(other, folder)
    common = [task for task in plan.tasks() if task in kept]
    if not common:
        raise BesideError(
            f"{folder} has none of these scenarios as this simulator makes them; evaluate again"
        )
    title = "guards alone" if other.model == NO_MODEL else Path(other.model).stem
    return Evaluated(title, other, tuple(kept[task] for task in common))


def compared(evaluations: Sequence[Evaluated]) -> Comparison:
    """All of them, over the scenarios that each has."""
    common = set.intersection(*({one.task for one in of.records} for of in evaluations))
    results = [_over(of, common) for of in evaluations]
    groups = (
        ("Hazards found", tuple(_found(results))),
        ("False alarms an hour", tuple(_false(results))),
        ("Behaviour", tuple(_behaviour(results))),
        ("Cost", tuple(_cost(results))),
    )
    return Comparison(
        tuple(_titles([of.title for of in evaluations])),
        len(common),
        results[0].hours,
        tuple((heading, rows) for heading, rows in groups if rows),
    )


def _over(evaluated: Evaluated, common: set[Task]) -> Results:
    suites = tuple(dict.fromkeys(task.suite for task in common))
    kept = [one for one in evaluated.records if one.task in common]
    return results_of(replace(evaluated.plan, suites=suites), kept)


def _titles(titles: Iterable[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for title in titles:
        seen[title] = seen.get(title, 0) + 1
        yield title if seen[title] == 1 else f"{title} ({seen[title]})"


def _met(results: Sequence[Results]) -> list[HazardKind]:
    return [
        kind
        for kind in HazardKind
        if any(kind in one.every.kinds and kind in one.judged[Opinion.BOTH] for one in results)
    ]


def _found(results: Sequence[Results]) -> Iterator[ComparedRow]:
    def cell(one: Results, kind: HazardKind) -> Cell:
        if kind not in one.judged[Opinion.BOTH]:
            return Cell("not judged")
        row = one.every.hazard(Opinion.BOTH, kind)
        if row is None or not row.spans:
            return Cell("never there")
        return Cell(f"{row.found} of {row.spans}", share_on_scale(row.recall))

    for kind in _met(results):
        yield ComparedRow(capital(plain(kind.value)), tuple(cell(one, kind) for one in results))
    sums = [hazard_sum(one.every, Opinion.BOTH, one.judged[Opinion.BOTH]) for one in results]
    yield ComparedRow(
        "All that they judge",
        tuple(Cell(f"{one.found} of {one.spans}", share_on_scale(one.recall)) for one in sums),
    )


def _false(results: Sequence[Results]) -> Iterator[ComparedRow]:
    def cell(one: Results, kind: HazardKind) -> Cell:
        if kind not in one.judged[Opinion.BOTH]:
            return Cell("not judged")
        row = one.every.hazard(Opinion.BOTH, kind)
        if row is None:
            return Cell("none")
        return Cell(f"{row.false_alarms} times", rate_on_scale(row.false_per_hour))

    for kind in _met(results):
        yield ComparedRow(capital(plain(kind.value)), tuple(cell(one, kind) for one in results))


def _behaviour(results: Sequence[Results]) -> Iterator[ComparedRow]:
    def cell(one: Results, rule: Rule) -> Cell:
        row = _rule(one, rule)
        if row is None or not row.count or one.plan.model == NO_MODEL:
            return Cell("")
        return Cell(f"{row.right} of {row.count}", share_on_scale(row.share))

    for rule in Rule:
        cells = tuple(cell(one, rule) for one in results)
        if any(one.words for one in cells):
            yield ComparedRow(capital(RULES[rule][0]), cells)
    yield from _sums(results)


def _sums(results: Sequence[Results]) -> Iterator[ComparedRow]:
    if all(one.plan.model == NO_MODEL for one in results):
        return
    rows: tuple[tuple[str, Callable[[Results], Cell]], ...] = (
        ("All that was to be done", lambda one: _sum(one, DONE)),
        ("All that was to be left", lambda one: _sum(one, LEFT)),
        ("Unasked speech an hour", _unasked),
    )
    for name, cell in rows:
        yield ComparedRow(
            name, tuple(Cell("") if one.plan.model == NO_MODEL else cell(one) for one in results)
        )


def _sum(one: Results, rules: frozenset[Rule]) -> Cell:
    every = behaviour_sum(one.every, rules)
    return Cell(f"{every.right} of {every.count}", share_on_scale(every.share))


def _unasked(one: Results) -> Cell:
    totals = one.every.behaviour
    return Cell(f"{totals.unprovoked} times", rate_on_scale(totals.unprovoked_per_hour))


def _cost(results: Sequence[Results]) -> Iterator[ComparedRow]:
    if any(one.cost for one in results):
        yield ComparedRow(
            "A turn, p50 and p99",
            tuple(
                Cell(f"{one.cost.p50:.0f} and {one.cost.p99:.0f} ms" if one.cost else "")
                for one in results
            ),
        )


def _rule(one: Results, rule: Rule) -> RuleTotal | None:
    return next((row for row in one.every.behaviour.rules if row.rule is rule), None)
