from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tml_ros.model.letterbox import place
from tml_ros.sim.render.patch_labels import (
    THINGS,
    behind_smoke,
    patch_labels,
    patch_means,
)
from tml_ros.sim.render.smoky_pictures import SmokyPictures
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.lens import bent
from tml_ros.sim.scene.people import People
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage import camera_view
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.truth.moment import Posture

from .conftest import skip_without

CLEAN = {"noise": 0, "blur": 0, "compression": 0}


def hall(people: dict[str, Any], **changes: Any) -> Scenario:
    described = {
        "scenario": "hall",
        "seconds": 12.0,
        "seed": 3,
        "hall": {"clutter": 0.0},
        "zones": {"press_area": {"polygon": [[0, 0], [2, 0], [2, 2], [0, 2]]}},
        "cameras": {
            "hall": {"at": [-2.4, -2.8, 3.0], "to": [0.8, 1.0, 0.8], "distortion": 0.6, **CLEAN}
        },
        "people": people,
    }
    return Scenario.model_validate(described | changes)


def standing(x: float, y: float, **changes: Any) -> dict[str, Any]:
    return {"at": [x, y], "stays": True, **changes}


def labels_of(
    scenario: Scenario, *times: float, blocks: tuple[Block, ...] = (), columns: int = 6
) -> dict[str, NDArray[np.int8]]:
    """By thing: int8 [times, patches]."""
    part = scenario.cameras["hall"]
    found = patch_labels(
        scenario,
        "hall",
        np.array(times or (1.0,)),
        place(*part.size, width=40 * columns, height=160),
        people=People(scenario),
        vehicles=Vehicles(scenario),
        blocks=blocks,
        view=camera_view(scenario, "hall"),
    )
    return {thing: found[:, :, index] for index, thing in enumerate(THINGS)}


