"""What a camera sees of a body, against small steps along every line of sight."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import CameraPart
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.truth.sightings import Cloud, Eye, Hiding, MovingBox, box_cloud, sight

VIEW = CameraView((0.0, -6.0, 3.0), (0.0, 0.0, 1.0), 50.0, 240, 160)
EYE = Eye(VIEW)
RNG = np.random.default_rng(5)


def cloud(points: NDArray[np.float64], *, head: tuple[int, ...] = ()) -> Cloud:
    count = points.shape[1]
    return Cloud(points, np.full(count, 0.1), np.full(count, 1 / count), head, 0.11)


def walked(begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    return begin + np.linspace(0, 1, 4000)[:, None] * (end - begin)


def test_a_block_hides_what_is_behind_it_and_nothing_else() -> None:
    points = RNG.uniform((-3, -2, 0), (3, 4, 2), (1, 200, 3))
    blocks = [Block((0.5, -0.5, 0.5), (0.4, 0.3, 0.5)), Block((-1.5, 0.5, 1.0), (0.2, 0.6, 1.0))]
    hidden = Hiding(blocks).hidden(EYE.place, points)[0]
    for point, found in zip(points[0], hidden, strict=True):
        steps = walked(EYE.place, point)
        expected = any(
            (np.abs(steps - block.centre) < block.half).all(axis=1).any() for block in blocks
        )
        assert found == expected
    assert 0.05 < hidden.mean() < 0.7


def test_a_turned_box_hides_at_its_moments_only() -> None:
    heading = math.radians(40)
    box = MovingBox(
        middle=np.array([[0.3, 0.0, 0.6]] * 2),
        heading=np.array([heading] * 2),
        half=(1.0, 0.3, 0.6),
        present=np.array([True, False]),
    )
    points = np.repeat(RNG.uniform((-2, -1, 0), (2, 3, 1.5), (1, 200, 3)), 2, axis=0)
    hidden = Hiding([], [box]).hidden(EYE.place, points)
    turn = np.array(
        [[math.cos(heading), math.sin(heading)], [-math.sin(heading), math.cos(heading)]]
    )
    for point, found in zip(points[0], hidden[0], strict=True):
        steps = walked(EYE.place, point) - box.middle[0]
        steps[:, :2] = steps[:, :2] @ turn.T
        assert found == (np.abs(steps) < box.half).all(axis=1).any()
    assert hidden[0].any()
    assert not hidden[1].any()


def test_somebody_hides_who_stands_behind_them_and_not_the_other_way_round() -> None:
    upright = np.array([[(0.0, 0.0, height) for height in np.arange(0.1, 1.7, 0.1)]])
    front, back = cloud(upright), cloud(upright + np.array([0.0, 0.6, 0.0]))
    there = np.array([True])
    hiding = Hiding([], [], [(front, there), (back, there)])
    assert sight(EYE, front, hiding, own=0).share[0] == pytest.approx(1.0)
    assert sight(EYE, back, hiding, own=1).share[0] < 0.4
    gone = Hiding([], [], [(front, ~there), (back, there)])
    assert sight(EYE, back, gone, own=1).share[0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("place", "share"),
    [((0.0, 0.0), 1.0), ((30.0, 0.0), 0.0), ((0.0, -9.0), 0.0), ((2.2, -4.5), 0.0)],
)
def test_what_is_outside_of_the_picture_is_not_seen(
    place: tuple[float, float], share: float
) -> None:
    points = np.array([[(*place, height) for height in (0.2, 0.8, 1.4)]])
    seen = sight(EYE, cloud(points), Hiding([]))
    assert seen.share[0] == pytest.approx(share)
    assert (seen.sighting(0) is None) == (share == 0.0)


def test_the_box_is_around_what_is_seen_and_the_head_as_large_as_a_pinhole_makes_it() -> None:
    points = np.array([[(0.2, 0.1, 1.6), (0.2, 0.1, 1.0), (0.2, 0.1, 0.1)]])
    sighting = sight(EYE, cloud(points, head=(0,)), Hiding([])).sighting(0)
    assert sighting is not None
    pixels = VIEW.project(points[0])
    away = (points[0] - EYE.place) @ -VIEW.axes()[2]
    focal = 80 / math.tan(math.radians(25))
    assert sighting.head_radius == pytest.approx(focal * 0.11 / away[0])
    x0, y0, x1, y1 = sighting.box
    assert y0 == pytest.approx(pixels[0, 1] - focal * 0.1 / away[0])
    assert y1 == pytest.approx(pixels[2, 1] + focal * 0.1 / away[2])
    assert x0 < pixels[:, 0].min() < pixels[:, 0].max() < x1


def test_boxes_are_where_the_lens_puts_them() -> None:
    part = CameraPart(at=VIEW.position, to=VIEW.target, distortion=1.0)
    points = np.array([[(2.0, 1.0, 1.0), (2.0, 1.0, 1.2)]])
    plain = sight(EYE, cloud(points), Hiding([])).box[0]
    bent = sight(Eye(VIEW, part), cloud(points), Hiding([])).box[0]
    assert np.abs(bent - plain).max() > 1.0


def test_a_box_is_seen_whole_where_nothing_stands_before_it() -> None:
    box = MovingBox(np.array([[0.0, 0.0, 0.5]]), np.array([0.3]), (0.6, 0.4, 0.5), np.array([True]))
    assert sight(EYE, box_cloud(box), Hiding([], [box]), own=0).share[0] == pytest.approx(1.0)
    wall = Block((0.0, -2.0, 1.0), (3.0, 0.1, 1.0))
    assert sight(EYE, box_cloud(box), Hiding([wall], [box]), own=0).share[0] == 0.0
