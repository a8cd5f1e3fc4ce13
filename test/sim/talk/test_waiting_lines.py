"""Lines that wait for the cell are said when it speaks, and given up when it does not."""

from __future__ import annotations

import pytest

from tml_ros.sim.scenario.scenario import LinePart
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.line_times import PATIENCE_S
from tml_ros.sim.talk.waiting_lines import WaitingLines
from tml_ros.sim.truth.truth import SpokenLine

TURN_S = 0.2


def line(index: int, *, at: float | None = None, into: float | None = None) -> SpokenLine:
    return SpokenLine(index, "operator", Act.STOP, "stop", 2.0, at, into)


def part(*, at: float | None = None, into: float | None = None, after: float = 0.0) -> LinePart:
    return LinePart(who="operator", act=Act.STOP, at=at, into=into, after=after)


def said(lines: WaitingLines, begins: list[float], *, until: float = 60.0) -> dict[int, float]:
    """When each line begins if the cell begins to speak at these times; asked turn by turn."""
    found: dict[int, float] = {}
    for turn in range(round(until / TURN_S)):
        now = turn * TURN_S
        found |= lines.due(now, [at for at in begins if at <= now])
    return found


@pytest.mark.parametrize(
    ("begins", "starts"),
    [
        pytest.param([12.6], 13.3, id="so long into the answer"),
        pytest.param([11.8], 12.5, id="an answer that begins a little early"),
        pytest.param([3.0, 12.6], 13.3, id="what was said before the question does not count"),
        pytest.param([12.6, 14.0], 13.3, id="once only"),
        pytest.param([12.0 + PATIENCE_S + 0.4], None, id="nobody waits for ever"),
        pytest.param([], None, id="a cell that is silent"),
    ],
)
def test_a_line_waits_for_the_answer_to_the_line_before(
    begins: list[float], starts: float | None
) -> None:
    spoken = [line(0, at=10.0), line(1, into=0.7)]
    lines = WaitingLines([part(at=10.0), part(into=0.7, after=10.5)], spoken)
    found = said(lines, begins)
    assert found == ({} if starts is None else {1: pytest.approx(starts)})
    assert lines.starts == found


def test_what_was_handed_over_later_is_waited_for_from_then_on() -> None:
    spoken = [line(0, at=1.0), line(1, into=2.0), line(2, into=1.0)]
    parts = [part(at=1.0), part(into=2.0, after=20.0), part(into=1.0, after=40.0)]
    found = said(WaitingLines(parts, spoken), [3.5, 20.4, 26.0, 41.0])
    assert found == {1: pytest.approx(22.4), 2: pytest.approx(42.0)}


def test_a_line_behind_one_that_was_given_up_still_has_its_chance() -> None:
    spoken = [line(0, at=1.0), line(1, into=2.0), line(2, into=1.0)]
    parts = [part(at=1.0), part(into=2.0, after=2.0), part(into=1.0, after=30.0)]
    assert said(WaitingLines(parts, spoken), [31.0]) == {2: pytest.approx(32.0)}


def test_no_line_begins_before_the_turn_in_which_it_is_decided() -> None:
    lines = WaitingLines([part(into=0.1)], [line(0, into=0.1)])
    assert lines.due(5.0, [4.7]) == {0: 5.0}
