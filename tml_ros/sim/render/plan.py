"""What is rendered: which scenarios, how large, with which ear and eye in mind, in which shards.

Frozen. Scenarios are drawn here; how they are rendered is not known. Shards lie on a fixed grid of
seeds, so that more seeds asked for later continue what is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from pydantic import ConfigDict, Field, TypeAdapter

from tml_ros.model.preset import HearingPreset
from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.simulator_version import SIMULATOR
from tml_ros.sim.split import Split

FORMAT: Final = 1
"""Of the shards."""
PATCHES: Final = (6, 4)
JPEG_QUALITY: Final = 92
PER_SHARD: Final = 8
_LARGEST = 2**62


class PlanError(ValueError):
    """Nothing can be rendered so; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """seeds: first to last, the last excluded. difficulty: 0..1, or None for all.

    camera_size: width and height, pixels. camera_rate: pictures per second; of each turn the newest
    is kept. patches: columns and rows of 40 x 40 pixels that pictures are fitted into for the
    labels of patches. hearing: how sound becomes levels. jpeg: quality in which pictures are kept;
    None for that in which the camera itself has packed them, so that packing them again loses least
    (`JPEG_QUALITY` of one that does not pack). pictures, sound: False leaves them out. per_shard:
    most scenarios in a file.

    Raises PlanError.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    suites: tuple[Suite, ...] = tuple(Suite)
    seeds: tuple[Annotated[int, Field(ge=0, lt=_LARGEST)], int] = (0, PER_SHARD)
    looks: Split = Split.TRAIN
    difficulty: float | None = None
    seconds: float = 60.0
    camera_size: tuple[int, int] = (240, 160)
    camera_rate: float = 10.0
    patches: tuple[int, int] = PATCHES
    hearing: HearingPreset = field(default_factory=HearingPreset)
    quality: Quality = Quality.FAST
    jpeg: int | None = None
    pictures: bool = True
    sound: bool = True
    per_shard: int = PER_SHARD

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        first, last = self.seeds
        for wrong, allowed in (
            (not 0 <= first < last <= _LARGEST, f"seeds A:B, 0 <= A < B, not {first}:{last}"),
            (not self.suites or len(set(self.suites)) < len(self.suites), "each suite once"),
            (not 0 <= (self.difficulty or 0) <= 1, "a difficulty of 0..1"),
            (not 20 <= self.seconds <= 3600, "20 to 3600 seconds"),
            (not (80 <= self.camera_size[0] <= 1280), "pictures 80 to 1280 pixels wide"),
            (not (80 <= self.camera_size[1] <= 960), "pictures 80 to 960 pixels high"),
            (not 1 <= self.camera_rate <= 30, "1 to 30 pictures per second"),
            (not all(1 <= side <= 64 for side in self.patches), "1 to 64 patches each way"),
            (not 50 <= (self.jpeg or 100) <= 100, "a JPEG quality of 50..100"),
            (not 1 <= self.per_shard <= 1000, "1 to 1000 scenarios in a shard"),
            (not (self.pictures or self.sound), "pictures, sound, or both"),
        ):
            if wrong:
                raise PlanError(f"allowed: {allowed}")

    def scenario(self, suite: Suite, seed: int) -> Scenario:
        """One of its scenarios."""
        return random_scenario(
            seed,
            suite=suite,
            looks=self.looks,
            difficulty=self.difficulty,
            seconds=self.seconds,
            camera_size=self.camera_size,
            camera_rate=self.camera_rate,
        )

    def shards(self) -> Iterator[ShardTask]:
        """Its files, seeds in order, so that what is there of an interrupted run is balanced."""
        first, last = self.seeds
        for begin in range(first - first % self.per_shard, last, self.per_shard):
            seeds = (max(first, begin), min(last, begin + self.per_shard))
            for suite in self.suites:
                yield ShardTask(suite, begin, seeds)

    def of_shard(self, task: ShardTask) -> RenderPlan:
        """The plan of one file alone."""
        return replace(self, suites=(task.suite,), seeds=task.seeds)

    @property
    def fingerprint(self) -> str:
        """The same for plans whose shards may lie side by side and continue one another."""
        common = replace(self, suites=(Suite.HAZARDS,), seeds=(0, 1))
        described = PLAN.dump_json(common) + f" {FORMAT} {SIMULATOR}".encode()
        return hashlib.sha256(described).hexdigest()[:16]


PLAN: Final = TypeAdapter(RenderPlan)


@dataclass(frozen=True, slots=True)
class ShardTask:
    """One file. begin: the first seed of its place on the grid. seeds: those in it."""

    suite: Suite
    begin: int
    seeds: tuple[int, int]

    @property
    def name(self) -> str:
        """Of the file, without suffix."""
        return f"{self.suite.value}_{self.begin:09d}"

    def joined(self, seeds: tuple[int, int]) -> ShardTask:
        """The same file with these seeds too, and those between."""
        both = (min(self.seeds[0], seeds[0]), max(self.seeds[1], seeds[1]))
        return ShardTask(self.suite, self.begin, both)
