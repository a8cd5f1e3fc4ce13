"""Which hazards there are to be seen, in which zone, from when to when, and when that is in doubt.

The rules, which training and judging rely on. All are asked every 0.05 s of where bodies really
are; "seen" is how much of a body some camera sees (`sightings`), smoke not counted.

person_in_zone: the middle of a sole is in the zone's polygon; of somebody falling, lying or rising,
    any part of the body. Evident: at least 0.12 m inside, and 0.4 of the body seen.
person_down: somebody in the zone lies: from the end of the fall until they begin to get up.
    Evident: at least 0.12 m inside, and 0.4 of the body seen. Crouching is not down, and no doubt.
missing_helmet: somebody in the zone wears no helmet; caps, beanies and hoods are none. Evident: at
    least 0.12 m inside, the whole head seen by a camera in which its radius is 3 pixels or more.
vehicle_near_person: a vehicle faster than 0.2 m/s has its hull within 1.5 m of somebody's body (on
    the floor's plan), and that somebody, or the vehicle's middle, is in the zone. Who drives it
    does not count. Evident: 0.4 of the person and 0.3 of the vehicle seen by one camera, and the
    same would hold with 0.3 m/s, 1.35 m and 0.12 m inside.
smoke_or_fire: smoke comes from a place in the zone, as long as its event lasts. Evident: 1.5 s
    later, if anything of 0.5 to 2 m above the place is in a camera's picture and not hidden.

Several people (vehicles, fires) of one kind and zone are one hazard, and so are spans less than 1 s
apart. `evident_s` is the first moment of a span at which any of them is evident.

In doubt is a hazard while it is, or almost is, there, and nobody makes it evident:
- a sole (or who lies: the body) up to 0.12 m outside of the zone, or less than 0.12 m inside;
- too little of it is seen;
- person_down: all of falling and of rising;
- vehicle_near_person: with 0.1 m/s, 1.65 m and 0.12 m outside it would be there;
- smoke_or_fire: the first 1.5 s; 12 s after its end, until what is in the air has thinned out; and
  smoke from up to 0.6 m outside of the zone, from its beginning until then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import EventKind, EventPart, Scenario
from tml_ros.sim.scene.people import DOWNWARD, People
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.truth.hazard_spans import doubts_of, spans_of
from tml_ros.sim.truth.moment import Posture
from tml_ros.sim.truth.sightings import Eye, Hiding
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.sim.truth.watch import VehicleSource, Watch, WatchedPerson, WatchedVehicle
from tml_ros.sim.truth.zone_depth import depth_in
from tml_ros.turn.hazard import HazardKind

Flags = NDArray[np.bool_]

SAMPLE_S = 0.05
EDGE_M = 0.12
BODY_SHARE = 0.4
VEHICLE_SHARE = 0.3
HEAD_PIXELS = 3.0
NEAR_M, NEAR_SURE_M, NEAR_PERHAPS_M = 1.5, 1.35, 1.65
MOVING, MOVING_SURE, MOVING_PERHAPS = 0.2, 0.3, 0.1
SMOKE_SHOWS_S = 1.5
SMOKE_CLEARS_S = 12.0
"""Longer than the event's smoke is fed: what is in the air then is plain to see for some 8 s."""
SMOKE_EDGE_M = 0.6
SMOKE_HEIGHTS = (0.5, 1.0, 1.5, 2.0)
_CHUNK = 1200
"""So many moments at once: memory."""


class Judged(NamedTuple):
    """One hazard at n moments, bool [n] each. there: by the rule. evident: and plain to see.
    perhaps: there, or almost.
    """

    there: Flags
    evident: Flags
    perhaps: Flags


def seen_hazards(
    scenario: Scenario,
    people: People,
    vehicles: VehicleSource,
    blocks: Sequence[Block],
    views: Mapping[str, CameraView],
) -> tuple[tuple[HazardSpan, ...], tuple[Doubt, ...]]:
    """All that eyes can find, in the order of time.

    blocks: what stands about and hides. views: cameras by name.
    """
    times = np.round(np.arange(0.0, scenario.seconds, SAMPLE_S), 6)
    pieces: dict[tuple[HazardKind, str], list[Judged]] = {}
    for begin in range(0, len(times), _CHUNK):
        part = times[begin : begin + _CHUNK]
        watch = Watch(scenario, people, vehicles, blocks, views, times=part)
        for zone in watch.zones:
            for kind, judged in _judged(watch, zone):
                pieces.setdefault((kind, zone), []).append(judged)
    for key, judged in _smoke(scenario, blocks, views, times):
        pieces[key] = [judged]
    spans: list[HazardSpan] = []
    doubts: list[Doubt] = []
    for (kind, zone), parts in pieces.items():
        whole = Judged(*(np.concatenate(flags) for flags in zip(*parts, strict=True)))
        ends = scenario.seconds
        spans += spans_of(kind, zone, times, whole.there, whole.evident, ends_s=ends)
        doubts += doubts_of(kind, zone, times, whole.perhaps & ~whole.evident, ends_s=ends)
    return (
        tuple(sorted(spans, key=lambda span: (span.start_s, span.kind.value, span.zone))),
        tuple(sorted(doubts, key=lambda doubt: (doubt.start_s, doubt.kind.value, doubt.zone))),
    )


