"""Where a reasoner works: step by step in the thread that asks, or by itself in one of its own.

Knows nothing of what it finds out. A lane works on one delegation at a time and belongs to one
thread; the threaded one runs the reasoner in another, so that nothing waits for a slow service.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from tml_ros.background.contracts import Delegation, Outcome
from tml_ros.background.reasoner import Conclusion, Progress, Reasoner
from tml_ros.background.tools import Tools

Step = Progress | Conclusion
MAX_STEPS = 10_000


class Lane(Protocol):
    """One piece of work after another."""

    def begin(self, delegation: Delegation, now_ns: int) -> None:
        """Start to work on it; what was being worked on is given up."""

    def step(self) -> Step | None:
        """The next thing that came of it; None where nothing has yet."""

    @property
    def waits(self) -> bool:
        """Whether calling `step` again at once would bring nothing."""

    def give_up(self) -> None:
        """Stop at the end of the step in progress; nothing more comes of it."""

    def close(self) -> None:
        """End."""


class InlineLane:
    """Works within `step`, one step each."""

    waits = False

    def __init__(self, reasoner: Reasoner, tools: Tools) -> None:
        """Nothing is worked on yet."""
        self._reasoner = reasoner
        self._tools = tools
        self._work: Iterator[Step] | None = None
        self._steps = 0

    def begin(self, delegation: Delegation, now_ns: int) -> None:
        """See Lane."""
        self.give_up()
        self._work = self._reasoner.work(delegation, self._tools, now_ns=now_ns)
        self._steps = 0

    def step(self) -> Step | None:
        """See Lane."""
        if self._work is None:
            return None
        self._steps += 1
        came = _next(self._work, self._steps)
        if isinstance(came, Conclusion):
            self.give_up()
        return came

    def give_up(self) -> None:
        """See Lane."""
        _close(self._work)
        self._work = None

    def close(self) -> None:
        """See Lane."""
        self.give_up()


class ThreadLane:
    """Works in a thread of its own; one delegation after another.

    A delegation that is given up may keep the thread until its step ends, which for a service that
    hangs is its timeout; the next one begins after that.
    """

    def __init__(self, reasoner: Reasoner, tools: Tools, *, wake: Callable[[], None]) -> None:
        """Start the thread. wake: called in that thread when something has come."""
        self._reasoner = reasoner
        self._tools = tools
        self._wake = wake
        self._asked: queue.SimpleQueue[tuple[int, Delegation, int] | None] = queue.SimpleQueue()
        self._came: queue.SimpleQueue[tuple[int, Step]] = queue.SimpleQueue()
        self._number = 0
        self._wanted = 0
        self._thread = threading.Thread(target=self._run, name="reasoner", daemon=True)
        self._thread.start()

    @property
    def waits(self) -> bool:
        """See Lane."""
        return self._came.empty()

    def begin(self, delegation: Delegation, now_ns: int) -> None:
        """See Lane."""
        self._number += 1
        self._wanted = self._number
        self._asked.put((self._number, delegation, now_ns))

    def step(self) -> Step | None:
        """See Lane."""
        with contextlib.suppress(queue.Empty):
            while True:
                number, came = self._came.get_nowait()
                if number == self._wanted:
                    return came
        return None

    def give_up(self) -> None:
        """See Lane."""
        self._wanted = 0

    def close(self) -> None:
        """See Lane; a step that hangs is left behind."""
        self.give_up()
        self._asked.put(None)
        self._thread.join(0.5)

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            number, delegation, now_ns = asked
            if number != self._wanted:
                continue
            work = self._reasoner.work(delegation, self._tools, now_ns=now_ns)
            for steps in range(1, MAX_STEPS + 2):
                came = _next(work, steps)
                if number != self._wanted:
                    break
                self._came.put((number, came))
                self._wake()
                if isinstance(came, Conclusion):
                    break
            _close(work)


def _next(work: Iterator[Step], steps: int) -> Step:
    """The next step; a defect of the reasoner is a conclusion too."""
    if steps > MAX_STEPS:
        return _failed("it did not come to an end")
    try:
        return next(work)
    except StopIteration:
        return _failed("it ended without a conclusion")
    except Exception as error:
        return _failed(f"{type(error).__name__}: {error}")


def _failed(reason: str) -> Conclusion:
    return Conclusion(
        Outcome.FAILED, "I could not work that out.", f"The reasoner failed: {reason}"
    )


def _close(work: Iterator[Step] | None) -> None:
    close = getattr(work, "close", None)
    if close is not None:
        with contextlib.suppress(Exception):
            close()
