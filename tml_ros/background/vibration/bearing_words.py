"""A bearing's verdict in words, figures and a picture.

Knows nothing of how it came about. Pure functions; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from tml_ros.background.condition import State
from tml_ros.background.vibration.bearing_verdict import WATCH_DEPTH
from tml_ros.background.vibration.defect_lines import RATES, rate_order, turns_to_tell
from tml_ros.background.vibration.spectrum_picture import (
    MAIN,
    OTHER,
    SHAFT,
    SIDE,
    Axes,
    Mark,
    draw_spectrum,
    round_top,
)

if TYPE_CHECKING:
    from tml_ros.background.vibration.bearing import BearingAnalysis

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "outer_race": "outer race",
        "inner_race": "inner race",
        "ball": "ball",
        "cage": "cage",
    }
)
_SPEED_TOLD = 0.003


def sentence(analysis: BearingAnalysis) -> str:
    """One sentence for people, with numbers and units."""
    judged = analysis.verdict
    told = _found(analysis) if judged.defect else _sound(analysis)
    extra = [part for part in (_speed(analysis), _blind(analysis)) if part]
    return "; ".join([told, *extra]) + "."


def figures(analysis: BearingAnalysis) -> dict[str, tuple[float, str]]:
    """Name -> (value, unit)."""
    judged, shaft = analysis.verdict, analysis.speed.rpm / 60
    band = analysis.spectra.bands[judged.band]
    rates = {
        f"{RATES[name].lower()}": (round(rate_order(name, analysis.geometry) * shaft, 2), "Hz")
        for name in NAMES
    }
    found = {
        "modulation_depth": (round(100 * judged.depth, 1), "%"),
        "evidence": (round(judged.certain, 1), "powers of ten"),
        "band_low": (round(band.low), "Hz"),
        "band_high": (round(band.high), "Hz"),
        "speed": (round(analysis.speed.rpm, 1), "rpm"),
        "turns": (round(analysis.turns, 1), ""),
        "unrest": (round(analysis.scores.unrest, 2), ""),
    }
    if judged.defect:
        order = rate_order(judged.defect, analysis.geometry) * (1 + judged.score.slip)
        found["defect_rate"] = (round(order * shaft, 2), "Hz")
        found["slip"] = (round(100 * judged.score.slip, 2), "%")
    return {**found, **rates}


def picture(analysis: BearingAnalysis) -> bytes:
    """The envelope's spectrum in the band that decided, with the lines of the defects; PNG."""
    judged, spectra = analysis.verdict, analysis.spectra
    shaft = analysis.speed.rpm / 60
    row = judged.band
    scale = 100 * 2 / math.sqrt(float(spectra.mean[row]))
    height = scale * np.sqrt(spectra.power[row, :-1])
    floor = scale * np.sqrt(spectra.floor[row, :-1])
    # What lies next to zero is the envelope's mean.
    height[:4] = np.minimum(height[:4], floor[:4])
    hertz = np.arange(len(height), dtype=np.float64) * spectra.step * shaft
    marks = _marks(analysis)
    right = min(hertz[-1], max(mark.x for mark in marks if mark.strong) * 1.08)
    top = round_top(float(max(height[hertz <= right].max(), 2 * floor.max())))
    band = spectra.bands[row]
    what = f"{NAMES[judged.defect]} defect" if judged.defect else "no defect"
    where = " ".join(part for part in (analysis.waveform.machine, analysis.waveform.sensor) if part)
    title = f"{where}: {judged.state.value}, {what}" if where else f"{judged.state.value}, {what}"
    note = (
        f"envelope spectrum, band {band.low:.0f}-{band.high:.0f} Hz, "
        f"{analysis.speed.rpm:.0f} rpm, bearing {_bearing(analysis)}, {analysis.turns:.0f} turns"
    )
    axes = Axes("Hz", "modulation of the envelope, %  (green: what noise alone has)", right, top)
    return draw_spectrum(hertz, height, title=title, note=note, axes=axes, marks=marks, floor=floor)


