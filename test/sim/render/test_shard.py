from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tml_ros.sim.factory import Factory
from tml_ros.sim.render.array_file import ShardError, write_arrays
from tml_ros.sim.render.facts import packed, unpacked
from tml_ros.sim.render.plan import RenderPlan, ShardTask
from tml_ros.sim.render.shard import OtherShardError, Shard, read_shard, write_shard
from tml_ros.sim.scenario.suite import Suite

from .conftest import room


@pytest.fixture
def copy(room_shard: Shard, tmp_path: Path) -> Path:
    path = tmp_path / "copy.safetensors"
    shutil.copy(room_shard.path, path)
    return path


def test_scenario_and_truth_come_back_as_they_were(room_shard: Shard) -> None:
    one, factory = room_shard[0], Factory(room())
    assert one.scenario == room()
    assert one.truth == factory.truth
    assert one.facts.allowed_speech == factory.allowed_speech
    assert one.truth.moments[3].people[0].seen["hall"].share > 0.5
    assert one.cell() == factory.cell()


def test_a_shard_says_what_is_in_it(room_shard: Shard) -> None:
    (entry,) = room_shard.header.scenarios
    assert len(room_shard) == 1
    assert (entry.name, entry.suite, entry.seed, entry.turns) == ("room", Suite.DIALOGUE, 7, 11)
    assert entry.cameras == {"hall": (120, 80), "slow": (100, 80)}
    assert (entry.zones, entry.microphones) == (("press_area", "aisle"), ("hall_mic",))
    assert room_shard.task == ShardTask(Suite.DIALOGUE, 0, (7, 8))
    room_shard.verify()


def test_arrays_are_read_only(room_shard: Shard) -> None:
    with pytest.raises(ValueError, match="read-only"):
        room_shard[0].sound("hall_mic")[0] = 1


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_shard_with_any_byte_altered_is_refused(data: st.DataObject, copy: Path) -> None:
    whole = copy.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    place = data.draw(st.integers(0, header - 1) | st.integers(header, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    copy.write_bytes(changed)
    try:
        with pytest.raises(ShardError, match=r"copy\.safetensors"):
            read_shard(copy).verify()
    finally:
        copy.write_bytes(whole)


def test_the_damaged_scenario_is_named(copy: Path) -> None:
    whole = bytearray(copy.read_bytes())
    whole[-1] ^= 1
    copy.write_bytes(whole)
    with pytest.raises(ShardError, match="scenario room is damaged"):
        read_shard(copy).verify()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_shard_that_was_cut_is_refused_when_it_is_opened(data: st.DataObject, copy: Path) -> None:
    whole = copy.read_bytes()
    copy.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    try:
        with pytest.raises(ShardError, match=r"copy\.safetensors"):
            read_shard(copy)
    finally:
        copy.write_bytes(whole)


def test_another_version_is_told_apart_from_a_damaged_file(
    room_shard: Shard, tmp_path: Path
) -> None:
    header = json.loads(room_shard.header.model_dump_json()) | {"format": 2}
    write_arrays(tmp_path / "newer", {}, about=json.dumps(header))
    with pytest.raises(OtherShardError, match="format"):
        read_shard(tmp_path / "newer")
    write_arrays(tmp_path / "other", {}, about="weights")
    with pytest.raises(OtherShardError, match="no shard"):
        read_shard(tmp_path / "other")


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda one: one.frame("attic", 0), KeyError, "attic"),
        (lambda one: one.sound("attic"), KeyError, "attic"),
        (lambda one: one.frame("hall", 11), IndexError, "turn 11 of 11"),
        (lambda one: one.age_ns("hall", -1), IndexError, "turn -1"),
    ],
)
def test_what_is_not_there_is_refused(
    ask: Callable[[Any], Any], error: type[Exception], says: str, room_shard: Shard
) -> None:
    with pytest.raises(error, match=says):
        ask(room_shard[0])
    with pytest.raises(IndexError, match="scenario 1 of 1"):
        room_shard[1]


def test_what_was_left_out_in_rendering_is_said(tmp_path: Path, room_shard: Shard) -> None:
    kept = ("facts", "seen", "heard", "in_view")
    arrays = {name: room_shard[0].array(name) for name in kept}
    path = tmp_path / "bare"
    plan = RenderPlan(suites=(Suite.TIME,), seeds=(0, 1))
    write_shard(path, plan, [(0, room(), arrays)])
    with pytest.raises(ShardError, match="without frames"):
        read_shard(path)[0].frame("hall", 0)
    with pytest.raises(ShardError, match="without levels"):
        read_shard(path)[0].levels("hall_mic")


def test_pictures_with_wrong_ends_are_refused(tmp_path: Path, room_shard: Shard) -> None:
    one = room_shard[0]
    arrays = {name: one.array(name) for name in ("facts", "frames/hall")}
    for ends in (np.full(11, 10**9), np.full(11, -1), np.full(11, 3)):
        arrays["frames/hall/ends"] = ends
        path = tmp_path / "odd"
        plan = RenderPlan(suites=(Suite.TIME,), seeds=(0, 1))
        write_shard(path, plan, [(0, room(), arrays)])
        with pytest.raises(ShardError, match="damaged"):
            read_shard(path)[0].frame("hall", 0)


@given(st.binary(max_size=60))
def test_facts_that_are_none_are_refused(data: bytes) -> None:
    with pytest.raises(ShardError, match="facts"):
        unpacked(data)


def test_facts_that_were_cut_or_go_on_are_refused(room_shard: Shard) -> None:
    data = packed(room_shard[0].facts)
    for wrong in (data[:-1], data[: len(data) // 2], data + b"x"):
        with pytest.raises(ShardError, match="facts"):
            unpacked(wrong)
    assert unpacked(data) == room_shard[0].facts
