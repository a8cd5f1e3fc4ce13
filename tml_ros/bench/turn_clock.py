"""Times of steps: what the clock on the wall says, and what the thread really worked.

On a machine that others use as well the wall's slowest steps are theirs, not ours; the thread's
processor time tells the two apart. Knows nothing of what is timed. Of the thread that steps.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class StepTimes:
    """Nanoseconds of each step. wall: from beginning to end. cpu: that the calling thread worked;
    where it has helpers (more than one thread of torch), without them.
    """

    wall: list[int] = field(default_factory=list)
    cpu: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """Steps so far."""
        return len(self.wall)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Time what is inside as one more step."""
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        yield
        self.wall.append(time.perf_counter_ns() - wall)
        self.cpu.append(time.thread_time_ns() - cpu)

    def forget_last(self) -> None:
        """The last step was none of those that are asked for."""
        self.wall.pop()
        self.cpu.pop()

    @property
    def p50_ms(self) -> float:
        """Median."""
        return percentile_ms(self.wall, 50)

    @property
    def p99_ms(self) -> float:
        """One step in a hundred takes longer."""
        return percentile_ms(self.wall, 99)

    @property
    def mean_ms(self) -> float:
        """Mean."""
        return float(np.mean(self.wall)) / 1e6

    def as_dict(self) -> dict[str, float | int]:
        """Milliseconds, and how many steps they are of."""
        return {
            "p50": self.p50_ms,
            "p99": self.p99_ms,
            "mean": self.mean_ms,
            "cpu_p50": percentile_ms(self.cpu, 50),
            "cpu_p99": percentile_ms(self.cpu, 99),
            "turns": len(self),
        }

    def in_short(self) -> dict[str, float]:
        """Milliseconds, for a line of a table."""
        whole = self.as_dict()
        return {key: whole[key] for key in ("p50", "p99", "cpu_p50", "cpu_p99")}


def percentile_ms(nanoseconds: list[int], percent: float) -> float:
    """Milliseconds; between two samples by linear interpolation. ValueError where there is none."""
    if not nanoseconds:
        raise ValueError("there are no times to take a percentile of")
    return float(np.percentile(nanoseconds, percent)) / 1e6
