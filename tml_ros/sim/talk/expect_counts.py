"""COUNT: what is right to say when somebody wants boxes counted.

COUNT. Asked to count, the cell says the number each time a box has passed after the end of the
line, beginning between the moment it passes (due) and 1.2 s later: a person at the belt says it
while the box is still in reach, and a box that passes is in the picture before, so that nothing
more than seeing it is waited for. It goes on until somebody asks for the total, says stop, or the
scenario ends. A box that passes 0.4 s around the end of the line may be counted or not: nothing is
asked for it, and all that follow have two right numbers, `number` being the one that begins after
the line. Where it is not known when the line ends, the same holds for all boxes that pass while it
may end.

The total that finish_count asks for is an ANSWER (`expect_answers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty, Situation
from tml_ros.sim.talk.phrasebook import COUNTED
from tml_ros.sim.talk.replies import Reply
from tml_ros.sim.truth.expectation import Rule, Says
from tml_ros.sim.truth.truth import SpokenLine

WITHIN_S: Final = 1.2
_AROUND_S: Final = 0.4
_AT_THE_TOTAL_S: Final = 0.5
_ENDING: Final = frozenset({Act.FINISH_COUNT, Act.STOP, Act.STOP_EVERY, Act.COUNT})


@dataclass(frozen=True, slots=True)
class _Counting:
    """passes: of boxes after the line. extra: how many more may have been counted, just before it.
    fewer: how many of them may have been taken for ones before.
    """

    thing: str
    passes: tuple[float, ...]
    extra: int
    fewer: int
    ends_s: float

    def also(self, number: int) -> list[int]:
        """What is as right as the number."""
        return [
            n for n in range(max(0, number - self.fewer), number + self.extra + 1) if n != number
        ]


def counts(situation: Situation) -> list[Duty]:
    """One per box."""
    duties: list[Duty] = []
    for line in situation.lines:
        if line.act is not Act.COUNT:
            continue
        counting = _counting(situation, line)
        for number, time_s in enumerate(counting.passes, start=1):
            # A number that would be said over the end of the counting is nobody's fault.
            if time_s + WITHIN_S > counting.ends_s:
                break
            if number <= counting.fewer:
                continue
            also = counting.also(number)
            duties.append(
                situation.at(
                    Rule.COUNT,
                    (time_s, time_s, time_s + WITHIN_S),
                    replies.counting(number, *also),
                    about=counting.thing,
                    number=number,
                    of=line.index,
                )
            )
    return duties


def counted_total(situation: Situation, line: SpokenLine) -> tuple[Reply | None, int | None]:
    """The total that is right at the end of a line, and the number; None if nothing was counted."""
    before = reversed(situation.lines_before(line))
    asked = next((other for other in before if other.act is Act.COUNT), None)
    if asked is None:
        return Reply("I have not counted anything.", Says()), None
    counting = _counting(situation, asked)
    begin, end = situation.times[line.index].reach
    passes = counting.passes
    stopped = min(counting.ends_s, end)
    sure = sum(time_s <= min(stopped, begin) - _AT_THE_TOTAL_S for time_s in passes)
    sure = max(0, sure - counting.fewer)
    number = sum(time_s <= stopped for time_s in passes)
    most = sum(time_s <= end + _AT_THE_TOTAL_S for time_s in passes) + counting.extra
    return replies.total(sure, number, most, counting.thing), number


def _counting(situation: Situation, line: SpokenLine) -> _Counting:
    """What is counted after a line."""
    meant = situation.meanings[line.index]
    every: Sequence[float] = sorted(situation.passes.get(meant.machine, ()))
    first, last = situation.times[line.index].ends
    passes = tuple(time_s for time_s in every if time_s > last)
    return _Counting(
        thing=meant.thing or COUNTED,
        passes=passes,
        extra=sum(first - _AROUND_S < time_s <= last for time_s in every),
        fewer=sum(time_s < last + _AROUND_S for time_s in passes),
        ends_s=_ending(situation, line),
    )


def _ending(situation: Situation, line: SpokenLine) -> float:
    """When a counting ends: the beginning of the line that ends it."""
    after = (
        situation.times[other.index].earliest_s
        for other in situation.lines_after(line)
        if other.act in _ENDING
    )
    return min(after, default=situation.scenario.seconds)
