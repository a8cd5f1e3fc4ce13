from __future__ import annotations

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.exposure import LEAST, MOST, Exposure


def exposure(*, seed: int = 1, events: tuple[object, ...] = (), **fields: float) -> Exposure:
    cameras = {"hall": {"at": (0, -4, 3), "to": (0, 0, 0), **fields}}
    scenario = Scenario.model_validate(
        {"scenario": "test", "seconds": 60, "seed": seed, "cameras": cameras, "events": events}
    )
    return Exposure(scenario, "hall", np.random.default_rng(seed))


LAMPS_FAIL = {"kind": "lamp_off", "at": 20, "lasts": 15, "strength": 1.0}
GATE_OPENS = {"kind": "door", "at": 20, "lasts": 15, "strength": 1.0}


def test_the_gain_is_one_where_it_does_not_hunt() -> None:
    steady = exposure(exposure=0.0, events=(LAMPS_FAIL,))
    assert [steady.gain(time_s) for time_s in (0, 10, 25, 50)] == [1.0] * 4


@pytest.mark.parametrize("seed", range(5))
def test_the_gain_hunts_slowly_and_within_bounds(seed: int) -> None:
    hunting = exposure(seed=seed, exposure=1.0, events=(LAMPS_FAIL, GATE_OPENS))
    gains = np.array([hunting.gain(time_s) for time_s in np.arange(0, 60, 0.1)])
    assert LEAST <= gains.min() < gains.max() <= MOST
    assert np.ptp(gains[:190]) > 0.05
    assert np.abs(np.diff(gains)).max() < 0.2


@pytest.mark.parametrize(("event", "brighter"), [(LAMPS_FAIL, True), (GATE_OPENS, False)])
def test_the_gain_answers_a_change_of_light_late_and_takes_it_back(
    event: dict[str, object], brighter: bool
) -> None:
    with_event = exposure(exposure=1.0, events=(event,))
    without = exposure(exposure=1.0)
    change = {time_s: with_event.gain(time_s) / without.gain(time_s) for time_s in (20, 30, 34, 50)}
    assert change[20] == pytest.approx(1)
    for time_s in (30, 34):
        assert (change[time_s] > 1.2) if brighter else (change[time_s] < 0.85)
    assert change[50] == pytest.approx(1, abs=0.02)


def test_flicker_darkens_and_brightens_rows_and_rolls_on() -> None:
    flickering = exposure(flicker=1.0)
    now, later = flickering.flicker(3.0), flickering.flicker(3.1)
    assert now.shape == (160, 1, 3)
    assert 0.05 < np.ptp(now[..., 1]) < 0.5
    assert not np.allclose(now, later)
    assert not np.allclose(now[..., 0], now[..., 2])
