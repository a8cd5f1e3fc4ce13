"""`tml-ros bench turn`: everything that is measured of a model's turn, in one run.

Knows nothing of how figures are shown. Of the calling thread, whose process's numeric libraries it
limits to the threads that were asked for while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tml_ros.bench.turn_bytes import session_bytes
from tml_ros.bench.turn_capacity import measure_capacity
from tml_ros.bench.turn_cells import WIDE_GRID, NoisyCells, Talk, widened
from tml_ros.bench.turn_clips import ClipAbsent, real_clip, simulated_clip
from tml_ros.bench.turn_gpu import CELLS, check_device, measure_ticks
from tml_ros.bench.turn_machine import machine
from tml_ros.bench.turn_peers import PeerSpan, measure_peers
from tml_ros.bench.turn_savings import measure_savings
from tml_ros.bench.turn_steps import TurnBenchError, measure_steps, untrained
from tml_ros.bench.turn_threads import threads_limited
from tml_ros.model.preset import Preset

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
PARTS = ("steps", "bytes", "cells", "side_by_side", "unchanged_patches")
"""What is measured on a CPU."""

Progress = Callable[[str, float], None]
"""Called with what is being measured and the share of it that is done, 0..1."""


@dataclass(frozen=True, slots=True)
class TurnSpan:
    """How much is measured. turns: timed of each state. ticks: of each number of cells tried.

    warm_turns: lived before; as many as the memory holds where None. most_cells: tried at most.
    clip_seconds: of the simulated cell. clip_turns: most of a clip. device_cells: numbers of cells
    on another device.
    """

    turns: int
    ticks: int
    peers: PeerSpan
    warm_turns: int | None = None
    most_cells: int = 512
    clip_seconds: int = 20
    clip_turns: int = 1_000
    device_cells: Sequence[int] = CELLS

    @classmethod
    def of(cls, turns: int) -> TurnSpan:
        """A measurement of so many turns."""
        return cls(turns=turns, ticks=max(10, turns // 3), peers=PeerSpan(turns=turns))

    @classmethod
    def quick(cls) -> TurnSpan:
        """Just enough to see that everything works; no figure of it means anything."""
        peers = PeerSpan(turns=2, warm_turns=3, recomputed=1, old_seconds=4.0, moshi_seconds=None)
        return cls(
            turns=2,
            ticks=2,
            peers=peers,
            warm_turns=2,
            most_cells=2,
            clip_seconds=1,
            clip_turns=3,
            device_cells=(1, 2),
        )


def bench_turn(
    preset: Preset,
    span: TurnSpan,
    *,
    threads: int = 1,
    parts: Sequence[str] = PARTS,
    video: Path | None = None,
    progress: Progress = lambda what, share: None,
) -> dict[str, Any]:
    """All `parts` on the CPU, and "turn_ms": p50 and p99 of the dearest state of one session.

    video: the recorded clip. Raises TurnBenchError for a part that is none, CameraSourceError for
    a video that is none, PresetSizeError.
    """
    if unknown := [part for part in parts if part not in PARTS]:
        raise TurnBenchError(f"{', '.join(unknown)} is not measured; there are: {', '.join(PARTS)}")
    with threads_limited(threads):
        found: dict[str, Any] = {"preset": preset.name, "machine": machine()}
        sizes = _sizes(preset)
        if "steps" in parts:
            measured = _steps(sizes, span, progress)
            for key, part in (("steps_ms", "times"), ("phases_ms", "phases_ms")):
                found[key] = {
                    name: {kind: one[part] for kind, one in kinds.items()}
                    for name, kinds in measured.items()
                }
            own = found["steps_ms"][next(iter(sizes))]["float32"]
            found = {"turn_ms": _dearest(list(own.values())), **found}
        if "bytes" in parts:
            found["bytes_per_session"] = {
                name: _bytes(size, span, progress) for name, size in sizes.items()
            }
        if "cells" in parts:
            net = untrained(preset).net
            found["cells_per_core"] = measure_capacity(
                net, ticks=span.ticks, most=span.most_cells, progress=_named(progress, "cells")
            )
        if "side_by_side" in parts:
            said = _named(progress, "side by side")
            found["side_by_side"] = measure_peers(
                preset, span.peers, threads=threads, progress=said
            )
        if "unchanged_patches" in parts:
            found["unchanged_patches"] = _savings(sizes, span, video, progress)
    return found


def bench_ticks(
    preset: Preset,
    span: TurnSpan,
    *,
    device: str,
    dtype: torch.dtype,
    threads: int = 1,
    bandwidth_gb_s: float | None = None,
    progress: Progress = lambda what, share: None,
) -> dict[str, Any]:
    """Ticks of fixed size of 1, 8, 32 and 64 cells on a device; "turn_ms" is that of one cell.

    Raises TurnBenchError where there is no such device, PresetSizeError.
    """
    check_device(device)
    with threads_limited(threads):
        ticks = measure_ticks(
            preset,
            device=device,
            dtype=dtype,
            cells=span.device_cells,
            ticks=span.turns,
            bandwidth_gb_s=bandwidth_gb_s,
            progress=_named(progress, f"ticks on {device}"),
        )
        found = {"preset": preset.name, "machine": machine(), "ticks": ticks}
    one = ticks.get("1_cells", {})
    states = [one[talk.value] for talk in Talk if talk.value in one]
    return {"turn_ms": _dearest(states), **found} if states else found


def _sizes(preset: Preset) -> dict[str, Preset]:
    """The preset as it is and, where that is coarser, with the grid for 480x270 pictures."""
    sight = preset.sight
    sizes = {_size_name(preset): preset}
    if sight.columns * sight.rows < WIDE_GRID[0] * WIDE_GRID[1]:
        wide = widened(preset)
        sizes[_size_name(wide)] = wide
    return sizes


def _size_name(preset: Preset) -> str:
    return f"{preset.sight.columns * preset.sight.rows}_patches"


def _steps(sizes: dict[str, Preset], span: TurnSpan, progress: Progress) -> dict[str, Any]:
    return {
        name: {
            kind: measure_steps(
                size,
                dtype,
                turns=span.turns,
                warm_turns=span.warm_turns,
                progress=_named(progress, f"step, {name.replace('_', ' ')}, {kind}"),
            )
            for kind, dtype in DTYPES.items()
        }
        for name, size in sizes.items()
    }


def _bytes(preset: Preset, span: TurnSpan, progress: Progress) -> dict[str, int]:
    cells = NoisyCells(untrained(preset))
    turns = min(preset.memory.sensor_turns, span.turns)
    for lived, _ in enumerate(cells.live(Talk.SPEAKING, turns), start=1):
        progress("bytes", lived / turns)
    return session_bytes(cells.sessions[0])


def _savings(
    sizes: dict[str, Preset], span: TurnSpan, video: Path | None, progress: Progress
) -> dict[str, Any]:
    progress("clips", 0.0)
    clips = {"real_clip": real_clip(video), "simulated_cell": simulated_clip(span.clip_seconds)}
    found: dict[str, Any] = {}
    for clip, turns in clips.items():
        if isinstance(turns, ClipAbsent):
            found[clip] = {"skipped": turns.reason}
            continue
        found[clip] = {
            name: measure_savings(
                size,
                turns[: span.clip_turns],
                turns=span.turns,
                progress=_named(progress, f"patches, {clip}, {name}"),
            )
            for name, size in sizes.items()
        }
    return found


def _dearest(states: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {key: max(state[key] for state in states) for key in ("p50", "p99")}


def _named(progress: Progress, what: str) -> Callable[[float], None]:
    return lambda share: progress(what.replace("_", " "), share)
