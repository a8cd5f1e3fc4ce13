"""How far a verification has come, on a terminal; silent where stderr is none."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn


class AuditProgress:
    """A bar over the records, gone when all are done."""

    def __init__(self, console: Console) -> None:
        """Nothing is shown before the `with` block is entered."""
        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None

    def reach(self, done: int, total: int) -> None:
        """So many records are done, of so many; of 0 where nobody knows."""
        if self._task is None:
            self._task = self._progress.add_task("")
        self._progress.update(self._task, completed=done, total=total or None)

    def __enter__(self) -> AuditProgress:
        """Show the bar where there is somebody to see it."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._progress.stop()
