"""How far a verification has come, on a terminal; silent where stderr is none."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

from tml_ros.cli.progress_bar import ProgressBar


class AuditProgress(ProgressBar):
    """A bar over the records, gone when all are done."""

    def __init__(self, console: Console) -> None:
        """Nothing is shown before the `with` block is entered."""
        columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        super().__init__(console, *columns, total=None)

    def reach(self, done: int, total: int) -> None:
        """So many records are done, of so many; of 0 where nobody knows."""
        self.show(completed=done, total=total or None)
