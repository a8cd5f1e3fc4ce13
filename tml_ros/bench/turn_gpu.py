"""Ticks of many cells on one device, at one fixed size as a recorded graph of a GPU needs them.

On a CPU the same ticks run without a graph, which is how this is tested. Of the thread that steps.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import torch

from tml_ros.bench.turn_cells import NoisyCells, Talk, leaning
from tml_ros.bench.turn_steps import Progress, TurnBenchError, time_steps
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.native_model import NativeModel
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import load_tokenizer

CELLS = (1, 8, 32, 64)
_LIVED = 10
"""Ticks before the first timed one; the graph is captured in the first."""
_COPIED = 1 << 28
"""Bytes of the copy that the bandwidth is measured with, on a GPU; a caches' worth is less."""
_COPIED_ON_CPU = 1 << 26


def check_device(device: str) -> None:
    """Raises TurnBenchError where this machine has no such device."""
    kind = device.partition(":")[0]
    if kind not in ("cpu", "cuda"):
        raise TurnBenchError(f"device {device!r} is not measured; there are: cpu, cuda")
    if kind == "cuda" and not torch.cuda.is_available():
        raise TurnBenchError(
            f"there is no CUDA device for torch {torch.__version__} here; measure on a machine "
            "with an NVIDIA GPU and a CUDA build of torch, or with --device cpu"
        )


def measure_ticks(
    preset: Preset,
    *,
    device: str,
    dtype: torch.dtype,
    cells: Sequence[int] = CELLS,
    ticks: int,
    bandwidth_gb_s: float | None = None,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Milliseconds of ticks of so many cells, by their number and state; memory; bandwidth used.

    bandwidth_gb_s: of the device's memory, as its maker states it; measured by a copy where None.
    "bandwidth_share": the bytes of all weights and of all cells' keys and values, each read once,
    over the median tick and that bandwidth. A number of cells that does not fit into memory has
    "skipped" instead. "peak_memory_bytes" is None on a CPU. Raises TurnBenchError where there is no
    such device.
    """
    check_device(device)
    net = _net(preset, device, dtype)
    weights = sum(weight.numel() * weight.element_size() for weight in net.parameters())
    stated = bandwidth_gb_s is not None
    bandwidth = bandwidth_gb_s if bandwidth_gb_s is not None else copy_bandwidth_gb_s(device)
    found: dict[str, Any] = {
        "device": _device_name(device),
        "dtype": str(dtype).removeprefix("torch."),
        "patches": preset.sight.patches_per_turn,
        "bandwidth_gb_s": bandwidth,
        "bandwidth_is": "as stated" if stated else "measured by a copy",
        "weight_bytes": weights,
    }
    for number, count in enumerate(cells):
        try:
            found[f"{count}_cells"] = _of_cells(net, count, ticks, weights, bandwidth)
        except torch.cuda.OutOfMemoryError as error:
            found[f"{count}_cells"] = {"skipped": str(error).partition("\n")[0]}
        progress((number + 1) / len(cells))
    return found


def copy_bandwidth_gb_s(device: str) -> float:
    """Gigabytes that the device moves in a second, reading and writing: the best of ten copies."""
    size = _COPIED if device.startswith("cuda") else _COPIED_ON_CPU
    source = torch.ones(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    best = float("inf")
    for _ in range(10):
        _wait(device)
        began = time.perf_counter()
        target.copy_(source)
        _wait(device)
        best = min(best, time.perf_counter() - began)
    return 2 * size / best / 1e9


def _of_cells(
    net: InteractionNet, count: int, ticks: int, weights: int, bandwidth_gb_s: float
) -> dict[str, Any]:
    device = str(net.hazards.weight.device)
    _forget_peak(device)
    model = NativeModel(net, load_tokenizer(), name=net.preset.name, rows=count, fixed=True)
    cells = NoisyCells(model, count)
    kv = count * cells.sessions[0].ticker.rings.bytes_per_row
    found: dict[str, Any] = {}
    for talk in Talk:
        with leaning(net, talk):
            for _ in cells.live(talk, _LIVED):
                pass
            times = time_steps(cells, talk, ticks)
        moved = (weights + kv) / 1e9
        share = moved / (times.p50_ms / 1e3) / bandwidth_gb_s
        found[talk.value] = {**times.as_dict(), "bandwidth_share": share}
    peak = torch.cuda.max_memory_allocated(device) if device.startswith("cuda") else None
    return {"kv_bytes": kv, "peak_memory_bytes": peak, **found}


def _net(preset: Preset, device: str, dtype: torch.dtype) -> InteractionNet:
    """Random weights, drawn where and as they will be: the large ones have no room to be moved."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.random.fork_rng(), torch.device(device):
            torch.manual_seed(0)
            return InteractionNet(preset).eval()
    finally:
        torch.set_default_dtype(usual)


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device


def _forget_peak(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
