"""An evaluation goes on where it was, and gives the same however it was played."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tml_ros.bench.evaluation import evaluate as evaluating
from tml_ros.bench.evaluation.agent_card import agent_card
from tml_ros.bench.evaluation.evaluate import (
    EvaluationError,
    UnplayedError,
    evaluate,
    kept_records,
    play_tasks,
)
from tml_ros.bench.evaluation.results import results_of
from tml_ros.bench.evaluation.summary import Made, plan_of, summary


def figures(plan, records):
    results = results_of(plan, records)
    told = summary(results, agent_card("none"), verdict="", made=Made())
    return {key: value for key, value in told.items() if key not in ("made", "turn_ms")}


@pytest.fixture
def copied(played, tmp_path):
    """The records in a folder that may be spoilt."""
    return Path(shutil.copytree(played.folder, tmp_path / "copy"))


def test_what_is_there_is_not_played_again(played, copied, monkeypatch):
    def unexpected(*_):
        pytest.fail("it was played already")

    monkeypatch.setattr(evaluating, "play_task", unexpected)
    assert dict(evaluate(played.plan, copied)) == played.records


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_text("{"),
        lambda path: path.write_text("[]"),
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text(path.read_text().replace('"seed":1', '"seed":"x"')),
        lambda path: shutil.copy(path.with_name("hazards_2.json"), path),
    ],
    ids=["gone", "no_json", "a_list", "cut", "no_text", "another_type", "of_another"],
)
def test_a_damaged_record_is_not_taken_for_one(played, copied, damage):
    damage(copied / "hazards_1.json")
    left = kept_records(played.plan, copied)
    assert sorted(task.name for task in left) == ["hazards_0", "hazards_2"]


def test_a_damaged_record_is_made_again_and_comes_out_as_it_was(played, copied):
    spoilt = copied / "hazards_1.json"
    spoilt.write_bytes(spoilt.read_bytes()[:-200])
    before = {path.name: path.stat().st_mtime_ns for path in copied.glob("hazards_[02].json")}
    assert dict(evaluate(played.plan, copied)) == played.records
    assert spoilt.read_bytes() == (played.folder / spoilt.name).read_bytes()
    for name, stamp in before.items():
        assert (copied / name).stat().st_mtime_ns == stamp


def test_a_record_of_other_weights_is_played_again(played, copied):
    other = replace(played.plan, made_of="other weights")
    assert kept_records(played.plan, copied)
    assert kept_records(other, copied) == {}


def test_two_processes_and_another_order_give_the_same_figures(played, tmp_path):
    tasks = list(reversed(list(played.plan.tasks())))
    records = dict(play_tasks(played.plan, tmp_path, tasks, workers=2))
    assert records == played.records
    one = figures(played.plan, list(played.records.values()))
    assert figures(played.plan, list(records.values())) == one
    assert one["scenarios"] == one["planned"] == 3
    for path in played.folder.glob("*.json"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_more_seeds_are_added_to_those_that_are_there(played, copied):
    more = replace(played.plan, seeds=(2, 4))
    records = dict(evaluate(more, copied))
    assert sorted(task.name for task in records) == ["hazards_2", "hazards_3"]
    assert records[next(iter(more.tasks()))] == played.records[next(iter(more.tasks()))]


def test_the_end_may_be_asked_for_between_two_scenarios(plan, tmp_path, monkeypatch):
    ending = threading.Event()
    monkeypatch.setattr(evaluating, "play_task", quick)
    monkeypatch.setattr(evaluating, "write_record", lambda *_, **__: None)
    for task, _ in evaluate(plan, tmp_path, ending=ending):
        assert task.seed == 0
        ending.set()


def quick(_plan, task, _model):
    return task.name


def test_a_scenario_that_fails_does_not_end_the_others(plan, tmp_path, monkeypatch):
    def some(plan, task, model):
        if task.seed == 1:
            raise ZeroDivisionError("of the simulator")
        return quick(plan, task, model)

    monkeypatch.setattr(evaluating, "play_task", some)
    monkeypatch.setattr(evaluating, "write_record", lambda *_, **__: None)
    seeds = []
    with pytest.raises(UnplayedError, match="hazards_1 could not be played") as failed:
        for task, _ in evaluate(plan, tmp_path):
            seeds.append(task.seed)
    assert seeds == [0, 2]
    assert failed.value.failures == {"hazards_1": "ZeroDivisionError: of the simulator"}


def test_what_no_other_scenario_will_mend_ends_it_at_once(plan, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evaluating, "play_task", quick)
    monkeypatch.setattr(evaluating, "write_record", full)
    with pytest.raises(EvaluationError, match="No space left"):
        list(evaluate(plan, tmp_path))
    unknown = replace(plan, model="oracle")
    with pytest.raises(EvaluationError, match="oracle"):
        list(evaluate(unknown, tmp_path))


def test_a_plan_survives_json(plan):
    told = summary(results_of(plan, []), agent_card("none"), verdict="", made=Made())
    again = plan_of(json.loads(json.dumps(told))["plan"])
    assert again == plan
    assert again.fingerprint == plan.fingerprint
