from __future__ import annotations

import math

import pytest
import torch
from tiny_model import EXPERTS, tiny_preset

from tml_ros.bench.turn_cells import Talk
from tml_ros.bench.turn_gpu import check_device, measure_ticks
from tml_ros.bench.turn_steps import TurnBenchError

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("experts", [None, EXPERTS])
def test_ticks_of_fixed_size_are_measured_on_a_cpu_as_well(experts):
    figures = measure_ticks(
        tiny_preset(transformer={"experts": experts}),
        device="cpu",
        dtype=torch.bfloat16,
        cells=(1, 2),
        ticks=2,
        bandwidth_gb_s=10.0,
    )
    assert (figures["dtype"], figures["bandwidth_is"]) == ("bfloat16", "as stated")
    assert figures["2_cells"]["kv_bytes"] == 2 * figures["1_cells"]["kv_bytes"]
    for count in (1, 2):
        for talk in Talk:
            ticks = figures[f"{count}_cells"][talk.value]
            assert 0 < ticks["p50"] <= ticks["p99"] < math.inf
            moved = figures["weight_bytes"] + figures[f"{count}_cells"]["kv_bytes"]
            seconds = ticks["p50"] / 1e3
            assert ticks["bandwidth_share"] == pytest.approx(moved / seconds / 10e9)


def test_weights_are_made_in_the_dtype_that_was_asked_for_and_no_other_tensor_is():
    figures = measure_ticks(tiny_preset(), device="cpu", dtype=torch.float32, cells=(1,), ticks=1)
    halved = measure_ticks(tiny_preset(), device="cpu", dtype=torch.bfloat16, cells=(1,), ticks=1)
    assert figures["weight_bytes"] == 2 * halved["weight_bytes"]
    assert torch.get_default_dtype() is torch.float32
    assert figures["bandwidth_gb_s"] > 0
    assert figures["bandwidth_is"] == "measured by a copy"


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(TurnBenchError, match=r"no CUDA device for torch .*--device cpu"):
        check_device("cuda:1")
    with pytest.raises(TurnBenchError, match="'mps' is not measured; there are: cpu, cuda"):
        check_device("mps")
