"""What `tml-ros train` shows of a course of recordings while it reads them.

Knows nothing of training. Main thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tml_ros.model.preset import Preset
from tml_ros.training.bags.bag_lessons import BagLessons
from tml_ros.training.bags.recording_folder import bag_course

KIND = "bags"
"""What `--course` calls it."""


def recorded_lessons(
    folders: Sequence[Path], preset: Preset, out: Path, console: Console, *, vary: bool
) -> BagLessons:
    """Lessons of folders of recordings; says how they were read and what is labelled in them.

    out: where what is made of them lies. vary: for learning; without, for examining.
    Raises what `bag_course` raises.
    """
    tasks: dict[str, TaskID] = {}
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} s"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:

        def reached(name: str, seconds: float | None, now_s: float) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=seconds)
            bar.update(tasks[name], completed=now_s)

        course = bag_course(folders, preset, out, vary=vary, progress=reached)
    for notice in course.notices:
        console.print(f"note: {notice}", markup=False, soft_wrap=True)
    told = [
        f"{kind.value} {there} there and {absent} not"
        for kind, (there, absent) in course.counts.items()
        if there or absent
    ]
    where = ", ".join(map(str, folders))
    console.print(f"{where}: turns with {'; '.join(told)}", markup=False, soft_wrap=True)
    return course.lessons
