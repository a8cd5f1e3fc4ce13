"""Plays a plan's scenarios in several processes, and keeps what came of each.

What is there already is not played again, so that an evaluation that was stopped goes on where it
was. Each process opens the model once. Main thread.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tml_ros.bench.evaluation.agents import open_agent
from tml_ros.bench.evaluation.closed_loop import play
from tml_ros.bench.evaluation.plan import EvaluationPlan, Task
from tml_ros.bench.evaluation.scenario_record import (
    RecordError,
    ScenarioRecord,
    read_record,
    record_of,
    write_record,
)
from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.sim.factory import Factory

AHEAD = 2
"""Tasks handed to each process beforehand."""


@dataclass(slots=True)
class _Process:
    """What a process keeps between two scenarios."""

    plan: EvaluationPlan
    model: TrustedModel | None
    folder: Path


_process: _Process | None = None


def evaluate(
    plan: EvaluationPlan, folder: Path, *, workers: int = 1
) -> Iterator[tuple[Task, ScenarioRecord]]:
    """Each scenario with its record, as they come.

    folder: where the records are kept. workers: processes; 1 plays in this one.
    Raises ModelUnavailableError, SimulatorMissingError, OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    left = []
    for task in plan.tasks():
        with suppress(RecordError, FileNotFoundError):
            record = read_record(_path(folder, task), fingerprint=plan.fingerprint)
            yield task, record
            continue
        left.append(task)
    if not left:
        return
    if workers == 1:
        _begin(plan, folder)
        for task in left:
            yield task, _play(task)
        return
    yield from _in_processes(plan, folder, left, workers)


def play_task(plan: EvaluationPlan, task: Task, model: TrustedModel | None) -> ScenarioRecord:
    """Play and judge one scenario in this process."""
    with Factory(plan.scenario(task)) as factory:
        first = 0 if model is None else len(model.times)
        played = play(factory, model, pictures=plan.pictures)
        spent = () if model is None else model.times.wall[first:]
        return record_of(task, factory, played, step_ms=tuple(round(ns / 1e6, 2) for ns in spent))


def _in_processes(
    plan: EvaluationPlan, folder: Path, tasks: list[Task], workers: int
) -> Iterator[tuple[Task, ScenarioRecord]]:
    # Started afresh: a fork would share locks of OpenGL and torch that another thread may hold.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(plan, folder)
    ) as pool:
        waiting: dict[Future[ScenarioRecord], Task] = {}
        coming = iter(tasks)
        try:
            while True:
                while len(waiting) < AHEAD * workers and (task := next(coming, None)) is not None:
                    waiting[pool.submit(_play, task)] = task
                if not waiting:
                    return
                for done in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(done), done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin(plan: EvaluationPlan, folder: Path) -> None:
    """Make a process ready."""
    global _process  # noqa: PLW0603 - a process of the pool has no other place for it
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    _process = _Process(plan, open_agent(plan.model), folder)


def _play(task: Task) -> ScenarioRecord:
    """Play a scenario in a process that is ready, and keep what came of it."""
    if _process is None:
        raise RuntimeError("the process was not made ready")
    plan = _process.plan
    record = play_task(plan, task, _process.model)
    write_record(record, _path(_process.folder, task), fingerprint=plan.fingerprint)
    return record


def _path(folder: Path, task: Task) -> Path:
    return folder / f"{task.name}.json"
