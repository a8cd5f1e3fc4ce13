"""Ways begin and end at rest or in full stride, and are cut where they turn back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tml_ros.sim.scene.people_way import Way, shortest, stretches


@pytest.mark.parametrize(
    ("places", "cut"),
    [
        ([(0, 0)], []),
        ([(0, 0), (0, 0.01)], []),
        ([(0, 0), (3, 0)], [2]),
        ([(0, 0), (3, 0), (3, 3)], [3]),
        ([(0, 0), (3, 0), (0, 0.5)], [2, 2]),
        ([(0, 0), (3, 0), (3, 0), (6, 0)], [3]),
    ],
)
def test_a_way_is_cut_where_it_turns_back(
    places: list[tuple[float, float]], cut: list[int]
) -> None:
    assert [len(stretch) for stretch in stretches(places)] == cut


@pytest.mark.parametrize("rests", [(True, True), (False, True), (True, False), (False, False)])
def test_who_rests_begins_and_ends_slowly_and_others_do_not(rests: tuple[bool, bool]) -> None:
    way = Way([(0, 0), (5, 0)], start_s=2.0, speed=1.3, from_rest=rests[0], to_rest=rests[1])
    paces = np.gradient(way.walked(way.knots()), way.knots())
    assert paces.max() == pytest.approx(1.3, rel=0.01)
    assert (paces[0] < 0.5, paces[-1] < 0.5) == rests
    assert way.when(-1.3) == pytest.approx(1.0)
    assert way.when(way.length + 1.3) == pytest.approx(way.end_s + 1.0)
    assert way.place(np.array([-1.0, 6.0]), left=0.2) == pytest.approx(
        np.array([[-1.0, 0.2], [6.0, 0.2]]), abs=1e-6
    )


@pytest.mark.parametrize(("angle", "same"), [(0.1, 0.1), (4.0, 4.0 - 2 * math.pi), (-7.0, -0.717)])
def test_the_shortest_turn_is_within_half_a_round(angle: float, same: float) -> None:
    assert shortest(angle) == pytest.approx(same, abs=1e-3)