def _found(analysis: BearingAnalysis) -> str:
    judged = analysis.verdict
    score, shaft = judged.score, analysis.speed.rpm / 60
    band = analysis.spectra.bands[judged.band]
    name = NAMES[judged.defect]
    rate = rate_order(judged.defect, analysis.geometry) * (1 + score.slip) * shaft
    turning = analysis.geometry.ftf * shaft
    cage = f" and {turning:.1f} Hz (FTF)" if judged.defect == "ball" and "c" in score.lines else ""
    around = "around" if judged.humped else "at"
    sure = "Defect" if judged.state is State.FAULT else "Sign of a defect"
    told = (
        f"{sure} of the {_where(analysis)}'s {name}: between {band.low:.0f} and {band.high:.0f} Hz "
        f"the vibration swells and fades {around} {rate:.1f} Hz ({RATES[judged.defect]}){cage}, "
        f"{100 * judged.depth:.0f} % deep"
    )
    others = len(score.lines) - 1
    if judged.humped:
        told += ", as a ball strikes that keeps its rate and not its beat"
    elif others:
        told += f", with {others} more line{'s' if others > 1 else ''} where that defect has them"
    told += f", by chance once in {_chance(judged.certain)}"
    if judged.doubt:
        told += f"; a defect of the {NAMES[judged.doubt]} cannot be told from it here"
    return told


def _sound(analysis: BearingAnalysis) -> str:
    judged = analysis.verdict
    told = (
        f"No defect of the {_where(analysis)} to be seen in {analysis.turns:.0f} turns at "
        f"{analysis.speed.rpm:.0f} rpm"
    )
    if judged.certain >= 1 and judged.depth > 0:
        return told + (
            f": the most is {100 * judged.depth:.0f} % of modulation at the rate of the "
            f"{NAMES[judged.score.defect]}, and up to {100 * WATCH_DEPTH:.0f} % is usual"
        )
    return told + ": nothing stands out at the rates of races, balls and cage"


def _where(analysis: BearingAnalysis) -> str:
    name = analysis.geometry.name
    return f"bearing {name}" if name else "bearing"


def _bearing(analysis: BearingAnalysis) -> str:
    one = analysis.geometry
    return one.name or f"{one.balls} x {one.ball_diameter:g} on {one.pitch_diameter:g}"


def _speed(analysis: BearingAnalysis) -> str:
    given = analysis.waveform.rpm or 0.0
    if analysis.speed.found and abs(analysis.speed.rpm / given - 1) > _SPEED_TOLD:
        return f"the shaft turns at {analysis.speed.rpm:.0f} rpm, not at the {given:.0f} given"
    if not analysis.speed.found:
        return f"the shaft's speed does not show in the signal, {given:.0f} rpm is taken for true"
    return ""


def _blind(analysis: BearingAnalysis) -> str:
    if not analysis.untold or analysis.verdict.defect:
        return ""
    names = " and ".join(NAMES[name] for name in analysis.untold)
    needed = max(turns_to_tell(name, analysis.geometry) for name in analysis.untold)
    return f"too short to see a defect of the {names}, {math.ceil(needed)} turns are needed"


def _chance(certain: float) -> str:
    if certain > 12:
        return "more than 10^12"
    if certain > 5:
        return f"10^{certain:.0f}"
    return f"{10**certain:.0f}"


def _marks(analysis: BearingAnalysis) -> list[Mark]:
    judged, geometry = analysis.verdict, analysis.geometry
    shaft = analysis.speed.rpm / 60
    marks = []
    for name, called in RATES.items():
        order = rate_order(name, geometry)
        if name != judged.defect:
            own = judged.defect == "ball" and name == "cage" and "c" in judged.score.lines
            marks.append(Mark(order * shaft, called, SIDE if own else OTHER))
    if not judged.defect:
        marks += [Mark(k * shaft, f"{k}x", SHAFT, strong=False) for k in (1, 2, 3, 4, 5)]
        return marks
    called = RATES[judged.defect]
    order = rate_order(judged.defect, geometry) * (1 + judged.score.slip)
    side = {"inner_race": (1.0, "fr"), "ball": (geometry.ftf, "FTF")}.get(judged.defect)
    for k in (1, 2, 3):
        name = called if k == 1 else f"{k} x {called}"
        marks.append(Mark(k * order * shaft, name, MAIN))
        if side is not None and k < 3:
            marks += [
                Mark((k * order + sign * side[0]) * shaft, f"{'-+'[sign > 0]}{side[1]}", SIDE,
                     strong=False)
                for sign in (-1, 1)
            ]  # fmt: skip
    marks += [Mark(k * shaft, f"{k}x", SHAFT, strong=False) for k in (1, 2)]
    return marks
