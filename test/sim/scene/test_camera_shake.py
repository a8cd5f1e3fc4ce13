from __future__ import annotations

import math

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.camera_shake import MOST, CameraShake
from tml_ros.sim.scene.machines.motion import stroke_times


def scenario(*, shake: float, seconds: float = 60, width: int = 240) -> Scenario:
    return Scenario.model_validate(
        {
            "scenario": "test",
            "seconds": seconds,
            "machines": {"press_1": {"kind": "press", "at": (1, 1), "period": 4.0}},
            "cameras": {
                "hall": {"at": (0, -4, 3), "to": (0, 0, 0), "shake": shake, "size": (width, 160)}
            },
        }
    )


def moved(shaken: CameraShake, times: np.ndarray) -> np.ndarray:
    return np.array([math.hypot(*shaken.offset(float(time_s))) for time_s in times])


def test_a_camera_that_does_not_shake_stands_still() -> None:
    shaken = CameraShake(scenario(shake=0), "hall", np.random.default_rng(1))
    assert not moved(shaken, np.arange(0, 20, 0.1)).any()


@pytest.mark.parametrize(("width", "most"), [(240, MOST), (480, 2 * MOST)])
def test_it_shakes_by_a_pixel_or_so_and_mostly_not(width: int, most: float) -> None:
    shaken = CameraShake(scenario(shake=1, width=width), "hall", np.random.default_rng(1))
    far = moved(shaken, np.arange(0, 60, 0.02))
    assert 0.3 * most < far.max() <= most * math.sqrt(2)
    assert np.median(far) < 0.1 * most


def test_it_shakes_when_a_press_strikes() -> None:
    cell = scenario(shake=1)
    shaken = CameraShake(cell, "hall", np.random.default_rng(1))
    strokes = np.array(stroke_times(cell.machines["press_1"], cell.seconds))
    window = np.arange(0, 0.2, 0.01)
    after = np.mean([moved(shaken, stroke + window).max() for stroke in strokes])
    before = np.mean([moved(shaken, stroke - 0.3 + window).max() for stroke in strokes])
    assert after > 2 * before
