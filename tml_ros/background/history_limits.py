"""How much of its past a cell keeps.

Knows nothing of how it is kept. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SECOND_NS: Final = 1_000_000_000
MINUTE_NS: Final = 60 * SECOND_NS
HOUR_NS: Final = 60 * MINUTE_NS
DAY_NS: Final = 24 * HOUR_NS


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """Spans in nanoseconds of the cell's time.

    raw_ns, minute_ns, hour_ns: how long readings, minute means and hour means are kept.
    max_bytes: of the file and its log; beyond it the oldest readings go before their time, then
        the oldest minute means, then the oldest hour means. memory_bytes: the same where there is
        no file. max_lanes: different machine/quantity/unit; more are refused. max_epochs: of the
        clock, the present one included; the shortest goes. max_events: the newest are kept.
    max_waiting: readings held in memory while the disk takes none.
    step_back_ns: a clock that goes back by more begins a new epoch; by less it jitters.

    Raises ValueError naming the limit that makes no sense.
    """

    raw_ns: int = DAY_NS
    minute_ns: int = 42 * DAY_NS
    hour_ns: int = 5 * 365 * DAY_NS
    max_bytes: int = 2_000_000_000
    memory_bytes: int = 128_000_000
    max_lanes: int = 4_096
    max_epochs: int = 8
    max_events: int = 10_000
    max_waiting: int = 1_000_000
    step_back_ns: int = SECOND_NS

    @property
    def log_bytes(self) -> int:
        """Share of `max_bytes` that the log beside the file may take."""
        return min(4_000_000, self.max_bytes // 8)

    def __post_init__(self) -> None:
        """Check that the tiers follow one another and nothing is unbounded or empty."""
        if not MINUTE_NS <= self.raw_ns <= self.minute_ns <= self.hour_ns:
            raise ValueError("raw_ns, minute_ns, hour_ns: must not fall, and be a minute or more")
        if min(self.max_bytes, self.memory_bytes) < 1_000_000:
            raise ValueError("max_bytes, memory_bytes: must be 1,000,000 or more")
        for name in ("max_lanes", "max_epochs", "max_events", "max_waiting"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: must be 1 or more")
        if self.step_back_ns < 0:
            raise ValueError("step_back_ns: must not be negative")
