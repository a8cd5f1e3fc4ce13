"""How far a replay has come, on a terminal; silent where stderr is none."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

from tml_ros.cli.progress_bar import ProgressBar

REFRESH_S = 0.1


class ReplayProgress(ProgressBar):
    """A bar over the seconds of the recording, gone when the replay is done.

    seconds: how long the recording is, None where that is not known.
    """

    def __init__(self, console: Console, seconds: float | None) -> None:
        """Nothing is shown before the `with` block is entered."""
        super().__init__(
            console,
            BarColumn(),
            TextColumn("{task.completed:.0f} s"),
            TimeRemainingColumn(),
            total=seconds,
        )
        self._shown = 0.0

    def reach(self, seconds: float) -> None:
        """The replay has come so far."""
        now = time.perf_counter()
        if now - self._shown >= REFRESH_S:
            self._shown = now
            self.show(completed=seconds)
