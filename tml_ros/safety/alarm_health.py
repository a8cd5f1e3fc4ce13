"""How well the alarms of a cell serve who has to act on them, in figures.

After IEC 62682 clause 16, ISA-18.2 clause 16 and EEMUA 191. Types only; `AlarmFigures` counts them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tml_ros.safety.alarm import Place, Priority, Withholding
from tml_ros.turn.hazard import HazardKind

RECOMMENDED_SHARES: Mapping[Priority, float] = MappingProxyType(
    {Priority.LOW: 0.80, Priority.MEDIUM: 0.15, Priority.HIGH: 0.05, Priority.CRITICAL: 0.01}
)
"""Of all alarms. High and critical ones together are about 5 %, critical ones below 1 %."""
MANAGEABLE_PER_HOUR = 12.0
"""Alarms an hour that one operator can manage at most; 6 are very likely acceptable."""
MANAGEABLE_IN_TEN_MINUTES = 10
"""From more than so many on it is a flood."""


@dataclass(frozen=True, slots=True)
class FalseRate:
    """How often alarms of one kind, zone and source were raised and judged false."""

    kind: HazardKind
    zone: str
    source: str
    raised: int
    judged_false: int

    @property
    def rate(self) -> float:
        """Judged false of those raised, 0..1."""
        return self.judged_false / self.raised if self.raised else 0.0


@dataclass(frozen=True, slots=True)
class AlarmHealth:
    """The figures so far, restarts of the process included, the time between them not.

    seen_ns: for how long alarms were managed.
    called, withheld: alarms raised that came to an operator, one by one or summed up, and that did
        not because they were shelved, suppressed or out of service.
    per_hour: called, by `seen_ns`. last_ten_minutes, peak_ten_minutes: called within; the peak is
        of any 10 minutes.
    flood: whether there is one now. floods: how many there were. flood_share: of `seen_ns`, 0..1.
    stale: active for longer than the rules' `stale_ns`, oldest first.
    chattering: alarms that do now. chattered: how often one began to.
    acknowledged: how many of the newest acknowledgements the percentiles are of.
    acknowledge_p50_s, acknowledge_p95_s: from being raised until first acknowledged; None before
        the first.
    raised: by kind, withheld ones included. shares: of `called` by priority, 0..1.
    judgements: by kind, zone and source, those most often judged false first.
    shelved, out_of_service: alarms now. conditions: that hold now, by name.
    """

    seen_ns: int
    called: int
    withheld: int
    per_hour: float
    last_ten_minutes: int
    peak_ten_minutes: int
    flood: bool
    floods: int
    flood_share: float
    stale: tuple[Place, ...]
    chattering: tuple[Place, ...]
    chattered: int
    acknowledged: int
    acknowledge_p50_s: float | None
    acknowledge_p95_s: float | None
    raised: Mapping[HazardKind, int]
    shares: Mapping[Priority, float]
    judgements: tuple[FalseRate, ...]
    shelved: tuple[Place, ...]
    out_of_service: tuple[Place, ...]
    conditions: Mapping[str, Withholding]

    @property
    def judged_false(self) -> Mapping[HazardKind, FalseRate]:
        """Per kind, over all zones and sources; only kinds that were judged false at all."""
        counted: Counter[HazardKind] = Counter()
        for one in self.judgements:
            counted[one.kind] += one.judged_false
        return {
            kind: FalseRate(kind, "", "", self.raised[kind], count)
            for kind, count in counted.most_common()
        }
