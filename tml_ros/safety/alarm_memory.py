"""What the alarms of a cell must not forget when their process ends, as plain data.

Types only, and how they become JSON and come back; where it is kept is not known here. A memory
comes from a file: whatever is in it is read or refused, and nothing else. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from tml_ros.safety.alarm import AlarmState, Priority, Withholding
from tml_ros.turn.hazard import Box, HazardKind, HazardSource

VERSION: Final = 1
MAX_LIVES: Final = 1024
MAX_PLACES: Final = 4096
"""What a memory may hold of anything else that is counted by kind and zone."""


class AlarmMemoryError(ValueError):
    """The data is no memory that this program can go on from; the message says why."""


@dataclass(frozen=True, slots=True)
class StatementMemory:
    """What one source last said of one hazard."""

    source: HazardSource
    present: bool
    since_ns: int
    stamp_ns: int


@dataclass(frozen=True, slots=True)
class LifeMemory:
    """One alarm that lives; see `AlarmLife`."""

    kind: HazardKind
    zone: str
    opened_by: HazardSource
    state: AlarmState
    statements: tuple[StatementMemory, ...]
    sources: tuple[HazardSource, ...]
    present: bool
    present_since_ns: int
    changed_ns: int | None
    sounded_ns: int
    raised_ns: int
    evidence_ns: int
    box: Box | None
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class PlaceWithheld:
    """One alarm that is shelved or out of service."""

    kind: HazardKind
    zone: str
    holding: Withholding


@dataclass(frozen=True, slots=True)
class WithholdingsMemory:
    """What is withheld. conditions: those that hold."""

    places: tuple[PlaceWithheld, ...] = ()
    conditions: tuple[Withholding, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRaises:
    """When one alarm was raised lately, and whether it chatters."""

    kind: HazardKind
    zone: str
    raised_ns: tuple[int, ...]
    chattering: bool


@dataclass(frozen=True, slots=True)
class SummaryCount:
    """How many calls of one kind, zone and priority were held back."""

    kind: HazardKind
    zone: str
    priority: Priority
    count: int


@dataclass(frozen=True, slots=True)
class FloodMemory:
    """A flood, and what has not been summed up yet; see `FloodWatch` and `SummaryTally`."""

    raised_ns: tuple[int, ...] = ()
    began_ns: int | None = None
    floods: int = 0
    tally_since_ns: int | None = None
    tally_flood: bool = False
    tally_ended: bool = False
    announced: int = 0
    counts: tuple[SummaryCount, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """How often one alarm was raised by one source, and how often that was judged false."""

    kind: HazardKind
    zone: str
    source: str
    raised: int
    judged_false: int


@dataclass(frozen=True, slots=True)
class LatestRaise:
    """The newest raise of one alarm."""

    kind: HazardKind
    zone: str
    raised_ns: int
    source: str
    acknowledged: bool
    judged_false: bool


@dataclass(frozen=True, slots=True)
class PriorityCount:
    """How many alarms of one priority called."""

    priority: Priority
    count: int


@dataclass(frozen=True, slots=True)
class FiguresMemory:
    """The figures of alarm health so far; see `AlarmFigures`."""

    seen_ns: int = 0
    flooded_ns: int = 0
    called: int = 0
    withheld: int = 0
    peak: int = 0
    chattered: int = 0
    recent_ns: tuple[int, ...] = ()
    acknowledged_after_ns: tuple[int, ...] = ()
    priorities: tuple[PriorityCount, ...] = ()
    places: tuple[PlaceFigures, ...] = ()
    latest: tuple[LatestRaise, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmMemory:
    """The alarms of a cell as they were at `now_ns`, after everything due by then was told."""

    version: int
    now_ns: int
    lives: tuple[LifeMemory, ...] = ()
    withholdings: WithholdingsMemory = WithholdingsMemory()
    chatter: tuple[PlaceRaises, ...] = ()
    flood: FloodMemory = FloodMemory()
    figures: FiguresMemory = FiguresMemory()

    def to_json(self) -> dict[str, Any]:
        """Dictionaries, lists, texts, whole numbers, true, false and null."""
        plain: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return plain

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> AlarmMemory:
        """The memory that `to_json` wrote. Raises AlarmMemoryError."""
        version = data.get("version") if isinstance(data, Mapping) else None
        if version != VERSION:
            raise AlarmMemoryError(f"version: found {version!r:.40}, allowed: {VERSION}")
        try:
            memory = _adapter().validate_python(dict(data))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise AlarmMemoryError(f"{where}: {first['msg']}") from None
        counted = (memory.withholdings.places, memory.chatter, memory.flood.counts)
        figures = (memory.figures.places, memory.figures.latest)
        if len(memory.lives) > MAX_LIVES or max(map(len, (*counted, *figures))) > MAX_PLACES:
            raise AlarmMemoryError("it holds more alarms than a cell can have")
        return memory


@cache
def _adapter() -> TypeAdapter[AlarmMemory]:
    return TypeAdapter(AlarmMemory)
