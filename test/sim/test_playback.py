from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.clip_truth import ClipTruth
from tml_ros.sim.playback import (
    SLIP_NS,
    TICK_NS,
    FindingDue,
    Pace,
    PictureDue,
    SoundDue,
    Tick,
    TruthDue,
    playback,
)
from tml_ros.sim.scenario.scenario import HandedOver
from tml_ros.sim.truth_stream import END, HEADER

MS = 1_000_000


@pytest.fixture(scope="module")
def truth(told_truth: Callable[..., ClipTruth]) -> ClipTruth:
    return told_truth()


def of(truth: ClipTruth, kind: type, start_s: float = 0.0) -> list:
    return [due for due in playback(truth, start_s=start_s) if isinstance(due, kind)]


def test_every_picture_is_due_when_it_was_taken(truth: ClipTruth) -> None:
    pictures = of(truth, PictureDue)
    assert [(p.index, p.at_ns) for p in pictures if p.camera == "hall"] == [
        (index, 200 * MS * index) for index in range(20)
    ]
    assert [p.at_ns for p in pictures if p.camera == "side"] == [400 * MS * i for i in range(10)]


def test_a_block_of_sound_is_due_when_it_is_over_and_none_is_missing(truth: ClipTruth) -> None:
    blocks = of(truth, SoundDue)
    assert [(b.index, b.at_ns) for b in blocks] == [(i, 20 * MS * (i + 1)) for i in range(200)]


def test_the_clock_ticks_from_the_beginning_to_the_very_end_at_least_every_20_ms(
    truth: ClipTruth,
) -> None:
    ticks = [tick.at_ns for tick in of(truth, Tick)]
    assert (ticks[0], ticks[-1]) == (0, 4_000 * MS)
    assert np.diff(ticks).max() <= TICK_NS


def test_the_truth_comes_before_what_it_is_true_of_and_its_end_comes_last(truth: ClipTruth) -> None:
    dues = list(playback(truth))
    assert [due.at_ns for due in dues] == sorted(due.at_ns for due in dues)
    assert isinstance(dues[0], TruthDue)
    assert dues[0].told.content["event"] == HEADER
    assert isinstance(dues[-1], TruthDue)
    assert dues[-1].told.content["event"] == END
    at_one = [type(due) for due in dues if due.at_ns == 1_000 * MS]
    assert at_one.index(TruthDue) < at_one.index(PictureDue)


def test_it_can_begin_in_the_middle(truth: ClipTruth) -> None:
    dues = list(playback(truth, start_s=1.01))
    assert min(due.at_ns for due in dues) == 1_010 * MS
    assert of(truth, PictureDue, 1.01)[0].index == 6
    first = of(truth, SoundDue, 1.01)[0]
    assert (first.index, first.at_ns) == (51, 1_040 * MS)


@pytest.mark.parametrize("start_s", [-0.1, 4.0, 9.0])
def test_a_beginning_outside_of_it_is_refused(truth: ClipTruth, start_s: float) -> None:
    with pytest.raises(ValueError, match="start_s"):
        playback(truth, start_s=start_s)


@pytest.mark.parametrize(("rate", "waited"), [(1.0, 500), (2.0, 250), (0.5, 1_000)])
def test_it_waits_as_long_as_the_rate_says(rate: float, waited: int) -> None:
    pace = Pace(rate, first_ns=3_000 * MS, steady_ns=70 * MS)
    assert pace.wait_ns(3_500 * MS, 70 * MS) == waited * MS
    assert pace.wait_ns(3_500 * MS, (70 + waited) * MS) == 0


def test_a_little_lateness_is_caught_up_with() -> None:
    pace = Pace(1.0, first_ns=0, steady_ns=0)
    assert pace.wait_ns(100 * MS, 190 * MS) == 0
    assert pace.wait_ns(200 * MS, 190 * MS) == 10 * MS
    assert pace.slipped_ns == 0


def test_much_lateness_moves_everything_to_come() -> None:
    pace = Pace(1.0, first_ns=0, steady_ns=0)
    assert pace.wait_ns(100 * MS, 600 * MS) == 0
    assert pace.slipped_ns == 500 * MS
    assert pace.wait_ns(120 * MS, 600 * MS) == 20 * MS


@given(st.lists(st.integers(0, 400 * MS), min_size=1, max_size=60), st.floats(0.25, 8))
def test_nothing_comes_early_and_lateness_stays_bounded(delays: list[int], rate: float) -> None:
    pace, now = Pace(rate, first_ns=0, steady_ns=0), 0
    for step, delay in enumerate(delays, start=1):
        at_ns = step * TICK_NS
        now += delay
        now += pace.wait_ns(at_ns, now)
        due_ns = round(at_ns / rate) + pace.slipped_ns
        assert -1 <= now - due_ns <= SLIP_NS


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_time_that_does_not_go_forward_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Pace(rate, first_ns=0, steady_ns=0)


@pytest.mark.parametrize(("start_s", "due"), [(0.0, [(0.5, 1), (2.0, 0)]), (1.0, [(2.0, 0)])])
def test_what_is_given_to_the_cell_to_say_is_due_at_its_time(
    truth: ClipTruth, start_s: float, due: list[tuple[float, int]]
) -> None:
    given = [
        HandedOver(at=2.0, say="Later."),
        HandedOver(at=0.5, say="Now.", urgent=True),
        HandedOver(at=truth.seconds, say="Too late."),
    ]
    found = [
        one
        for one in playback(truth, start_s=start_s, handed_over=given)
        if isinstance(one, FindingDue)
    ]
    assert [(one.at_ns / 1e9, one.index) for one in found] == due
    assert all(one.given == given[one.index] for one in found)
