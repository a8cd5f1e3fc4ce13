"""Feet stand, swing and stand again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tml_ros.sim.scene.people_footsteps import SHORTEST_S, Footsteps


def test_a_foot_is_where_it_was_put_until_it_swings_to_the_next_print() -> None:
    foot = Footsteps((0.0, 0.0, 0.0))
    foot.step(1.0, 1.5, (1.0, 0.0, 0.2))
    foot.step(2.0, 2.5, (1.0, 1.0, 0.4))
    prints, swung = foot.at(np.array([0.0, 1.25, 1.7, 2.5, 9.0]))
    assert prints[:, 0] == pytest.approx([0.0, 0.5, 1.0, 1.0, 1.0])
    assert prints[:, 1] == pytest.approx([0.0, 0.0, 0.0, 1.0, 1.0])
    assert swung == pytest.approx([0.0, 0.5, 1.0, 1.0, 1.0])


def test_a_foot_does_not_lift_before_it_has_landed_nor_swing_in_no_time() -> None:
    foot = Footsteps((0.0, 0.0, 0.0))
    foot.step(1.0, 1.5, (1.0, 0.0, 0.0))
    foot.step(1.2, 1.3, (2.0, 0.0, 0.0))
    prints, _ = foot.at(np.array([1.5, 1.5 + SHORTEST_S]))
    assert prints[:, 0] == pytest.approx([1.0, 2.0])


def test_a_foot_turns_the_shorter_way_round() -> None:
    foot = Footsteps((0.0, 0.0, 3.0))
    foot.step(1.0, 2.0, (0.0, 0.0, -3.0))
    prints, _ = foot.at(np.linspace(0.0, 3.0, 31))
    assert np.ptp(prints[:, 2]) == pytest.approx(2 * math.pi - 6.0)


def test_a_foot_that_is_put_elsewhere_forgets_what_it_was_about_to_do() -> None:
    foot = Footsteps((0.0, 0.0, 0.0))
    foot.step(1.0, 1.5, (1.0, 0.0, 0.0))
    foot.step(3.0, 3.5, (2.0, 0.0, 0.0))
    foot.put(2.0, (7.0, 0.0, 0.0))
    prints, _ = foot.at(np.array([1.9, 2.0, 4.0]))
    assert prints[:, 0] == pytest.approx([1.0, 7.0, 7.0])
