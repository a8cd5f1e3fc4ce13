"""How far a replay has come, on a terminal; silent where stderr is none."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

REFRESH_S = 0.1


class ReplayProgress:
    """A bar over the seconds of the recording, gone when the replay is done.

    seconds: how long the recording is, None where that is not known.
    """

    def __init__(self, console: Console, seconds: float | None) -> None:
        """Nothing is shown before the `with` block is entered."""
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._seconds = seconds
        self._console = console
        self._shown = 0.0

    def reach(self, seconds: float) -> None:
        """The replay has come so far."""
        if self._progress is None or self._task is None:
            return
        now = time.perf_counter()
        if now - self._shown >= REFRESH_S:
            self._shown = now
            self._progress.update(self._task, completed=seconds)

    def __enter__(self) -> ReplayProgress:
        """Show the bar where there is somebody to see it."""
        if self._console.is_terminal:
            self._progress = Progress(
                BarColumn(),
                TextColumn("{task.completed:.0f} s"),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._task = self._progress.add_task("", total=self._seconds)
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
