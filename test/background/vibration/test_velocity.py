"""Velocity by integration, its zones, and what a sensor or rate does not let one say."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.background.condition import State
from tml_ros.background.reading import Waveform
from tml_ros.background.vibration.velocity import velocity_condition
from tml_ros.background.vibration.velocity_limits import LIMITS, VelocityLimits, named_limits

RATE = 5120.0
GROUP = LIMITS["group2_rigid"]


def shaking(
    *lines: tuple[float, float],
    seconds: float = 4.0,
    rate: float = RATE,
    unit: str = "m/s2",
    rpm: float | None = 1480.0,
) -> Waveform:
    """lines: frequency and velocity in mm/s RMS."""
    times = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(1)
    wave = 1e-3 * rng.standard_normal(len(times))
    for hertz, velocity in lines:
        turning = 2 * np.pi * hertz
        wave += np.sqrt(2) * velocity / 1000 * turning * np.cos(turning * times + hertz)
    scale = {"m/s2": 1.0, "g": 1 / 9.80665, "mg": 1000 / 9.80665}[unit]
    return Waveform("fan", "DE", (wave * scale).astype(np.float32), rate, unit, 3, rpm)


@pytest.mark.parametrize("unit", ["m/s2", "g", "mg"])
@pytest.mark.parametrize("hertz", [12.3, 24.7, 160.0, 903.7])
def test_a_line_has_the_velocity_that_it_was_made_with(hertz: float, unit: str) -> None:
    found = velocity_condition(shaking((hertz, 2.0), unit=unit), GROUP)
    assert found.figures["velocity_rms"][0] == pytest.approx(2.0, rel=0.02)


def test_lines_add_up_by_power_and_those_outside_the_band_do_not_count() -> None:
    wave = shaking((25.0, 3.0), (50.0, 4.0), (4.0, 20.0), (1500.0, 9.0))
    assert velocity_condition(wave, GROUP).figures["velocity_rms"][0] == pytest.approx(5, rel=0.03)


@pytest.mark.parametrize(
    ("velocity", "zone", "state"),
    [
        (1.0, "A", State.NORMAL),
        (2.0, "B", State.NORMAL),
        (3.5, "C", State.WATCH),
        (6.0, "D", State.FAULT),
    ],
)
def test_zones_give_the_state_and_the_sentence_names_their_source(
    velocity: float, zone: str, state: State
) -> None:
    found = velocity_condition(shaking((25.0, velocity)), GROUP)
    assert found.state is state
    assert f"zone {zone}" in found.sentence
    assert "ISO 20816-3" in found.sentence
    assert found.defect == ("" if state is State.NORMAL else "vibration_high")
    assert found.picture.startswith(b"\x89PNG")


def test_confidence_falls_where_a_limit_is_near() -> None:
    clear, near = (velocity_condition(shaking((25.0, v)), GROUP).confidence for v in (1.0, 2.75))
    assert clear > 0.95
    assert 0.4 < near < 0.7


@pytest.mark.parametrize(
    ("given", "sensor", "reason"),
    [
        ({"seconds": 0.4}, None, "too short: 0.4 s, and 0.5 s are needed"),
        ({"rpm": 300.0, "seconds": 2.0}, None, "2.5 s are needed for 2 Hz"),
        ({"rate": 1280.0}, None, "only 10 to 500 Hz"),
        ({}, (100.0, 5000.0), "only 100 to 1000 Hz"),
        ({}, (2000.0, 5000.0), "nothing of the band"),
    ],
)
def test_what_is_not_seen_is_not_called_normal(
    given: dict[str, float], sensor: tuple[float, float] | None, reason: str
) -> None:
    found = velocity_condition(shaking((25.0, 1.0), **given), GROUP, sensor_hz=sensor)
    assert found.state is State.UNKNOWN
    assert reason in found.sentence


def test_a_part_of_the_band_is_enough_to_say_that_it_is_too_much() -> None:
    found = velocity_condition(shaking((25.0, 6.0), rate=1280.0), GROUP)
    assert found.state is State.FAULT
    assert "at least 6.0" in found.sentence


def test_a_unit_that_is_no_vibration_is_unknown() -> None:
    wave = shaking((25.0, 1.0))
    sound = Waveform("fan", "mic", wave.samples, RATE, "", 0, None)
    assert "its unit is" in velocity_condition(sound, GROUP).sentence


def test_velocity_that_comes_as_such_is_not_integrated() -> None:
    times = np.arange(20_480) / RATE
    wave = (3 * np.sqrt(2) * np.sin(2 * np.pi * 25 * times)).astype(np.float32)
    found = velocity_condition(Waveform("fan", "DE", wave, RATE, "mm/s", 0, None), GROUP)
    assert found.figures["velocity_rms"][0] == pytest.approx(3.0, rel=0.01)


@pytest.mark.parametrize("limits", [(2, 1, 3), (0, 1, 2), (1, 1, 2), (1, 2, float("nan"))])
def test_limits_that_do_not_ascend_are_refused(limits: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        VelocityLimits(*limits, "the maker")


def test_limits_need_their_source_and_classes_are_listed() -> None:
    with pytest.raises(ValueError, match="source"):
        VelocityLimits(1, 2, 3, " ")
    with pytest.raises(ValueError, match="group1_rigid, group1_flexible"):
        named_limits("group9")


@pytest.mark.parametrize("sensor", [(5.0, 5.0), (-1.0, 10.0)])
def test_a_sensor_range_without_meaning_is_refused(sensor: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="sensor range"):
        velocity_condition(shaking((25.0, 1.0)), GROUP, sensor_hz=sensor)
