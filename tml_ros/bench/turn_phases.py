"""Where the time of a step goes: methods of live objects are timed from outside.

A phase is charged with its own time only, not with that of phases that run inside of it. Knows
nothing of models. Of the thread that steps.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any


class PhaseClock:
    """Within its `with` block the watched methods are timed; afterwards they are as they were."""

    def __init__(self) -> None:
        self._watched: list[tuple[Any, str]] = []
        self._spent: Counter[str] = Counter()
        self._inside: list[int] = []

    def watch(self, owner: object, method: str, phase: str) -> None:
        """Charge each call of `owner.method` to a phase; several methods may share one."""
        plain: Callable[..., Any] = getattr(owner, method)

        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the method itself
            self._inside.append(0)
            began = time.perf_counter_ns()
            try:
                return plain(*args, **kwargs)
            finally:
                whole = time.perf_counter_ns() - began
                self._spent[phase] += whole - self._inside.pop()
                if self._inside:
                    self._inside[-1] += whole

        # On the instance, where it hides the class's method.
        setattr(owner, method, timed)
        self._watched.append((owner, method))

    def means_ms(self, steps: int) -> dict[str, float]:
        """Milliseconds of each phase per step, in the order in which they first ended."""
        return {phase: spent / steps / 1e6 for phase, spent in self._spent.items()}

    def __enter__(self) -> PhaseClock:
        """Begin; methods are watched from `watch` on."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the watching away."""
        for owner, method in reversed(self._watched):
            delattr(owner, method)
        self._watched.clear()
