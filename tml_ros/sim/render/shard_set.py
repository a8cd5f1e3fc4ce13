"""The shards of a folder, always in the same order, for whoever learns from them.

What was rendered with held-out looks is refused unless it is asked for. Shards stay open, mapped
and not read. One thread owns a set; processes open one each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tml_ros.sim.render.array_file import SUFFIX, ShardError
from tml_ros.sim.render.shard import RenderedScenario, Shard, read_shard
from tml_ros.sim.split import Split


class ShardSet:
    """All scenarios of the shards in a folder, by suite and seed. A sequence.

    looks: what they must have been rendered with. Raises ShardError for others, for damaged
    shards, and where there is none; OSError.
    """

    def __init__(self, folder: Path, *, looks: Split = Split.TRAIN) -> None:
        """Open them all and check headers and lengths."""
        self.shards = tuple(read_shard(path) for path in sorted(folder.glob(f"[!.]*{SUFFIX}")))
        if not self.shards:
            raise ShardError(f"{folder} has no shards; `tml-ros sim render` makes them")
        for shard in self.shards:
            if shard.header.plan.looks is not looks:
                raise ShardError(
                    f"{shard.path} has {shard.header.plan.looks.value} looks, and only those of "
                    f"{looks.value} are to be used here"
                )
        self._places = [(shard, index) for shard in self.shards for index in range(len(shard))]

    def __len__(self) -> int:
        """How many scenarios."""
        return len(self._places)

    def __getitem__(self, index: int) -> RenderedScenario:
        """A scenario; nothing of it is read yet. Raises IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(f"scenario {index} of {len(self)}")
        shard, number = self._places[index]
        return shard[number]

    def __iter__(self) -> Iterator[RenderedScenario]:
        """All of them in order."""
        for shard, number in self._places:
            yield shard[number]

    @property
    def turns(self) -> int:
        """Of all scenarios together."""
        return sum(entry.turns for shard in self.shards for entry in shard.header.scenarios)

    def verify(self) -> Iterator[Shard]:
        """Read everything; each shard once it is found whole. Raises ShardError."""
        for shard in self.shards:
            shard.verify()
            yield shard
