"""Reads ahead: the next items are made in a thread of its own while the last ones are used.

Knows nothing of what the items are. Order and content are those of the source; only the time they
take overlaps. Whoever iterates owns the thread: it ends with the last item, with the source's
error, which is raised to the reader, or when the reader stops.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def read_ahead(source: Iterable[Item], *, depth: int, together: int = 1) -> Iterator[Item]:
    """Iterate `source` with about `depth` items made in advance.

    together: how many are handed over at once. Each handing over makes two threads wait for one
    another, which costs more than a small item itself.
    """
    waiting: queue.Queue[list[Item] | None] = queue.Queue(maxsize=max(1, depth // together))
    stopped = threading.Event()
    failure: list[BaseException] = []

    def produce() -> None:
        iterator = iter(source)
        batch: list[Item] = []
        try:
            for item in iterator:
                batch.append(item)
                if len(batch) >= together:
                    waiting.put(batch)
                    batch = []
                if stopped.is_set():
                    break
        except BaseException as error:
            failure.append(error)
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()
            waiting.put(batch)
            waiting.put(None)

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (batch := waiting.get()) is not None:
            yield from batch
    finally:
        stopped.set()
        while thread.is_alive():
            # A producer that waits for room must get it before it can see that nobody listens.
            try:
                waiting.get(timeout=0.01)
            except queue.Empty:
                continue
        thread.join()
    if failure:
        raise failure[0]
