"""A small evaluation that several tests look at: short scenarios without pictures, played once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from tml_ros.bench.evaluation.evaluate import evaluate
from tml_ros.bench.evaluation.plan import EvaluationPlan, Task
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.sim.scenario.suite import Suite


class Played(NamedTuple):
    plan: EvaluationPlan
    folder: Path
    records: dict[Task, ScenarioRecord]


PLAN = EvaluationPlan(
    "none", suites=(Suite.HAZARDS,), seeds=(0, 3), seconds=20.0, pictures=False, made_of="test"
)


@pytest.fixture
def plan() -> EvaluationPlan:
    """Three scenarios of 20 s, guards alone, no pictures."""
    return replace(PLAN)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The plan, played in this process; nobody may write into its folder."""
    folder = tmp_path_factory.mktemp("evaluation")
    return Played(PLAN, folder, dict(evaluate(PLAN, folder)))
