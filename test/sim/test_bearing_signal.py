"""Made-up machines: repeatable, with strikes at the rate of the defect and as strong as asked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from tml_ros.background.vibration.bearing_geometry import BEARINGS
from tml_ros.sim.bearing_signal import DEFECTS, bearing_waveform

GIVEN = {"rpm": 1800.0, "rate": 12_000.0, "seconds": 5.0, "seed": 4}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_same_arguments_give_the_same_samples(defect: str) -> None:
    first = bearing_waveform(defect, severity=0.5, **GIVEN)
    assert (first.dtype, first.shape) == (np.float32, (60_000,))
    assert np.isfinite(first).all()
    assert np.array_equal(first, bearing_waveform(defect, severity=0.5, **GIVEN))
    other = bearing_waveform(defect, severity=0.5, **{**GIVEN, "seed": 5})
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("defect", "order"),
    [("outer_race", BEARINGS["6205"].bpfo), ("inner_race", BEARINGS["6205"].bpfi)],
)
def test_strikes_come_at_the_rate_of_the_defect(defect: str, order: float) -> None:
    sound = bearing_waveform("", severity=0, **GIVEN)
    strikes = bearing_waveform(defect, severity=1.0, **GIVEN) - sound
    envelope = np.abs(signal.hilbert(strikes)) ** 2
    spectrum = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(len(envelope))))
    hertz = np.fft.rfftfreq(len(envelope), 1 / 12_000)
    near = (hertz > 70) & (hertz < 200)
    assert hertz[near][spectrum[near].argmax()] == pytest.approx(order * 30, rel=0.012)


def test_severity_makes_the_strikes_stronger_and_none_is_none() -> None:
    sound = bearing_waveform("", severity=0, **GIVEN)
    levels = [
        np.std(bearing_waveform("ball", severity=severity, **GIVEN) - sound)
        for severity in (0.0, 0.3, 0.6, 1.0)
    ]
    assert levels[0] == 0
    assert levels == sorted(levels)
    assert levels[3] > 5 * levels[1]


@pytest.mark.parametrize(
    "wrong", [{"rpm": 0.0}, {"rate": -1.0}, {"seconds": 0.0}, {"severity": 1.5}, {"severity": -0.1}]
)
def test_figures_without_meaning_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        bearing_waveform("ball", **{"severity": 0.5, **GIVEN, **wrong})


def test_an_unknown_defect_is_refused() -> None:
    with pytest.raises(ValueError, match="'rust' is not one of"):
        bearing_waveform("rust", severity=0.5, **GIVEN)
