"""A run's folder: what was asked for and when, and a line of figures for each step.

    run.json       what the run is, and its sections: from which step on, with which settings
    metrics.jsonl  a JSON object per step, examination and judgement
    checkpoint/    see `run_checkpoint`
    model.safetensors  the averaged weights as of the newest checkpoint, for anybody to open

Knows nothing of weights. Owned by the training thread of the first process; others only read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tml_ros.model.preset import Preset
from tml_ros.training.loop.data_order import CourseShare, DataOrder
from tml_ros.training.loop.train_settings import TrainSettings

VERSION = 1
_RUN, _METRICS = "run.json", "metrics.jsonl"


class RunError(ValueError):
    """The folder is no run, or not one that can go on like this; the message says what to do."""


class Section(BaseModel):
    """step: the first with these settings. taught_from: the step at which these courses began.

    sizes: lessons in an epoch of each course. origins: where each comes from, as it was told.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Annotated[int, Field(ge=0)]
    settings: TrainSettings
    taught_from: Annotated[int, Field(ge=0)]
    sizes: dict[str, int]
    origins: dict[str, str]

    @property
    def order(self) -> DataOrder:
        """Which lessons come when."""
        return DataOrder(
            self.settings.seed,
            self.taught_from,
            tuple(
                CourseShare(name, self.settings.rate(name), self.sizes[name])
                for name in sorted(self.settings.courses)
            ),
        )


class _Run(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    preset: Preset
    begun_from: str
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]


class RunFolder:
    """See `begin_run` and `open_run`."""

    def __init__(self, path: Path, run: _Run) -> None:
        """As it is on the disk."""
        self.path = path
        self._run = run

    @property
    def preset(self) -> Preset:
        """Of the model that learns."""
        return self._run.preset

    @property
    def section(self) -> Section:
        """The newest."""
        return self._run.sections[-1]

    @property
    def sections(self) -> tuple[Section, ...]:
        """All of them, in order."""
        return self._run.sections

    @property
    def begun_from(self) -> str:
        """The weights it began from, as it was told; "" for none."""
        return self._run.begun_from

    @property
    def fingerprint(self) -> str:
        """What its checkpoints belong to: preset, seed and beginning."""
        said = [self.preset.model_dump_json(), self.section.settings.seed, self.begun_from]
        return sha256(json.dumps(said).encode()).hexdigest()[:16]

    def go_on(
        self,
        step: int,
        settings: TrainSettings,
        sizes: Mapping[str, int],
        origins: Mapping[str, str] = MappingProxyType({}),
    ) -> Section:
        """The section from which a run goes on at a step; a new one where anything is different.

        Courses go on where they were as long as they and their lessons are the same. Raises
        RunError for another seed; OSError.
        """
        last = self.section
        if settings.seed != last.settings.seed:
            raise RunError(
                f"{self.path} has seed {last.settings.seed}; another seed is another run"
            )
        wanted = (settings.courses, dict(sizes), dict(origins))
        taught = wanted == (last.settings.courses, last.sizes, last.origins)
        if taught and settings == last.settings and last.taught_from <= step:
            return last
        begin = last.taught_from if taught and last.taught_from <= step else step
        section = Section(
            step=step,
            settings=settings,
            taught_from=begin,
            sizes=dict(sizes),
            origins=dict(origins),
        )
        earlier = tuple(one for one in self._run.sections if one.step <= step)
        self._run = self._run.model_copy(update={"sections": (*earlier, section)})
        _write_run(self.path, self._run)
        return section

    def add(self, row: Mapping[str, Any]) -> None:
        """One more line of figures; what is no number becomes null. Raises OSError."""
        with (self.path / _METRICS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(_finite(row)) + "\n")

    def cut(self, step: int) -> None:
        """Forget the figures of that step and those after it, which will come again."""
        path = self.path / _METRICS
        kept = [line for line in _lines(path) if json.loads(line).get("step", -1) < step]
        part = path.with_name(f".{_METRICS}.part")
        part.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        part.replace(path)


def begin_run(
    path: Path,
    preset: Preset,
    settings: TrainSettings,
    sizes: Mapping[str, int],
    *,
    origins: Mapping[str, str] = MappingProxyType({}),
    begun_from: str = "",
) -> RunFolder:
    """A new folder. sizes, origins: see `Section`. begun_from: a word on the weights.

    Raises RunError where there is a run already, OSError.
    """
    if (path / _RUN).exists():
        raise RunError(f"{path} has a run already; go on with it by --resume, or name another")
    path.mkdir(parents=True, exist_ok=True)
    section = Section(
        step=0, settings=settings, taught_from=0, sizes=dict(sizes), origins=dict(origins)
    )
    run = _Run(version=VERSION, preset=preset, begun_from=begun_from, sections=(section,))
    _write_run(path, run)
    return RunFolder(path, run)


def open_run(path: Path) -> RunFolder:
    """A folder that `begin_run` made. Raises RunError for anything else."""
    try:
        text = (path / _RUN).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(f"{path} has no {_RUN}; give the folder of a run") from None
    try:
        run = _Run.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise RunError(f"{path / _RUN} is not as it was written: {where}: {first['msg']}") from None
    if run.version != VERSION:
        raise RunError(f"{path} is of version {run.version}; this tml_ros reads {VERSION}")
    return RunFolder(path, run)


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The rows of a run's folder so far; a last line that is being written is left out."""
    return [json.loads(line) for line in _lines(path / _METRICS)]


def _lines(path: Path) -> Iterator[str]:
    """Whole lines; one that a kill cut short is the last and no JSON."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            json.loads(line)
        except ValueError:
            continue
        yield line


def _write_run(path: Path, run: _Run) -> None:
    part = path / f".{_RUN}.part"
    with part.open("w", encoding="utf-8") as file:
        file.write(run.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path / _RUN)


def _finite(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN."""
    return {
        name: _finite(value)
        if isinstance(value, Mapping)
        else (None if isinstance(value, float) and value - value != 0 else value)
        for name, value in row.items()
    }
