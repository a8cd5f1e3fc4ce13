"""Plays a plan's scenarios in several processes, and keeps what came of each.

What is there already is not played again, so that an evaluation that was stopped goes on where it
was. Each process opens the model once. A scenario that cannot be played does not end an evaluation
of hours: the others are played first. Main thread.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import cv2

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
from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.sim.factory import Factory

AHEAD = 2
"""Tasks handed to each process beforehand."""
MOST_FAILURES = 8
"""With more than these something is wrong that no other scenario will mend."""
_LOOK_UP_S = 0.2
"""How often it is looked whether the end was asked for."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


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
            kept[task] = read_record(_path(folder, task), fingerprint=plan.fingerprint)
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
    if workers == 1:
        _begin(plan, folder)
        results: _Results = ((task, _attempt(task)) for task in tasks)
    else:
        results = _in_processes(plan, folder, tasks, workers, ending)
    with closing(results):
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


def _in_processes(
    plan: EvaluationPlan,
    folder: Path,
    tasks: Sequence[Task],
    workers: int,
    ending: threading.Event,
) -> _Results:
    for name in _THREADS:
        # Read when a process starts; each has one core.
        os.environ.setdefault(name, "1")
    others = set(multiprocessing.active_children())
    # Started afresh: a fork would share locks of OpenGL and torch that another thread may hold.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(workers, len(tasks)),
        mp_context=context,
        initializer=_begin_apart,
        initargs=(plan, folder),
    )
    waiting: dict[Future[ScenarioRecord | _Failure], Task] = {}
    coming = iter(tasks)
    finished = False
    try:
        while not ending.is_set():
            while len(waiting) < AHEAD * workers and (task := next(coming, None)) is not None:
                waiting[pool.submit(_attempt, task)] = task
            if not waiting:
                finished = True
                return
            done = wait(waiting, timeout=_LOOK_UP_S, return_when=FIRST_COMPLETED).done
            # In the order in which they were handed out, where several are done at once.
            for future in [one for one in waiting if one in done]:
                yield waiting.pop(future), _result(future)
    finally:
        if not finished:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
        pool.shutdown(cancel_futures=True)


def _result(future: Future[ScenarioRecord | _Failure]) -> ScenarioRecord | _Failure:
    try:
        return future.result()
    except BrokenProcessPool:
        return _Failure("a process was ended from outside; is there memory enough?", hopeless=True)


def _note(failure: _Failure, task: Task, failures: dict[str, str]) -> None:
    """Remember that a scenario could not be played, or raise where that is of no use."""
    if failure.hopeless:
        raise EvaluationError(failure.reason)
    failures[task.name] = failure.reason
    if len(failures) > MOST_FAILURES:
        raise UnplayedError(failures)


def _begin_apart(plan: EvaluationPlan, folder: Path) -> None:
    """Make a process of the pool ready; Ctrl-C is the business of the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _begin(plan, folder)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for its next task for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _begin(plan: EvaluationPlan, folder: Path) -> None:
    """Make a process ready."""
    global _process  # noqa: PLW0603 - a process of the pool has no other place for it
    cv2.setNumThreads(1)
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
