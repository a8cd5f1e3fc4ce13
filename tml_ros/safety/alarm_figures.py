"""Counts what the health of a cell's alarms is judged by, in bounded memory.

Knows nothing of how alarms come about: it is told of every transition, in order, with the time it
was passed on. Times in nanoseconds, never stepping back. Owned by the manager's thread.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from tml_ros.safety.alarm import (
    Alarm,
    AlarmEvent,
    AlarmTransition,
    Hearing,
    Place,
    Priority,
)
from tml_ros.safety.alarm_health import FalseRate
from tml_ros.safety.alarm_memory import FiguresMemory, LatestRaise, PlaceFigures, PriorityCount
from tml_ros.safety.alarm_summary import ELSEWHERE
from tml_ros.turn.hazard import HazardKind

TEN_MINUTES_NS = 600_000_000_000
MAX_RECENT = 1000
"""Raises remembered of the last 10 minutes; more than so many are counted as so many."""
MAX_ACKNOWLEDGED = 256
MAX_COUNTED = 512
MAX_LATEST = 1024

_Row = tuple[HazardKind, str, str]
"""kind, zone and source"""


@dataclass(slots=True)
class _Latest:
    """The newest raise of one alarm."""

    raised_ns: int
    source: str
    acknowledged: bool = False
    judged_false: bool = False


class AlarmFigures:
    """The figures of one cell."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.seen_ns = 0
        self.flooded_ns = 0
        self.called = 0
        self.withheld = 0
        self.peak = 0
        self.chattered = 0
        self.priorities: Counter[Priority] = Counter()
        self._recent: deque[int] = deque(maxlen=MAX_RECENT)
        self._acknowledged_after: deque[int] = deque(maxlen=MAX_ACKNOWLEDGED)
        self._raised: Counter[_Row] = Counter()
        self._judged_false: Counter[_Row] = Counter()
        self._latest: OrderedDict[Place, _Latest] = OrderedDict()

    @property
    def acknowledged_after_ns(self) -> tuple[int, ...]:
        """How long the newest acknowledgements took, oldest first."""
        return tuple(self._acknowledged_after)

    @property
    def raised(self) -> dict[HazardKind, int]:
        """Alarms raised, by kind."""
        by_kind: Counter[HazardKind] = Counter()
        for (kind, _, _), count in self._raised.items():
            by_kind[kind] += count
        return dict(sorted(by_kind.items(), key=lambda item: (-item[1], item[0].value)))

    @property
    def judgements(self) -> tuple[FalseRate, ...]:
        """Those that were ever judged false, the most often first."""
        rows = sorted(self._judged_false.items(), key=lambda item: (-item[1], item[0]))
        return tuple(FalseRate(*row, self._raised[row], count) for row, count in rows)

    def pass_time(self, duration_ns: int, *, flood: bool) -> None:
        """So long passed, in a flood or not."""
        self.seen_ns += duration_ns
        if flood:
            self.flooded_ns += duration_ns

    def note(self, transition: AlarmTransition, at_ns: int) -> None:
        """Count one transition."""
        alarm = transition.alarm
        if transition.event is AlarmEvent.RAISED:
            self._note_raise(alarm, transition.hearing, at_ns)
        elif transition.event is AlarmEvent.CHATTERING:
            self.chattered += 1
        elif alarm.acknowledged_by and transition.event in (
            AlarmEvent.ACKNOWLEDGED,
            AlarmEvent.CLEARED,
        ):
            self._note_acknowledgement(alarm, at_ns)

    def judge_false(self, place: Place) -> bool:
        """The newest raise of an alarm was false; whether that is news.

        It is not where the alarm was not raised lately or is judged false already.
        """
        latest = self._latest.get(place)
        if latest is None or latest.judged_false:
            return False
        latest.judged_false = True
        self._judged_false[self._row(*place, latest.source)] += 1
        return True

    def in_ten_minutes(self, at_ns: int) -> int:
        """Alarms that called in the 10 minutes before `at_ns`."""
        return sum(stamp_ns > at_ns - TEN_MINUTES_NS for stamp_ns in self._recent)

    def shift(self, by_ns: int) -> None:
        """Move every time along with a clock that was set."""
        self._recent = deque((t + by_ns for t in self._recent), maxlen=MAX_RECENT)
        for latest in self._latest.values():
            latest.raised_ns += by_ns

    def memory(self) -> FiguresMemory:
        """Everything needed to go on after a restart."""
        return FiguresMemory(
            seen_ns=self.seen_ns,
            flooded_ns=self.flooded_ns,
            called=self.called,
            withheld=self.withheld,
            peak=self.peak,
            chattered=self.chattered,
            recent_ns=tuple(self._recent),
            acknowledged_after_ns=tuple(self._acknowledged_after),
            priorities=tuple(PriorityCount(*item) for item in sorted(self.priorities.items())),
            places=tuple(
                PlaceFigures(*row, count, self._judged_false[row])
                for row, count in self._raised.items()
            ),
            latest=tuple(
                LatestRaise(*place, one.raised_ns, one.source, one.acknowledged, one.judged_false)
                for place, one in self._latest.items()
            ),
        )

    def recall(self, memory: FiguresMemory) -> None:
        """Go on from a memory."""
        self.seen_ns, self.flooded_ns = memory.seen_ns, memory.flooded_ns
        self.called, self.withheld = memory.called, memory.withheld
        self.peak, self.chattered = memory.peak, memory.chattered
        self.priorities = Counter({one.priority: one.count for one in memory.priorities})
        self._recent = deque(memory.recent_ns, maxlen=MAX_RECENT)
        self._acknowledged_after = deque(memory.acknowledged_after_ns, maxlen=MAX_ACKNOWLEDGED)
        self._raised.clear()
        self._judged_false.clear()
        for one in memory.places:
            row = self._row(one.kind, one.zone, one.source)
            self._raised[row] += one.raised
            if one.judged_false:
                self._judged_false[row] += one.judged_false
        self._latest.clear()
        for latest in memory.latest[-MAX_LATEST:]:
            self._latest[latest.kind, latest.zone] = _Latest(
                latest.raised_ns, latest.source, latest.acknowledged, latest.judged_false
            )

    def _note_raise(self, alarm: Alarm, hearing: Hearing, at_ns: int) -> None:
        place = (alarm.kind, alarm.zone)
        self._raised[self._row(*place, alarm.source)] += 1
        self._latest[place] = _Latest(at_ns, alarm.source)
        self._latest.move_to_end(place)
        if len(self._latest) > MAX_LATEST:
            self._latest.popitem(last=False)
        if hearing is Hearing.WITHHELD:
            self.withheld += 1
            return
        self.called += 1
        self.priorities[alarm.priority] += 1
        self._recent.append(at_ns)
        self.peak = max(self.peak, self.in_ten_minutes(at_ns))

    def _note_acknowledgement(self, alarm: Alarm, at_ns: int) -> None:
        latest = self._latest.get((alarm.kind, alarm.zone))
        if latest is not None and not latest.acknowledged:
            latest.acknowledged = True
            self._acknowledged_after.append(max(0, at_ns - latest.raised_ns))

    def _row(self, kind: HazardKind, zone: str, source: str) -> _Row:
        row = (kind, zone, source)
        if row in self._raised or len(self._raised) < MAX_COUNTED:
            return row
        return (kind, ELSEWHERE, source)


def percentile(values: Sequence[int], share: float) -> float | None:
    """The value that `share` of all are at most, in seconds of nanoseconds; None of no values.

    The nearest rank: always one of the values.
    """
    if not values:
        return None
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] / 1e9
