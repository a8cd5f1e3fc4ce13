"""What is left out under load, in which order, and how it comes back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.cell.load_shedding import (
    CALM_NS,
    CALM_TURNS,
    LATE_TURNS,
    LEVELS,
    MOST_CALM_TURNS,
    WATCHED_TURNS,
    LoadShedding,
    Shed,
)
from tml_ros.turn.micro_turn import TURN_NS

CALM, BUSY, LATE = CALM_NS, TURN_NS, TURN_NS + 1
DEEPEST = LEVELS[-1]


def after(*times: int, shedding: LoadShedding | None = None) -> Shed:
    shedding = shedding or LoadShedding()
    for took_ns in times:
        shedding.answered(took_ns)
    return shedding.shed


def overloaded() -> LoadShedding:
    shedding = LoadShedding()
    after(*[LATE] * (LATE_TURNS * len(LEVELS)), shedding=shedding)
    assert shedding.shed is DEEPEST
    return shedding


def test_the_order_is_backchannels_then_the_voice_then_patches() -> None:
    shedding = LoadShedding()
    seen = [shedding.answered(LATE) for _ in range(LATE_TURNS * (len(LEVELS) - 1))]
    assert seen[LATE_TURNS - 1 :: LATE_TURNS] == [
        Shed.BACKCHANNELS,
        Shed.VOICE,
        Shed.SOME_PATCHES,
        Shed.PATCHES,
    ]


def test_each_step_leaves_out_what_those_before_it_do_and_one_thing_more() -> None:
    assert Shed.NOTHING.level == 0
    for richer, poorer in pairwise(shed.effort for shed in LEVELS):
        assert poorer.backchannels <= richer.backchannels
        assert poorer.voice <= richer.voice
        assert poorer.patches <= richer.patches
        assert poorer != richer


@pytest.mark.parametrize(
    ("times", "shed"),
    [
        ([], Shed.NOTHING),
        ([LATE], Shed.NOTHING),
        ([BUSY] * 100, Shed.NOTHING),
        ([LATE, LATE], Shed.BACKCHANNELS),
        ([LATE] + [BUSY] * (WATCHED_TURNS - 2) + [LATE], Shed.BACKCHANNELS),
        ([LATE] + [BUSY] * (WATCHED_TURNS - 1) + [LATE], Shed.NOTHING),
        ([LATE, LATE, LATE], Shed.BACKCHANNELS),
        ([LATE] * 4, Shed.VOICE),
        ([LATE] * 2 + [CALM] * (CALM_TURNS - 1), Shed.BACKCHANNELS),
        ([LATE] * 2 + [CALM] * CALM_TURNS, Shed.NOTHING),
        ([LATE] * 2 + [CALM] * (CALM_TURNS - 1) + [BUSY] + [CALM] * 2, Shed.BACKCHANNELS),
        ([LATE] * 2 + [CALM + 1] * 10 * CALM_TURNS, Shed.BACKCHANNELS),
        ([LATE] * 4 + [CALM] * CALM_TURNS, Shed.BACKCHANNELS),
    ],
)
def test_a_step_is_taken_exactly_when_it_is_due(times: list[int], shed: Shed) -> None:
    assert after(*times) is shed


def test_it_comes_back_step_by_step() -> None:
    shedding = overloaded()
    seen = [shedding.answered(CALM) for _ in range(CALM_TURNS * (len(LEVELS) - 1))]
    assert seen[CALM_TURNS - 1 :: CALM_TURNS] == list(LEVELS[-2::-1])


def test_what_does_not_last_is_tried_more_and_more_seldom_and_forgiven_once_it_lasts() -> None:
    shedding = LoadShedding()
    after(LATE, LATE, shedding=shedding)
    waited = []
    for _ in range(6):
        turns = 1
        while shedding.answered(CALM) is not Shed.NOTHING:
            turns += 1
        waited.append(turns)
        after(LATE, LATE, shedding=shedding)
    assert waited == [50, 100, 200, 400, 800, 800]
    assert waited[-1] == MOST_CALM_TURNS
    after(*[CALM] * 2 * MOST_CALM_TURNS, shedding=shedding)
    after(LATE, LATE, shedding=shedding)
    assert after(*[CALM] * CALM_TURNS, shedding=shedding) is Shed.NOTHING


TIMES = st.lists(st.sampled_from([CALM, BUSY, LATE, 20 * TURN_NS, 0]), max_size=400)


@settings(max_examples=80, deadline=None)
@given(TIMES)
def test_whatever_comes_it_goes_one_step_at_a_time_and_never_without_reason(
    times: list[int],
) -> None:
    shedding = LoadShedding()
    before, since = shedding.shed, 0
    for took_ns in times:
        shed = shedding.answered(took_ns)
        step = shed.level - before.level
        assert abs(step) <= 1
        since += 1
        if step > 0:
            assert took_ns > TURN_NS
            assert since >= LATE_TURNS
        if step < 0:
            assert took_ns <= CALM_NS
            assert since >= CALM_TURNS
        if step:
            since = 0
        before = shed


@settings(max_examples=40, deadline=None)
@given(TIMES)
def test_calm_brings_everything_back_whatever_was_before(times: list[int]) -> None:
    shedding = LoadShedding()
    after(*times, shedding=shedding)
    calm = [CALM] * (MOST_CALM_TURNS * len(LEVELS))
    assert after(*calm, shedding=shedding) is Shed.NOTHING


@settings(max_examples=40, deadline=None)
@given(TIMES)
def test_lasting_overload_leaves_out_all_that_can_be(times: list[int]) -> None:
    shedding = LoadShedding()
    after(*times, shedding=shedding)
    assert after(*[LATE] * LATE_TURNS * len(LEVELS), shedding=shedding) is DEEPEST
