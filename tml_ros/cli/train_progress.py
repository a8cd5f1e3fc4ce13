"""How far a training run has come: a bar on a terminal, a line a minute where stderr is none."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, TextColumn

from tml_ros.cli.progress_bar import ProgressBar, time_left, told_column
from tml_ros.training.loop.trainer import StepReport

LINE_S = 60.0
_KEPT = 0.95
"""Of the running means that are shown, in a step."""


class TrainProgress(ProgressBar):
    """Speed, time left, losses; gone when the run is over, but for a line for each examination."""

    def __init__(self, console: Console) -> None:
        """Nothing is shown before the `with` block is entered."""
        super().__init__(
            console,
            BarColumn(bar_width=16),
            TextColumn("{task.percentage:.1f}%"),
            told_column(),
            total=1.0,
            refresh_per_second=2,
            told="the first step comes soon",
        )
        self._console = console
        self._losses: dict[str, float] = {}
        self._seconds = self._turns = self._waited = 0.0
        self._weight = 0.0
        self._began: tuple[float, float] | None = None
        self._told = time.monotonic()

    def take(self, report: StepReport) -> None:
        """One more step."""
        self._mean(report)
        now = time.monotonic()
        line = f"step {report.step + 1}: {self._line(report, now)}"
        self.show(completed=report.share, told=line)
        if not self.visible and (now - self._told > LINE_S or self._began is None):
            self._told = now
            self._console.print(line, soft_wrap=True, markup=False)
        if self._began is None:
            self._began = (now, report.share)
        if report.examined:
            figures = ", ".join(f"{name} {value:.3g}" for name, value in report.examined.items())
            told = f"examined after step {report.step + 1}: {figures}"
            self._console.print(told, soft_wrap=True, markup=False)

    def _mean(self, report: StepReport) -> None:
        """Running means, without a memory of what was before the first step."""
        self._weight = _KEPT * self._weight + 1
        share = 1 / self._weight
        self._seconds += share * (report.seconds - self._seconds)
        self._turns += share * (report.stepped.turns - self._turns)
        self._waited += share * (report.waited - self._waited)
        for name, loss in report.stepped.losses.items():
            if loss == loss:  # noqa: PLR0124 - not a number is not equal to itself
                before = self._losses.get(name, loss)
                self._losses[name] = before + max(share, 1 - _KEPT) * (loss - before)

    def _line(self, report: StepReport, now: float) -> str:
        told = [f"{self._turns / max(self._seconds, 1e-9):.0f} turns/s"]
        if self._waited > 0.1 * self._seconds:
            told.append(f"{self._waited / self._seconds:.0%} waiting for lessons")
        if self._began is not None and report.share > self._began[1]:
            rate = (report.share - self._began[1]) / (now - self._began[0])
            told.append(time_left((1 - report.share) / rate))
        if not report.stepped.moved:
            told.append("no gradient")
        told.append(f"loss {sum(self._losses.values()):.3f}:")
        told += [f"{name} {loss:.3f}" for name, loss in self._losses.items() if loss]
        return " ".join(told)
