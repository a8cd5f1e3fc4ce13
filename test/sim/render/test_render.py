from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.render import render as module
from tml_ros.sim.render.render import RenderError, render
from tml_ros.sim.render.shard import read_shard
from tml_ros.sim.render.spent import PARTS, RenderRate, ShardCost, rate_of

from .conftest import SMALL, skip_without

Rendered = tuple[Path, RenderRate]
QUICK = replace(SMALL, pictures=False, per_shard=1)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_how_many_processes_there_are_changes_no_bit(rendered: Rendered, tmp_path: Path) -> None:
    rate = render(SMALL, tmp_path, workers=2)
    assert files(tmp_path) == files(rendered[0])
    assert sorted(files(tmp_path)) == [
        "hazards_000000000.safetensors",
        "hazards_000000002.safetensors",
    ]
    assert rate.workers == 2


def test_what_it_cost_is_added_up(rendered: Rendered) -> None:
    folder, rate = rendered
    assert (rate.scenarios, rate.turns, rate.frames, rate.skipped) == (3, 300, 300, 0)
    assert rate.bytes == sum(path.stat().st_size for path in folder.iterdir())
    assert rate.bytes_per_turn == rate.bytes / 300
    assert sum(rate.shares.values()) == pytest.approx(1.0)
    assert rate.shares["vision"] > 0.1
    assert rate.turns_per_s == pytest.approx(300 / rate.wall_s)


def test_rates_follow_from_what_was_measured() -> None:
    costs = [
        ShardCost(8, 2400, 4800, 1000, {"vision": 20.0, "sound": 10.0}),
        ShardCost(8, 2400, 4800, 3000, {"vision": 20.0, "sound": 30.0}),
    ]
    rate = rate_of(costs, workers=2, skipped=3, wall_s=60.0)
    assert (rate.scenarios, rate.turns, rate.frames, rate.bytes) == (16, 4800, 9600, 4000)
    assert (rate.scenarios_per_min, rate.turns_per_s) == (16.0, 80.0)
    assert (rate.turns_per_s_per_core, rate.frames_per_s_per_core) == (60.0, 120.0)
    assert rate.vision_frames_per_s_per_core == 240.0
    assert rate.shares == {**dict.fromkeys(PARTS, 0.0), "vision": 0.5, "sound": 0.5}


def test_what_is_finished_is_not_rendered_again(
    rendered: Rendered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("rendered again")

    monkeypatch.setattr(module, "render_shard", refuse)
    told: list[tuple[int, int]] = []
    rate = render(SMALL, rendered[0], progress=lambda done, total: told.append((done, total)))
    assert (rate.scenarios, rate.skipped, rate.bytes_per_turn) == (0, 3, 0.0)
    assert told == [(3, 3)]


def test_more_seeds_continue_what_is_there(tmp_path: Path) -> None:
    skip_without(lambda: render(replace(QUICK, seeds=(0, 1), per_shard=3), tmp_path))
    rate = render(replace(QUICK, seeds=(2, 4), per_shard=3), tmp_path)
    # The file of seed 0 gets 1 and 2 as well: those between are not left out.
    assert (rate.scenarios, rate.skipped) == (4, 0)
    first, second = (read_shard(path) for path in sorted(tmp_path.iterdir()))
    assert [entry.seed for entry in first.header.scenarios] == [0, 1, 2]
    assert [entry.seed for entry in second.header.scenarios] == [3]
    assert render(replace(QUICK, seeds=(1, 4), per_shard=3), tmp_path).skipped == 3


def test_a_damaged_shard_is_made_anew(tmp_path: Path) -> None:
    skip_without(lambda: render(QUICK, tmp_path))
    whole = files(tmp_path)
    name = min(whole)
    (tmp_path / name).write_bytes(whole[name][:-1])
    half = tmp_path / f".{name}.1.part"
    half.write_bytes(b"half")
    rate = render(QUICK, tmp_path)
    assert (rate.scenarios, rate.skipped) == (1, 2)
    assert files(tmp_path) == whole


def test_shards_of_another_plan_are_left_alone(tmp_path: Path) -> None:
    skip_without(lambda: render(replace(QUICK, seeds=(0, 1)), tmp_path))
    before = files(tmp_path)
    with pytest.raises(RenderError, match="other settings"):
        render(replace(QUICK, difficulty=1.0), tmp_path)
    assert files(tmp_path) == before


def test_a_process_that_is_killed_leaves_nothing_half_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    plan = replace(QUICK, seeds=(0, 4))
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        # After the first file the others are being rendered.
        if done and not killed:
            victim = multiprocessing.active_children()[0]
            assert victim.pid is not None
            killed.append(victim.pid)
            os.kill(victim.pid, signal.SIGKILL)

    with pytest.raises(RenderError, match="the same command goes on from there"):
        skip_without(lambda: render(plan, tmp_path, workers=2, progress=kill))
    assert killed
    there = sorted(tmp_path.glob("[!.]*"))
    assert 0 < len(there) < 4
    for path in there:
        read_shard(path).verify()
    rate = render(plan, tmp_path)
    assert rate.skipped == len(there)
    assert rate.scenarios == 4 - len(there)
    undisturbed = tmp_path / "undisturbed"
    render(plan, undisturbed)
    assert files(undisturbed) == {
        path.name: path.read_bytes() for path in tmp_path.glob("*.safetensors")
    }


def test_a_missing_simulator_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise SimulatorMissingError("install it")

    monkeypatch.setattr("tml_ros.sim.render.scenario_arrays.SmokyPictures", missing)
    with pytest.raises(SimulatorMissingError, match="install it"):
        render(replace(SMALL, seeds=(0, 1)), tmp_path)
    assert files(tmp_path) == {}
