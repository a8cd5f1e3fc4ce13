"""Batches in the order of the run, made ahead of time by other processes, or at once without any.

Process w of n makes the w-th of every n course batches; each knows the order by itself, so nothing
is told to it after its start. A pipe that is full makes it wait. Owned by one thread; one more of
its own takes in what the processes send.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType

import cv2
import torch

from tml_ros.model.block_attention import BlockStore, Bucket, Half
from tml_ros.model.token_batch import TokenBatch
from tml_ros.training.lesson import LessonSource
from tml_ros.training.loop.data_order import DataOrder
from tml_ros.training.loop.lesson_packing import ALL, CourseBatch, Pass, Portion, packed
from tml_ros.training.loop.tensor_pipe import TensorPipe
from tml_ros.training.pupil.lesson_batch import LessonBatch

AHEAD = 2
"""Course batches that wait to be used, beside those that wait in the processes."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_END_S = 5.0


class LessonError(RuntimeError):
    """A lesson could not be made, or who made it is gone; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What batches are made of, whoever makes them. Must be picklable.

    sources: by the course's name.
    """

    order: DataOrder
    sources: Mapping[str, LessonSource]
    most_tokens: int
    portion: Portion = ALL

    def from_step(self, step: int, *, worker: int = 0, of: int = 1) -> Iterator[CourseBatch]:
        """Every `of`-th course batch from the `worker`-th on, for ever. Raises LessonError."""
        for picks in islice(self.order.from_step(step), worker, None, of):
            try:
                made = packed(
                    picks,
                    self.sources[picks.course],
                    most_tokens=self.most_tokens,
                    portion=self.portion,
                )
            except Exception as error:
                raise LessonError(
                    f"course {picks.course}, step {picks.step}: {type(error).__name__}: {error}"
                ) from error
            yield made


@dataclass(frozen=True, slots=True)
class _Broken:
    """What a process sends instead of a batch."""

    reason: str


_KINDS = (CourseBatch, Pass, LessonBatch, TokenBatch, BlockStore, Half, Bucket, _Broken)
"""What goes through a pipe."""


class LessonFeed:
    """An iterator over course batches, without an end. Use it in a `with` block."""

    def __init__(self, lessons: Lessons, step: int, *, workers: int = 0) -> None:
        """step: the first. workers: processes; 0 makes batches when they are asked for."""
        self._lessons, self._step, self._workers = lessons, step, workers
        self._processes: list[BaseProcess] = []
        self._pipes: list[Connection] = []
        self._ready: queue.Queue[CourseBatch | _Broken] = queue.Queue(AHEAD)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._here = lessons.from_step(step)

    def __enter__(self) -> LessonFeed:
        """Start the processes."""
        if self._workers:
            self._start()
        return self

    def __iter__(self) -> LessonFeed:
        """Itself."""
        return self

    def __next__(self) -> CourseBatch:
        """The next course batch; waits for it. Raises LessonError."""
        if not self._workers:
            return next(self._here)
        if self._thread is None:
            raise RuntimeError("a feed is used in a with block")
        found = self._ready.get()
        if isinstance(found, _Broken):
            raise LessonError(found.reason)
        return found

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes and wait until they are gone."""
        self._ended.set()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(_END_S)
            if process.is_alive():
                process.kill()
                process.join()
        if self._thread is not None:
            # It may wait for room: with the ends of the pipes closed it has nothing to wait for.
            while self._thread.is_alive():
                with suppress(queue.Empty):
                    self._ready.get_nowait()
                self._thread.join(0.05)
        for pipe in self._pipes:
            pipe.close()

    def _start(self) -> None:
        for name in _THREADS:
            # Read when a process starts; each has one core.
            os.environ.setdefault(name, "1")
        # Started afresh: a fork would share the locks of torch's threads.
        context = multiprocessing.get_context("spawn")
        for worker in range(self._workers):
            mine, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_work,
                args=(theirs, self._lessons, self._step, worker, self._workers),
                name=f"lessons {worker}",
                daemon=True,
            )
            process.start()
            theirs.close()
            self._pipes.append(mine)
            self._processes.append(process)
        self._thread = threading.Thread(target=self._take_in, name="lessons", daemon=True)
        self._thread.start()

    def _take_in(self) -> None:
        """In a thread: what the processes send, in order, until one is gone."""
        pipes = [TensorPipe(pipe, *_KINDS) for pipe in self._pipes]
        while not self._ended.is_set():
            for worker, pipe in enumerate(pipes):
                try:
                    found: CourseBatch | _Broken = pipe.receive()
                except (EOFError, OSError):
                    found = self._gone(worker)
                self._ready.put(found)
                if isinstance(found, _Broken):
                    return

    def _gone(self, worker: int) -> _Broken:
        process = self._processes[worker]
        process.join(_END_S)
        return _Broken(
            f"the process that makes lessons ended (exit code {process.exitcode}); is there memory "
            f"enough for {self._workers} of them?"
        )


def _work(connection: Connection, lessons: Lessons, step: int, worker: int, of: int) -> None:
    """The life of a process."""
    # Ctrl-C is the business of the process that started this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    pipe = TensorPipe(connection, *_KINDS)
    try:
        for made in lessons.from_step(step, worker=worker, of=of):
            pipe.send(made)
    except LessonError as error:
        pipe.send(_Broken(str(error)))
    except OSError:
        # Nobody listens any more.
        return
