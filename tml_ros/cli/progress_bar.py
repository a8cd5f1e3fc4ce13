"""A bar on a terminal that is gone when the work is done; silent where stderr is none.

Knows nothing of what is worked on. Main thread; it draws from a thread of its own.
"""

from __future__ import annotations

from types import TracebackType
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, ProgressColumn, TextColumn

_Bar = TypeVar("_Bar", bound="ProgressBar")


class ProgressBar:
    """Shown within a `with` block, where there is somebody to see it.

    columns: from left to right. total: at which the work is done, None where that is not known.
    told: what `told_column` says at first. refresh_per_second: how often it is drawn.
    """

    def __init__(
        self,
        console: Console,
        *columns: ProgressColumn,
        total: float | None,
        told: str = "",
        refresh_per_second: float = 10,
    ) -> None:
        """Nothing is shown before the `with` block is entered."""
        self.visible = console.is_terminal
        self._progress = Progress(
            *columns,
            console=console,
            transient=True,
            refresh_per_second=refresh_per_second,
            disable=not self.visible,
        )
        self._task = self._progress.add_task(told, total=total)

    def show(
        self,
        *,
        completed: float | None = None,
        told: str | None = None,
        total: float | None = None,
    ) -> None:
        """Change what is shown, or what will be first; without a terminal this does nothing."""
        if self.visible:
            self._progress.update(self._task, completed=completed, description=told, total=total)

    def __enter__(self: _Bar) -> _Bar:
        """Show the bar."""
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


def told_column() -> TextColumn:
    """What was last told of the work, in one line."""
    return TextColumn("{task.description}", markup=False)


def time_left(seconds: float) -> str:
    """A guess for people: "48 s left", "12 min left", "3 h 20 min left"."""
    if seconds < 90:
        return f"{seconds:.0f} s left"
    minutes = round(seconds / 60)
    return f"{minutes} min left" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min left"
