"""A training run from the first step to the last: what the user sees of it.

Knows nothing of how a step is made. Main thread; lessons are made in other processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
import typer
from pydantic import ValidationError
from rich.console import Console

from tml_ros.cli.ending import asked_to_end
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.train_courses import CourseAsked, courses_asked, courses_kept
from tml_ros.cli.train_progress import TrainProgress
from tml_ros.model.checkpoint import load_checkpoint
from tml_ros.model.interaction_net import InteractionNet, fresh_net
from tml_ros.model.preset import Preset
from tml_ros.training.bags.frozen_parts import let_learn
from tml_ros.training.exams.examine import examine
from tml_ros.training.lesson import LessonSource
from tml_ros.training.loop.closed_loop import ClosedLoop
from tml_ros.training.loop.processes import Processes, joined_processes, leave
from tml_ros.training.loop.run_checkpoint import newest_checkpoint
from tml_ros.training.loop.run_folder import RunFolder, begin_run, open_run
from tml_ros.training.loop.train_settings import TrainSettings
from tml_ros.training.loop.trainer import Trainer
from tml_ros.training.pupil.pupil import Pupil

EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says. settings: only what was given. courses: none keeps a run's own.

    start: weights to begin from.
    """

    folder: Path
    preset: Preset
    courses: Mapping[str, CourseAsked]
    settings: Mapping[str, Any]
    resume: bool = False
    start: Path | None = None
    workers: int = 0
    threads: int = 1
    device: str = "cpu"


def run_training(asked: Asked) -> None:
    """Learn until the end, or until asked to stop. Raises MistakeError, and typer.Exit 130."""
    if asked.device == "cuda" and not torch.cuda.is_available():
        raise MistakeError("--device cuda: PyTorch finds no GPU here; leave it out to use the CPU")
    torch.set_num_threads(asked.threads)
    console = Console(stderr=True, highlight=False)
    with (
        joined_processes(asked.device) as processes,
        asked_to_end() as ending,
        closing(ClosedLoop()) as judge,
    ):
        trainer = _trainer(asked, processes, judge)
        progress = TrainProgress(console if processes.first else Console(quiet=True))
        with progress:
            for report in trainer.steps(ending):
                progress.take(report)
        if processes.first:
            state = trainer.state
            console.print(
                f"{state.step} steps, {state.turns:,} turns in {state.hours:.2f} h; "
                f"the weights are {asked.folder / 'model.safetensors'}",
                soft_wrap=True,
                markup=False,
            )
    code = EXIT_INTERRUPTED if ending.is_set() else 0
    if processes.of > 1:
        leave(code)
    if code:
        raise typer.Exit(code)


def _trainer(asked: Asked, processes: Processes, judge: ClosedLoop) -> Trainer:
    earlier = open_run(asked.folder) if asked.resume else None
    preset = asked.preset if earlier is None else earlier.preset
    courses = _courses(asked, earlier)
    settings = _settings(asked, courses, earlier)
    sources = {
        name: course.source(preset, asked.folder, mistakes=settings.mistakes)
        for name, course in courses.items()
    }
    if processes.first:
        _write_section(asked, settings, courses, sources, earlier)
    processes.wait()
    folder = open_run(asked.folder)
    validation = courses_asked(
        [f"{name}={rest}" for name, rest in settings.validation.items()], option="--validation"
    )
    lessons = {
        name: (course.source(preset, asked.folder, examined=True), int(course.number))
        for name, course in validation.items()
    }
    return Trainer(
        folder,
        sources,
        partial(_pupil, asked, folder),
        processes=processes,
        workers=asked.workers,
        examine=partial(_examined, lessons) if lessons else None,
        judge=judge,
    )


def _courses(asked: Asked, earlier: RunFolder | None) -> Mapping[str, CourseAsked]:
    if asked.courses:
        return asked.courses
    if earlier is None:
        raise MistakeError("give at least one --course; what it says: tml-ros train --help")
    section = earlier.section
    return courses_kept(section.settings.courses, section.origins)


def _settings(
    asked: Asked, courses: Mapping[str, CourseAsked], earlier: RunFolder | None
) -> TrainSettings:
    """What is asked for now, and else what was before. Raises MistakeError."""
    before = {} if earlier is None else earlier.section.settings.model_dump()
    rates = {name: course.number for name, course in courses.items()}
    try:
        return TrainSettings.model_validate({**before, **asked.settings, "courses": rates})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the run"
        raise MistakeError(f"{where}: {first['msg']}") from None


def _write_section(
    asked: Asked,
    settings: TrainSettings,
    courses: Mapping[str, CourseAsked],
    sources: Mapping[str, LessonSource],
    earlier: RunFolder | None,
) -> None:
    """Begin the run's folder, or note in it what is different from now on."""
    sizes = {name: len(source) for name, source in sources.items()}
    origins = {name: course.origin for name, course in courses.items()}
    if earlier is None:
        begun_from = "" if asked.start is None else str(asked.start)
        begin_run(
            asked.folder, asked.preset, settings, sizes, origins=origins, begun_from=begun_from
        )
        return
    newest = newest_checkpoint(asked.folder)
    step = 0 if newest is None else int(newest.name)
    earlier.go_on(step, settings, sizes, origins)


def _pupil(asked: Asked, folder: RunFolder) -> Pupil:
    """Untrained, or with the weights it is to begin from. Raises CheckpointError."""
    pupil = Pupil(_first_net(asked, folder))
    layers = folder.section.settings.last_layers
    if layers is not None:
        let_learn(pupil, pupil.net, layers=layers)
    return pupil


def _first_net(asked: Asked, folder: RunFolder) -> InteractionNet:
    if asked.start is None or newest_checkpoint(folder.path) is not None:
        return fresh_net(folder.preset, seed=folder.section.settings.seed)
    net, header = load_checkpoint(asked.start)
    if header.preset != folder.preset:
        raise MistakeError(
            f"--from {asked.start} is of {header.preset.name} with other numbers than "
            f"{folder.preset.name} has; give the preset it was made with"
        )
    return net


def _examined(
    lessons: Mapping[str, tuple[LessonSource, int]], net: InteractionNet
) -> dict[str, float]:
    """Figures of each validation course, its name before theirs."""
    found: dict[str, float] = {}
    for name, (source, number) in lessons.items():
        indices: Sequence[int] = range(min(number, len(source)))
        figures = examine(net, source, indices)
        found |= {f"{name}/{figure}": value for figure, value in figures.items()}
    return found
