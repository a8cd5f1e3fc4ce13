"""From picks to batches: lessons are made and put side by side, as many as one pass may have.

Works in whichever process; knows nothing of it. The same picks make the same batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tml_ros.training.lesson import Lesson, LessonSource
from tml_ros.training.loop.data_order import Pick, Picks
from tml_ros.training.pupil.lesson_batch import LessonBatch, lesson_batch


@dataclass(frozen=True, slots=True)
class Pass:
    """What goes through the network at once. share: of its course's lessons in this step.

    turns: of all lessons together, those that only pad a process's share excluded.
    """

    share: float
    turns: int
    batch: LessonBatch


@dataclass(frozen=True, slots=True)
class CourseBatch:
    """The lessons of one course in one step, in one or more passes."""

    step: int
    course: str
    passes: tuple[Pass, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """Which lessons of each step are this process's, of so many processes that learn together."""

    rank: int = 0
    of: int = 1

    def lessons(self, picks: Sequence[Pick]) -> tuple[tuple[Pick, ...], bool]:
        """This process's, and whether they count: without any it repeats one that does not, for
        all processes make the same calls.
        """
        mine = tuple(picks[self.rank :: self.of])
        return (mine, True) if mine else ((picks[0],), False)


ALL = Portion()
"""Of a process that learns alone."""


def packed(
    picks: Picks,
    source: LessonSource,
    *,
    most_tokens: int,
    portion: Portion,
) -> CourseBatch:
    """Make the lessons and put them side by side. Raises what making lessons raises."""
    mine, counts = portion.lessons(picks.lessons)
    lessons = [source.lesson(pick.index, pick.seed) for pick in mine]
    preset = source.preset
    passes = tuple(
        Pass(
            share=len(group) / len(picks.lessons) if counts else 0.0,
            turns=sum(len(lesson.turns) for lesson in group) if counts else 0,
            batch=lesson_batch(preset, group, seed=mine[0].seed),
        )
        for group in grouped(lessons, most_tokens)
    )
    return CourseBatch(picks.step, picks.course, passes)


def grouped(lessons: Sequence[Lesson], most_tokens: int) -> Iterator[list[Lesson]]:
    """In order, each group within the number of tokens; a lesson that is too long is alone."""
    group: list[Lesson] = []
    total = 0
    for lesson in lessons:
        tokens = sum(map(len, lesson.turns))
        if group and total + tokens > most_tokens:
            yield group
            group, total = [], 0
        group.append(lesson)
        total += tokens
    if group:
        yield group
