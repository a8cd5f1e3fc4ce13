from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.lens import bent
from tml_ros.sim.scene.pictures import FactoryPictures
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage import camera_view

NONE = {"noise": 0.0, "blur": 0.0, "compression": 0.0}


def scenario(*, looks: str = "train", seed: int = 3) -> Scenario:
    camera = {"at": (-3.0, -3.0, 3.0), "to": (0.6, 0.8, 0.8)}
    return Scenario.model_validate(
        {
            "scenario": "test",
            "seconds": 12,
            "seed": seed,
            "looks": looks,
            "hall": {"clutter": 0.0},
            "machines": {"press_1": {"kind": "press", "at": (1.2, 3.0), "period": 3.0}},
            "zones": {"press_area": {"polygon": ((0, 0), (2, 0), (2, 1.5), (0, 1.5))}},
            "cameras": {
                "perfect": {**camera, **NONE, "rate": 5},
                "usual": {**camera, "distortion": 0.8, "shake": 0.5, "exposure": 0.5},
                "small": {**camera, "size": (120, 80), "rate": 7.5},
            },
            "people": {"worker": {"at": (-0.5, 0.3), "stays": True, "steps": ({"stand": 4},)}},
            "events": (
                {"kind": "smoke", "at": 6, "lasts": 6, "place": (1.0, 0.5), "strength": 0.9},
                {"kind": "lamp_off", "at": 0, "lasts": 2, "strength": 0.8},
            ),
        }
    )


@pytest.fixture(scope="module")
def pictures() -> Iterator[FactoryPictures]:
    try:
        made = FactoryPictures(scenario(), quality=Quality.FAST)
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.mark.parametrize(
    ("camera", "frames", "second"),
    [("perfect", 60, 0.2), ("usual", 120, 0.1), ("small", 90, 1 / 7.5)],
)
def test_a_camera_takes_pictures_at_its_rate(
    pictures: FactoryPictures, camera: str, frames: int, second: float
) -> None:
    assert pictures.frames(camera) == frames
    assert pictures.time_s(camera, 0) == 0
    assert pictures.time_s(camera, 1) == pytest.approx(second)


@pytest.mark.parametrize(("camera", "shape"), [("usual", (160, 240, 3)), ("small", (80, 120, 3))])
def test_pictures_are_bytes_that_nobody_can_change(
    pictures: FactoryPictures, camera: str, shape: tuple[int, int, int]
) -> None:
    picture = pictures.picture(camera, 3)
    assert (picture.shape, picture.dtype) == (shape, np.uint8)
    with pytest.raises(ValueError, match="read-only"):
        picture[0, 0, 0] = 1


@pytest.mark.parametrize("index", [-1, 60])
def test_there_is_no_picture_before_the_first_or_after_the_last(
    pictures: FactoryPictures, index: int
) -> None:
    with pytest.raises(IndexError, match="of 60"):
        pictures.picture("perfect", index)


def test_the_same_scenario_gives_the_same_pictures_in_any_order(pictures: FactoryPictures) -> None:
    wanted = [("usual", 95), ("small", 2), ("perfect", 50), ("usual", 5)]
    first = [pictures.picture(*one).copy() for one in wanted]
    with FactoryPictures(scenario(), quality=Quality.FAST) as again:
        second = [again.picture(*one) for one in reversed(wanted)][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_other_seeds_and_looks_look_otherwise(pictures: FactoryPictures) -> None:
    usual = pictures.picture("small", 40).astype(np.int16)
    for other in (scenario(seed=4), scenario(looks="held-out")):
        with FactoryPictures(other, quality=Quality.FAST) as changed:
            assert np.abs(changed.picture("small", 40) - usual).mean() > 8


def test_smoke_is_seen_above_its_place(pictures: FactoryPictures) -> None:
    before, during = (pictures.picture("perfect", index).astype(np.int16) for index in (29, 58))
    change = np.abs(during - before).mean(axis=2)
    x, y = camera_view(scenario(), "perfect").project([(1.0, 0.5, 0.9)])[0].astype(int)
    assert change[y - 8 : y + 9, x - 8 : x + 9].mean() > 15
    assert np.median(change) < 5


def test_the_worker_is_seen_where_the_bent_view_says(pictures: FactoryPictures) -> None:
    cell = scenario()
    with FactoryPictures(cell.model_copy(update={"people": {}}), quality=Quality.FAST) as without:
        gone = without.picture("usual", 50).astype(np.int16)
    seen = np.abs(pictures.picture("usual", 50) - gone).sum(axis=2) > 90
    rows, columns = np.nonzero(seen)
    body = camera_view(cell, "usual").project([(-0.5, 0.3, 0.9)])
    x, y = bent(body, cell.cameras["usual"])[0]
    assert (np.median(columns), np.median(rows)) == pytest.approx((x, y), abs=6)
    assert seen.sum() > 200


def test_when_the_lamps_come_on_the_picture_is_brighter(pictures: FactoryPictures) -> None:
    dark, light = (pictures.picture("perfect", index).mean() for index in (5, 25))
    assert light > 1.3 * dark
