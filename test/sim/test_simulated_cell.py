from __future__ import annotations

import cv2
import numpy as np
import pytest

from tml_ros.sim.camera_view import HALL
from tml_ros.sim.floor_plan import STRIPE_WIDTH, ZONE_CORNERS
from tml_ros.sim.simulated_cell import SimulatedCell, zone_in_picture

EMPTY, WALKING, STANDING = 5, 90, 140


def test_the_same_seed_gives_the_same_bytes_in_any_order(cell: SimulatedCell) -> None:
    first = {index: cell.step(index).rgb.tobytes() for index in (EMPTY, WALKING, STANDING)}
    with SimulatedCell(seed=1, seconds=15) as other:
        again = {index: other.step(index).rgb.tobytes() for index in (STANDING, EMPTY, WALKING)}
    assert first == again


def test_another_seed_looks_different(cell: SimulatedCell) -> None:
    with SimulatedCell(seed=2, seconds=15) as other:
        difference = np.abs(cell.step(EMPTY).rgb.astype(int) - other.step(EMPTY).rgb)
    assert difference.mean() > 4


def test_pictures_are_read_only_and_never_the_same_twice(cell: SimulatedCell) -> None:
    a, b = cell.step(0), cell.step(1)
    assert (a.rgb.shape, a.rgb.dtype) == ((240, 320, 3), np.uint8)
    assert not a.rgb.flags.writeable
    assert not np.array_equal(a.rgb, b.rgb)
    assert b.time_s == pytest.approx(1 / 15)


def test_the_striped_line_is_drawn_where_the_zone_is_said_to_be(cell: SimulatedCell) -> None:
    """Yellow and black lie just inside the projected outline, and neither just outside."""
    picture = cell.step(EMPTY).rgb
    corners = np.array(ZONE_CORNERS)
    middle = corners.mean(axis=0)

    def along_the_edges(inwards: float) -> np.ndarray:
        half = (corners - middle)[:, :2]
        moved = corners.copy()
        moved[:, :2] = middle[:2] + half - np.sign(half) * inwards
        ends = np.roll(moved, -1, axis=0)
        shares = np.linspace(0.05, 0.95, 60)[:, None, None]
        points = (moved + shares * (ends - moved)).reshape(-1, 3)
        columns, rows = np.floor(HALL.project(points)).astype(int).T
        return cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)[rows, columns]

    line, floor = along_the_edges(STRIPE_WIDTH / 2), along_the_edges(-0.15)
    yellow = (line[:, 0] > 18) & (line[:, 0] < 33) & (line[:, 1] > 110)
    assert 0.3 < yellow.mean() < 0.75
    assert 0.15 < (line[:, 2] < 75).mean() < 0.6
    assert np.mean((floor[:, 1] > 110) | (floor[:, 2] < 60)) < 0.05


def test_feet_are_in_the_zone_when_they_are_within_its_outline(cell: SimulatedCell) -> None:
    outline = zone_in_picture().astype(np.float32)
    changes = 0
    for index in range(0, cell.frames, 3):
        truth = cell.step(index).truth
        if truth.feet is None:
            assert not truth.in_zone
            continue
        inside = any(
            cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0 for x, y in truth.feet
        )
        assert truth.in_zone == inside
        changes += inside
    assert changes > 20


def test_the_worker_is_drawn_where_the_feet_are_said_to_be(cell: SimulatedCell) -> None:
    step = cell.step(STANDING)
    before = cell.step(STANDING - 5 * 15 - 2)
    assert step.truth.feet is not None
    x, y = step.truth.feet.mean(axis=0)
    differs = np.abs(step.rgb.astype(int) - cell.step(EMPTY).rgb).max(axis=2) > 40
    floor = slice(round(y) - 60, round(y) + 30)
    rows, columns = np.nonzero(differs[floor, round(x) - 12 : round(x) + 12])
    assert rows.max() - 60 == pytest.approx(0, abs=8)
    assert abs(columns.mean() - 12) < 6
    assert before.truth.feet is None or abs(before.truth.feet.mean(axis=0)[1] - y) > 10


def test_wrong_questions_are_refused(cell: SimulatedCell) -> None:
    for index in (-1, cell.frames):
        with pytest.raises(IndexError):
            cell.step(index)
    with pytest.raises(ValueError, match="seed"):
        SimulatedCell(seed=-1, seconds=5)
    with pytest.raises(ValueError, match="seconds"):
        SimulatedCell(seed=1, seconds=0)
