"""Everything that is true of a scenario: hazards, lines spoken, what is right to do. Types only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Expectation
from tml_ros.sim.truth.moment import Moment
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class HazardSpan:
    """A hazard is there in [start_s, end_s), in a zone or, where it is heard, at a microphone.

    evident_s: from when on it can be seen or heard well enough to be judged; None: never, and then
    nobody is blamed for missing it, nor for finding it.
    """

    kind: HazardKind
    zone: str
    start_s: float
    end_s: float
    evident_s: float | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """In [start_s, end_s) neither raising this hazard nor being silent on it is a mistake: a foot
    on the very line, somebody half hidden, smoke that thins out.
    """

    kind: HazardKind
    zone: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line as it is spoken. index: in `Scenario.lines`. seconds: how long it lasts.

    start_s: when it begins, None where that depends on the cell; into_s then says how long after
    the cell began to speak. pauses: from when to when in the line nothing is said, relative to its
    beginning. snr_db: of its speech to all other sound, by microphone, as far as known beforehand.
    """

    index: int
    who: str
    act: Act
    text: str
    seconds: float
    start_s: float | None
    into_s: float | None = None
    pauses: tuple[tuple[float, float], ...] = ()
    snr_db: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """moments: one per micro-turn, at the turn's end: moments[i].time_s = 0.2 (i + 1)."""

    seconds: float
    hazards: tuple[HazardSpan, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    lines: tuple[SpokenLine, ...] = ()
    expected: tuple[Expectation, ...] = ()
    moments: tuple[Moment, ...] = ()
