"""Renders a plan's scenarios into shards, in several processes, going on where it was stopped.

A process renders one shard at a time and puts it in its place when it is whole. Which process does
which changes nothing in the files. Main thread.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import cv2

from tml_ros.sim.render.array_file import PART, SUFFIX, ShardError
from tml_ros.sim.render.plan import RenderPlan, ShardTask
from tml_ros.sim.render.scenario_arrays import scenario_arrays
from tml_ros.sim.render.shard import OtherShardError, Shard, read_shard, write_shard
from tml_ros.sim.render.spent import RenderRate, ShardCost, Stopwatch, rate_of

Progress = Callable[[int, int], None]
"""Called with the scenarios that are there, and how many there will be."""


class RenderError(ValueError):
    """The plan cannot be rendered there; the message says why."""


def render(
    plan: RenderPlan, out: Path, *, workers: int = 1, progress: Progress | None = None
) -> RenderRate:
    """Render what is not in the folder yet.

    workers: processes; 1 renders in this one. Damaged shards are made anew.
    Raises RenderError where the folder holds shards of another plan or a process ends by itself,
    SimulatorMissingError, SpeechUnavailableError, OSError.
    """
    out.mkdir(parents=True, exist_ok=True)
    tasks, skipped = _left(plan, out)
    workers = max(1, min(workers, len(tasks)))
    total = skipped + sum(len(range(*task.seeds)) for task in tasks)
    tell = progress or (lambda done, of: None)
    tell(skipped, total)
    begin, costs, done = time.perf_counter(), [], skipped
    for cost in _costs(plan, out, tasks, workers):
        costs.append(cost)
        done += cost.scenarios
        tell(done, total)
    wall_s = time.perf_counter() - begin
    return rate_of(costs, workers=workers, skipped=skipped, wall_s=wall_s)


def render_shard(plan: RenderPlan, out: Path, task: ShardTask) -> ShardCost:
    """Render one file, whatever is there."""
    watch = Stopwatch()
    made = []
    for seed in range(*task.seeds):
        scenario = plan.scenario(task.suite, seed)
        made.append((seed, scenario, scenario_arrays(scenario, plan, watch)))
    with watch.on("writing"):
        size = write_shard(_path(out, task), plan.of_shard(task), made)
        # What a process that was killed while it wrote has left behind.
        for left_over in out.glob(f".{task.name}{SUFFIX}.*{PART}"):
            left_over.unlink(missing_ok=True)
    frames = sum(
        int((array >= 0).sum())
        for _, _, arrays in made
        for name, array in arrays.items()
        if name.endswith("/stamps")
    )
    turns = sum(scenario.turns for _, scenario, _ in made)
    return ShardCost(len(made), turns, frames, size, watch.seconds)


def _left(plan: RenderPlan, out: Path) -> tuple[list[ShardTask], int]:
    """What is still to be rendered, and how many scenarios of the plan are there."""
    tasks, skipped = [], 0
    for task in plan.shards():
        there = _there(plan, out, task)
        wanted = task if there is None else task.joined(there.header.plan.seeds)
        if there is not None and there.header.plan.seeds == wanted.seeds:
            skipped += len(range(*task.seeds))
        else:
            tasks.append(wanted)
    return tasks, skipped


def _there(plan: RenderPlan, out: Path, task: ShardTask) -> Shard | None:
    """The shard in a task's place, None where there is none or it is damaged."""
    try:
        shard = read_shard(_path(out, task))
    except OtherShardError as error:
        raise RenderError(f"{error}; choose another folder") from error
    except (FileNotFoundError, ShardError):
        return None
    if shard.header.fingerprint != plan.fingerprint:
        raise RenderError(
            f"{shard.path} was rendered with other settings or by another simulator; "
            f"choose another folder, or remove what is in it"
        )
    return shard


def _costs(
    plan: RenderPlan, out: Path, tasks: list[ShardTask], workers: int
) -> Iterator[ShardCost]:
    if workers == 1:
        yield from (render_shard(plan, out, task) for task in tasks)
        return
    # Started afresh: a fork would share locks of OpenGL that another thread may hold.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)
    coming = iter(tasks)
    waiting: set[Future[ShardCost]] = set()
    with pool:
        try:
            while True:
                while len(waiting) < workers and (task := next(coming, None)) is not None:
                    waiting.add(pool.submit(render_shard, plan, out, task))
                if not waiting:
                    return
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in finished)
        except BrokenProcessPool as error:
            raise RenderError(
                "a process that rendered ended by itself, perhaps for want of memory; shards that "
                "are finished stay: the same command goes on from there, with fewer --workers"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """Make a process ready."""
    # Ctrl-C ends it at once and without a word; what it was at is not in place yet.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    # Of what draws where there is no graphics card.
    os.environ.setdefault("LP_NUM_THREADS", "1")


def _end_with_parent() -> None:
    """Nobody is waiting for a process whose parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _path(out: Path, task: ShardTask) -> Path:
    return out / f"{task.name}{SUFFIX}"
