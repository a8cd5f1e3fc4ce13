"""What came of each model in each task, sample by sample, and the figures made of it.

Also a few examples to look at and listen to. Knows nothing of models and files. One thread owns it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tml_ros.bench.duplex.figures import Figure, figures
from tml_ros.bench.duplex.sample import Sample
from tml_ros.bench.duplex.score import Values, score
from tml_ros.bench.duplex.stream import Outputs
from tml_ros.bench.duplex.task import Task


@dataclass(frozen=True, slots=True)
class Problem:
    """A sample that could not be used. place: its folder, or its task and number."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sample, and what each model did with it."""

    sample: Sample
    outputs: dict[str, Outputs] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskResult:
    """values: of each sample, in the order of `ids`. wordless: samples whose words are unknown."""

    task: Task
    ids: tuple[str, ...]
    values: tuple[Values, ...]
    figures: tuple[Figure, ...]
    wordless: int = 0


class Tally:
    """Filled by `add` and `fault`. examples: how many samples of each task are kept for the page.
    seed: of the bootstrap.
    """

    def __init__(self, *, examples: int = 1, seed: int = 0) -> None:
        """Nothing was measured yet."""
        self.problems: list[Problem] = []
        self._keeps, self._seed = examples, seed
        self._values: dict[str, dict[Task, dict[str, Values]]] = {}
        self._wordless: dict[tuple[str, Task], int] = defaultdict(int)
        self._examples: dict[Task, dict[str, Example]] = defaultdict(dict)

    def add(self, model: str, sample: Sample, outputs: Outputs) -> Values:
        """Measure what a model did with a sample. Raises UnmarkedSampleError."""
        noisy = outputs.noisy.speech
        clean = None if outputs.clean is None else outputs.clean.speech
        values = score(sample, noisy, clean)
        self._values.setdefault(model, {}).setdefault(sample.task, {})[sample.id] = values
        self._wordless[model, sample.task] += not noisy.has_words
        kept = self._examples[sample.task]
        if sample.id in kept or len(kept) < self._keeps:
            kept.setdefault(sample.id, Example(sample)).outputs[model] = outputs
        return values

    def fault(self, place: str, what: str) -> None:
        """Note a sample that could not be used."""
        self.problems.append(Problem(place, what))

    @property
    def models(self) -> tuple[str, ...]:
        """In the order in which they came."""
        return tuple(self._values)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Those of which there is anything, in their own order."""
        found = {task for tasks in self._values.values() for task in tasks}
        return tuple(task for task in Task if task in found)

    def result(self, model: str, task: Task) -> TaskResult | None:
        """The figures of a model in a task; None where it had no sample of it."""
        scored = self._values.get(model, {}).get(task)
        if not scored:
            return None
        values = tuple(scored.values())
        return TaskResult(
            task,
            tuple(scored),
            values,
            figures(task, values, seed=self._seed),
            self._wordless[model, task],
        )

    def examples(self, task: Task) -> tuple[Example, ...]:
        """Those that were kept."""
        return tuple(self._examples[task].values())
