"""How the micro-turns of a cell fare, in numbers: live on its heartbeat, in replay, in the report.

Knows nothing of ROS or of who counts. As text, for diagnostic messages, the keys are "turns", the
names of the counts, and "gap <kind> <stream>". Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TypeVar

from tml_ros.turn.assembler_counters import AssemblerCounters
from tml_ros.turn.micro_turn import GapKind

DEADLINE_MISSES, MODEL_FAULTS = "deadline_misses", "model_faults"
UNTRUSTED_HAZARDS, MUTED_TURNS = "untrusted_hazards", "muted_turns"
SHED_TURNS = "shed_turns"
COUNTS = (
    *(count.name for count in fields(AssemblerCounters)),
    DEADLINE_MISSES,
    MODEL_FAULTS,
    UNTRUSTED_HAZARDS,
    MUTED_TURNS,
    SHED_TURNS,
)
_Key = TypeVar("_Key")
_GAP = "gap "
_GAP_KINDS = frozenset(kind.value for kind in GapKind)


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """Since the interaction was made.

    turns: answered. gaps: (kind of gap, stream) -> in how many turns.
    counts: those of `COUNTS` that are not 0: what the assembler could not use, turns answered
        later than a turn lasts, failures of the model, judgements of kinds that it is not trusted
        with, turns in which it would have spoken were it trained, turns in which it did less than
        it could so as to be in time.
    """

    turns: int = 0
    gaps: Mapping[tuple[str, str], int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def since(self, earlier: TurnFigures) -> TurnFigures:
        """What was added to `earlier`; all of it where an interaction has begun anew since."""
        if self.turns < earlier.turns:
            return self
        return TurnFigures(
            self.turns - earlier.turns,
            _added(self.gaps, earlier.gaps),
            _added(self.counts, earlier.counts),
        )


def assembler_counts(counters: AssemblerCounters) -> dict[str, int]:
    """The counters that are not 0, by name."""
    return {name: count for name, count in asdict(counters).items() if count}


def figure_values(figures: TurnFigures) -> dict[str, str]:
    """The figures as text; `parse_figures` reads them back."""
    gaps = {f"{_GAP}{kind} {stream}".rstrip(): n for (kind, stream), n in figures.gaps.items()}
    # Who watches these two must not have to know that a missing key is a 0.
    counts = {DEADLINE_MISSES: 0, MODEL_FAULTS: 0, **figures.counts, **gaps}
    return {"turns": str(figures.turns), **{key: str(count) for key, count in counts.items()}}


def parse_figures(values: Mapping[str, str]) -> TurnFigures | None:
    """The figures among other values; None where there are none. What makes no sense is 0."""
    if "turns" not in values:
        return None
    gaps: dict[tuple[str, str], int] = {}
    for key, value in values.items():
        kind, _, stream = key.removeprefix(_GAP).partition(" ")
        if key.startswith(_GAP) and kind in _GAP_KINDS and _count(value):
            gaps[kind, stream] = _count(value)
    counts = {name: _count(values.get(name, "")) for name in COUNTS}
    return TurnFigures(
        _count(values["turns"]), gaps, {name: count for name, count in counts.items() if count}
    )


def _added(now: Mapping[_Key, int], before: Mapping[_Key, int]) -> dict[_Key, int]:
    added = {key: count - before.get(key, 0) for key, count in now.items()}
    return {key: count for key, count in added.items() if count > 0}


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
