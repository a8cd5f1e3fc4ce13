"""Who does everything right, nothing, too late, or never stops gets the figures of theory."""

from __future__ import annotations

import pytest

from tml_ros.bench.duplex.synthetic import (
    AGENTS,
    ANSWERS_AFTER_S,
    ON_TIME_AFTER_S,
    STOPS_AFTER_S,
)
from tml_ros.bench.duplex.tally import Tally
from tml_ros.bench.duplex.task import OVERLAPS, Family, Task

SAMPLES = 3
STEP_S = 0.02
"""Sound is looked at in steps of 10 ms."""


@pytest.fixture(scope="module")
def found(make) -> dict[tuple[str, Task], dict[str, float | None]]:
    tally = Tally()
    for task in Task:
        for number in range(SAMPLES):
            sample = make(task, number)
            for name, agent in AGENTS.items():
                tally.add(name, sample, agent(sample))
    return {
        (model, task): {
            one.kind.name: None if one.estimate is None else one.estimate.value
            for one in tally.result(model, task).figures
        }
        for model in tally.models
        for task in tally.tasks
    }


REPLIES = (Task.TURN_TAKING, Task.INTERRUPTION)
TIMED = tuple(task for task in Task if task.family is Family.TIMING)


@pytest.mark.parametrize("task", REPLIES)
def test_replies(found, task: Task) -> None:
    assert found["perfect", task]["tor"] == found["perfect", task]["right"] == 1
    assert found["perfect", task]["latency_s"] == pytest.approx(ANSWERS_AFTER_S, abs=STEP_S)
    assert found["0.5 s late", task]["latency_s"] == pytest.approx(
        ANSWERS_AFTER_S + 0.5, abs=STEP_S
    )
    assert found["mute", task]["tor"] == found["mute", task]["answers"] == 0
    assert found["mute", task]["latency_s"] is None
    # The definition has it so; that is why the pauses stand beside it.
    assert found["endless", task]["tor"] == found["endless", task]["early"] == 1
    assert found["endless", task]["latency_s"] == 0
    assert found["endless", task]["right"] == 0


@pytest.mark.parametrize("task", [Task.PAUSE_HANDLING, Task.BACKCHANNEL])
def test_whose_turn_it_is(found, task: Task) -> None:
    assert [found[name, task]["tor"] for name in AGENTS] == [0, 0, 0, 1]


def test_signs_of_listening(found) -> None:
    here = {name: found[name, Task.BACKCHANNEL] for name in AGENTS}
    assert here["perfect"]["signs"] > 0.1
    assert here["perfect"]["signs"] == here["0.5 s late"]["signs"]
    assert here["mute"]["signs"] == here["endless"]["signs"] == 0
    assert here["mute"]["jsd"] == here["endless"]["jsd"] == 1
    assert here["perfect"]["jsd"] < 0.45 < here["0.5 s late"]["jsd"] < 1


@pytest.mark.parametrize("task", OVERLAPS)
def test_overlaps(found, task: Task) -> None:
    interruption = task is Task.OVERLAP_INTERRUPTION
    for name in ("perfect", "0.5 s late"):
        assert found[name, task]["right"] == found[name, task]["speaking"] == 1
        assert found[name, task]["stopped"] == interruption
    late = found["0.5 s late", task]["response_s"]
    if interruption:
        assert found["perfect", task]["stop_s"] == pytest.approx(STOPS_AFTER_S, abs=STEP_S)
        assert late == pytest.approx(ANSWERS_AFTER_S + 0.5, abs=STEP_S)
    else:
        assert late is None
    assert found["mute", task]["right"] == found["mute", task]["speaking"] == 0
    assert found["mute", task]["unknown"] == 1
    # Who never stops holds the floor, whether that is right or not.
    assert found["endless", task]["resume"] == 1
    assert found["endless", task]["stopped"] == 0


@pytest.mark.parametrize("task", TIMED)
def test_time(found, task: Task) -> None:
    assert found["perfect", task]["right"] == found["perfect", task]["on_time"] == 1
    assert found["mute", task]["right"] == found["endless", task]["right"] == 0
    # A set time bears 0.4 s, a cue 1.5 s, an answer 2.0 s.
    assert found["0.5 s late", task]["right"] == (task is not Task.SET_TIME)
    if task is Task.CUE:
        assert found["0.5 s late", task]["off_s"] == pytest.approx(
            ON_TIME_AFTER_S + 0.5, abs=STEP_S
        )


def test_counts(found) -> None:
    assert found["perfect", Task.COUNT]["mae"] == 0
    assert found["mute", Task.COUNT]["mae"] == 1
    assert found["mute", Task.COUNT]["off_by_one"] == 0
    assert found["perfect", Task.HOW_LONG_AGO]["error_s"] < 0.6
