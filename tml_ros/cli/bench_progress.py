"""How far a measurement has come, on a terminal; silent where stderr is none."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, TimeElapsedColumn

from tml_ros.cli.progress_bar import ProgressBar, told_column


class BenchProgress(ProgressBar):
    """A bar over what is being measured, gone when all is done."""

    def __init__(self, console: Console) -> None:
        """Nothing is shown before the `with` block is entered."""
        # It draws from a thread of its own; ten times a second would be in the figures.
        super().__init__(
            console,
            told_column(),
            BarColumn(),
            TimeElapsedColumn(),
            total=1.0,
            refresh_per_second=1,
        )

    def reach(self, what: str, share: float) -> None:
        """So much of what is being measured is done: 0..1."""
        self.show(completed=share, told=what)
