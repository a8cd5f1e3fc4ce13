"""Evaluations of made-up scenarios, by agents of which theory says what they get."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.evaluate import Task
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.plan import EvaluationPlan
from tml_ros.bench.evaluation.results import results_of
from tml_ros.bench.evaluation.scenario_record import KindScores, ScenarioRecord, write_record
from tml_ros.bench.evaluation.summary import Made, summary
from tml_ros.bench.judge.agents import AGENTS
from tml_ros.bench.judge.conduct import Conduct
from tml_ros.bench.judge.judgement import judge
from tml_ros.bench.judge.made_up import drawn_truth
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split

MADE = Made(
    command="tml-ros evaluate nano --out 'a place' --seeds 0:3", on="a day", machine="a machine"
)
LOUDNESS = (9.0, 2.0, -6.0)
"""dB; of the lines in turn."""


def record_of_agent(agent: str, seed: int, suite: Suite) -> ScenarioRecord:
    """What came of a made-up scenario."""
    truth = drawn_truth(seed, pieces=20)
    lines = tuple(
        replace(line, snr_db={"mic": LOUDNESS[line.index % 3], "far": -20.0})
        for line in truth.lines
    )
    truth = replace(truth, lines=lines)
    conduct = AGENTS[agent](truth, seed)
    alarms = Conduct(seconds=conduct.seconds, alarms=conduct.alarms)
    silent = judge(replace(truth, expected=()), alarms)
    kinds = {(span.kind, span.zone) for span in truth.hazards}
    return ScenarioRecord(
        task=Task(suite, seed),
        truth=replace(truth, moments=()),
        conduct=conduct,
        judged=judge(truth, conduct),
        by_opinion=dict.fromkeys(Opinion, silent),
        scores=tuple(KindScores(kind, zone, (0.1, 0.2)) for kind, zone in sorted(kinds)),
    )


@pytest.fixture
def evaluated(tmp_path: Path) -> Callable[..., Path]:
    """`evaluated(agent, model="nano", looks=held out, seeds=3)`: the folder of its evaluation."""

    def evaluate(
        agent: str, *, model: str = "nano", looks: Split = Split.HELD_OUT, seeds: int = 3
    ) -> Path:
        suites = (Suite.HAZARDS, Suite.DIALOGUE)
        plan = EvaluationPlan(model, suites=suites, seeds=(0, seeds), looks=looks, made_of="1 ab12")
        folder = tmp_path / f"{agent}-{model}-{looks.value}"
        folder.mkdir()
        records = [record_of_agent(agent, task.seed, task.suite) for task in plan.tasks()]
        for record in records:
            write_record(record, folder / f"{record.task.name}.json", fingerprint=plan.fingerprint)
        card = AgentCard(model, model, "", "1")
        told = summary(results_of(plan, records), card, verdict="", made=MADE)
        (folder / "summary.json").write_text(json.dumps(told))
        return folder

    return evaluate
