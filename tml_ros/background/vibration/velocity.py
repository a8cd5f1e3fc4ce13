"""How strongly a machine shakes: velocity between 10 and 1000 Hz, and its zone.

Method "velocity_rms". The confidence is that of the zone, if mounting and sensor make an error of
10 % (one standard deviation); whether the limits are those of this machine it does not know.
Knows nothing of what causes the vibration. Stateless; any thread.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Waveform
from tml_ros.background.vibration.signal_check import flaw
from tml_ros.background.vibration.spectrum_picture import MAIN, Axes, Mark, draw_spectrum, round_top
from tml_ros.background.vibration.velocity_limits import VelocityLimits
from tml_ros.background.vibration.velocity_spectrum import (
    USABLE_SHARE,
    VelocitySpectrum,
    unit_flaw,
    velocity_spectrum,
)

METHOD: Final = "velocity_rms"
LOW_HZ, SLOW_LOW_HZ, HIGH_HZ = 10.0, 2.0, 1000.0
"""ISO 20816-3: 10 to 1000 Hz; from 2 Hz on for machines below 600 rpm."""
SLOW_RPM: Final = 600.0
_PERIODS = 5
"""Of the lowest frequency that must be in the block."""
_SPREAD = 0.1
_STATES = {"A": State.NORMAL, "B": State.NORMAL, "C": State.WATCH, "D": State.FAULT}
_WORDS = {
    "A": "as good as new",
    "B": "fit for long-term operation",
    "C": "not fit for long-term operation",
    "D": "severe enough to cause damage",
}
_SLOPE_SHARE = 0.5


def velocity_condition(
    waveform: Waveform,
    limits: VelocityLimits,
    *,
    sensor_hz: tuple[float, float] | None = None,
) -> Condition:
    """The zone of the velocity RMS.

    limits: those of the machine's class; the user chooses. sensor_hz: between which frequencies the
    sensor is true; None: over the whole band. Where sensor or sample rate see only a part of the
    band, what is found is a lower bound: enough to say "watch" or "fault", never "normal".

    Raises ValueError for a sensor range that is none.
    """
    if sensor_hz is not None and not 0 <= sensor_hz[0] < sensor_hz[1]:
        raise ValueError(f"sensor range {sensor_hz} must be two ascending frequencies in Hz")
    slow = waveform.rpm is not None and 0 < waveform.rpm < SLOW_RPM
    low = SLOW_LOW_HZ if slow else LOW_HZ
    reason = flaw(waveform) or unit_flaw(waveform.unit) or _too_short(waveform, low)
    if reason:
        return _unknown(waveform, reason)
    seen_low, seen_high = low, min(HIGH_HZ, USABLE_SHARE * waveform.rate)
    if sensor_hz is not None:
        seen_low, seen_high = max(low, sensor_hz[0]), min(seen_high, sensor_hz[1])
    if seen_high <= seen_low:
        return _unknown(waveform, f"nothing of the band from {low:g} to {HIGH_HZ:g} Hz is seen")
    spectrum = velocity_spectrum(waveform, seconds=max(1.0, 4 * _PERIODS / low))
    velocity = spectrum.rms(seen_low, seen_high)
    zone = limits.zone(velocity)
    state = _STATES[zone]
    whole = seen_low <= low and seen_high >= HIGH_HZ
    if not whole and state is State.NORMAL:
        return _unknown(
            waveform,
            f"only {seen_low:g} to {seen_high:.0f} Hz of the band from {low:g} to {HIGH_HZ:g} Hz "
            f"are seen, with {velocity:.2g} mm/s in them",
        )
    least = "" if whole else "at least "
    told = (
        f"Velocity {least}{velocity:.2f} mm/s RMS ({seen_low:g}-{seen_high:.0f} Hz): zone {zone}, "
        f"{_WORDS[zone]}, {_nearest(velocity, limits)} by {limits.source}"
    )
    if _sloping(spectrum, seen_low, velocity):
        told += (
            "; most of it lies at the lower end of the band, as from a disturbed or overloaded "
            "sensor: look at its mounting and cable"
        )
    return Condition(
        machine=waveform.machine,
        method=METHOD,
        state=state,
        stamp_ns=waveform.stamp_ns,
        defect="" if state is State.NORMAL else "vibration_high",
        confidence=_confidence(velocity, limits, state, whole=whole),
        grade=_grade(velocity, limits),
        sentence=told + ".",
        figures={
            "velocity_rms": (round(velocity, 3), "mm/s"),
            "limit_a_b": (limits.a, "mm/s"),
            "limit_b_c": (limits.b, "mm/s"),
            "limit_c_d": (limits.c, "mm/s"),
            "band_low": (seen_low, "Hz"),
            "band_high": (round(seen_high, 1), "Hz"),
        },
        picture=_picture(waveform, spectrum, velocity, zone, (seen_low, seen_high)),
    )


def _too_short(waveform: Waveform, low: float) -> str:
    seconds = len(waveform.samples) / waveform.rate
    needed = _PERIODS / low
    if seconds >= needed:
        return ""
    return f"it is too short: {seconds:.2g} s, and {needed:g} s are needed for {low:g} Hz"


def _nearest(velocity: float, limits: VelocityLimits) -> str:
    """The limit above, or the one that was passed last."""
    for limit in (limits.a, limits.b, limits.c):
        if velocity <= limit:
            return f"below {limit:g} mm/s"
    return f"above {limits.c:g} mm/s"


def _confidence(velocity: float, limits: VelocityLimits, state: State, *, whole: bool) -> float:
    """Chance that the true velocity lies in zones of the same state."""
    below, above = {
        State.NORMAL: (0.0, limits.b),
        State.WATCH: (limits.b, limits.c),
        State.FAULT: (limits.c, math.inf),
    }[state]

    def under(limit: float) -> float:
        if limit <= 0:
            return 0.0
        if math.isinf(limit):
            return 1.0
        distance = math.log(limit / max(velocity, 1e-9)) / _SPREAD
        return 0.5 * (1 + math.erf(distance / math.sqrt(2)))

    share = under(above) - under(below)
    return round(min(0.99, share if whole else 0.8 * share), 2)


def _grade(velocity: float, limits: VelocityLimits) -> int:
    """100 without vibration, 85, 60 and 30 at the limits, 0 at twice the last one."""
    known = (0.0, limits.a, limits.b, limits.c, 2 * limits.c)
    return round(float(np.interp(velocity, known, (100, 85, 60, 30, 0))))


def _sloping(spectrum: VelocitySpectrum, low: float, velocity: float) -> bool:
    """Whether the lowest third of an octave holds most of it and nothing stands out there."""
    inside = (spectrum.hertz >= low) & (spectrum.hertz <= 1.4 * low)
    power = spectrum.power[inside]
    if len(power) < 4 or power.sum() < _SLOPE_SHARE * velocity**2:
        return False
    return bool(power.max() < 0.6 * power.sum() and power.argmax() <= 1)


def _picture(
    waveform: Waveform,
    spectrum: VelocitySpectrum,
    velocity: float,
    zone: str,
    seen: tuple[float, float],
) -> bytes:
    where = " ".join(part for part in (waveform.machine, waveform.sensor) if part)
    height = np.sqrt(spectrum.power)
    shown = (spectrum.hertz >= seen[0]) & (spectrum.hertz <= seen[1])
    return draw_spectrum(
        spectrum.hertz,
        np.where(shown, height, 0.0),
        title=f"{where}: {velocity:.2f} mm/s RMS, zone {zone}",
        note=f"velocity spectrum, {seen[0]:g}-{seen[1]:.0f} Hz, lines of {spectrum.step:.2g} Hz",
        axes=Axes("Hz", "mm/s RMS per line", seen[1], round_top(float(height[shown].max()))),
        marks=[Mark((waveform.rpm or 0.0) / 60, "1x", MAIN)] if waveform.rpm else [],
    )


def _unknown(waveform: Waveform, reason: str) -> Condition:
    return Condition(
        machine=waveform.machine,
        method=METHOD,
        state=State.UNKNOWN,
        stamp_ns=waveform.stamp_ns,
        sentence=f"Nothing can be said of the velocity: {reason}.",
    )
