"""A camera that looks elsewhere is said to have moved; what moves in its view is not its move."""

from __future__ import annotations

import numpy as np
import pytest
from camera_scenes import SIZES_AND_RATES, changes, film, hall, noisy, warped, with_person

from tml_ros.safety.guards.camera_moved import CameraMoved
from tml_ros.turn.hazard import HazardKind

HALL = hall()
MOVES = {
    "2 % to the side": {"right": 0.02},
    "5 % down": {"down": 0.05},
    "obliquely": {"right": -0.1, "down": 0.06},
    "a third of the picture": {"right": 0.33},
    "a turn of 2 degrees": {"turn": 2.0},
    "a turn of 12 degrees": {"turn": 12.0},
    "zoomed in a little": {"zoom": 1.05},
    "zoomed in far": {"zoom": 1.5},
}


def judged(scene, seconds=8.0, rate=10.0):
    times = changes(CameraMoved("front"), film(scene, seconds=seconds, rate=rate))
    assert set(times) == {HazardKind.CAMERA_MOVED}
    return times[HazardKind.CAMERA_MOVED]


@pytest.mark.parametrize("what", MOVES)
@pytest.mark.parametrize("sigma", [1.0, 6.0])
def test_a_lasting_move_is_told_until_the_view_is_back(what, sigma):
    moved = warped(HALL, **MOVES[what])
    came, went = judged(noisy(lambda t: moved if 3 <= t < 6 else HALL, sigma))
    assert 3 < came <= 5
    assert 6 < went <= 7


@pytest.mark.parametrize(("size", "rate"), SIZES_AND_RATES)
def test_size_and_rate_make_no_difference(size, rate):
    view = hall(size)
    moved = warped(view, right=0.04)
    scene = noisy(lambda t: with_person(moved if t >= 2 else view, 0.1 + 0.1 * t), 2.0)
    (came,) = judged(scene, 4.2, rate)
    assert 2 < came <= 4


def light_from_the_right(t):
    ramp = np.linspace(0.2, 1, HALL.shape[1], dtype=np.float32)[None, :, None]
    return HALL if t < 3 else HALL * ramp


NO_MOVE = {
    "nothing": lambda t: HALL,
    "somebody walks through": lambda t: with_person(HALL, 0.15 * t, tall=0.8),
    "somebody stands close by": lambda t: (
        with_person(HALL, 0.5, tall=2.2, feet=2.0) if 3 <= t < 7 else HALL
    ),
    "somebody in view from the start walks off": lambda t: with_person(
        HALL, 0.5 + max(0, t - 5) / 4, tall=0.9
    ),
    "several people": lambda t: with_person(
        with_person(with_person(HALL, 0.1 * t), 0.9 - 0.11 * t, tall=0.7), 0.6
    ),
    "a vehicle drives past": lambda t: np.where(
        np.abs(np.arange(320) - 100 * (t - 3))[None, :, None] < 110, 190, HALL
    ),
    "the light goes off": lambda t: HALL if t < 3 else 0.05 * HALL,
    "the light goes off and on": lambda t: HALL * (0.0 if 3 <= t < 5 else 1.0),
    "the light is dimmed": lambda t: HALL if t < 3 else 0.4 * HALL,
    "the light comes from one side": light_from_the_right,
    "exposure swings": lambda t: HALL * (0.7 + 0.3 * np.sin(3 * t)),
    "it shakes and returns": lambda t: warped(HALL, right=0.006 * np.sin(9 * t)),
    "one knock": lambda t: warped(HALL, right=0.05) if 3 <= t < 3.5 else HALL,
    "it is covered": lambda t: HALL if t < 3 else np.full_like(HALL, 120),
}


@pytest.mark.parametrize("what", NO_MOVE)
@pytest.mark.parametrize("sigma", [1.0, 6.0])
def test_what_happens_in_a_hall_is_no_move_of_the_camera(what, sigma):
    assert judged(noisy(NO_MOVE[what], sigma), 9.0) == []


def test_a_view_that_nobody_put_back_is_normal_after_a_minute():
    moved = warped(HALL, right=0.1)
    again = warped(HALL, right=-0.1)
    scene = noisy(lambda t: HALL if t < 3 else moved if t < 70 else again)
    came, accepted, came_again = judged(scene, 73.0, 5.0)
    assert 3 < came <= 5
    assert came + 60 <= accepted < came + 61
    assert 70 < came_again <= 72


def test_a_move_in_the_dark_is_told_when_the_light_is_back():
    moved = warped(HALL, turn=4.0)
    (came,) = judged(noisy(lambda t: HALL if t < 3 else 0 * HALL if t < 6 else moved), 9.0)
    assert 6 < came <= 8


def test_a_slow_creep_within_a_few_pixels_is_followed():
    assert judged(noisy(lambda t: warped(HALL, right=0.0003 * t)), 60.0, 5.0) == []


def test_reset_forgets_the_view():
    guard = CameraMoved("front")
    scene = noisy(lambda t: HALL)
    assert changes(guard, film(scene, seconds=3)) == {HazardKind.CAMERA_MOVED: []}
    guard.reset()
    other = noisy(lambda t: warped(HALL, right=0.2))
    assert changes(guard, film(other, seconds=3)) == {HazardKind.CAMERA_MOVED: []}
