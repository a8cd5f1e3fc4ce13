"""How halls look, and where things stand in them."""

from __future__ import annotations

import colorsys
import itertools

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.hall import hall_blocks, make_hall
from tml_ros.sim.scene.hall_clutter import Piece, clutter
from tml_ros.sim.scene.hall_light import HallLight
from tml_ros.sim.scene.hall_looks import FLOOR_HUES, FLOOR_VALUES, STRIPES, hall_look
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.split import Split

CAMERA = (-5.4, -4.6, 3.4)
WAY = ((-5.0, -3.0), (0.0, -2.0), (4.0, -3.5))
ZONE = ((0.2, 0.2), (2.9, 0.2), (2.9, 2.2), (0.2, 2.2))


def scenario(seed: int, *, looks: Split = Split.TRAIN, full: float = 1.0) -> Scenario:
    return Scenario(
        scenario="test",
        seconds=20,
        seed=seed,
        looks=looks,
        hall={"size": (14.0, 11.0), "columns": ((-3.5, 3.0),), "clutter": full},
        machines={"press_1": {"kind": "press", "at": (1.5, 3.6)}},
        zones={"press_area": {"polygon": ZONE}},
        cameras={"camera": {"at": CAMERA, "to": (1.0, 1.0, 0.5)}},
        people={"anna": {"at": WAY[0], "steps": ({"walk": WAY[1:]},)}},
    )


def corners(piece: Piece) -> np.ndarray:
    """Places all over its foot: float64 [n, 2]."""
    share = np.array(list(itertools.product(np.linspace(-1, 1, 7), repeat=2)))
    angle = np.radians(piece.turn)
    turned = np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    return share * piece.half @ turned + piece.at


def along(way: tuple[tuple[float, float], ...]) -> np.ndarray:
    return np.concatenate([np.linspace(*ends, 200) for ends in itertools.pairwise(way)])


@pytest.mark.parametrize("seed", range(30))
def test_nobody_walks_into_anything_that_stands_about(seed: int) -> None:
    way = along(WAY)
    for piece in clutter(scenario(seed)):
        gaps = np.linalg.norm(corners(piece)[:, None] - way[None], axis=2)
        assert gaps.min() >= 0.69, piece


@pytest.mark.parametrize("seed", range(30))
def test_nothing_stands_in_a_zone_or_hides_it(seed: int) -> None:
    grid = np.array(list(itertools.product(np.linspace(0.2, 2.9, 10), np.linspace(0.2, 2.2, 8))))
    camera = np.array(CAMERA)
    for piece in clutter(scenario(seed)):
        foot = corners(piece)
        assert not ((foot > (0.0, 0.0)) & (foot < (3.1, 2.4))).all(axis=1).any(), piece
        share = np.linspace(0, 1, 200)[:, None, None]
        line = camera + share * (np.append(grid, np.zeros((len(grid), 1)), axis=1) - camera)
        centre, half = (np.array(part) for part in piece.block)
        assert not (np.abs(line - centre) < half).all(axis=2).any(), piece


@pytest.mark.parametrize("seed", range(10))
def test_things_stand_in_the_hall_and_not_in_each_other(seed: int) -> None:
    pieces = clutter(scenario(seed))
    assert len(pieces) >= 8
    for piece in pieces:
        assert (np.abs(corners(piece)) <= (7.0, 5.5)).all(), piece
    for one, two in itertools.combinations(pieces, 2):
        gaps = np.linalg.norm(corners(one)[:, None] - corners(two)[None], axis=2)
        assert gaps.min() > 0.02, (one, two)


def test_more_clutter_is_more_and_none_is_none() -> None:
    counts = [len(clutter(scenario(3, full=full))) for full in (0.0, 0.3, 1.0)]
    assert counts[0] == 0
    assert 0 < counts[1] < counts[2]


def test_columns_and_what_is_high_are_blocks() -> None:
    found = hall_blocks(scenario(3))
    assert any(np.allclose(block.centre[:2], (-3.5, 3.0)) and block.half[2] > 2 for block in found)
    tall = [piece for piece in clutter(scenario(3)) if piece.height >= 0.4]
    assert len(found) == len(tall) + 1
    assert found == hall_blocks(scenario(3))


@pytest.mark.parametrize("looks", Split)
def test_looks_are_those_of_the_split(looks: Split) -> None:
    for seed in range(20):
        look = hall_look(scenario(seed, looks=looks))
        hue, _, value = colorsys.rgb_to_hsv(*look.floor)
        assert FLOOR_HUES.holds(round(hue, 9), looks)
        assert FLOOR_VALUES.holds(round(value, 9), looks)
        assert look.stripes in STRIPES.of(looks)


def test_a_scenario_is_painted_the_same_each_time_and_alike_in_both_qualities() -> None:
    one, two = (make_hall(scenario(5), quality=Quality.FAST) for _ in range(2))
    assert one.shapes == two.shapes and one.assets == two.assets
    assert all(np.array_equal(one.textures[name], two.textures[name]) for name in one.textures)
    fine = make_hall(scenario(5), quality=Quality.PRETTY)
    assert fine.shapes == one.shapes
    for name, picture in one.textures.items():
        rough = picture[:: len(picture) // 8, :: picture.shape[1] // 8].astype(int)
        step = len(fine.textures[name]) / len(picture)
        rows = (np.arange(0, len(picture), len(picture) // 8) * step).astype(int)
        columns = np.arange(0, picture.shape[1], picture.shape[1] // 8) * step
        same = fine.textures[name][rows][:, columns.astype(int)]
        assert np.median(np.abs(same - rough)) < 12, name


def test_the_ceiling_is_above_every_camera() -> None:
    high = scenario(0).model_copy(
        update={
            "cameras": {"top": scenario(0).cameras["camera"].model_copy(update={"at": (0, 0, 9)})}
        }
    )
    assert hall_look(high).height > 9


def test_lamps_know_few_levels_and_all_of_them_are_used() -> None:
    lamps = HallLight(
        Scenario(
            scenario="test",
            seconds=20,
            events=(
                {"kind": "lamp_off", "at": 4, "lasts": 2, "strength": 0.5},
                {"kind": "lamp_off", "at": 10, "lasts": 2, "strength": 1.0},
                {"kind": "siren", "at": 1},
            ),
        )
    )
    levels = [lamps.level(time_s) for time_s in np.arange(0, 20, 0.01)]
    assert levels[0] == levels[-1] == 1.0
    assert sorted(set(levels)) == [0.0, 0.3, 1.0]
    assert lamps.level(4.0) == lamps.level(5.99) == 0.3
    assert lamps.level(11.0) == 0.0
