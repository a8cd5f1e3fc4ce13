"""What the weights do in the simulated factory, closed loop, judged beside a run that goes on.

`tml-ros evaluate` plays a few scenarios that look as in training, with seeds that nobody trains on,
in a process of its own that gives way to others. Main thread.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

FIRST_SEED = 900_000
"""Of validation: training takes lower ones."""
SCENARIOS = 2
"""Of each suite."""
_KINDER = 15
_TOLD = (
    ("scores", "auc"),
    ("scores", "at_rate", "recall", "value"),
    ("behaviour", "share", "value"),
    ("unprovoked_per_hour", "value"),
)
"""Figures of an evaluation's summary that a run notes; what has a name of its own stands between
the first word and the second.
"""


class ClosedLoop:
    """One evaluation at a time; what is asked for while one goes on is left out.

    scenarios: of each suite. command: instead of `tml-ros evaluate`, for tests.
    """

    def __init__(self, *, scenarios: int = SCENARIOS, command: Sequence[str] | None = None) -> None:
        """Nothing is started yet."""
        self._command = command or (sys.executable, "-m", "tml_ros.cli.main", "evaluate")
        self._last = FIRST_SEED + scenarios
        self._running: subprocess.Popen[bytes] | None = None
        self._place, self._step = Path(), 0

    def begin(self, weights: Path, step: int) -> None:
        """Judge these weights, of that step; results go beside them. Raises OSError."""
        if self._running is not None:
            return
        self._place, self._step = weights.parent, step
        options = ["--looks", "train", "--seeds", f"{FIRST_SEED}:{self._last}", "--workers", "1"]
        options += ["--suite", "hazards", "--suite", "dialogue", "--no-page", "--json"]
        out = ["--out", str(self._place / "evaluation")]
        with (
            (self._place / "summary.json").open("wb") as told,
            (self._place / "log.txt").open("wb") as log,
        ):
            self._running = subprocess.Popen(
                [*self._command, str(weights), *options, *out],
                stdout=told,
                stderr=log,
                start_new_session=True,
            )
        os.setpriority(os.PRIO_PROCESS, self._running.pid, _KINDER)

    def ended(self, *, wait: bool = False) -> tuple[int, dict[str, float]] | None:
        """The step and figures of an evaluation that has come to its end since; of one that failed
        there are none. wait: for one that goes on.
        """
        running = self._running
        if running is None or (running.poll() is None and not wait):
            return None
        running.wait()
        self._running = None
        try:
            told = json.loads((self._place / "summary.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return self._step, {}
        return self._step, dict(_figures(told.get("all", {})))

    def close(self) -> None:
        """Give up what goes on."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait()
            self._running = None


def _figures(told: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for first, *rest in _TOLD:
        of_first = told.get(first)
        if not isinstance(of_first, Mapping):
            continue
        named = of_first.items() if first != "unprovoked_per_hour" else [("", of_first)]
        for name, value in named:
            for word in rest:
                value = value.get(word) if isinstance(value, Mapping) else None  # noqa: PLW2901
            if isinstance(value, (int, float)):
                yield "/".join(filter(None, (first, name, rest[0]))), float(value)
