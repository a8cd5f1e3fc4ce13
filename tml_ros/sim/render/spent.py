"""What rendering cost: processor time by part, and the rates that follow. The only clocks here.

Processor time is that of this process with all its threads and of the programs it has run, so that
a machine that does other things as well gives much the same figures.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

PARTS: Final = ("sound", "truth", "vision", "labels", "encoding", "writing")
"""sound: voices, machines, rooms. truth: hazards and what is right to do. vision: drawing and what
cameras do to pictures. labels: of turns and patches. encoding: JPEG, dMel, JSON. writing: checksums
and the disk."""


@dataclass(slots=True)
class Stopwatch:
    """Adds up processor seconds by part. Owned by one thread."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        """What happens in the block is of that part."""
        begin = _processor_s()
        try:
            yield
        finally:
            self.seconds[part] += _processor_s() - begin


@dataclass(frozen=True, slots=True)
class ShardCost:
    """Of one file. processor_s: seconds by part."""

    scenarios: int
    turns: int
    frames: int
    bytes: int
    processor_s: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RenderRate:
    """Of a whole run. skipped: scenarios that were there already, counted nowhere else.

    frames_per_s_per_core: pictures by all processor time; vision_frames_per_s_per_core: by that of
    vision alone. shares: of all processor time, by part.
    """

    workers: int
    skipped: int
    scenarios: int
    turns: int
    frames: int
    bytes: int
    wall_s: float
    processor_s: float
    scenarios_per_min: float
    turns_per_s: float
    turns_per_s_per_core: float
    frames_per_s_per_core: float
    vision_frames_per_s_per_core: float
    bytes_per_turn: float
    shares: Mapping[str, float]


def rate_of(costs: list[ShardCost], *, workers: int, skipped: int, wall_s: float) -> RenderRate:
    """Add up what the shards cost."""
    parts = {part: sum(cost.processor_s.get(part, 0.0) for cost in costs) for part in PARTS}
    scenarios, turns, frames, size = (
        sum(getattr(cost, name) for cost in costs)
        for name in ("scenarios", "turns", "frames", "bytes")
    )
    spent = sum(parts.values())
    return RenderRate(
        workers=workers,
        skipped=skipped,
        scenarios=scenarios,
        turns=turns,
        frames=frames,
        bytes=size,
        wall_s=wall_s,
        processor_s=spent,
        scenarios_per_min=_per(60 * scenarios, wall_s),
        turns_per_s=_per(turns, wall_s),
        turns_per_s_per_core=_per(turns, spent),
        frames_per_s_per_core=_per(frames, spent),
        vision_frames_per_s_per_core=_per(frames, parts["vision"]),
        bytes_per_turn=_per(size, turns),
        shares={part: _per(seconds, spent) for part, seconds in parts.items()},
    )


def _per(number: float, by: float) -> float:
    return number / by if by > 0 else 0.0


def _processor_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
