"""Rectangles that surely hold what moves."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.off_screen import Part
from tml_ros.sim.scene.stage_parts import Eye, merged, shadow_points

VIEW = CameraView((-4.0, -4.0, 3.5), (1.0, 1.0, 0.5), 55.0, 240, 160)


def seen(points: np.ndarray) -> np.ndarray:
    """Which pixels of the picture these points are in: int [n, 2]."""
    found = VIEW.project(points)
    found = found[~np.isnan(found).any(axis=1)]
    inside = (found >= 0).all(axis=1) & (found < (240, 160)).all(axis=1)
    return np.floor(found[inside]).astype(int)


def holds(box: np.ndarray, pixels: np.ndarray) -> bool:
    return bool(((pixels >= box[:2]) & (pixels < box[2:])).all())


def test_everything_of_a_ball_lies_in_its_rectangle_and_little_else_does() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        centre, radius = rng.uniform((-6, -6, 0), (6, 6, 3.5)), float(rng.uniform(0.05, 1.5))
        surface = rng.normal(size=(2000, 3))
        surface *= radius / np.linalg.norm(surface, axis=1, keepdims=True)
        (box,) = Eye(VIEW).around_balls(centre[None], np.array([radius]))
        pixels = seen(centre + surface)
        assert holds(box, pixels), (centre, radius)
        if len(pixels) > 1500:
            tight = np.concatenate([pixels.min(axis=0), pixels.max(axis=0) + 1])
            assert np.abs(tight - box).max() <= 6, (centre, radius)


def test_a_ball_behind_the_camera_is_nowhere_in_the_picture() -> None:
    (box,) = Eye(VIEW).around_balls(np.array([[-6.0, -6.0, 4.0]]), np.array([0.5]))
    assert box[0] >= box[2] or box[1] >= box[3]


def test_a_ball_around_the_camera_is_everywhere() -> None:
    (box,) = Eye(VIEW).around_balls(np.array([[-4.1, -4.0, 3.5]]), np.array([0.5]))
    assert box.tolist() == [0, 0, 240, 160]


def test_a_ball_and_its_shadow_on_the_floor_lie_in_their_rectangle() -> None:
    rng = np.random.default_rng(1)
    lamp = np.array((1.0, 2.0, 4.5))
    for _ in range(200):
        centre, radius = rng.uniform((-3, -3, 0), (4, 4, 2)), float(rng.uniform(0.05, 1.0))
        inside = rng.normal(size=(1000, 3))
        inside *= radius * rng.random((1000, 1)) / np.linalg.norm(inside, axis=1, keepdims=True)
        inside += centre
        inside = inside[inside[:, 2] > 0]
        shadow = lamp + (inside - lamp) * (lamp[2] / (lamp[2] - inside[:, 2:]))
        points = shadow_points(centre[None], np.array([radius]), lamp)
        (box,) = Eye(VIEW).around_points(points)
        for share in (0.0, 0.3, 1.0):
            assert holds(box, seen(inside + share * (shadow - inside))), (centre, radius)


def test_a_shadow_thrown_by_something_beside_the_lamp_may_be_anywhere() -> None:
    points = shadow_points(np.array([[1.0, 1.0, 4.0]]), np.array([0.8]), np.array((1.0, 2.0, 4.5)))
    (box,) = Eye(VIEW).around_points(points)
    assert box.tolist() == [0, 0, 240, 160]


@pytest.mark.parametrize(
    ("boxes", "overhead", "expected"),
    [
        ([], 100, []),
        ([(5, 5, 5, 9)], 100, []),
        ([(0, 0, 10, 10), (4, 4, 12, 12)], 0, [Part(0, 0, 12, 12)]),
        ([(0, 0, 10, 10), (90, 90, 99, 99)], 100, [Part(0, 0, 10, 10), Part(90, 90, 99, 99)]),
        ([(0, 0, 10, 10), (90, 90, 99, 99)], 10_000, [Part(0, 0, 99, 99)]),
        (
            [(0, 0, 9, 9), (50, 0, 59, 9), (10, 0, 19, 9)],
            50,
            [Part(0, 0, 19, 9), Part(50, 0, 59, 9)],
        ),
    ],
)
def test_rectangles_are_merged_where_one_is_cheaper_than_two(
    boxes: list[tuple[int, int, int, int]], overhead: float, expected: list[Part]
) -> None:
    found = merged(np.array(boxes, np.int64).reshape(-1, 4), overhead=overhead)
    assert sorted(found, key=lambda part: part.x0) == expected
