"""Depth in a polygon against OpenCV, which works it out on its own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.truth.zone_depth import depth_in

HOLLOW = ((0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (2.0, 1.0), (0.0, 3.0))
PLACES = st.floats(-2.0, 6.0, width=32)


@pytest.mark.parametrize("polygon", [HOLLOW, HOLLOW[::-1], ((0, 0), (5, 1), (1, 4))])
@given(x=PLACES, y=PLACES)
def test_it_is_the_signed_distance_to_the_edge(
    polygon: tuple[tuple[float, float], ...], x: float, y: float
) -> None:
    contour = np.array(polygon, np.float32).reshape(-1, 1, 2)
    expected = cv2.pointPolygonTest(contour, (x, y), measureDist=True)
    assert float(depth_in(polygon, np.array([x, y]))) == pytest.approx(expected, abs=1e-4)


def test_it_takes_points_of_any_shape() -> None:
    points = np.random.default_rng(1).uniform(-1, 5, (3, 4, 2))
    together = depth_in(HOLLOW, points)
    assert together.shape == (3, 4)
    assert together[2, 1] == depth_in(HOLLOW, points[2, 1])
