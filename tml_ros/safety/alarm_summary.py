"""What was held back while too much came at once, counted so that nothing of it is lost.

Knows nothing of why an alarm was held back. Times in nanoseconds. Owned by the manager's thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tml_ros.safety.alarm import Alarm, Priority
from tml_ros.safety.alarm_memory import FloodMemory, SummaryCount
from tml_ros.safety.warning_text import summary_sentences
from tml_ros.turn.hazard import HazardKind

ELSEWHERE = "(elsewhere)"
"""Stands for the zones beyond those that are counted one by one."""
MAX_COUNTED = 512


@dataclass(frozen=True, slots=True)
class FloodSummary:
    """What happened from `began_ns` to `stamp_ns`, since the summary before.

    summarised: calls that were held back, `counts` of them by kind, zone and priority, the most
        frequent first; together they are `summarised`. announced: calls that were not.
    flood: whether there was a flood; without one, alarms that chatter were held back.
    ended: the flood is over.
    """

    began_ns: int
    stamp_ns: int
    announced: int
    summarised: int
    counts: tuple[SummaryCount, ...]
    flood: bool
    ended: bool

    @property
    def by_kind(self) -> Mapping[HazardKind, int]:
        """Held back, by kind."""
        counted: Counter[HazardKind] = Counter()
        for one in self.counts:
            counted[one.kind] += one.count
        return dict(counted.most_common())

    @property
    def by_zone(self) -> Mapping[str, int]:
        """Held back, by zone."""
        counted: Counter[str] = Counter()
        for one in self.counts:
            counted[one.zone] += one.count
        return dict(counted.most_common())

    @property
    def by_priority(self) -> Mapping[Priority, int]:
        """Held back, by priority, the highest first."""
        counted: Counter[Priority] = Counter()
        for one in self.counts:
            counted[one.priority] += one.count
        return dict(sorted(counted.items(), key=lambda item: -item[0].rank))

    @property
    def priority(self) -> Priority:
        """The highest that was held back; low where nothing was."""
        return max(
            (one.priority for one in self.counts), key=lambda p: p.rank, default=Priority.LOW
        )

    def sentences(self, language: str = "en") -> tuple[str, ...]:
        """What the loudspeaker says of it. Raises UnknownLanguageError."""
        return summary_sentences(
            self.summarised, flood=self.flood, ended=self.ended, language=language
        )


class SummaryTally:
    """Counts what is held back until it is told of."""

    def __init__(self) -> None:
        """Nothing was held back."""
        self._counts: Counter[tuple[HazardKind, str, Priority]] = Counter()
        self._announced = 0
        self._since_ns: int | None = None
        self._flood = False
        self._ended = False

    def flood_began(self, at_ns: int) -> None:
        """From now on there is a flood to tell of."""
        self._begin(at_ns)
        self._flood, self._ended = True, False

    def flood_ended(self) -> None:
        """The flood is over."""
        self._ended = True

    def held_back(self, alarm: Alarm, at_ns: int) -> None:
        """A call of an alarm was held back."""
        self._begin(at_ns)
        key = (alarm.kind, alarm.zone, alarm.priority)
        if key not in self._counts and len(self._counts) >= MAX_COUNTED:
            key = (alarm.kind, ELSEWHERE, alarm.priority)
        self._counts[key] += 1

    def announced(self) -> None:
        """A call of an alarm was announced."""
        if self._since_ns is not None:
            self._announced += 1

    def take(self, at_ns: int, every_ns: int) -> FloodSummary | None:
        """What there is to tell, once it is time: after `every_ns`, and when a flood has ended."""
        if self._since_ns is None:
            return None
        summarised = sum(self._counts.values())
        if not self._ended and (at_ns - self._since_ns < every_ns or not summarised):
            return None
        summary = FloodSummary(
            self._since_ns,
            at_ns,
            self._announced,
            summarised,
            self._sorted_counts(),
            self._flood,
            self._ended,
        )
        goes_on = self._flood and not self._ended
        self._counts.clear()
        self._announced = 0
        self._since_ns = at_ns if goes_on else None
        self._flood, self._ended = goes_on, False
        return summary

    def shift(self, by_ns: int) -> None:
        """Move along with a clock that was set."""
        if self._since_ns is not None:
            self._since_ns += by_ns

    def remember(self) -> tuple[int | None, bool, bool, int, tuple[SummaryCount, ...]]:
        """Since when, whether a flood is and has ended, what was announced, what was held back."""
        return (self._since_ns, self._flood, self._ended, self._announced, self._sorted_counts())

    def recall(self, memory: FloodMemory) -> None:
        """Go on from a memory."""
        self._since_ns = memory.tally_since_ns
        self._flood, self._ended = memory.tally_flood, memory.tally_ended
        self._announced = memory.announced
        self._counts = Counter()
        for one in memory.counts:
            self._counts[one.kind, one.zone, one.priority] += one.count

    def _begin(self, at_ns: int) -> None:
        if self._since_ns is None:
            self._since_ns = at_ns

    def _sorted_counts(self) -> tuple[SummaryCount, ...]:
        rows = sorted(
            self._counts.items(), key=lambda item: (-item[1], item[0][0].value, item[0][1])
        )
        return tuple(SummaryCount(*key, count) for key, count in rows)
