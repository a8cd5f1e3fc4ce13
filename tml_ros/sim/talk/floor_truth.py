"""What is true of the hall's floor at a moment: who is in a zone, what is in sight.

Read from the moments and hazards of a scenario. What no camera sees well enough is in doubt, and
whoever answers then is not wrong either way. Knows nothing of who asks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tml_ros.sim.truth.moment import Moment, PersonState, Posture, VehicleState
from tml_ros.sim.truth.truth import HazardSpan
from tml_ros.turn.hazard import HazardKind

WELL_SEEN: Final = 0.25
"""Share of a body that some camera must see before its presence can be asked for."""
MOVING: Final = 0.1
"""m/s; what stands in a zone is a thing among things."""
SETTLED_S: Final = 1.0
"""So long must somebody stay away to be gone: a column hides people for less."""

_UNEASY: Final = frozenset({HazardKind.SIREN, HazardKind.CRY_FOR_HELP, HazardKind.SMOKE_OR_FIRE})
"""While these go on anywhere, it may well be called unsafe everywhere."""
_NO_DANGER: Final = frozenset({HazardKind.MACHINE_FAULT_SOUND, HazardKind.IMPACT_SOUND})


@dataclass(frozen=True, slots=True)
class ZoneTruth:
    """danger: the worst thing in the zone, None where there is none. somebody: whether a person is
    in it. Each with whether it is beyond doubt.
    """

    danger: HazardKind | None
    danger_sure: bool
    somebody: bool
    somebody_sure: bool


class FloorTruth:
    """Answers from the truth. moments: in order of time."""

    def __init__(self, moments: Sequence[Moment], hazards: Sequence[HazardSpan]) -> None:
        """Without moments every zone is empty and nothing is in sight."""
        self._moments = moments
        self._times = [moment.time_s for moment in moments]
        self._hazards = hazards

    def during(self, begin_s: float, end_s: float) -> Sequence[Moment]:
        """The moments in a stretch of time; if there is none, the nearest before or after."""
        first = bisect_left(self._times, begin_s - 1e-6)
        last = bisect_right(self._times, end_s + 1e-6)
        if first < last:
            return self._moments[first:last]
        return self._moments[max(0, first - 1) : max(0, first - 1) + 1]

    def zone_truths(self, zone: str, begin_s: float, end_s: float) -> tuple[ZoneTruth, ...]:
        """What is true of a zone at each moment of a stretch of time; at least one."""
        moments = self.during(begin_s, end_s) or (Moment(begin_s),)
        return tuple(self._zone_truth(zone, moment) for moment in moments)

    def gone_at(self, name: str, after_s: float) -> tuple[float | None, bool]:
        """When a person or vehicle leaves every picture, for good enough, after a time.

        Also whether it was out of sight at that time already: then there is nothing to wait for.
        (None, False): it stays.
        """
        return self._ends(after_s, [_in_sight(name, moment) for moment in self._moments])

    def free_at(self, zone: str, after_s: float) -> tuple[float | None, bool]:
        """When a zone becomes free of people and of what drives, likewise."""
        return self._ends(after_s, [_occupied(zone, moment) for moment in self._moments])

    def _ends(self, after_s: float, there: Sequence[bool]) -> tuple[float | None, bool]:
        first = max(0, bisect_right(self._times, after_s + 1e-6) - 1)
        for index in range(first, len(there)):
            settled = bisect_left(self._times, self._times[index] + SETTLED_S - 1e-6)
            if not any(there[index : settled + 1]):
                return (None, True) if index == first else (self._times[index], False)
        return None, first >= len(there)

    def _zone_truth(self, zone: str, moment: Moment) -> ZoneTruth:
        people = [person for person in moment.people if zone in person.zones]
        seen = [person for person in people if _well_seen(person)]
        driving = [v for v in moment.vehicles if zone in v.zones and v.speed > MOVING]
        near = [v for v in moment.vehicles if zone in v.zones]
        now = [h for h in self._hazards if h.start_s <= moment.time_s < h.end_s]
        there = [h.kind for h in now if h.zone == zone and h.kind not in _NO_DANGER]
        danger = _worst(seen, driving, there)
        unsure = bool(near) or bool(people) or any(h.kind in _UNEASY for h in now)
        evident = any(
            h.zone == zone and h.evident_s is not None and h.evident_s <= moment.time_s for h in now
        )
        sure = danger is not None and (bool(seen) or any(map(_well_seen, driving)) or evident)
        return ZoneTruth(
            danger=danger,
            danger_sure=sure or (danger is None and not unsure),
            somebody=bool(people),
            somebody_sure=bool(seen) or not people,
        )


def _worst(
    people: Sequence[PersonState], driving: Sequence[VehicleState], there: Sequence[HazardKind]
) -> HazardKind | None:
    if HazardKind.PERSON_DOWN in there or any(p.posture is Posture.LYING for p in people):
        return HazardKind.PERSON_DOWN
    if HazardKind.SMOKE_OR_FIRE in there:
        return HazardKind.SMOKE_OR_FIRE
    if people:
        return HazardKind.PERSON_IN_ZONE
    if driving:
        return HazardKind.VEHICLE_NEAR_PERSON
    return there[0] if there else None


def _well_seen(who: PersonState | VehicleState) -> bool:
    return any(sighting.share >= WELL_SEEN for sighting in who.seen.values())


def _in_sight(name: str, moment: Moment) -> bool:
    people = any(person.name == name and person.seen for person in moment.people)
    return people or any(other.name == name and other.seen for other in moment.vehicles)


def _occupied(zone: str, moment: Moment) -> bool:
    return any(zone in person.zones for person in moment.people) or any(
        zone in vehicle.zones and vehicle.speed > MOVING for vehicle in moment.vehicles
    )
