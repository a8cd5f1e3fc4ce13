"""`tml-ros voice` at work: the run and what is shown of it. Main thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.preset_file import load_preset
from tml_ros.training.voice.voice_exam import VoiceExam
from tml_ros.training.voice.voice_run import WEIGHTS, VoiceRun, train_voice

_KEPT = 0.98
"""Of the running loss that is shown, in a step."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line. preset: a name or a file."""

    folder: Path
    preset: str
    run: VoiceRun
    threads: int


def run_voice(asked: Asked) -> None:
    """Teach, with a bar on stderr, and say how well it is understood."""
    torch.set_num_threads(asked.threads)
    net = fresh_net(load_preset(asked.preset), seed=asked.run.settings.seed)
    console = Console(stderr=True)
    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("preparing speech", total=asked.run.settings.steps)
        mean: float | None = None

        def show(done: int, loss: float) -> None:
            nonlocal mean
            mean = loss if mean is None else _KEPT * mean + (1 - _KEPT) * loss
            bar.update(task, completed=done, description=f"step {done} loss {mean:.3f}")

        exam = train_voice(net, asked.folder, asked.run, progress=show)
    if exam is not None:
        Console().print(exam_table(exam))
    Console().print(f"weights: {asked.folder / WEIGHTS}", soft_wrap=True, markup=False)


def exam_table(exam: VoiceExam) -> Table:
    """How many texts of each kind were understood."""
    title = f"understood: {exam.share():.1%} of what is understood of espeak-ng"
    table = Table(title=title)
    for column in ("kind", "texts", "asked", "handed over", "free", "espeak-ng", "own voice"):
        table.add_column(column)
    choice = exam.choice()
    for row in exam.rows:
        figures = (row.count, row.handed_over, row.free, row.original)
        table.add_row(
            row.kind.value,
            "new" if row.new else "taught",
            *map(str, figures),
            "yes" if choice.says(row.kind) else "no",
        )
    return table