def patch_at(scenario: Scenario, point: tuple[float, float, float]) -> int:
    """The patch of a point of the room, of 6 x 4."""
    pixels = camera_view(scenario, "hall").project([point])
    ((x, y),) = bent(pixels, scenario.cameras["hall"])
    assert 0 <= x < 240
    assert 0 <= y < 160
    return int(y // 40) * 6 + int(x // 40)


@pytest.mark.parametrize("at", [(1.0, 1.0), (-0.6, 1.4), (0.4, -0.7), (0.2, 1.8)])
def test_feet_and_head_are_where_the_camera_sees_them(at: tuple[float, float]) -> None:
    scenario = hall({"worker": standing(*at)})
    (one,) = People(scenario).people
    track = one.track(np.array([1.0]))
    soles = {patch_at(scenario, tuple(sole)) for sole in track.poses.soles[0]}
    found = labels_of(scenario)
    assert set(np.flatnonzero(found["feet"][0] == 1)) == soles
    in_zone = soles if 0 < at[0] < 2 and 0 < at[1] < 2 else set()
    assert set(np.flatnonzero(found["feet_in_zone"][0] == 1)) == in_zone
    head = patch_at(scenario, (*at, 1.62 * one.look.size))
    assert set(np.flatnonzero(found["helmet"][0] == 1)) == {head}
    for thing in ("bare_head", "lying", "vehicle"):
        assert not found[thing].any(), thing


def test_a_head_without_helmet_is_bare() -> None:
    with_one = labels_of(hall({"worker": standing(1, 1)}))
    without = labels_of(hall({"worker": standing(1, 1, helmet=False)}))
    np.testing.assert_array_equal(without["bare_head"], with_one["helmet"])
    assert not without["helmet"].any()


@pytest.mark.parametrize(("x", "label"), [(0.6, 1), (0.02, -1), (-0.6, 0)])
def test_nobody_is_blamed_for_feet_on_the_line(x: float, label: int) -> None:
    # Facing along x, both feet are about as far from the line.
    stands = standing(x, 1.0, steps=[{"stand": 60, "facing": 0}])
    found = labels_of(hall({"worker": stands}))
    feet = np.flatnonzero(found["feet"][0] == 1)
    assert set(found["feet_in_zone"][0][feet]) == {label}


def test_what_is_hidden_is_in_doubt() -> None:
    scenario = hall({"worker": standing(1, 1)})
    board = Block((0.4, 0.3, 0.5), (0.9, 0.9, 0.5))
    free, hidden = labels_of(scenario), labels_of(scenario, blocks=(board,))
    assert set(free["feet"][free["feet"] == 1]) == {1}
    assert not (hidden["feet"] == 1).any()
    assert (hidden["feet"][free["feet"] == 1] == -1).all()
    wall = Block((0.4, 0.3, 1.5), (0.9, 0.9, 1.5))
    hidden = labels_of(scenario, blocks=(wall,))
    assert (hidden["helmet"][free["helmet"] == 1] == -1).all()
    assert (hidden["bare_head"][free["helmet"] == 1] == -1).all()


def test_a_head_too_small_to_judge_is_in_doubt() -> None:
    far = hall(
        {"worker": standing(1, 1)},
        cameras={"hall": {"at": [-2.4, -2.8, 3.0], "to": [0.8, 1.0, 0.8], "fovy": 100, **CLEAN}},
    )
    found = labels_of(far)
    assert not (found["helmet"] == 1).any()
    assert (found["helmet"] == -1).any()
    np.testing.assert_array_equal(found["helmet"], found["bare_head"])


def test_who_has_fallen_lies_in_the_patches_that_their_body_covers() -> None:
    scenario = hall({"worker": standing(1, 1, steps=[{"stand": 1}, {"fall": 8}])})
    (one,) = People(scenario).people
    times = np.arange(0.5, 8.0, 0.1)
    postures = one.track(times).postures
    found = labels_of(scenario, *times)
    for row, posture in enumerate(postures):
        feet, lying = found["feet"][row], found["lying"][row]
        if posture is Posture.STANDING:
            assert (feet == 1).any()
            assert not lying.any()
        elif posture is Posture.FALLING:
            assert not (feet == 1).any()
            assert set(lying[lying != 0]) == {-1}
        elif posture is Posture.LYING:
            assert not (feet == 1).any()
            assert (lying == 1).any()
    assert Posture.LYING in postures


def test_a_vehicle_is_labelled_where_it_stands() -> None:
    vehicles = {"truck": {"at": [1.0, 1.0], "facing": 90}}
    scenario = hall({}, vehicles=vehicles)
    found = labels_of(scenario)["vehicle"][0]
    assert found[patch_at(scenario, (1.0, 1.0, 0.6))] == 1
    assert not found[[0, 5, 18]].any()


def test_labels_follow_a_picture_that_is_fitted_into_wider_patches() -> None:
    scenario = hall({"worker": standing(1, 1)})
    usual, wide = labels_of(scenario)["feet"][0], labels_of(scenario, columns=8)["feet"][0]
    # 240 pixels in the middle of 320: one column of grey on either side.
    inner = wide.reshape(4, 8)[:, 1:-1]
    np.testing.assert_array_equal(inner, usual.reshape(4, 6))
    assert not wide.reshape(4, 8)[:, [0, -1]].any()


def test_patches_with_feet_or_head_are_those_that_look_different_with_somebody_there() -> None:
    def picture(people: dict[str, Any]) -> NDArray[np.uint8]:
        with SmokyPictures(hall(people), quality=Quality.FAST) as pictures:
            return pictures.picture("hall", 10)

    def pair() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        return picture({"worker": standing(1, 1)}), picture({})

    there, empty = skip_without(pair)
    changed = np.abs(there.astype(int) - empty).max(axis=2) > 25
    by_patch = changed.reshape(4, 40, 6, 40).sum(axis=(1, 3)).ravel()
    found = labels_of(hall({"worker": standing(1, 1)}))
    marked = (found["feet"][0] == 1) | (found["helmet"][0] == 1)
    assert marked.any()
    assert (by_patch[marked] > 10).all()


def test_smoke_that_hides_half_of_a_patch_makes_what_is_there_doubtful() -> None:
    labels = np.array([[[1, 0], [1, -1], [1, 0]]], np.int8)
    smoke = np.array([[0, 127, 128]], np.uint8)
    assert behind_smoke(labels, smoke).tolist() == [[[1, 0], [1, -1], [-1, 0]]]


def test_means_of_patches_count_grey_around_the_picture_as_nothing() -> None:
    layer = np.ones((160, 120), np.float32)
    means = patch_means(layer, place(120, 160, width=240, height=160)).reshape(4, 6)
    np.testing.assert_allclose(means, np.tile([0, 0.5, 1, 1, 0.5, 0], (4, 1)), atol=1e-6)


def test_smoke_is_seen_where_it_rises() -> None:
    event = {"kind": "smoke", "at": 0.1, "lasts": 10, "place": [1.0, 1.0], "strength": 1.0}
    scenario = hall({}, events=[event])
    placement = place(240, 160, width=240, height=160)

    def smoke() -> NDArray[np.float32]:
        with SmokyPictures(scenario, quality=Quality.FAST) as pictures:
            assert pictures.smoke("hall", 0) is None
            layer = pictures.smoke("hall", 60)
            clear = pictures.picture("hall", 0).astype(int)
            hazy = pictures.picture("hall", 60).astype(int)
        assert layer is not None
        changed = np.abs(hazy - clear).mean(axis=2)
        assert np.corrcoef(changed.ravel(), layer.ravel())[0, 1] > 0.5
        return patch_means(layer, placement)

    means = skip_without(smoke)
    assert means[patch_at(scenario, (1.0, 1.0, 0.8))] > 0.3
    assert means[[0, 5, 18]].max() < 0.05
