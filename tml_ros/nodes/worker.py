"""One owned thread that does a node's work, fed by callbacks that only enqueue.

Work waits in lanes, one per stream, each bounded: when a lane is full its oldest item is dropped
and counted, so a slow judge sees the newest data and never blocks a callback. Items are handled in
the order they came, across lanes. Knows nothing of ROS or of what the items are.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Lane:
    """One stream of work: who handles an item, and how many may wait."""

    handle: Callable[[Any], None]
    depth: int


@dataclass(frozen=True, slots=True)
class LaneCounts:
    """What became of the items of a lane since the worker started.

    received = handled + failed + dropped + waiting (+ 1 in progress).
    """

    received: int = 0
    handled: int = 0
    failed: int = 0
    dropped: int = 0
    waiting: int = 0


class _Waiting:
    """The items of one lane with their place in the order of arrival, and its counters."""

    __slots__ = ("dropped", "failed", "handled", "items", "lane", "received")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.items: deque[tuple[int, Any]] = deque()
        self.received = self.handled = self.failed = self.dropped = 0


class Worker:
    """Runs the handlers of `lanes` in a thread of its own, from construction to `close`.

    `put` and `counts` may be called from any thread and never wait for a handler. A handler that
    raises costs its item only: it is counted and given to `on_failure(lane, error)`, in the
    worker's thread.
    """

    def __init__(
        self,
        name: str,
        lanes: Mapping[str, Lane],
        *,
        on_failure: Callable[[str, Exception], None],
    ) -> None:
        """Start the thread. Raises ValueError for a lane without room."""
        for lane_name, lane in lanes.items():
            if lane.depth < 1:
                raise ValueError(f"lane {lane_name!r} must hold at least one item")
        self._lanes = {lane_name: _Waiting(lane) for lane_name, lane in lanes.items()}
        self._on_failure = on_failure
        self._arrivals = 0
        self._closing = False
        self._item_began_s: float | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, lane: str, item: object) -> None:
        """Enqueue `item`, dropping the oldest of its lane if that is full. Ignored once closed."""
        with self._changed:
            if self._closing:
                return
            waiting = self._lanes[lane]
            if len(waiting.items) >= waiting.lane.depth:
                waiting.items.popleft()
                waiting.dropped += 1
            waiting.items.append((self._arrivals, item))
            waiting.received += 1
            self._arrivals += 1
            self._changed.notify()

    def counts(self) -> dict[str, LaneCounts]:
        """The counters of every lane."""
        with self._changed:
            return {
                name: LaneCounts(
                    waiting.received,
                    waiting.handled,
                    waiting.failed,
                    waiting.dropped,
                    len(waiting.items),
                )
                for name, waiting in self._lanes.items()
            }

    def stuck(self, seconds: float) -> bool:
        """Whether the item in progress takes longer than that already."""
        began_s = self._item_began_s
        return began_s is not None and time.monotonic() - began_s > seconds

    def close(self, timeout: float = 1.0) -> bool:
        """End after the item in progress; what waits is left. False if that took too long."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            name, waiting, item = taken
            self._item_began_s = time.monotonic()
            try:
                waiting.lane.handle(item)
            except Exception as error:
                with self._changed:
                    waiting.failed += 1
                self._on_failure(name, error)
            else:
                with self._changed:
                    waiting.handled += 1
            finally:
                self._item_began_s = None

    def _take(self) -> tuple[str, _Waiting, Any] | None:
        with self._changed:
            while not self._closing:
                ready = [entry for entry in self._lanes.items() if entry[1].items]
                if ready:
                    name, waiting = min(ready, key=lambda entry: entry[1].items[0][0])
                    return name, waiting, waiting.items.popleft()[1]
                self._changed.wait()
            return None
