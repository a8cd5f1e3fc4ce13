"""A small cell to talk to: two zones, a press, a belt, a forklift; tables say what is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tml_ros.sim.scenario.scenario import (
    CameraPart,
    EventPart,
    HandedOver,
    LinePart,
    MachinePart,
    MicrophonePart,
    PersonPart,
    Scenario,
    VehiclePart,
    ZonePart,
)
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty
from tml_ros.sim.talk.expectations import duties
from tml_ros.sim.talk.words import drawn_words
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.moment import Moment, PersonState, Posture, Sighting, VehicleState
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine
from tml_ros.turn.hazard import HazardKind

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
SEEN = {"wall": Sighting((10.0, 10.0, 30.0, 60.0), 0.9)}
GLIMPSED = {"wall": Sighting((10.0, 10.0, 14.0, 60.0), 0.1)}
Span = tuple[float, float]


@dataclass(frozen=True)
class Cell:
    """What happens. lines: act, beginning (negative: so long after the cell began), more fields.

    inside: when somebody is in the press area. glimpsed: the same, and hardly to be seen. forklift:
    when it is in sight. pauses, seconds: of lines by index. passes: of boxes on the belt.
    """

    lines: Sequence[tuple[Act, float, dict[str, object]]] = ()
    inside: Sequence[Span] = ()
    glimpsed: Sequence[Span] = ()
    forklift: Sequence[Span] = ()
    hazards: Sequence[tuple[HazardKind, str, float, float, float | None]] = ()
    doubts: Sequence[tuple[HazardKind, str, float, float]] = ()
    handed_over: Sequence[HandedOver] = ()
    events: Sequence[EventPart] = ()
    passes: Sequence[float] = ()
    pauses: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    seconds: Mapping[int, float] = field(default_factory=dict)
    lasts: float = 60.0
    seed: int = 7

    @property
    def scenario(self) -> Scenario:
        lines = tuple(
            LinePart(
                who="anna",
                act=act,
                **({"at": at} if at >= 0 else {"into": -at}),
                **more,  # type: ignore[arg-type]
            )
            for act, at, more in self.lines
        )
        return Scenario(
            scenario="talk",
            seconds=self.lasts,
            seed=self.seed,
            zones={name: ZonePart(polygon=SQUARE) for name in ("press_area", "bay_2")},
            machines={
                "press_2": MachinePart(kind="press", at=(1, 1)),
                "belt": MachinePart(kind="conveyor", at=(3, 1)),
            },
            vehicles={"forklift": VehiclePart(at=(4, 4))},
            people={"anna": PersonPart(at=(5, 0))},
            cameras={"wall": CameraPart(at=(0, 5, 3), to=(0, 0, 0))},
            microphones={"mic": MicrophonePart(at=(0, 0, 2))},
            events=tuple(self.events),
            lines=lines,
            handed_over=tuple(self.handed_over),
        )

    @property
    def spoken(self) -> tuple[SpokenLine, ...]:
        scenario = self.scenario
        return tuple(
            SpokenLine(
                index,
                line.who,
                line.act,
                text,
                seconds=self.seconds.get(index, 2.0),
                start_s=line.at,
                into_s=line.into,
                pauses=tuple(self.pauses.get(index, ())),
            )
            for index, (line, text) in enumerate(
                zip(scenario.lines, drawn_words(scenario), strict=True)
            )
        )

    @property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(self._moment(0.2 * (i + 1)) for i in range(int(self.lasts / 0.2)))

    def _moment(self, time_s: float) -> Moment:
        def now(spans: Sequence[Span]) -> bool:
            return any(begin <= time_s < end for begin, end in spans)

        people = [
            PersonState("bob", (1, 1), 0, Posture.STANDING, True, ("press_area",), seen)
            for spans, seen in ((self.inside, SEEN), (self.glimpsed, GLIMPSED))
            if now(spans)
        ]
        seen = SEEN if now(self.forklift) else {}
        vehicles = (VehicleState("forklift", (4, 4), 0, 0.0, (), seen),)
        return Moment(time_s, tuple(people), vehicles)

    @property
    def spans(self) -> tuple[HazardSpan, ...]:
        return tuple(HazardSpan(*hazard) for hazard in self.hazards)

    @property
    def duties(self) -> tuple[Duty, ...]:
        return duties(
            self.scenario,
            self.spoken,
            self.spans,
            self.moments,
            passes={"belt": self.passes},
            doubts=tuple(Doubt(*doubt) for doubt in self.doubts),
        )

    def of(self, *rules: Rule) -> list[Duty]:
        return [duty for duty in self.duties if duty.expectation.rule in rules]


@pytest.fixture
def cell() -> Callable[..., Cell]:
    """Makes a cell in which the given things happen."""
    return Cell
