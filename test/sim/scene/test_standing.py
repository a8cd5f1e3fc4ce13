"""Things that stand at any angle."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tml_ros.sim.scene.standing import Standing, about


@pytest.mark.parametrize(
    ("turn", "expected"),
    [(0, (3, 1, 1)), (90, (1, 3, 1)), (180, (3, 1, 1)), (-90, (1, 3, 1)), (360, (3, 1, 1))],
)
def test_a_box_along_the_walls_is_one_block(
    turn: float, expected: tuple[float, float, float]
) -> None:
    stand = Standing((2.0, 1.0), math.radians(turn))
    (block,) = stand.blocks((0.5, 0, 1), (3, 1, 1))
    assert block.half == expected
    around = (2 + 0.5 * math.cos(stand.turn), 1 + 0.5 * math.sin(stand.turn), 1)
    assert block.centre == pytest.approx(around)


@pytest.mark.parametrize("turn", [20, 45, 137, -60])
def test_a_box_at_a_slant_is_many_small_blocks_of_its_area_that_stay_close(turn: float) -> None:
    stand = Standing((2.0, 1.0), math.radians(turn))
    blocks = stand.blocks((0, 0, 1), (1.5, 0.4, 1))
    area = sum(4 * block.half[0] * block.half[1] for block in blocks)
    assert area == pytest.approx(4 * 1.5 * 0.4)
    back = about("z", -stand.turn)
    for block in blocks:
        x, y, _ = back @ (np.array(block.centre) - (2, 1, 0))
        assert abs(x) <= 1.5
        assert abs(y) <= 0.4


@pytest.mark.parametrize(
    ("axis", "point", "turned"),
    [("x", (0, 1, 0), (0, 0, 1)), ("y", (0, 0, 1), (1, 0, 0)), ("z", (1, 0, 0), (0, 1, 0))],
)
def test_rotations_are_right_handed(
    axis: str, point: tuple[int, ...], turned: tuple[int, ...]
) -> None:
    assert about(axis, math.pi / 2) @ np.array(point) == pytest.approx(turned)


def test_a_body_is_placed_where_its_point_is() -> None:
    stand = Standing((1.0, 2.0), 0.7)
    placed = stand.placed((0.3, -0.4, 0.5), about("z", 0.2))
    assert placed.position == pytest.approx(stand.point((0.3, -0.4, 0.5)))
    assert np.allclose(placed.rotation, about("z", 0.9))
