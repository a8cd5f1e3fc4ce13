"""One owned thread that carries what a source captures to where a node publishes it.

Knows nothing of ROS or of what is carried.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
_POLL_SECONDS = 0.1


class PumpError(RuntimeError):
    """The thread has ended by an error, which is this one's cause."""


class Pump(Generic[Item]):
    """Reads and hands on until closed.

    read: waits at most the given seconds; None where nothing came. carry: called in the pump's
    thread. Whatever either raises ends the pump, and `check` tells.
    """

    def __init__(
        self, name: str, read: Callable[[float], Item | None], carry: Callable[[Item], None]
    ) -> None:
        """Start the thread."""
        self._read = read
        self._carry = carry
        self._failure: Exception | None = None
        self._item_began_s: float | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises PumpError if the thread has ended by itself."""
        if self._failure is not None:
            raise PumpError(f"{self._thread.name} has failed: {self._failure}") from self._failure

    def stuck(self, seconds: float) -> bool:
        """Whether handing on the item in progress takes longer than that already."""
        began_s = self._item_began_s
        return began_s is not None and time.monotonic() - began_s > seconds

    def close(self) -> bool:
        """End after the item in progress; False if that took longer than a second."""
        self._closing.set()
        self._thread.join(1.0)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                item = self._read(_POLL_SECONDS)
                if item is not None:
                    self._item_began_s = time.monotonic()
                    self._carry(item)
                    self._item_began_s = None
                else:
                    # A source that has ended returns at once.
                    self._closing.wait(_POLL_SECONDS / 10)
        except Exception as failure:
            self._failure = failure
