"""Zones drawn over pictures: where they belong, and everything within its panel."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.cell.zone_drawing import (
    GAP,
    HEADER,
    MAX_PANEL_WIDTH,
    PANEL_HEIGHT,
    draw_camera,
    plain_picture,
    side_by_side,
)

LOWER_LEFT = ((0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0))


@pytest.mark.parametrize("size", [(160, 120), (480, 270), (1920, 1080), (64, 480), (1600, 100)])
def test_a_panel_is_the_picture_fitted_with_a_header(size: tuple[int, int]) -> None:
    width, height = size
    panel = draw_camera(plain_picture(width=width, height=height), {}, title="a")
    scale = min(PANEL_HEIGHT / height, MAX_PANEL_WIDTH / width)
    assert panel.shape == (round(height * scale) + HEADER, round(width * scale), 3)
    assert panel.dtype == np.uint8


def test_a_zone_colours_its_inside_and_nothing_else() -> None:
    grey = np.full((PANEL_HEIGHT, 720, 3), 100, np.uint8)
    panel = draw_camera(grey, {"z": LOWER_LEFT}, title="")[HEADER:]
    changed = (panel != 100).any(axis=2)
    middle = PANEL_HEIGHT // 2
    assert changed[middle + 8 : -8, 8:352].all()
    assert not changed[: middle - 10].any()
    assert not changed[:, 370:].any()


def test_each_zone_has_a_colour_of_its_own() -> None:
    grey = np.full((PANEL_HEIGHT, 720, 3), 100, np.uint8)
    right = tuple((x + 0.5, y) for x, y in LOWER_LEFT)
    panel = draw_camera(grey, {"a": LOWER_LEFT, "b": right}, title="")[HEADER:]
    assert panel[-30, 90].tolist() != panel[-30, 630].tolist()


def test_a_narrow_picture_leaves_room_for_its_header() -> None:
    note = "640 x 480   topic /somewhere/far/away/image"
    panel = draw_camera(plain_picture(width=64, height=480), {}, title="hall", note=note)
    assert panel.shape[1] > 300
    assert (panel[HEADER:, 72:] == panel[HEADER, -1]).all()


def test_names_at_the_edge_of_the_picture_stay_within_it() -> None:
    corner = ((0.0, 0.0), (0.02, 0.0), (0.02, 0.02), (0.0, 0.02))
    name = "a_rather_long_name" * 3
    panel = draw_camera(plain_picture(width=64, height=480), {name: corner}, title="")
    assert panel.shape[:2] == (PANEL_HEIGHT + HEADER, 72)


def test_panels_stand_in_rows_of_three_with_gaps() -> None:
    panels = [np.full((50, 80, 3), 200 + index, np.uint8) for index in range(4)]
    sheet = side_by_side(panels)
    assert sheet.shape == (2 * 50 + 3 * GAP, 3 * 80 + 4 * GAP, 3)
    assert (sheet[GAP : GAP + 50, GAP : GAP + 80] == 200).all()
    assert (sheet[2 * GAP + 50 : 2 * GAP + 100, GAP : GAP + 80] == 203).all()
