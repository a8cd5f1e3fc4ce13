"""Which hazards can be heard, at which microphone, and from when on.

What is there:
- a siren and a cry for help from their beginning to the end of what is made, echo not counted;
- an impact for 0.5 s from the blow;
- a machine's fault from `faulty` to the end, while the machine runs.
Spans of one kind that overlap at one microphone are one span. A cry that waits for the cell has no
time of its own and is not among them.

What is evident: the sound is set against all else at that microphone, in its own band, the
third-octave bands that hold most of its power at that moment. It is clear where it is 3 dB above
the rest for 0.2 s (a fault: 1 s) on end, and evident from the end of the first such stretch on.
An impact is evident from its blow on where its peak, in its own band, is 8 dB above the rest.

What is in doubt: while it is audible (within 6 dB below the rest) but not yet clear, where it sinks
below clear for more than a second in between, where the same kind of sound is all echo after
its end, for as long as the hall rings, and an impact that is audible but not clear.
Knows nothing of who listens. Pure.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.machines.motion import moving
from tml_ros.sim.sound.arrival import Arrival
from tml_ros.sim.sound.factory_sound import FactorySound
from tml_ros.sim.sound.noise import Sound
from tml_ros.sim.sound.own_band import SILENT_DB, Course, own_band_snr_db
from tml_ros.sim.sound.room import RT60_S
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import SAMPLE_RATE

CLEAR_DB: Final = 3.0
AUDIBLE_DB: Final = -6.0
IMPACT_CLEAR_DB: Final = 8.0
IMPACT_S: Final = 0.5
STRETCH_S: Final = {
    HazardKind.SIREN: 0.2,
    HazardKind.CRY_FOR_HELP: 0.2,
    HazardKind.MACHINE_FAULT_SOUND: 1.0,
}
"""Judged in windows of half that, which overlap by half."""
SINKS_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Heard:
    """One hazard's sound at one microphone."""

    kind: HazardKind
    start_s: float
    end_s: float
    evident_s: float | None
    doubtful: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Course:
    """snr_db: float64 [n], of windows of so many samples that overlap by half, the first of which
    begins at first_s.
    """

    snr_db: Course
    first_s: float
    window: int

    @property
    def window_s(self) -> float:
        return self.window / SAMPLE_RATE

    def begins_s(self, index: int) -> float:
        """When a window begins."""
        return self.first_s + index * self.window_s / 2

    def between(self, start_s: float, end_s: float) -> _Course:
        """The windows within these times."""
        begins = self.first_s + np.arange(len(self.snr_db)) * self.window_s / 2
        inside = np.flatnonzero(
            (begins >= start_s - 1e-6) & (begins + self.window_s <= end_s + 1e-6)
        )
        first = int(inside[0]) if len(inside) else 0
        return _Course(self.snr_db[inside], self.begins_s(first), self.window)


def heard_hazards(
    scenario: Scenario, sounds: FactorySound
) -> tuple[tuple[HazardSpan, ...], tuple[Doubt, ...]]:
    """Spans and doubts, in the order of their beginning; a zone is a microphone's name."""
    spans: list[HazardSpan] = []
    doubts: list[Doubt] = []
    for name in scenario.microphones:
        heard = [
            one
            for arrival in sounds.arrivals(name)
            if arrival.hazard is not None
            for one in _heard(scenario, arrival, arrival.hazard, sounds.total(name))
        ]
        spans += _spans(heard, name)
        doubts += [
            Doubt(one.kind, name, start_s, min(end_s, scenario.seconds))
            for one in heard
            for start_s, end_s in one.doubtful
            if start_s < scenario.seconds
        ]
    spans.sort(key=lambda span: (span.start_s, span.zone))
    doubts.sort(key=lambda doubt: (doubt.start_s, doubt.zone))
    return tuple(spans), tuple(doubts)


def _heard(
    scenario: Scenario, arrival: Arrival, kind: HazardKind, total: Sound
) -> Iterable[_Heard]:
    where, part = arrival.within(len(total))
    if not len(part):
        return
    rest = total[where] - part
    ring_s = RT60_S[0] + (RT60_S[1] - RT60_S[0]) * scenario.hall.echo
    if kind is HazardKind.IMPACT_SOUND:
        yield _impact(arrival, part, rest, ring_s)
        return
    window = round(STRETCH_S[kind] / 2 * SAMPLE_RATE)
    course = _Course(own_band_snr_db(part, rest, window=window), arrival.start_s, window)
    for start_s, end_s in _there(scenario, arrival):
        yield _lasting(kind, start_s, end_s, course.between(start_s, end_s), ring_s)


