"""A network over several processes gives what one process gives: real processes, over gloo."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("sharding_worker.py")
LONGEST_S = 90
EQUAL = 1e-5
WAYS = ("tensor", "expert", "both")


def together(layout: str, processes: int, folder: Path) -> dict[str, Any]:
    """Run so many processes until the first one fails or all are done; what they found."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "GLOO_SOCKET_IFNAME": "lo",
        "CUDA_VISIBLE_DEVICES": "",
    }
    path = folder / "log"
    command = [sys.executable, WORKER, layout, str(processes), folder]
    with path.open("wb") as log:
        workers = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        assert workers.wait(LONGEST_S) == 0, path.read_text()[-4000:]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(workers.pid, signal.SIGKILL)
        workers.wait()
    found: dict[str, Any] = json.loads((folder / "found.json").read_text())
    return found


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return together("flat", 2, tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return together("grid", 4, tmp_path_factory.mktemp("four"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", ["whole", "streamed", "gradients"])
def test_two_processes_give_what_one_gives(two: dict[str, Any], way: str, what: str) -> None:
    compared = two[f"{way}: {what}"]
    assert compared["difference"] <= EQUAL, compared
    assert compared["largest"] > 0.1


@pytest.mark.parametrize("way", [*WAYS, "meta"])
def test_weights_that_were_shared_out_are_gathered_as_they_were(
    two: dict[str, Any], way: str
) -> None:
    assert two[f"{way}: gathered"]["difference"] == 0


def test_a_network_shared_out_before_it_has_memory_is_filled_and_gives_the_same(
    two: dict[str, Any],
) -> None:
    assert two["meta: whole"]["difference"] <= EQUAL


def test_each_of_two_processes_holds_less_by_what_is_shared_out(two: dict[str, Any]) -> None:
    assert two["both: share"] < min(two["tensor: share"], two["expert: share"]) < 1
    assert two["tml-interaction-small: share"] == pytest.approx(0.5, abs=0.001)
    assert two["fsdp: share"] == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("kv_heads", ["2 processes", "kv_heads = 1"]),
        ("heads", ["2 processes", "heads = 3", "kv_heads = 3"]),
        ("hidden", ["2 processes", "hidden = 33", "experts.shared * experts.hidden = 15"]),
        ("experts", ["7 experts", "2 processes"]),
        ("no experts", ["small-experts has no experts"]),
        ("shape", ["norm.weight", "[2]", "[32]"]),
        ("names", ["norm.wait", "norm.weight"]),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(
    two: dict[str, Any], case: str, words: list[str]
) -> None:
    assert [word for word in words if word not in two[f"refused: {case}"]] == []


def test_two_processes_with_shards_train_as_one_does(two: dict[str, Any]) -> None:
    assert two["fsdp: moved"]["difference"] > 0.01
    assert two["fsdp: trained"]["difference"] <= EQUAL
    assert two["fsdp: gathered"]["difference"] == 0


def test_training_inside_blocks_in_bfloat16_keeps_float32_weights_and_the_course(
    two: dict[str, Any],
) -> None:
    assert two["bfloat16: weights"] == ["torch.float32"]
    assert 0 < two["bfloat16: off course"] < 0.2


def test_four_processes_two_by_two_train_as_one_does(four: dict[str, Any]) -> None:
    assert four["together: moved"]["difference"] > 0.01
    assert four["together: trained"]["difference"] <= EQUAL
    assert four["together: gathered"]["difference"] == 0
    assert four["together: taken"]["difference"] == 0
