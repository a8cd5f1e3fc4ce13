"""Lessons made by other processes: in order, and with a word where one is gone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from tiny_run import Made

from tml_ros.training.loop.data_order import CourseShare, DataOrder
from tml_ros.training.loop.lesson_feed import LessonError, LessonFeed, Lessons
from tml_ros.training.loop.lesson_packing import Portion, grouped, packed
from tml_ros.training.loop.train_settings import TrainSettings


def lessons(source: Made, **more: Any) -> Lessons:
    rate = TrainSettings(courses={"talk": 2}, steps=1).rate("talk")
    return Lessons(
        DataOrder(0, 0, (CourseShare("talk", rate, len(source)),)),
        {"talk": source},
        most_tokens=1000,
        **more,
    )


@pytest.mark.parametrize("workers", [0, 1])
def test_a_lesson_that_cannot_be_made_is_told_by_course_and_step(workers: int) -> None:
    with (
        LessonFeed(lessons(Made(4, broken=2)), 0, workers=workers) as feed,
        pytest.raises(LessonError, match=r"course talk, step \d: OSError: the disk is gone"),
    ):
        for _ in range(3):
            next(feed)


def test_a_process_that_dies_is_told_with_its_exit_code() -> None:
    with (
        LessonFeed(lessons(Made(2, fatal=1)), 0, workers=1) as feed,
        pytest.raises(LessonError, match="exit code 9"),
    ):
        next(feed)


def test_a_batch_survives_the_pipe_byte_by_byte() -> None:
    of = lessons(Made(4))
    with LessonFeed(of, 5, workers=1) as feed:
        found = next(feed)
    made = next(of.from_step(5))
    assert (found.step, found.course) == (5, "talk")
    (ours,), (theirs,) = found.passes, made.passes
    assert torch.equal(ours.batch.tokens.rgb, theirs.batch.tokens.rgb)
    assert torch.equal(ours.batch.text, theirs.batch.text)
    assert torch.equal(ours.batch.store.halves[1].back, theirs.batch.store.halves[1].back)
    assert (ours.share, ours.turns, ours.batch.tokens.rows) == (1.0, theirs.turns, 1)
    assert ours.batch.lengths == theirs.batch.lengths


def test_processes_share_out_the_lessons_of_a_step() -> None:
    of = lessons(Made(9))
    (picks,) = of.order.picks(1)
    shares = [Portion(rank, 3).lessons(picks.lessons) for rank in range(3)]
    taken = [pick for mine, counts in shares if counts for pick in mine]
    assert sorted(taken, key=lambda pick: pick.index) == sorted(
        picks.lessons, key=lambda pick: pick.index
    )
    assert [counts for _, counts in shares] == [True, True, False]
    idle = packed(picks, Made(9), most_tokens=1000, portion=Portion(2, 3))
    assert [(one.share, one.turns) for one in idle.passes] == [(0.0, 0)]


@pytest.mark.parametrize(("most", "sizes"), [(1, [1, 1, 1, 1]), (10_000, [4]), (50, None)])
def test_lessons_go_together_as_long_as_there_is_room(most: int, sizes: list[int] | None) -> None:
    made = [Made().lesson(index, 0) for index in range(4)]
    groups = list(grouped(made, most))
    assert [lesson for group in groups for lesson in group] == made
    if sizes is not None:
        assert [len(group) for group in groups] == sizes
    for group in groups:
        assert len(group) == 1 or sum(len(turn) for one in group for turn in one.turns) <= most
