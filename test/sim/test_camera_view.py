from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from tml_ros.sim.camera_view import CameraView

HALL = CameraView((-2.7, -2.7, 3.3), (1.36, 1.40, 0.74), 46.0, 320, 240)


def by_opencv(view: CameraView, points: np.ndarray) -> np.ndarray:
    """The same projection by OpenCV's camera model, whose y axis points down and z ahead."""
    right, up, back = view.axes()
    rotation = np.stack([right, -up, -back])
    focal = 0.5 * view.height / math.tan(math.radians(view.fovy_deg) / 2)
    matrix = np.array([[focal, 0, view.width / 2], [0, focal, view.height / 2], [0, 0, 1]])
    shift = -rotation @ np.array(view.position)
    pixels, _ = cv2.projectPoints(points, cv2.Rodrigues(rotation)[0], shift, matrix, None)
    return pixels.reshape(-1, 2)


@pytest.mark.parametrize("view", [HALL, CameraView((0, 0, 2), (0, 5, 2), 60.0, 640, 480)])
def test_points_are_where_another_camera_model_has_them(view: CameraView) -> None:
    target = np.array(view.target)
    points = target + np.random.default_rng(1).uniform(-1.5, 1.5, (50, 3))
    assert view.project(points) == pytest.approx(by_opencv(view, points), abs=1e-6)


def test_the_target_is_in_the_middle_and_up_is_up() -> None:
    assert HALL.project([HALL.target])[0] == pytest.approx((160, 120))
    x, y, z = HALL.target
    ((across, down),) = HALL.project([(x, y, z + 0.5)])
    assert across == pytest.approx(160)
    assert down < 120


def test_what_is_behind_the_camera_is_nowhere() -> None:
    behind = 2 * np.array(HALL.position) - HALL.target
    assert np.isnan(HALL.project([tuple(behind)])).all()
