"""What is evaluated on which scenarios. Frozen; knows how to draw the scenarios, not how to judge.

Results of one plan may be added to those of the same plan, with more seeds, and to no others: the
fingerprint tells.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.simulator_version import SIMULATOR
from tml_ros.sim.split import Split


@dataclass(frozen=True, slots=True)
class Task:
    """One scenario to be played."""

    suite: Suite
    seed: int

    @property
    def name(self) -> str:
        """Of the scenario and of the file with what came of it."""
        return f"{self.suite.value}_{self.seed}"


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """model: "none" (guards alone), "cascade", a preset's name or a path. seeds: first to last,
    the last excluded. difficulty: 0..1, or None for all. pictures: False for a cell without
    cameras, much faster, for what is heard. made_of: of the model, which weights in which version.
    """

    model: str
    suites: tuple[Suite, ...] = tuple(Suite)
    seeds: tuple[int, int] = (0, 10)
    looks: Split = Split.HELD_OUT
    difficulty: float | None = None
    seconds: float = 60.0
    camera_size: tuple[int, int] = (240, 160)
    camera_rate: float = 10.0
    pictures: bool = True
    made_of: str = ""

    def tasks(self) -> Iterator[Task]:
        """All scenarios, seed by seed, so that what is there of an interrupted run is balanced."""
        for seed in range(*self.seeds):
            for suite in self.suites:
                yield Task(suite, seed)

    def scenario(self, task: Task) -> Scenario:
        """The scenario of a task."""
        return random_scenario(
            task.seed,
            suite=task.suite,
            looks=self.looks,
            difficulty=self.difficulty,
            seconds=self.seconds,
            camera_size=self.camera_size,
            camera_rate=self.camera_rate,
        )

    @property
    def fingerprint(self) -> str:
        """The same for plans whose results may be joined."""
        described = asdict(self) | {"simulator": SIMULATOR}
        for part in ("suites", "seeds"):
            del described[part]
        return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:16]
