"""Machines, vehicles and distractors as a camera sees them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.distractors import distractors
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage import Stage, camera_view
from tml_ros.sim.scene.vehicles import Vehicles

SCENARIO = Scenario.model_validate(
    {
        "scenario": "drawn",
        "seconds": 60,
        "seed": 11,
        "hall": {"clutter": 0.0},
        "cameras": {"c": {"at": (-3.5, -4.3, 4.2), "to": (1.0, 0.5, 0.3), "fovy": 62}},
        "machines": {"press_1": {"kind": "press", "at": (1.5, 3.5), "stops": [(20, 40)]}},
        "vehicles": {"agv": {"kind": "cart", "at": (0, 1.5), "enters": 3, "stays": True}},
        "events": [
            {"kind": "spill", "at": 5, "lasts": 10, "place": (2.5, -1.5)},
            {"kind": "reflection", "at": 20, "lasts": 10, "place": (0.0, -1.0), "strength": 1},
            {"kind": "shadow", "at": 30, "lasts": 4, "place": (0.0, -1.0)},
            {"kind": "door", "at": 44, "lasts": 10, "place": (6, -1.0)},
            {"kind": "swinging", "at": 50, "lasts": 8, "place": (3.0, 1.5)},
            {"kind": "blinking", "at": 50, "lasts": 8},
        ],
    }
)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    props = [*machines(SCENARIO), Vehicles(SCENARIO), *distractors(SCENARIO)]
    try:
        made = Stage(SCENARIO, props, quality=Quality.FAST)
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    with made:
        yield made


def _floor(stage: Stage, place: tuple[float, float], time_s: float) -> NDArray[np.float64]:
    """The mean colour of a few pixels about a place on the floor."""
    x, y = camera_view(SCENARIO, "c").project([(*place, 0.0)])[0].astype(int)
    around = stage.draw("c", time_s).rgb[y - 3 : y + 4, x - 3 : x + 4]
    return np.asarray(around.mean(axis=(0, 1)), np.float64)


@pytest.mark.parametrize(
    ("place", "before", "during", "way"),
    [
        ((2.5, -1.5), 4.0, 10.0, None),
        ((0.0, -1.0), 29.0, 32.0, -1),
        ((5.0, -1.0), 43.0, 49.0, 1),
    ],
    ids=["puddle", "shadow", "daylight"],
)
def test_patches_change_the_floor_where_they_are(
    stage: Stage, place: tuple[float, float], before: float, during: float, way: int | None
) -> None:
    was, now = _floor(stage, place, before), _floor(stage, place, during)
    changed = (now - was).mean()
    assert np.abs(now - was).mean() > 8
    assert way is None or changed * way > 8


def test_a_patch_of_sun_is_warm_and_wanders(stage: Stage) -> None:
    dark = stage.draw("c", 19.0).rgb.astype(int)
    seen = [stage.draw("c", time).rgb.astype(int) - dark for time in (22.0, 27.0)]
    spots = [np.argwhere(change.sum(axis=2) > 60).mean(axis=0) for change in seen]
    assert np.hypot(*(spots[1] - spots[0])) > 3
    for change in seen:
        lit = change[change.sum(axis=2) > 60].mean(axis=0)
        assert lit[0] > lit[2]


def test_a_press_is_seen_to_move_and_to_stand_still(stage: Stage) -> None:
    x, y = camera_view(SCENARIO, "c").project([(1.5, 3.2, 1.4)])[0].astype(int)
    around = slice(y - 15, y + 16), slice(x - 15, x + 16)
    moves = [stage.draw("c", time).rgb[around].astype(int) for time in np.arange(16, 19.2, 0.4)]
    assert np.ptp(moves, axis=0).max() > 60
    held = [stage.draw("c", time).rgb[around].astype(int) for time in (36.0, 38.0, 39.9)]
    assert np.ptp(held, axis=0).max() == 0


def test_a_vehicle_is_seen_from_when_it_enters(stage: Stage) -> None:
    without, with_it = (stage.draw("c", time).rgb.astype(int) for time in (2.0, 4.0))
    x, y = camera_view(SCENARIO, "c").project([(0, 1.5, 0.2)])[0].astype(int)
    change = np.abs(with_it - without).sum(axis=2) > 20
    assert change[y - 5 : y + 6, x - 5 : x + 6].mean() > 0.6


def test_nothing_is_left_out_where_only_parts_of_the_picture_are_drawn(stage: Stage) -> None:
    for time in (4.0, 7.1, 24.0, 32.0, 48.0, 53.3):
        parts = stage.draw("c", time).rgb.astype(int)
        whole = stage.draw_whole("c", time).rgb.astype(int)
        assert (np.abs(parts - whole).max(axis=2) > 24).mean() < 0.001
