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

_END = object()


def read_ahead(source: Iterable[Item], *, depth: int) -> Iterator[Item]:
    """Iterate `source` with at most `depth` items made in advance."""
    items: queue.Queue[object] = queue.Queue(maxsize=depth)
    stopped = threading.Event()
    failure: list[BaseException] = []

    def produce() -> None:
        iterator = iter(source)
        try:
            for item in iterator:
                items.put(item)
                if stopped.is_set():
                    break
        except BaseException as error:
            failure.append(error)
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()
            items.put(_END)

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (item := items.get()) is not _END:
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        while thread.is_alive():
            # A producer that waits for room must get it before it can see that nobody listens.
            try:
                items.get(timeout=0.01)
            except queue.Empty:
                continue
        thread.join()
    if failure:
        raise failure[0]
