"""A whole run: samples made or read, played to models or found recorded, measured, and exported.

Knows nothing of terminals. One thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tml_ros.bench.duplex.layout import (
    column_of,
    read_outputs,
    read_sample,
    sample_folders,
    write_sample,
)
from tml_ros.bench.duplex.layout_json import SampleFileError
from tml_ros.bench.duplex.sample import Sample
from tml_ros.bench.duplex.samples.generate import generate
from tml_ros.bench.duplex.score import UnmarkedSampleError
from tml_ros.bench.duplex.stream import play
from tml_ros.bench.duplex.tally import Tally
from tml_ros.bench.duplex.task import Task
from tml_ros.model.interface import InteractionModel
from tml_ros.sim.split import Split

Reach = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is generated. samples: of each task. quiet: without the noise of a hall. voices: folder
    where spoken words are kept.
    """

    tasks: tuple[Task, ...] = tuple(Task)
    samples: int = 20
    seed: int = 0
    looks: Split = Split.HELD_OUT
    quiet: bool = False
    voices: Path | None = None

    def made(self) -> Iterator[Sample]:
        """All samples, number by number, so that what is there of a broken run is balanced."""
        for number in range(self.samples):
            for task in self.tasks:
                yield generate(
                    task,
                    number,
                    seed=self.seed,
                    looks=self.looks,
                    quiet=self.quiet,
                    voices=self.voices,
                )


def run_generated(
    models: Mapping[str, InteractionModel],
    plan: Plan,
    tally: Tally,
    *,
    echo: bool = False,
    export: Path | None = None,
    reach: Reach | None = None,
) -> None:
    """Play the plan's samples to each model. Raises OSError where nothing can be exported."""
    total = plan.samples * len(plan.tasks)
    for done, sample in enumerate(plan.made()):
        _play(models, sample, tally, echo=echo, export=export, reach=reach, share=(done, total))


def run_imported(
    models: Mapping[str, InteractionModel],
    root: Path,
    tally: Tally,
    *,
    tasks: Sequence[Task] = tuple(Task),
    echo: bool = False,
    export: Path | None = None,
    reach: Reach | None = None,
) -> None:
    """Play the inputs below a folder to each model; what cannot be read is noted in the tally.

    Raises SampleFileError where the folder holds nothing.
    """
    folders = _folders(root)
    for done, folder in enumerate(folders):
        sample = _read(root, folder, tally)
        if sample is not None and sample.task in tasks:
            share = (done, len(folders))
            _play(models, sample, tally, echo=echo, export=export, reach=reach, share=share)


def score_recorded(
    root: Path, tally: Tally, *, tasks: Sequence[Task] = tuple(Task), reach: Reach | None = None
) -> None:
    """Measure the outputs that lie below a folder. Raises SampleFileError as `run_imported`."""
    folders = _folders(root)
    for done, folder in enumerate(folders):
        sample = _read(root, folder, tally)
        if sample is None or sample.task not in tasks:
            continue
        if reach is not None:
            reach(sample.task.heading, done / len(folders))
        try:
            tally.add(column_of(root, folder), sample, read_outputs(folder, sample))
        except (SampleFileError, UnmarkedSampleError) as problem:
            tally.fault(_place(root, folder), str(problem))


def _play(
    models: Mapping[str, InteractionModel],
    sample: Sample,
    tally: Tally,
    *,
    echo: bool,
    export: Path | None,
    reach: Reach | None,
    share: tuple[int, int],
) -> None:
    done, total = share
    for place, (name, model) in enumerate(models.items()):
        if reach is not None:
            reach(f"{name}: {sample.task.heading}", (done + place / len(models)) / max(total, 1))
        outputs = play(model, sample, echo=echo)
        try:
            tally.add(name, sample, outputs)
        except UnmarkedSampleError as problem:
            tally.fault(f"{sample.task.folder}/{sample.id}", str(problem))
        if export is not None:
            write_sample(export / name, sample, outputs)


def _folders(root: Path) -> list[Path]:
    folders = list(sample_folders(root))
    if not folders:
        raise SampleFileError(
            f"{root} holds no sample: a folder for each, with input.wav in it, is wanted"
        )
    return folders


def _read(root: Path, folder: Path, tally: Tally) -> Sample | None:
    try:
        sample = read_sample(folder)
    except SampleFileError as problem:
        tally.fault(_place(root, folder), str(problem))
        return None
    # Different data sets count from 1 each: their samples must not be taken for one another.
    inside = folder.relative_to(root).parts
    return (
        replace(sample, id="/".join(inside[-2:]))
        if len(inside) > 1 and not sample.looks
        else sample
    )


def _place(root: Path, folder: Path) -> str:
    return folder.relative_to(root).as_posix()
