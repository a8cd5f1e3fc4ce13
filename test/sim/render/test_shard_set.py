from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tml_ros.sim.render.array_file import ShardError
from tml_ros.sim.render.plan import RenderPlan
from tml_ros.sim.render.shard import Shard, write_shard
from tml_ros.sim.render.shard_set import ShardSet
from tml_ros.sim.render.spent import RenderRate
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split

from .conftest import room

Rendered = tuple[Path, RenderRate]


def test_scenarios_come_in_the_same_order_each_time(rendered: Rendered) -> None:
    folder, _ = rendered
    shards = ShardSet(folder)
    names = [one.entry.name for one in shards]
    assert names == ["hazards_0", "hazards_1", "hazards_2"]
    assert [shards[index].entry.name for index in range(len(shards))] == names
    assert [one.entry.name for one in ShardSet(folder)] == names
    assert shards.turns == 300
    assert len(list(shards.verify())) == 2


def test_every_scenario_is_another(rendered: Rendered) -> None:
    frames = [one.frame("hall", 50) for one in ShardSet(rendered[0])]
    assert all(frame is not None for frame in frames)
    for first, second in ((0, 1), (1, 2), (0, 2)):
        assert np.abs(frames[first].astype(int) - frames[second]).mean() > 10


def held_out(folder: Path, room_shard: Shard) -> None:
    one = room_shard[0]
    plan = RenderPlan(suites=(Suite.TIME,), seeds=(0, 1), looks=Split.HELD_OUT)
    arrays = {"facts": one.array("facts")}
    write_shard(folder / "held.safetensors", plan, [(0, room(), arrays)])


def test_held_out_looks_are_refused_unless_asked_for(tmp_path: Path, room_shard: Shard) -> None:
    held_out(tmp_path, room_shard)
    with pytest.raises(ShardError, match=r"held\.safetensors has held-out looks"):
        ShardSet(tmp_path)
    assert len(ShardSet(tmp_path, looks=Split.HELD_OUT)) == 1


def test_one_held_out_shard_among_others_spoils_the_set(
    rendered: Rendered, tmp_path: Path, room_shard: Shard
) -> None:
    for path in rendered[0].iterdir():
        shutil.copy(path, tmp_path)
    held_out(tmp_path, room_shard)
    for looks in Split:
        with pytest.raises(ShardError, match="are to be used here"):
            ShardSet(tmp_path, looks=looks)


def test_a_folder_without_shards_says_how_to_make_them(tmp_path: Path) -> None:
    (tmp_path / ".hazards_0.safetensors.123.part").write_bytes(b"half")
    with pytest.raises(ShardError, match="tml-ros sim render"):
        ShardSet(tmp_path)


def test_a_damaged_shard_is_refused(rendered: Rendered, tmp_path: Path) -> None:
    for path in rendered[0].iterdir():
        shutil.copy(path, tmp_path)
    first = min(tmp_path.iterdir())
    first.write_bytes(first.read_bytes()[:-1])
    with pytest.raises(ShardError, match=first.name):
        ShardSet(tmp_path)
