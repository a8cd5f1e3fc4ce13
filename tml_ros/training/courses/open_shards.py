"""The scenarios of a course, open in the process that makes lessons of them.

Knows nothing of how a lesson is made. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tml_ros.cell.session_layout import session_layout
from tml_ros.model.layout import SessionLayout
from tml_ros.model.preset import Preset
from tml_ros.sim.render.array_file import ShardError
from tml_ros.sim.render.shard import RenderedScenario, Shard, read_shard
from tml_ros.sim.split import Split
from tml_ros.training.courses.course import Course


class OpenShards:
    """A sequence of scenarios in order of the files, each checked to be for this preset and course.

    A scenario is read anew whenever it is asked for, so that nothing of it stays in memory. seeds:
    only scenarios with seeds from the first on, below the second. Raises ShardError, OSError.
    """

    def __init__(
        self,
        files: Sequence[Path],
        preset: Preset,
        *,
        course: Course,
        looks: Split,
        seeds: tuple[int, int] | None,
    ) -> None:
        """Open all; nothing but what describes them is read."""
        self._layouts: dict[int, SessionLayout] = {}
        self._course = course
        shards = [read_shard(path) for path in files]
        for shard in shards:
            _check(shard, preset, course, looks)
        first, last = seeds or (0, 1 << 63)
        self._places = [
            (shard, number)
            for shard in shards
            for number, entry in enumerate(shard.header.scenarios)
            if first <= entry.seed < last
        ]
        if not self._places:
            raise ShardError(f"no scenario beside {files[0]} has a seed of {first}:{last}")

    def __len__(self) -> int:
        """How many scenarios."""
        return len(self._places)

    def __getitem__(self, number: int) -> RenderedScenario:
        """One of them, of which nothing is read yet. Raises IndexError."""
        shard, place = self._places[number]
        return shard[place]

    def __iter__(self) -> Iterator[RenderedScenario]:
        """All of them in order."""
        return (shard[place] for shard, place in self._places)

    def layout(self, number: int) -> SessionLayout:
        """Of a scenario's cell; without cameras where the course does without pictures."""
        if number not in self._layouts:
            layout = session_layout(self[number].cell())
            if self._course is Course.TALK:
                layout = SessionLayout({}, layout.microphones)
            self._layouts[number] = layout
        return self._layouts[number]


def _check(shard: Shard, preset: Preset, course: Course, looks: Split) -> None:
    plan, sight = shard.header.plan, preset.sight
    grid = (sight.columns, sight.rows)
    sees = course is not Course.TALK
    entries = shard.header.scenarios
    most = [
        ("cameras", max(len(one.cameras) for one in entries), sight.cameras),
        ("zones", max(len(one.zones) for one in entries), sight.zones),
        ("microphones", max(len(one.microphones) for one in entries), preset.hearing.microphones),
    ]
    wrong = [
        (plan.looks is not looks, f"has {plan.looks.value} looks, not {looks.value}"),
        (not plan.sound, "was rendered without sound"),
        (sees and not plan.pictures, "was rendered without pictures"),
        (sees and plan.patches != grid, f"has patches of {plan.patches}, not {grid}"),
    ]
    wrong += [
        (there > room, f"has cells with {there} {name}, more than {room}")
        for name, there, room in most
    ]
    for is_so, what in wrong:
        if is_so:
            raise ShardError(
                f"{shard.path} {what}: it is not for the course {course.value} of {preset.name}"
            )
