"""What really happened in a run, where somebody knows: hazards, doubts, and what people said.

Types only. All stamps are of the run's timeline, nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class TruthSpan:
    """`kind` was there in `zone` in [start_ns, end_ns).

    evident_ns: from when on it could be judged; None: never, and nobody is blamed.
    """

    kind: HazardKind
    zone: str
    start_ns: int
    end_ns: int
    evident_ns: int | None


@dataclass(frozen=True, slots=True)
class TruthDoubt:
    """In [start_ns, end_ns) neither an alarm nor its absence is a mistake."""

    kind: HazardKind
    zone: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class TruthLine:
    """Somebody said `text` in [start_ns, end_ns). addressed: to the cell."""

    who: str
    text: str
    start_ns: int
    end_ns: int
    addressed: bool


@dataclass(frozen=True, slots=True)
class TruthRecord:
    """All of it, each in order of time."""

    spans: tuple[TruthSpan, ...] = ()
    doubts: tuple[TruthDoubt, ...] = ()
    lines: tuple[TruthLine, ...] = ()
