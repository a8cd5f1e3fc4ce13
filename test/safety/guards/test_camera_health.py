"""A camera that is frozen, dark or covered is said to be so, and no other one is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from camera_scenes import SIZES_AND_RATES, changes, film, hall, noisy, with_person

from tml_ros.safety.guards.camera_health import CameraHealth
from tml_ros.safety.guards.picture import prepare_picture
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import Frame

FROZEN = HazardKind.CAMERA_FROZEN
DARK = HazardKind.CAMERA_DARK
COVERED = HazardKind.CAMERA_COVERED
ALL_WELL = {FROZEN: [], DARK: [], COVERED: []}
HALL = hall()


def judged(scene, seconds=8.0, rate=10.0):
    return changes(CameraHealth("front"), film(scene, seconds=seconds, rate=rate))


def between(start, end, then, usual=lambda t: HALL):
    """The usual scene, and another from `start` to `end`."""
    return lambda t: then(t) if start <= t < end else usual(t)


def assert_only(times, kind, *, at, within, until=None):
    others = {other: seen for other, seen in times.items() if other is not kind}
    assert not any(others.values()), others
    assert at <= times[kind][0] <= at + within
    if until is None:
        assert len(times[kind]) == 1
    else:
        assert until <= times[kind][1] <= until + 1.0
        assert len(times[kind]) == 2


def test_every_kind_is_stated_for_every_picture():
    picture = prepare_picture(Frame("front", 5, np.full((120, 160, 3), 90, np.uint8)))
    hazards = CameraHealth("front").observe_picture(picture)
    assert [hazard.kind for hazard in hazards] == [FROZEN, DARK, COVERED]
    assert {(hazard.zone, hazard.stamp_ns, hazard.score) for hazard in hazards} == {
        ("front", 5, 0.0)
    }


@pytest.mark.parametrize(("size", "rate"), SIZES_AND_RATES)
def test_a_working_camera_with_people_passing_is_well(size, rate):
    view = hall(size)
    scene = noisy(lambda t: with_person(view, 0.2 * t, tall=0.6))
    assert judged(scene, 3.0, rate) == ALL_WELL


NOTHING_WRONG = {
    "somebody close by hides two thirds of the picture": between(
        3, 6, lambda t: with_person(HALL, 0.5, tall=2.6, feet=2.2)
    ),
    "half of the light goes off at once": between(3, 9, lambda t: 0.5 * HALL),
    "most of the light goes off at once": between(3, 9, lambda t: 0.2 * HALL),
    "light comes and goes": lambda t: HALL * (0.6 + 0.4 * np.sin(t)),
    "one side of the hall goes dark": between(
        3, 9, lambda t: HALL * np.linspace(0.1, 1, HALL.shape[1], dtype=np.float32)[None, :, None]
    ),
    "the exposure doubles": between(3, 9, lambda t: 1.7 * HALL),
    "the camera shakes by a pixel or two": lambda t: (
        HALL
        if t < 3
        else np.roll(HALL, (round(2 * np.sin(40 * t)), round(2 * np.cos(31 * t))), (0, 1))
    ),
    "a plain wall from the beginning": lambda t: (
        np.full((240, 320, 3), 120, np.float32) + np.linspace(-30, 30, 320)[None, :, None]
    ),
    "a dim hall from the beginning": lambda t: 0.2 * HALL,
}


@pytest.mark.parametrize("what", NOTHING_WRONG)
@pytest.mark.parametrize("sigma", [1.0, 6.0])
def test_what_happens_in_a_hall_is_no_fault_of_the_camera(what, sigma):
    assert judged(noisy(NOTHING_WRONG[what], sigma), 9.0) == ALL_WELL


CRUSHED = {
    "light off": 0.0 * HALL,
    "lens cap": np.full_like(HALL, 8.0),
    "nearly nothing": 0.08 * HALL,
    "overexposed": 6.0 * HALL,
    "white": np.full_like(HALL, 255.0),
}


@pytest.mark.parametrize("what", CRUSHED)
@pytest.mark.parametrize("sigma", [0.0, 2.0])
def test_a_crushed_picture_is_dark_and_nothing_else(what, sigma):
    scene = noisy(between(3, 6, lambda t: CRUSHED[what]), sigma)
    if sigma == 0.0:
        scene = alive(scene)
    assert_only(judged(scene), DARK, at=3, within=1.0, until=6)


def alive(scene):
    """As a noiseless scene whose clock runs: one bright pixel wanders outside the crushed time."""

    def taken(t):
        picture = scene(t).copy()
        if not 3 <= t < 6:
            picture[0, round(10 * t) % 300] = 255
        return picture

    return taken


HIDDEN = {
    "a hand": np.full_like(HALL, 60.0) + np.linspace(0, 40, 320, dtype=np.float32)[None, :, None],
    "a sheet of paper": np.full_like(HALL, 200.0),
    "fog on the lens": cv2.GaussianBlur(HALL, (0, 0), 12),
    "focus lost": cv2.GaussianBlur(HALL, (0, 0), 4),
}


@pytest.mark.parametrize("what", HIDDEN)
@pytest.mark.parametrize("sigma", [1.0, 6.0])
def test_a_covered_or_defocused_camera_is_covered_until_the_detail_is_back(what, sigma):
    scene = noisy(between(3, 6, lambda t: HIDDEN[what]), sigma)
    assert_only(judged(scene), COVERED, at=3, within=2.0, until=6)


def test_a_camera_that_starts_covered_is_covered_until_it_sees_something():
    scene = noisy(between(0, 4, lambda t: np.full_like(HALL, 90.0)))
    assert_only(judged(scene), COVERED, at=2, within=0.5, until=4)


def test_a_camera_covered_in_the_dark_is_covered_when_the_light_is_back():
    cover = np.full_like(HALL, 150.0)
    scene = noisy(lambda t: HALL if t < 3 else 0 * HALL if t < 5 else cover)
    times = judged(scene)
    assert times[COVERED]
    assert 5 < times[COVERED][0] < 7


def frozen_between(start, end, scene):
    still = scene(start)
    return lambda t: still if start <= t < end else scene(t)


@pytest.mark.parametrize(("size", "rate"), SIZES_AND_RATES[:3])
def test_a_picture_that_stops_is_frozen_until_it_goes_on(size, rate):
    view = hall(size)
    scene = frozen_between(2.0, 5.0, noisy(lambda t: view))
    assert_only(judged(scene, 6.0, rate), FROZEN, at=2, within=1.5, until=5)


def test_a_camera_that_never_gave_a_second_picture_gets_five_seconds():
    still = noisy(lambda t: HALL)(0)
    assert_only(judged(lambda t: still, 7.0), FROZEN, at=5, within=0.3)


def test_a_camera_that_repeats_pictures_by_nature_gets_three_times_its_own_measure():
    scene = noisy(lambda t: HALL)
    held = [scene(0) for _ in range(9)]
    times = judged(lambda t: held[int(t)] if t < 6 else held[6], 12.0)
    assert_only(times, FROZEN, at=6 + 3 * 0.9, within=0.5)


def test_one_different_pixel_is_a_different_picture():
    still = noisy(lambda t: HALL)(0)

    def scene(t):
        picture = still.copy()
        picture[101, 13, 1] = round(10 * t)
        return picture

    assert judged(scene, 7.0)[FROZEN] == []


def test_no_more_than_the_newest_frame_is_kept_and_reset_forgets_it():
    guard = CameraHealth("front")
    still = noisy(lambda t: HALL)(0)
    assert changes(guard, film(lambda t: still, seconds=6))[FROZEN]
    guard.reset()
    assert changes(guard, film(lambda t: still, seconds=4)) == ALL_WELL
