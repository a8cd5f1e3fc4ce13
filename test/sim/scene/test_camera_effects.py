from __future__ import annotations

import cv2
import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.camera_effects import CameraEffects
from tml_ros.sim.split import Split

NONE = dict.fromkeys(
    ("noise", "blur", "compression", "flicker", "shake", "exposure", "distortion"), 0.0
)


def effects(
    *,
    camera: str = "hall",
    seed: int = 1,
    looks: Split = Split.TRAIN,
    usual: np.ndarray | None = None,
    **fields: float,
) -> CameraEffects:
    part = {"at": (0, -4, 3), "to": (0, 0, 0), "size": (120, 80), **NONE, **fields}
    scenario = Scenario.model_validate(
        {
            "scenario": "test",
            "seconds": 60,
            "seed": seed,
            "looks": looks,
            "cameras": {"hall": part, "door": part},
        }
    )
    return CameraEffects(scenario, camera, usual=usual)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """Soft bumps of all colours with one hard edge."""
    rng = np.random.default_rng(7)
    coarse = rng.integers(20, 230, (8, 12, 3), dtype=np.uint8)
    soft = np.asarray(cv2.resize(coarse, (120, 80), interpolation=cv2.INTER_LINEAR))
    soft[30:50, 50:70] = (240, 40, 30)
    soft.flags.writeable = False
    return soft


def test_a_perfect_camera_passes_the_picture_as_it_is(picture: np.ndarray) -> None:
    assert np.array_equal(effects().taken(picture, 3), picture)


@pytest.mark.parametrize("field", sorted(NONE))
def test_each_flaw_alone_is_seen_but_spoils_little(picture: np.ndarray, field: str) -> None:
    # A camera shakes now and then, wherefore several pictures are looked at.
    camera = effects(**{field: 1.0})
    off = [
        np.abs(camera.taken(picture, index).astype(np.int16) - picture).mean()
        for index in range(0, 300, 7)
    ]
    assert 1.0 < max(off) < 45
    assert camera.taken(picture, 5).shape == picture.shape
    assert camera.taken(picture, 5).dtype == np.uint8


def test_any_picture_can_be_asked_for_first(picture: np.ndarray) -> None:
    flaws = dict.fromkeys(NONE, 0.5)
    one, other = effects(**flaws), effects(**flaws)
    forwards = [one.taken(picture, index) for index in range(5)]
    backwards = [other.taken(picture, index) for index in reversed(range(5))][::-1]
    assert np.array_equal(forwards, backwards)


@pytest.mark.parametrize(
    "other", [{"camera": "door"}, {"seed": 2}, {"looks": Split.HELD_OUT}], ids=str
)
def test_another_camera_takes_another_picture(
    picture: np.ndarray, other: dict[str, object]
) -> None:
    flaws = dict.fromkeys(NONE, 0.5)
    taken = effects(**flaws).taken(picture, 4)
    assert not np.array_equal(effects(**flaws, **other).taken(picture, 4), taken)


def test_noise_is_never_the_same_twice_and_grows_with_the_light() -> None:
    camera = effects(noise=1.0)
    flat = [np.full((80, 120, 3), level, np.uint8) for level in (40, 180)]
    dark, light = ([camera.taken(level, index) for index in range(12)] for level in flat)
    spreads = [np.std(pictures, axis=0).mean() for pictures in (dark, light)]
    assert spreads[1] > 1.2 * spreads[0] > 3
    assert len({taken.tobytes() for taken in dark}) == len(dark)


def test_in_a_dim_hall_the_gain_is_up_and_so_is_the_noise() -> None:
    dim, light = (np.full((80, 120, 3), level, np.uint8) for level in (30, 106))
    set_for_it, not_set = effects(noise=0.5, usual=dim), effects(noise=0.5)
    brightened, plain = (
        [one.taken(dim, index) for index in range(8)] for one in (set_for_it, not_set)
    )
    assert np.mean(plain) + 20 < np.mean(brightened) < 106
    assert np.std(brightened, axis=0).mean() > 1.5 * np.std(plain, axis=0).mean()
    usual = effects(noise=0.5, usual=light).taken(light, 0)
    assert np.array_equal(usual, not_set.taken(light, 0))


@pytest.mark.parametrize("flaw", ["blur", "compression"])
def test_detail_is_lost_the_more_the_worse(picture: np.ndarray, flaw: str) -> None:
    rng = np.random.default_rng(3)
    detailed = np.clip(picture + rng.normal(0, 12, picture.shape), 0, 255).astype(np.uint8)

    def detail(taken: np.ndarray) -> float:
        return float(np.abs(np.diff(taken.astype(np.int16), axis=1)).mean())

    details = [
        detail(effects(**{flaw: strength}).taken(detailed, 0)) for strength in (0.0, 0.4, 1.0)
    ]
    assert details[0] > details[1] > details[2]
