"""Two processes that share out weights and lessons learn what one does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
from tiny_run import PRESET, made_settings, made_sources, pupil, sizes_of

from tml_ros.training.loop.processes import Processes
from tml_ros.training.loop.run_checkpoint import newest_checkpoint, read_run_checkpoint
from tml_ros.training.loop.run_folder import begin_run, open_run, read_metrics
from tml_ros.training.loop.trainer import Trainer

HERE = Path(__file__).parent


def begun(path: Path, **changed: Any) -> Path:
    """Each lesson goes through alone, so that all count alike however they are shared out."""
    settings = made_settings(steps=4, most_tokens=1, checkpoint_every=2, **changed)
    begin_run(path, PRESET, settings, sizes_of(made_sources()))
    return path


def together(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {
        **os.environ,
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE.parents[2]}",
    }
    workers = [
        subprocess.Popen(
            [sys.executable, str(HERE / "sharded_worker.py"), str(folder)],
            env={**common, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
        )
        for rank in range(2)
    ]
    for worker in workers:
        _, told = worker.communicate(timeout=110)
        assert worker.returncode == 0, told.decode()


def test_two_processes_learn_what_one_does(tmp_path: Path) -> None:
    alone, shared = begun(tmp_path / "alone"), begun(tmp_path / "shared")
    trainer = Trainer(
        open_run(alone), made_sources(), pupil, processes=Processes(torch.device("cpu"))
    )
    for _ in trainer.steps():
        pass
    together(shared)
    ours, theirs = (
        [row for row in read_metrics(folder) if row["kind"] == "step"] for folder in (shared, alone)
    )
    assert [row["turns"] for row in ours] == [row["turns"] for row in theirs]
    torch.testing.assert_close(
        [row["loss"] for row in ours], [row["loss"] for row in theirs], rtol=1e-4, atol=1e-4
    )
    place, other = newest_checkpoint(shared), newest_checkpoint(alone)
    assert place is not None
    assert other is not None
    found, expected = read_run_checkpoint(place), read_run_checkpoint(other)
    for part in ("weights", "average", "optimizer"):
        torch.testing.assert_close(
            getattr(found, part), getattr(expected, part), rtol=1e-3, atol=1e-4
        )
