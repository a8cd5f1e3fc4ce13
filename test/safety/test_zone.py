"""Zone geometry: against definitions, and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tml_ros.safety.zone import (
    area,
    crossing_edges,
    lies_on_a_line,
    to_fractions,
    to_pixels,
    zone_mask,
)

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
L_SHAPE = ((0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0), (0.0, 2.0))


@pytest.mark.parametrize(
    ("polygon", "crossing"),
    [
        (SQUARE, None),
        (L_SHAPE, None),
        (L_SHAPE[::-1], None),
        (((0, 0), (4, 0), (4, 4), (2, 1)), None),
        (((0, 0), (2, 2), (2, 0), (0, 2)), (0, 2)),
        (((0, 0), (4, 0), (4, 4), (2, -1)), (0, 2)),
        (((0, 0), (4, 0), (4, 4), (2, 0)), (0, 2)),
        (((0, 0), (4, 0), (2, 0), (2, 2)), (0, 1)),
        (((2, 0), (2, 2), (0, 0), (4, 0)), (0, 2)),
        (((0, 0), (3, 0), (3, 3), (1, 1), (0, 0), (0, 3)), (0, 3)),
    ],
)
def test_edges_that_cross_touch_or_fold_back_are_found(
    polygon: tuple, crossing: tuple[int, int] | None
) -> None:
    assert crossing_edges(polygon) == crossing


def test_corners_on_one_line_enclose_nothing() -> None:
    assert lies_on_a_line(((0, 0), (1, 1), (3, 3)))
    assert lies_on_a_line(((1, 1), (1, 1), (1, 1)))
    assert not lies_on_a_line(((0, 0), (1, 1), (3, 3), (0, 1)))


def test_area_is_that_of_the_shape_whichever_way_round() -> None:
    assert area(SQUARE) == 1.0
    assert area(L_SHAPE) == 3.0
    assert area(L_SHAPE[::-1]) == 3.0


FRACTION = st.integers(0, 64).map(lambda n: n / 64)


@st.composite
def star_polygons(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    """Corners around a middle in order of angle: never crossing."""
    count = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(0.05, 0.45), min_size=count, max_size=count))
    turns = [2 * math.pi * index / count for index in range(count)]
    return tuple(
        (0.5 + r * math.cos(t), 0.5 + r * math.sin(t)) for r, t in zip(radii, turns, strict=True)
    )


@given(star_polygons())
def test_outlines_in_order_of_angle_do_not_cross(polygon: tuple) -> None:
    assert crossing_edges(polygon) is None
    assert not lies_on_a_line(polygon)


@given(star_polygons(), st.integers(20, 90), st.integers(20, 90))
def test_the_mask_holds_the_pixels_whose_centres_are_inside(
    polygon: tuple, width: int, height: int
) -> None:
    mask = zone_mask(polygon, width=width, height=height)
    assert mask.shape == (height, width)
    assert mask.dtype == np.bool_
    corners = to_pixels(polygon, width=width, height=height)
    ends = np.roll(corners, -1, axis=0)
    for y in range(0, height, 3):
        for x in range(0, width, 3):
            centre = (x + 0.5, y + 0.5)
            if _distance(centre, corners, ends) > 1.0:
                assert mask[y, x] == _is_inside(centre, corners, ends), (x, y)


def _is_inside(point: tuple[float, float], starts: np.ndarray, ends: np.ndarray) -> bool:
    """Whether the outline goes once around the point."""
    angles = [np.arctan2(*(corners - point).T[::-1]) for corners in (starts, ends)]
    turned = (angles[1] - angles[0] + np.pi) % (2 * np.pi) - np.pi
    return bool(abs(turned.sum()) > np.pi)


def _distance(point: tuple[float, float], starts: np.ndarray, ends: np.ndarray) -> float:
    along = ends - starts
    share = ((np.asarray(point) - starts) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12)
    nearest = starts + np.clip(share, 0, 1)[:, None] * along
    return float(np.min(np.linalg.norm(nearest - point, axis=1)))


def test_a_zone_of_the_whole_picture_covers_every_pixel() -> None:
    assert zone_mask(SQUARE, width=17, height=5).all()


@given(st.lists(st.tuples(FRACTION, FRACTION), min_size=3, max_size=8), st.integers(16, 4000))
def test_pixels_and_fractions_are_each_others_inverse(polygon: list, width: int) -> None:
    pixels = to_pixels(polygon, width=width, height=720)
    back = to_fractions([(x, y) for x, y in pixels.tolist()], width=width, height=720)
    assert np.allclose(back, polygon, atol=1e-12)


@given(st.lists(st.tuples(FRACTION, FRACTION), min_size=3, max_size=7, unique=True))
def test_crossing_does_not_depend_on_where_one_starts_or_which_way_one_goes(polygon: list) -> None:
    assume(not lies_on_a_line(polygon))
    crosses = crossing_edges(polygon) is not None
    assert (crossing_edges(polygon[1:] + polygon[:1]) is not None) == crosses
    assert (crossing_edges(polygon[::-1]) is not None) == crosses
