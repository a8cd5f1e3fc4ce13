from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.walk import Leg, Walk

THERE = (4.0, 0.0)
LEGS = (
    Leg(((0.0, 0.0), (2.0, 0.5), THERE), 3.0, math.pi / 2),
    Leg((THERE, (4.0, -3.0))),
)
WALK = Walk(LEGS, start_s=10.0, speed=1.2)
TIMES = np.arange(WALK.start_s, WALK.end_s, 0.02)
STATES = [WALK.at(time) for time in TIMES]


def test_it_stands_where_and_for_as_long_as_it_was_told() -> None:
    standing = [s for s in STATES if s is not None and s.stillness == 1.0]
    assert np.array([(s.x, s.y) for s in standing]) == pytest.approx(
        np.array([THERE] * len(standing)), abs=0.02
    )
    assert len(standing) * 0.02 == pytest.approx(3.0, abs=0.1)


def test_while_it_stands_it_turns_to_where_it_shall_face() -> None:
    standing = [s for s in STATES if s is not None and s.stillness == 1.0]
    assert standing[len(standing) // 2].heading == pytest.approx(math.pi / 2, abs=0.01)


def test_it_is_never_faster_than_its_speed_and_never_jumps() -> None:
    places = np.array([(s.x, s.y) for s in STATES if s is not None])
    paces = np.linalg.norm(np.diff(places, axis=0), axis=1) / 0.02
    assert paces.max() <= 1.2 * 1.02
    assert np.abs(np.diff(paces)).max() <= 0.15


def test_it_comes_from_its_first_corner_and_leaves_by_its_last() -> None:
    first, last = WALK.at(WALK.start_s), WALK.at(WALK.end_s)
    assert first is not None and last is not None
    assert (first.x, first.y) == pytest.approx((0, 0), abs=0.03)
    assert (last.x, last.y) == pytest.approx((4, -3), abs=0.03)
    assert first.stillness == last.stillness == 0.0


@pytest.mark.parametrize("time", [-1.0, 9.99, WALK.end_s + 0.01, 1e9])
def test_before_and_after_it_is_nowhere(time: float) -> None:
    assert WALK.at(time) is None


@given(walked=st.floats(0.1, 6.5), left=st.floats(-0.3, 0.3))
def test_beside_the_way_is_so_far_beside_it(walked: float, left: float) -> None:
    middle, beside = np.array(WALK.place(walked, 0.0)), np.array(WALK.place(walked, left))
    assert np.linalg.norm(beside - middle) == pytest.approx(abs(left), rel=0.02, abs=1e-9)
