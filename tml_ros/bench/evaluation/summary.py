"""An evaluation in figures, ready for JSON: `summary.json` and what `--json` prints.

Keys stay what they are: whoever reads them may count on it. Times of the clock are below `made`
and `turn_ms` alone, so that two runs of one plan are equal apart from those. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.judged_kinds import JudgedKinds
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.plan import EvaluationPlan
from tml_ros.bench.evaluation.results import Results, SuiteResult
from tml_ros.bench.evaluation.voice_suite import VoiceResult, voice_as_plain
from tml_ros.bench.judge.judgement import as_plain
from tml_ros.bench.judge.totals import figures
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.simulator_version import SIMULATOR
from tml_ros.sim.split import Split
from tml_ros.turn.hazard import HazardKind

FORMAT = 1
_DIGITS = 6
_OF_BEHAVIOUR = ("unprovoked", "unprovoked_per_hour", "signs", "signs_per_hour")


@dataclass(frozen=True, slots=True)
class Made:
    """How an evaluation was made. versions: name and version, in order."""

    command: str = ""
    on: str = ""
    machine: str = ""
    versions: tuple[tuple[str, str], ...] = ()


def summary(
    results: Results,
    card: AgentCard,
    *,
    verdict: str,
    made: Made,
    voice: VoiceResult | None = None,
    unplayed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """All figures. voice: of that suite, where it was asked for. unplayed: scenarios that could
    not be, with the reason.
    """
    cost = results.cost
    told = {
        "format": FORMAT,
        "verdict": verdict,
        "model": card.name,
        "trained": card.trained,
        "made_of": card.made_of,
        "simulator": SIMULATOR,
        "plan": plan_as_plain(results.plan),
        "scenarios": results.scenarios,
        "planned": len(list(results.plan.tasks())),
        "complete": results.scenarios == len(list(results.plan.tasks())),
        "hours": results.hours,
        "judges": {
            opinion.value: sorted(kind.value for kind in kinds)
            for opinion, kinds in results.judged.items()
        },
        "all": _suite(results.every, results.judged),
        "suites": {name: _suite(suite, results.judged) for name, suite in results.suites.items()},
        "voice": None if voice is None else voice_as_plain(voice, card.called),
        "model_faults": results.faults,
        "unplayed": dict(unplayed or {}),
        "turn_ms": None if cost is None else as_plain(cost),
        "made": {
            "command": made.command,
            "on": made.on,
            "machine": made.machine,
            "versions": dict(made.versions),
        },
    }
    plain = _short(told)
    assert isinstance(plain, dict)  # noqa: S101 - it was one
    return plain


def plan_as_plain(plan: EvaluationPlan) -> dict[str, Any]:
    """A plan for JSON; `plan_of` reads it."""
    plain = asdict(plan)
    plain["suites"] = [suite.value for suite in plan.suites]
    plain["looks"] = plan.looks.value
    plain["fingerprint"] = plan.fingerprint
    return plain


def plan_of(plain: Mapping[str, Any]) -> EvaluationPlan:
    """The plan that `plan_as_plain` wrote. Raises ValueError, TypeError or KeyError for another."""
    fields = dict(plain)
    del fields["fingerprint"]
    return EvaluationPlan(
        **fields
        | {
            "suites": tuple(Suite(name) for name in fields["suites"]),
            "seeds": _pair(fields["seeds"]),
            "looks": Split(fields["looks"]),
            "camera_size": _pair(fields["camera_size"]),
        }
    )


def _suite(suite: SuiteResult, judged: JudgedKinds) -> dict[str, Any]:
    behaviour = figures(suite.behaviour)
    return {
        "scenarios": suite.behaviour.scenarios,
        "hours": suite.behaviour.hours,
        "hazards_there": {
            row.kind.value: row.spans + row.void
            for row in suite.opinions[Opinion.BOTH].hazards
            if row.spans + row.void
        },
        "hazards": {
            opinion.value: _hazards(suite, opinion, judged[opinion]) for opinion in Opinion
        },
        "scores": {kind.value: as_plain(row) for kind, row in suite.ranking.items()},
        "behaviour": {row.rule.value: _row(as_plain(row)) for row in suite.behaviour.rules},
        "behaviour_over_speech": {
            row.rule.value: _row(as_plain(row))
            for row in suite.behaviour.by_speech
            if row.over_speech
        },
        **{key: behaviour[key] for key in _OF_BEHAVIOUR},
    }


def _hazards(suite: SuiteResult, opinion: Opinion, judged: frozenset[HazardKind]) -> dict[str, Any]:
    """Only of kinds that the opinion judges: it cannot miss others, nor be praised for silence."""
    rows = (as_plain(row) for row in suite.opinions[opinion].hazards if row.kind in judged)
    return {row.pop("kind"): row for row in rows}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in ("rule", "over_speech")}
    return kept | {"faults": dict(row["faults"])}


def _pair(value: Sequence[int]) -> tuple[int, int]:
    first, second = value
    return int(first), int(second)


def _short(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """The same with numbers as long as they mean something; none that JSON does not know."""
    if isinstance(value, Mapping):
        return {key: _short(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_short(inner) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return value
