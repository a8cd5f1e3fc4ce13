"""Work spread over processes that can be stopped at any moment, and leave nothing running.

Knows nothing of what the work is. Owned by the thread that uses it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any, TypeVar

import cv2

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 2
"""Items handed to each process beforehand."""
_LOOK_UP_S = 0.2
"""How often it is looked whether the end was asked for."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def spread(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    workers: int,
    begin: Callable[..., None],
    begin_with: tuple[Any, ...],
    ending: threading.Event,
) -> Generator[tuple[Item, Result], None, None]:
    """Each item with what came of it, as they come.

    work: a function of a module. begin: called with `begin_with` in each process before its first
    item. ending: once it is set, what is being worked on is given up.
    Raises what `work` raises, BrokenProcessPool where a process was ended from outside.
    """
    for name in _THREADS:
        # Read when a process starts; each has one core.
        os.environ.setdefault(name, "1")
    others = set(multiprocessing.active_children())
    # Started afresh: a fork would share locks of OpenGL and torch that another thread may hold.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(workers, len(items)),
        mp_context=context,
        initializer=_begin,
        initargs=(begin, begin_with),
    )
    waiting: dict[Future[Result], Item] = {}
    coming = iter(items)
    finished = False
    try:
        while not ending.is_set():
            while len(waiting) < AHEAD * workers:
                item = next(coming, None)
                if item is None:
                    break
                waiting[pool.submit(work, item)] = item
            if not waiting:
                finished = True
                return
            done = wait(waiting, timeout=_LOOK_UP_S, return_when=FIRST_COMPLETED).done
            # In the order in which they were handed out, where several are done at once.
            for future in [one for one in waiting if one in done]:
                yield waiting.pop(future), future.result()
    finally:
        if not finished:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
        pool.shutdown(cancel_futures=True)


def one_core() -> None:
    """What works beside others of its kind has one core."""
    cv2.setNumThreads(1)


def _begin(begin: Callable[..., None], begin_with: tuple[Any, ...]) -> None:
    # Ctrl-C is the business of the process that started this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    one_core()
    begin(*begin_with)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for its next item for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
