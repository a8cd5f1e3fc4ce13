"""One thing that is right to do, with the words in which a well-behaved cell does it.

An `Expectation` is what a cell is judged by; its duty adds what is needed to make others from it
and to teach: the words, and the line that called for it. Also the situation they are made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.floor_truth import FloorTruth
from tml_ros.sim.talk.line_times import LineTime, Window, line_times, overlap
from tml_ros.sim.talk.meaning import Meaning, meaning
from tml_ros.sim.talk.replies import Reply
from tml_ros.sim.truth.expectation import Expectation, Rule
from tml_ros.sim.truth.moment import Moment
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine

SPEAKS: Final = frozenset(
    {
        *(Rule.WARN, Rule.ANSWER, Rule.RESUME, Rule.ACKNOWLEDGE, Rule.DELEGATE),
        *(Rule.SAY_FINDING, Rule.AT_TIME, Rule.COUNT, Rule.CUE),
    }
)
"""The rules that want something said."""
WORD_S: Final = 0.36
"""How long a word takes to say, a little more than espeak-ng needs at its usual rate."""


@dataclass(frozen=True, slots=True)
class Duty:
    """text: what a well-behaved cell says, "" where it says nothing.

    of: index of the line that called for it, None for what happens. urgent: said at once, also
    over somebody who speaks.
    """

    expectation: Expectation
    text: str = ""
    of: int | None = None
    urgent: bool = False

    @property
    def takes_s(self) -> float:
        """About how long its words take."""
        return 0.3 + WORD_S * len(self.text.split()) if self.text else 2.0

    @property
    def window(self) -> Window:
        """From when to when."""
        return self.expectation.opens_s, self.expectation.closes_s

    def closing(self, closes_s: float) -> Duty:
        """The same with another end."""
        return replace(self, expectation=replace(self.expectation, closes_s=closes_s))


@dataclass(frozen=True)
class Situation:
    """Everything that expectations are made from. passes: by machine, when a box passes it."""

    scenario: Scenario
    spoken: Sequence[SpokenLine]
    hazards: Sequence[HazardSpan]
    moments: Sequence[Moment]
    passes: Mapping[str, Sequence[float]]
    doubts: Sequence[Doubt] = ()

    @cached_property
    def times(self) -> Mapping[int, LineTime]:
        """When each line may be spoken, by its index."""
        after = {i: line.after or 0.0 for i, line in enumerate(self.scenario.lines)}
        return line_times(self.spoken, after)

    @cached_property
    def lines(self) -> tuple[SpokenLine, ...]:
        """In the order in which they are spoken, as far as that is known beforehand."""
        times = self.times
        return tuple(sorted(self.spoken, key=lambda x: (times[x.index].earliest_s, x.index)))

    def lines_before(self, line: SpokenLine) -> tuple[SpokenLine, ...]:
        """Those that begin before it, the last one last."""
        return self.lines[: self.lines.index(line)]

    def lines_after(self, line: SpokenLine) -> tuple[SpokenLine, ...]:
        """Those that begin after it."""
        return self.lines[self.lines.index(line) + 1 :]

    @cached_property
    def floor(self) -> FloorTruth:
        """Who is where."""
        return FloorTruth(self.moments, self.hazards)

    @cached_property
    def meanings(self) -> Mapping[int, Meaning]:
        """What each line is about, by its index."""
        return {line.index: meaning(self.scenario, line.index) for line in self.lines}

    def speaking(self, time_s: float, *, but: Act | None = None) -> bool:
        """Whether a line is being spoken; those that wait for the cell are not known to be."""
        return any(
            line.start_s is not None and line.start_s <= time_s < line.start_s + line.seconds
            for line in self.lines
            if line.act is not but
        )

    def doubts_at(self, window: Window) -> tuple[Doubt, ...]:
        """The hazards that are in doubt then."""
        return tuple(
            d
            for d in self.doubts
            if overlap((d.start_s, d.end_s), window) or d.start_s <= window[0] < d.end_s
        )

    def at(
        self,
        rule: Rule,
        window: tuple[float, float, float],
        reply: Reply | None = None,
        *,
        about: str = "",
        number: int | None = None,
        of: int | None = None,
    ) -> Duty:
        """A duty at a time of the scenario. window: due, opens, closes."""
        due, opens, closes = window
        says = None if reply is None else reply.says
        expectation = Expectation(
            rule,
            due,
            opens,
            closes,
            says=says,
            about=about,
            number=number,
            over_speech=self.speaking(due),
        )
        return Duty(expectation, "" if reply is None else reply.text, of)

    def after(
        self,
        line: SpokenLine,
        rule: Rule,
        window: tuple[float, float, float],
        reply: Reply | None = None,
        *,
        about: str = "",
        number: int | None = None,
    ) -> Duty:
        """A duty at times from the beginning of a line, which may wait for the cell."""
        if line.start_s is not None:
            due, opens, closes = (line.start_s + part for part in window)
            shifted = (due, opens, closes)
            return self.at(rule, shifted, reply, about=about, number=number, of=line.index)
        made = self.at(rule, window, reply, about=about, number=number, of=line.index)
        talked_over = 0 <= window[0] < line.seconds
        expectation = replace(made.expectation, line=line.index, over_speech=talked_over)
        return replace(made, expectation=expectation)