def _there(scenario: Scenario, arrival: Arrival) -> list[tuple[float, float]]:
    """From when to when a lasting sound is made."""
    end_s = min(arrival.end_s, scenario.seconds)
    if arrival.machine is None:
        return [(arrival.start_s, end_s)]
    part = scenario.machines[arrival.machine]
    edges = {arrival.start_s, end_s, *(edge for stop in part.stops for edge in stop)}
    inside = sorted(edge for edge in edges if arrival.start_s <= edge <= end_s)
    runs: list[tuple[float, float]] = []
    for start_s, until_s in itertools.pairwise(inside):
        if not moving(part, (start_s + until_s) / 2):
            continue
        if runs and runs[-1][1] == start_s:
            start_s = runs.pop()[0]  # noqa: PLW2901 - two pieces of one run
        runs.append((start_s, until_s))
    return runs


def _lasting(
    kind: HazardKind, start_s: float, end_s: float, course: _Course, ring_s: float
) -> _Heard:
    clear = course.snr_db >= CLEAR_DB
    # Three windows of half a stretch, each half over the next, make up one stretch.
    evident = np.flatnonzero(_in_a_row(clear) >= 3)
    doubtful: list[tuple[float, float]] = []
    evident_s = None
    if len(evident):
        evident_s = course.begins_s(int(evident[0])) + course.window_s
        doubtful.append((start_s, evident_s))
        doubtful += [
            (max(low_s, evident_s), high_s)
            for low_s, high_s in _sunk(course, clear, end_s)
            if high_s > evident_s
        ]
    elif (course.snr_db >= AUDIBLE_DB).any():
        doubtful.append((start_s, end_s))
    if doubtful:
        doubtful.append((end_s, end_s + ring_s))
    return _Heard(kind, start_s, end_s, evident_s, tuple(doubtful))


def _sunk(course: _Course, clear: NDArray[np.bool_], end_s: float) -> list[tuple[float, float]]:
    """From when to when it is not clear for long."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], clear, [True]]).astype(np.int8)))
    lows = [course.begins_s(int(index)) for index in edges[::2]]
    highs = [course.begins_s(int(index)) if index < len(clear) else end_s for index in edges[1::2]]
    return [
        (low_s, high_s)
        for low_s, high_s in zip(lows, highs, strict=True)
        if high_s - low_s > SINKS_S
    ]


def _impact(arrival: Arrival, part: Sound, rest: Sound, ring_s: float) -> _Heard:
    """By its first tenth of a second, in windows of 20 ms."""
    count = SAMPLE_RATE // 10
    snr_db = own_band_snr_db(part[:count], rest[:count], window=SAMPLE_RATE // 50)
    best = float(snr_db.max(initial=SILENT_DB))
    start_s = arrival.start_s
    end_s = start_s + IMPACT_S
    after = (end_s, end_s + ring_s)
    if best >= IMPACT_CLEAR_DB:
        return _Heard(HazardKind.IMPACT_SOUND, start_s, end_s, start_s, (after,))
    doubtful = ((start_s, end_s), after) if best >= AUDIBLE_DB else ()
    return _Heard(HazardKind.IMPACT_SOUND, start_s, end_s, None, doubtful)


def _in_a_row(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many in a row have been true until then, that one counted."""
    count = np.arange(1, len(flags) + 1)
    last_false = np.maximum.accumulate(np.where(flags, 0, count)) if len(flags) else count
    return np.asarray(count - last_false)


def _spans(heard: list[_Heard], zone: str) -> list[HazardSpan]:
    """Those that overlap made one."""
    made: list[HazardSpan] = []
    for one in sorted(heard, key=lambda each: (each.kind.value, each.start_s)):
        last = made[-1] if made else None
        if last is None or last.kind is not one.kind or one.start_s > last.end_s:
            made.append(HazardSpan(one.kind, zone, one.start_s, one.end_s, one.evident_s))
            continue
        known = [time for time in (last.evident_s, one.evident_s) if time is not None]
        end_s = max(last.end_s, one.end_s)
        made[-1] = HazardSpan(one.kind, zone, last.start_s, end_s, min(known, default=None))
    return made
