"""Which lessons come in which step: a pure function of a seed, the step and the courses.

Nothing is remembered from step to step, so a run that goes on takes the lessons that it would have
taken, whoever makes them. Knows nothing of what a lesson is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Pick:
    """One lesson of a course: `LessonSource.lesson(index, seed)`."""

    index: int
    seed: int


@dataclass(frozen=True, slots=True)
class CourseShare:
    """rate: lessons in a step. size: lessons in an epoch, after which all come again."""

    name: str
    rate: Fraction
    size: int

    def __post_init__(self) -> None:
        """Refuse what would give no lesson ever."""
        if self.size < 1 or self.rate <= 0:
            raise ValueError(f"course {self.name} has {self.size} lessons, {self.rate} in a step")


@dataclass(frozen=True, slots=True)
class Picks:
    """The lessons of one course in one step."""

    step: int
    course: str
    lessons: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class DataOrder:
    """seed: of the run. begin: the step from which these courses are taught; an epoch begins there.

    Each course is shuffled anew in each epoch, and goes through all of its lessons before any comes
    again.
    """

    seed: int
    begin: int
    courses: tuple[CourseShare, ...]

    def picks(self, step: int) -> Iterator[Picks]:
        """What is taught in a step, course by course; a course without a lesson is left out.

        Raises ValueError for a step before the first.
        """
        if step < self.begin:
            raise ValueError(f"these courses begin at step {self.begin}, not at {step}")
        for course in self.courses:
            first, end = (int((step - self.begin + more) * course.rate) for more in (0, 1))
            if first < end:
                yield Picks(
                    step, course.name, tuple(self._pick(course, at) for at in range(first, end))
                )

    def from_step(self, step: int) -> Iterator[Picks]:
        """What is taught from a step on, for ever."""
        while True:
            yield from self.picks(step)
            step += 1

    def _pick(self, course: CourseShare, place: int) -> Pick:
        epoch, within = divmod(place, course.size)
        key = (self.seed, self.begin, course.name)
        shuffled = _shuffled(course.size, (*key, epoch))
        return Pick(int(shuffled[within]), number_of((*key, "lesson", place)))


@lru_cache(maxsize=16)
def _shuffled(size: int, key: tuple[int | str, ...]) -> NDArray[np.int64]:
    order: NDArray[np.int64] = np.random.default_rng(number_of(key)).permutation(size)
    return order


def number_of(key: Sequence[int | str]) -> int:
    """A seed, 0 .. 2^63 - 1, that follows from the words and numbers of a key."""
    said = "\n".join(map(str, key)).encode()
    return int.from_bytes(sha256(said).digest()[:8], "little") >> 1
