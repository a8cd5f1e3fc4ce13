"""Unbalance, misalignment and looseness by the orders of the shaft: method "orders".

How bad it is follows from the velocity and its limits, what it is from the pattern of the orders
(ISO 13373-3, annexes on fault tables): once a turn alone is unbalance, once and twice misalignment,
many multiples and halves looseness. One radial sensor without a phase reference cannot tell these
from others that look alike; the sentence says which. The confidence is a rule of thumb on how clear
the pattern is, not calibrated.
Knows nothing of bearings. Stateless; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Waveform
from tml_ros.background.vibration.envelope import running_median
from tml_ros.background.vibration.shaft_speed import ShaftSpeed, shaft_speed
from tml_ros.background.vibration.signal_check import flaw, judged_samples, speed_flaw
from tml_ros.background.vibration.spectrum_picture import (
    MAIN,
    OTHER,
    SIDE,
    Axes,
    Mark,
    draw_spectrum,
    round_top,
)
from tml_ros.background.vibration.velocity_limits import DEFAULT_LIMITS, VelocityLimits
from tml_ros.background.vibration.velocity_spectrum import (
    USABLE_SHARE,
    VelocitySpectrum,
    unit_flaw,
    velocity_spectrum,
)

METHOD: Final = "orders"
ORDERS: Final = tuple(0.5 * k for k in range(1, 21))
"""0.5 to 10."""
MIN_TURNS: Final = 20.0
_BINS = 2
_STANDS_OUT = 4.0
_STATES = {"A": State.NORMAL, "B": State.NORMAL, "C": State.WATCH, "D": State.FAULT}
_ALIKE = {
    "unbalance": "a bent shaft, an eccentric rotor or a resonance at that speed look the same on "
    "one radial sensor",
    "misalignment": "axial vibration, which would confirm it, is not measured here, and a cracked "
    "shaft or an electrical fault at twice the mains can look the same",
    "looseness": "rubbing and a worn bearing seat look the same",
}


@dataclass(frozen=True, slots=True)
class OrderPattern:
    """mm/s RMS at each of `ORDERS`, 0 where nothing stands out; overall: of the whole band."""

    velocity: NDArray[np.float64]
    overall: float

    def at(self, order: float) -> float:
        """mm/s RMS at an order."""
        return float(self.velocity[ORDERS.index(order)])

    def share(self, *orders: float) -> float:
        """Of the power of the whole band, in these orders."""
        return sum(self.at(order) ** 2 for order in orders) / max(self.overall, 1e-12) ** 2


def orders_condition(waveform: Waveform, *, limits: VelocityLimits = DEFAULT_LIMITS) -> Condition:
    """What the orders of the shaft say, as bad as the velocity is.

    State.UNKNOWN without a speed, or where the block is no acceleration or velocity.
    """
    reason = _reason(waveform)
    if reason:
        return Condition(
            machine=waveform.machine,
            method=METHOD,
            state=State.UNKNOWN,
            stamp_ns=waveform.stamp_ns,
            sentence=f"Nothing can be said of the orders: {reason}.",
        )
    speed = shaft_speed(judged_samples(waveform), waveform.rate, waveform.rpm or 0.0)
    shaft = speed.rpm / 60
    spectrum = velocity_spectrum(waveform, seconds=max(2 * MIN_TURNS / shaft, 1.0))
    pattern = order_pattern(spectrum, shaft, highest=USABLE_SHARE * waveform.rate)
    zone = limits.zone(pattern.overall)
    state = _STATES[zone]
    cause, clear = cause_of(pattern)
    shown = cause if state is not State.NORMAL else ""
    return Condition(
        machine=waveform.machine,
        method=METHOD,
        state=state,
        stamp_ns=waveform.stamp_ns,
        defect=shown,
        confidence=round(0.9 if state is State.NORMAL else 0.3 + 0.5 * clear, 2),
        grade={"A": 95, "B": 75, "C": 45, "D": 15}[zone],
        sentence=_sentence(pattern, cause, zone, speed, limits),
        figures={
            "velocity_rms": (round(pattern.overall, 3), "mm/s"),
            "speed": (round(speed.rpm, 1), "rpm"),
            **{
                f"order_{order:g}": (round(pattern.at(order), 3), "mm/s")
                for order in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
            },
        },
        picture=_picture(waveform, spectrum, pattern, speed, cause if shown else ""),
    )


def order_pattern(spectrum: VelocitySpectrum, shaft_hz: float, *, highest: float) -> OrderPattern:
    """The velocity at each order as far as it stands out of its neighbourhood."""
    floor = running_median(spectrum.power, 41)
    found = np.zeros(len(ORDERS))
    for place, order in enumerate(ORDERS):
        middle = round(order * shaft_hz / spectrum.step)
        if middle * spectrum.step > highest or middle + _BINS >= len(spectrum.power):
            break
        lines = slice(max(0, middle - _BINS), middle + _BINS + 1)
        power = spectrum.power[lines]
        if power.max() > _STANDS_OUT * floor[middle]:
            found[place] = np.sqrt(max(0.0, float((power - floor[lines]).sum())))
    # What lies at a half or whole order counts once, the rest of the band too.
    low = min(10.0, 0.4 * shaft_hz)
    return OrderPattern(found, spectrum.rms(low, min(1000.0, highest)))


def cause_of(pattern: OrderPattern) -> tuple[str, float]:
    """The cause that the pattern fits, or "", and how clear it is, 0..1."""
    once, twice = pattern.at(1.0), pattern.at(2.0)
    tall = max(once, twice, 1e-12)
    halves = [order for order in (0.5, 1.5, 2.5, 3.5) if pattern.at(order) > 0.1 * tall]
    many = [order for order in range(3, 11) if pattern.at(float(order)) > 0.2 * tall]
    shaft = pattern.share(*[float(order) for order in range(1, 11)], 0.5, 1.5, 2.5, 3.5)
    if shaft < 0.4:
        return "", 0.0
    if len(halves) >= 2 or len(many) >= 4:
        return "looseness", min(1.0, 0.15 * (len(halves) + len(many)))
    if twice > 0.5 * once:
        return "misalignment", min(1.0, pattern.share(1.0, 2.0, 3.0))
    if pattern.share(1.0) > 0.6:
        return "unbalance", min(1.0, pattern.share(1.0))
    return "", 0.0


def _reason(waveform: Waveform) -> str:
    problem = flaw(waveform) or unit_flaw(waveform.unit) or speed_flaw(waveform.rpm)
    if problem or waveform.rpm is None:
        return problem
    turns = len(waveform.samples) / waveform.rate * waveform.rpm / 60
    if turns < MIN_TURNS:
        return (
            f"it is too short: {turns:.1f} turns of the shaft, and {MIN_TURNS:.0f} are needed "
            f"({MIN_TURNS * 60 / waveform.rpm:.2g} s at {waveform.rpm:.0f} rpm)"
        )
    if 3 * waveform.rpm / 60 > USABLE_SHARE * waveform.rate:
        return f"{waveform.rate:g} samples/s do not reach three times the shaft's speed"
    return ""


def _sentence(
    pattern: OrderPattern, cause: str, zone: str, speed: ShaftSpeed, limits: VelocityLimits
) -> str:
    amounts = (
        f"{pattern.at(1.0):.2f} mm/s once, {pattern.at(2.0):.2f} twice and {pattern.at(3.0):.2f} "
        f"three times a turn of {pattern.overall:.2f} mm/s in all at {speed.rpm:.0f} rpm"
    )
    if _STATES[zone] is State.NORMAL:
        return (
            f"Nothing wrong by the orders of the shaft: {amounts}, zone {zone} by {limits.source}."
        )
    if not cause:
        return (
            f"Zone {zone} by {limits.source}, and not from the shaft's orders: {amounts}; look for "
            "another source."
        )
    return (
        f"{cause.capitalize()} by the pattern of the orders: {amounts}, zone {zone} by "
        f"{limits.source}; {_ALIKE[cause]}."
    )


def _picture(
    waveform: Waveform,
    spectrum: VelocitySpectrum,
    pattern: OrderPattern,
    speed: ShaftSpeed,
    cause: str,
) -> bytes:
    where = " ".join(part for part in (waveform.machine, waveform.sensor) if part)
    shaft = speed.rpm / 60
    height = np.sqrt(spectrum.power)
    right = min(10.5 * shaft, float(spectrum.hertz[-1]))
    shown = (spectrum.hertz > 0.3 * shaft) & (spectrum.hertz <= right)
    marks = [
        Mark(order * shaft, f"{order:g}x", _colour(order), strong=order == int(order))
        for order in ORDERS
        if order == int(order) or pattern.at(order) > 0
    ]
    return draw_spectrum(
        spectrum.hertz,
        np.where(shown, height, 0.0),
        title=f"{where}: {cause or 'no defect by the orders'}, {pattern.overall:.2f} mm/s RMS",
        note=f"velocity spectrum, {speed.rpm:.0f} rpm, lines of {spectrum.step:.2g} Hz",
        axes=Axes("Hz", "mm/s RMS per line", right, round_top(float(height[shown].max()))),
        marks=marks,
    )


def _colour(order: float) -> tuple[int, int, int]:
    if order in {1.0, 2.0}:
        return MAIN
    return OTHER if order == int(order) else SIDE
