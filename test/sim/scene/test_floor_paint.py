"""The floor seen from above."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Place, Scenario
from tml_ros.sim.scene.floor_paint import floor_texture
from tml_ros.sim.scene.hall_looks import HallLook, hall_look
from tml_ros.sim.scene.prop import Block

SCALE = 50.0
RED, WHITE = (1.0, 0.0, 0.0), (1.0, 1.0, 1.0)
SQUARE = ((-1.0, -1.0), (2.0, -1.0), (2.0, 1.5), (-1.0, 1.5))
POLYGONS = {
    "square": SQUARE,
    "clockwise": tuple(reversed(SQUARE)),
    "slanted": ((-2.0, 0.0), (0.0, -2.0), (2.0, 0.5), (0.5, 2.5)),
    "an L": ((-2.0, -2.0), (2.0, -2.0), (2.0, 0.0), (0.0, 0.0), (0.0, 2.0), (-2.0, 2.0)),
    "triangle": ((-3.0, -2.0), (3.0, -2.5), (0.0, 3.0)),
}


def floor(
    polygon: tuple[Place, ...] | None, *, painted: bool = True, blocks: tuple[Block, ...] = ()
) -> tuple[np.ndarray, HallLook]:
    zones = {"zone": {"polygon": polygon, "painted": painted}} if polygon else {}
    scenario = Scenario(scenario="test", seconds=9, hall={"size": (12.0, 8.0)}, zones=zones)
    look = dataclasses.replace(
        hall_look(scenario),
        floor=(0.4, 0.4, 0.4),
        lane=(0.4, 0.4, 0.4),
        stripes=(RED, WHITE),
        stripe_width=0.2,
        wear=0.1,
        zone_tint=0.0,
    )
    seed = np.random.SeedSequence(3)
    return floor_texture(scenario, look, seed, blocks, [], pixels_per_m=SCALE) / 255.0, look


def at(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    columns, rows = (np.add(places, (6.0, -4.0)) * (SCALE, -SCALE)).astype(int).T
    return picture[rows, columns]


def redness(colours: np.ndarray) -> np.ndarray:
    return colours[:, 0] - colours[:, 1]


def test_it_is_as_large_as_the_hall() -> None:
    picture, _ = floor(None)
    assert picture.shape == (400, 600, 3)


@pytest.mark.parametrize("name", POLYGONS)
def test_the_line_runs_along_the_inside_of_any_zone_in_both_colours(name: str) -> None:
    polygon = np.array(POLYGONS[name])
    picture, look = floor(POLYGONS[name])
    contour = polygon.astype(np.float32)
    for begin, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        length = np.linalg.norm(end - begin)
        normal = np.array((-(end - begin)[1], (end - begin)[0])) / length
        middle = (begin + end) / 2
        inside = cv2.pointPolygonTest(contour, (middle + 0.05 * normal).tolist(), measureDist=False)
        inwards = normal * inside
        share = np.linspace(0.15, 0.85, int(150 * length))[:, None]
        line = begin + share * (end - begin)
        on = redness(at(picture, line + 0.1 * inwards))
        assert 0.3 < (on > 0.3).mean() < 0.7
        switches = np.abs(np.diff(on > 0.3)).sum()
        assert switches == pytest.approx(2 * 0.7 * length / look.stripe_length, abs=2.5, rel=0.15)
        for aside in (-0.06, 0.27):
            assert np.abs(redness(at(picture, line + aside * inwards))).max() < 0.1


def test_a_zone_that_is_not_painted_leaves_no_mark() -> None:
    assert np.array_equal(floor(SQUARE, painted=False)[0], floor(None)[0])
    assert not np.array_equal(floor(SQUARE)[0], floor(None)[0])


def test_dirt_gathers_around_what_stands_there() -> None:
    clean, _ = floor(None)
    dirty, _ = floor(None, blocks=(Block((2.0, 1.0, 0.5), (0.5, 0.3, 0.5)),))
    beside, away = np.array([[2.6, 1.0]]), np.array([[4.0, -1.0]])
    assert at(dirty, beside).mean() < 0.92 * at(clean, beside).mean()
    assert np.array_equal(at(dirty, away), at(clean, away))