def _judged(watch: Watch, zone: str) -> Iterator[tuple[HazardKind, Judged]]:
    """Every kind that has to do with people, over all of them."""
    count = len(watch.times)
    yield (
        HazardKind.PERSON_IN_ZONE,
        _any((_in_zone(one, zone) for one in watch.people), count),
    )
    yield (
        HazardKind.PERSON_DOWN,
        _any((_lying(one, zone) for one in watch.people), count),
    )
    bare = [one for one in watch.people if not one.person.helmet]
    yield (
        HazardKind.MISSING_HELMET,
        _any((_bare_headed(one, zone) for one in bare), count),
    )
    yield (
        HazardKind.VEHICLE_NEAR_PERSON,
        _any(
            (_near(one, vehicle, zone) for one in watch.people for vehicle in watch.vehicles), count
        ),
    )


def _any(all_of_them: Iterator[Judged], count: int) -> Judged:
    """What holds for any of them."""
    total = Judged(*(np.zeros(count, np.bool_) for _ in Judged._fields))
    for judged in all_of_them:
        total = Judged(*(one | other for one, other in zip(total, judged, strict=True)))
    return total


def _in_zone(one: WatchedPerson, zone: str) -> Judged:
    depth = one.depths[zone]
    return Judged(depth >= 0.0, (depth >= EDGE_M) & _body_seen(one), depth > -EDGE_M)


def _lying(one: WatchedPerson, zone: str) -> Judged:
    depth = one.depths[zone]
    lies = np.array([posture is Posture.LYING for posture in one.track.postures], np.bool_)
    down = np.array([posture in DOWNWARD for posture in one.track.postures], np.bool_)
    return Judged(
        lies & (depth >= 0.0),
        lies & (depth >= EDGE_M) & _body_seen(one),
        down & (depth > -EDGE_M),
    )


def _bare_headed(one: WatchedPerson, zone: str) -> Judged:
    depth = one.depths[zone]
    seen = np.zeros(len(depth), np.bool_)
    for sight in one.seen.values():
        seen |= (sight.head_share > 0.99) & (sight.head_radius >= HEAD_PIXELS)
    return Judged(depth >= 0.0, (depth >= EDGE_M) & seen, depth > -EDGE_M)


def _near(one: WatchedPerson, vehicle: WatchedVehicle, zone: str) -> Judged:
    apart = _apart(one, vehicle)
    depth = np.maximum(one.depths[zone], vehicle.depths[zone])
    seen = np.zeros(len(depth), np.bool_)
    for camera, sight in one.seen.items():
        seen |= (sight.share >= BODY_SHARE) & (vehicle.seen[camera].share >= VEHICLE_SHARE)
    return Judged(
        (apart <= NEAR_M) & (vehicle.speed > MOVING) & (depth >= 0.0),
        (apart <= NEAR_SURE_M) & (vehicle.speed > MOVING_SURE) & (depth >= EDGE_M) & seen,
        (apart <= NEAR_PERHAPS_M) & (vehicle.speed > MOVING_PERHAPS) & (depth > -EDGE_M),
    )


def _body_seen(one: WatchedPerson) -> Flags:
    """Whether some camera sees enough of somebody."""
    seen = np.zeros(len(one.track.times), np.bool_)
    for sight in one.seen.values():
        seen |= sight.share >= BODY_SHARE
    return seen


def _apart(one: WatchedPerson, vehicle: WatchedVehicle) -> NDArray[np.float64]:
    """From somebody's body to the hull on the floor's plan, m: float64 [n]; inf where either is
    not there.
    """
    box = vehicle.box
    offset = one.cloud.points[:, :, :2] - box.middle[:, None, :2]
    c, s = np.cos(box.heading)[:, None], np.sin(box.heading)[:, None]
    ahead = np.abs(c * offset[:, :, 0] + s * offset[:, :, 1]) - box.half[0]
    aside = np.abs(c * offset[:, :, 1] - s * offset[:, :, 0]) - box.half[1]
    distance = np.hypot(np.maximum(ahead, 0.0), np.maximum(aside, 0.0)) - one.cloud.radii
    both = one.track.present & box.present
    return np.asarray(np.where(both, np.maximum(distance.min(axis=1), 0.0), np.inf))


def _smoke(
    scenario: Scenario,
    blocks: Sequence[Block],
    views: Mapping[str, CameraView],
    times: NDArray[np.float64],
) -> Iterator[tuple[tuple[HazardKind, str], Judged]]:
    """Smoke by zone."""
    events = [event for event in scenario.events if event.kind is EventKind.SMOKE]
    for name, zone in scenario.zones.items():
        judged = []
        for event in events:
            depth = float(depth_in(zone.polygon, np.array(event.place, np.float64)))
            if depth <= -SMOKE_EDGE_M:
                continue
            ends = event.at + event.lasts
            there = (times >= event.at) & (times < ends) & (depth >= 0.0)
            shows = _in_a_picture(scenario, event, blocks, views)
            evident = there & (times >= event.at + SMOKE_SHOWS_S) & shows
            perhaps = (times >= event.at) & (times < ends + SMOKE_CLEARS_S)
            judged.append(Judged(there, evident, perhaps))
        if judged:
            yield (HazardKind.SMOKE_OR_FIRE, name), _any(iter(judged), len(times))


def _in_a_picture(
    scenario: Scenario, event: EventPart, blocks: Sequence[Block], views: Mapping[str, CameraView]
) -> bool:
    """Whether a camera sees anything above the place of smoke."""
    points = np.array([[(*(event.place or (0.0, 0.0)), height) for height in SMOKE_HEIGHTS]])
    for name, view in views.items():
        eye = Eye(view, scenario.cameras.get(name))
        if (eye.shows(points) & ~Hiding(blocks).hidden(eye.place, points)).any():
            return True
    return False
