"""Plays a plan's scenarios in several processes, and keeps what came of each.

What is there already is not played again, so that an evaluation that was stopped goes on where it
was. Each process opens the model once. A scenario that cannot be played does not end an evaluation
of hours: the others are played first. Main thread.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
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
from tml_ros.bench.evaluation.work_pool import one_core, spread
from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.sim.factory import Factory

MOST_FAILURES = 8
"""With more than these something is wrong that no other scenario will mend."""


class EvaluationError(ValueError):
    """What was asked for cannot be evaluated here; the message says why."""


class UnplayedError(RuntimeError):
    """Scenarios that could not be played; all others were. failures: by name, with the reason."""

    def __init__(self, failures: dict[str, str]) -> None:
        """Name the first."""
        name, reason = next(iter(failures.items()))
        more = f", and {len(failures) - 1} more could not" if len(failures) > 1 else ""
        super().__init__(f"{name} could not be played ({reason}){more}")
        self.failures = failures


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a scenario was not played. hopeless: no other will be played either."""

    reason: str
    hopeless: bool


@dataclass(slots=True)
class _Process:
    """What a process keeps between two scenarios. model: once it is opened."""

    plan: EvaluationPlan
    folder: Path
    opened: bool = False
    model: TrustedModel | None = None


_Results = Generator[tuple[Task, ScenarioRecord | _Failure], None, None]

_process: _Process | None = None


def evaluate(
    plan: EvaluationPlan,
    folder: Path,
    *,
    workers: int = 1,
    ending: threading.Event | None = None,
) -> Iterator[tuple[Task, ScenarioRecord]]:
    """Each scenario with its record, as they come; those that were there already first.

    folder: where the records are kept. workers: processes; 1 plays in this one. ending: once it is
    set no further scenario comes: what other processes are playing is given up, this one finishes.
    Raises EvaluationError where nothing can be played, OSError where the folder cannot be written,
    UnplayedError at the end.
    """
    kept = kept_records(plan, folder)
    yield from kept.items()
    left = [task for task in plan.tasks() if task not in kept]
    yield from play_tasks(plan, folder, left, workers=workers, ending=ending)


def kept_records(plan: EvaluationPlan, folder: Path) -> dict[Task, ScenarioRecord]:
    """What is there already of a plan; what is damaged, or of another plan, is not in it."""
    kept = {}
    for task in plan.tasks():
        with suppress(RecordError, FileNotFoundError):
            record = read_record(_path(folder, task), fingerprint=plan.fingerprint)
            if record.task == task:
                kept[task] = record
    return kept


def play_tasks(
    plan: EvaluationPlan,
    folder: Path,
    tasks: Sequence[Task],
    *,
    workers: int = 1,
    ending: threading.Event | None = None,
) -> Iterator[tuple[Task, ScenarioRecord]]:
    """Play these scenarios and keep what came of them; arguments and errors as of `evaluate`."""
    ending = ending or threading.Event()
    folder.mkdir(parents=True, exist_ok=True)
    if not tasks or ending.is_set():
        return
    failures: dict[str, str] = {}
    with closing(_results(plan, folder, tasks, workers, ending)) as results:
        for task, result in results:
            if isinstance(result, _Failure):
                _note(result, task, failures)
            else:
                yield task, result
            if ending.is_set():
                return
    if failures and not ending.is_set():
        raise UnplayedError(failures)


def play_task(plan: EvaluationPlan, task: Task, model: TrustedModel | None) -> ScenarioRecord:
    """Play and judge one scenario in this process."""
    with Factory(plan.scenario(task)) as factory:
        first = 0 if model is None else len(model.times)
        played = play(factory, model, pictures=plan.pictures)
        spent = () if model is None else model.times.wall[first:]
        return record_of(task, factory, played, step_ms=tuple(round(ns / 1e6, 2) for ns in spent))


def _results(
    plan: EvaluationPlan,
    folder: Path,
    tasks: Sequence[Task],
    workers: int,
    ending: threading.Event,
) -> _Results:
    if workers == 1:
        one_core()
        _begin(plan, folder)
        for task in tasks:
            yield task, _attempt(task)
        return
    results = spread(
        _attempt, tasks, workers=workers, begin=_begin, begin_with=(plan, folder), ending=ending
    )
    with closing(results):
        try:
            yield from results
        except BrokenProcessPool:
            reason = "a process was ended from outside; is there memory enough?"
            raise EvaluationError(reason) from None


def _note(failure: _Failure, task: Task, failures: dict[str, str]) -> None:
    """Remember that a scenario could not be played, or raise where that is of no use."""
    if failure.hopeless:
        raise EvaluationError(failure.reason)
    failures[task.name] = failure.reason
    if len(failures) > MOST_FAILURES:
        raise UnplayedError(failures)


def _begin(plan: EvaluationPlan, folder: Path) -> None:
    """Make a process ready."""
    global _process  # noqa: PLW0603 - a process of the pool has no other place for it
    _process = _Process(plan, folder)


def _attempt(task: Task) -> ScenarioRecord | _Failure:
    """Play a scenario in a process that is ready, and keep what came of it.

    Errors are told rather than raised: not every one survives the way to another process.
    """
    if _process is None:
        raise RuntimeError("the process was not made ready")
    plan = _process.plan
    try:
        if not _process.opened:
            _process.model = open_agent(plan.model)
            _process.opened = True
        record = play_task(plan, task, _process.model)
        write_record(record, _path(_process.folder, task), fingerprint=plan.fingerprint)
    except Exception as error:
        mistake = isinstance(error, ValueError) and type(error).__module__.startswith("tml_ros.")
        missing = isinstance(error, (OSError, SpeechUnavailableError)) or not _process.opened
        if mistake or missing:
            return _Failure(str(error), hopeless=True)
        return _Failure(f"{type(error).__name__}: {error}", hopeless=False)
    return record


def _path(folder: Path, task: Task) -> Path:
    return folder / f"{task.name}.json"
