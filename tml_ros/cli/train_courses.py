"""What `--course` says: a kind of lesson, the shards it is made from, how many come in a step.

Knows the command line's words and the sources they stand for. Main thread.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.train_bags import KIND as BAGS
from tml_ros.cli.train_bags import recorded_lessons
from tml_ros.model.preset import Preset
from tml_ros.training.courses.course import Course
from tml_ros.training.courses.shard_lessons import ShardLessons
from tml_ros.training.lesson import LessonSource
from tml_ros.training.teaching.teacher import teach

EXAMPLE = "talk=shards/dialogue,shards/time:4"


@dataclass(frozen=True, slots=True)
class CourseAsked:
    """name: the kind of lesson, with "-" and any word behind it where there are several of a kind.

    folders: with shards, or with recordings. number: of lessons, what of is said by who asks.
    """

    name: str
    folders: tuple[Path, ...]
    number: float

    @property
    def kind(self) -> str:
        """What is taught."""
        return self.name.partition("-")[0]

    @property
    def origin(self) -> str:
        """Where it comes from, as it was told."""
        return ",".join(map(str, self.folders))

    def source(
        self, preset: Preset, run: Path, *, mistakes: float = 1.0, examined: bool = False
    ) -> LessonSource:
        """Its lessons. run: the folder in which speech, and what was read of recordings, is kept.

        examined: they are to be answered, not learnt from. Raises ShardError, OSError; of
        recordings what `bag_course` raises.
        """
        if self.kind == BAGS:
            # Of processes that learn together, one talks.
            console = Console(stderr=True, quiet=os.environ.get("RANK", "0") != "0")
            made = run / BAGS
            return recorded_lessons(self.folders, preset, made, console, vary=not examined)
        return ShardLessons(
            self.folders,
            preset,
            course=Course(self.kind),
            teacher=partial(teach, mistakes=0.0 if examined else mistakes),
            voices=run / "voices",
        )


def courses_asked(texts: Sequence[str], *, option: str) -> dict[str, CourseAsked]:
    """By name, each `NAME=FOLDER[,FOLDER...]:LESSONS`. Raises MistakeError."""
    found: dict[str, CourseAsked] = {}
    for text in texts:
        asked = _asked(text, option)
        if asked.name in found:
            raise MistakeError(
                f"{option} {text}: there is a {asked.name} already; call this one "
                f"{asked.name}-other, or name its folders in one: {EXAMPLE}"
            )
        found[asked.name] = asked
    return found


def courses_kept(rates: Mapping[str, float], origins: Mapping[str, str]) -> dict[str, CourseAsked]:
    """Those that a run has had until now."""
    return {
        name: CourseAsked(name, tuple(map(Path, origins[name].split(","))), rate)
        for name, rate in rates.items()
    }


def _asked(text: str, option: str) -> CourseAsked:
    name, equals, rest = text.partition("=")
    folders, colon, number = rest.rpartition(":")
    kinds = [*(kind.value for kind in Course), BAGS]
    paths = tuple(Path(folder) for folder in folders.split(",") if folder)
    try:
        count = float(number)
    except ValueError:
        count = 0.0
    if not (equals and colon and paths and 0 < count < 1e6):
        raise MistakeError(
            f"{option} {text}: give a kind, folders with shards or recordings, and a number of "
            f"lessons, as in {EXAMPLE}"
        )
    if name.partition("-")[0] not in kinds:
        raise MistakeError(f"{option} {text}: it begins with {', '.join(kinds)}, as in {EXAMPLE}")
    return CourseAsked(name, paths, count)
