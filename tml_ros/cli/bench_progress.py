"""How far a measurement has come, on a terminal; silent where stderr is none."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class BenchProgress:
    """A bar over what is being measured, gone when all is done."""

    def __init__(self, console: Console) -> None:
        """Nothing is shown before the `with` block is entered."""
        self._console = console
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def reach(self, what: str, share: float) -> None:
        """So much of what is being measured is done: 0..1."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=what, completed=share)

    def __enter__(self) -> BenchProgress:
        """Show the bar where there is somebody to see it."""
        if self._console.is_terminal:
            # It draws from a thread of its own; ten times a second would be in the figures.
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
                refresh_per_second=1,
            )
            self._task = self._progress.add_task("", total=1.0)
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
