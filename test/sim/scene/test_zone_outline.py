from __future__ import annotations

import cv2
import numpy as np
import pytest

from tml_ros.safety.zone import crossing_edges
from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.lens import bent
from tml_ros.sim.scene.zone_outline import area, clipped, zones_in_picture

SQUARE = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
HOOK = ((-2, 0), (2, 0), (2, 3), (1, 3), (1, 1), (-2, 1))
UNDER_CAMERA = ((-2, -5.5), (2, -5.5), (2, 0), (-2, 0))
ALL = ((-6, -5), (6, -5), (6, 5), (-6, 5))


def cell(polygon: object, *, distortion: float = 0.0, to: object = (0, 0.5, 0)) -> Scenario:
    return Scenario.model_validate(
        {
            "scenario": "test",
            "seconds": 10,
            "zones": {"line": {"polygon": polygon}},
            "cameras": {"hall": {"at": (0.5, -4.5, 3.2), "to": to, "distortion": distortion}},
        }
    )


@pytest.mark.parametrize("distortion", [0.0, 1.0])
@pytest.mark.parametrize(
    "polygon", [SQUARE, HOOK, UNDER_CAMERA, ALL], ids=["square", "hook", "under", "all"]
)
def test_what_is_within_the_outline_is_what_is_within_the_zone(
    polygon: tuple[tuple[float, float], ...], distortion: float
) -> None:
    scenario = cell(polygon, distortion=distortion)
    part = scenario.cameras["hall"]
    outline = np.array(zones_in_picture(scenario, "hall")["line"], np.float32)
    view = CameraView(part.at, part.to, part.fovy, *part.size)
    floor = np.random.default_rng(5).uniform((-6, -5), (6, 5), (800, 2))
    pixels = bent(view.project(np.column_stack([floor, np.zeros(len(floor))])), part)
    zone = np.array(polygon, np.float32)
    looked_at = 0
    for place, (x, y) in zip(floor, pixels, strict=True):
        if not (1 < x < 239 and 1 < y < 159):
            continue
        within = cv2.pointPolygonTest(outline, (float(x), float(y)), measureDist=True)
        if abs(within) > 0.5:
            looked_at += 1
            inside = cv2.pointPolygonTest(zone, (float(place[0]), float(place[1])), False) > 0
            assert (within > 0) == inside, (place, (x, y))
    assert looked_at > 100


def test_an_outline_stays_within_the_picture() -> None:
    for distortion in (0.0, 0.7):
        outline = np.array(zones_in_picture(cell(ALL, distortion=distortion), "hall")["line"])
        assert (outline >= 0).all()
        assert (outline <= (240, 160)).all()


@pytest.mark.parametrize(
    ("polygon", "to"),
    [
        (SQUARE, (0.5, -8, 1)),
        (((-6, 4.5), (-5.9, 4.5), (-5.9, 4.6)), (0, 0.5, 0)),
        (((9, 0), (10, 0), (10, 1)), (0, 0.5, 0)),
    ],
    ids=["behind the camera", "too small", "beside the picture"],
)
def test_a_zone_that_is_hardly_seen_is_left_out(polygon: object, to: object) -> None:
    assert zones_in_picture(cell(polygon, to=to), "hall") == {}


def test_bent_outlines_have_more_corners_but_not_many() -> None:
    straight = zones_in_picture(cell(SQUARE), "hall")["line"]
    curved = zones_in_picture(cell(SQUARE, distortion=1.0), "hall")["line"]
    assert len(straight) == 4
    assert 4 < len(curved) < 40


def test_clipping_a_triangle_leaves_what_is_on_one_side() -> None:
    triangle = np.array([(0.0, 0.0), (4.0, 0.0), (0.0, 4.0)])
    right = clipped(triangle, (1, 0), 2.0)
    assert area(right) == pytest.approx(2.0)
    assert area(clipped(triangle, (1, 0), 5.0)) == 0
    assert area(clipped(triangle, (1, 0), -5.0)) == pytest.approx(8.0)


@pytest.mark.parametrize("distortion", [0.0, 1.0])
def test_of_a_zone_that_is_cut_into_pieces_the_largest_is_given(distortion: float) -> None:
    # Its two legs are in the picture; what joins them is below it.
    fork = (
        (-1.5, -4),
        (2.0, -4),
        (2.0, 1),
        (0.5, 1),
        (0.5, -3.8),
        (-0.5, -3.8),
        (-0.5, 0),
        (-1.5, 0),
    )
    outline = zones_in_picture(cell(fork, distortion=distortion), "hall")["line"]
    assert crossing_edges(outline) is None
    across = np.array(outline)[:, 0]
    assert across.min() > 100
    leg = ((2.0, -4), (2.0, 1), (0.5, 1), (0.5, -4))
    whole = zones_in_picture(cell(leg, distortion=distortion), "hall")["line"]
    assert area(np.array(outline)) == pytest.approx(area(np.array(whole)), rel=0.02)
