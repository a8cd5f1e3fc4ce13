"""Who speaks, and who wants silence."""

from __future__ import annotations

import pytest

from test.training.teaching.conftest import talk
from tml_ros.sim.talk.act import Act
from tml_ros.training.teaching.talk_so_far import TalkSoFar, Told


def so_far(*lines: tuple[Act, float, float], **more: object) -> TalkSoFar:
    facts = talk(*lines, **more)  # type: ignore[arg-type]
    return TalkSoFar(facts.scenario, facts.truth.lines)


@pytest.mark.parametrize(
    ("act", "at_s", "told"),
    [
        (Act.STOP, 4.9, Told.NO),
        (Act.STOP, 5.2, Told.PERHAPS),
        (Act.STOP, 6.0, Told.PERHAPS),
        (Act.STOP, 6.2, Told.YES),
        (Act.STOP, 12.0, Told.NO),
        (Act.INSTEAD, 5.4, Told.PERHAPS),
        (Act.INSTEAD, 5.6, Told.YES),
        (Act.ASK_SAFE, 5.6, Told.NO),
        (Act.CHATTER, 6.2, Told.NO),
    ],
)
def test_who_says_stop_is_obeyed_after_the_word(act: Act, at_s: float, told: Told) -> None:
    assert so_far((act, 5.0, 1.0)).told_to_stop(at_s, since_s=1.0) is told


def test_the_answer_to_who_talked_over_the_cell_is_not_stopped() -> None:
    assert so_far((Act.INSTEAD, 5.0, 1.0)).told_to_stop(6.4, since_s=6.2) is Told.NO


def test_a_line_that_waits_begins_with_the_cell() -> None:
    talked = so_far((Act.ASK_ALARM, 1.0, 1.0), (Act.STOP, -0.5, 1.0))
    assert talked.advance(2.2, []) == []
    ((line, start_s),) = talked.advance(2.4, [2.4])
    assert (line.index, start_s) == (1, 2.9)
    assert talked.waited == {1: 2.9}
    assert talked.told_to_stop(4.0, since_s=2.4) is Told.YES


def test_a_pause_and_talk_past_the_cell_are_known() -> None:
    talked = so_far((Act.ASK_SAFE, 1.0, 4.0), (Act.CHATTER, 8.0, 2.0), pauses={0: (1.0, 2.0)})
    assert [talked.paused(at) for at in (1.5, 2.5, 3.5)] == [False, True, False]
    assert [talked.past_the_cell(at) for at in (3.0, 9.0, 10.5, 11.5)] == [
        False,
        True,
        True,
        False,
    ]
