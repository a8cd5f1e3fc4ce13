"""A rolling bearing judged by the envelope of its vibration: method "bearing_envelope".

The shaft's speed is read from the signal near the one that was given, the envelope's spectrum is
taken in many bands, and the lines of every defect are scored in all of them. What it cannot see:
docs/condition_monitoring.md.
Knows nothing of machines beyond the waveform. Stateless; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Waveform
from tml_ros.background.vibration import bearing_words as words
from tml_ros.background.vibration.bearing_geometry import BearingGeometry
from tml_ros.background.vibration.bearing_verdict import Verdict, verdict
from tml_ros.background.vibration.defect_lines import (
    DEFAULT_SLIP,
    DEFECTS,
    highest_order,
    segment_turns,
    turns_to_tell,
)
from tml_ros.background.vibration.defect_score import Scores, score_defects
from tml_ros.background.vibration.envelope import (
    Band,
    EnvelopeSpectra,
    envelope_spectra,
    least_rate,
    plan_bands,
)
from tml_ros.background.vibration.shaft_speed import ShaftSpeed, shaft_speed
from tml_ros.background.vibration.signal_check import flaw, judged_samples, speed_flaw

METHOD: Final = "bearing_envelope"
MIN_TURNS: Final = 12.0
"""Revolutions without which nothing is said."""
MAX_SLIP: Final = 0.05


@dataclass(frozen=True, slots=True)
class BearingAnalysis:
    """All that a judgement rests on; `bearing_words` puts it into words and a picture."""

    waveform: Waveform
    geometry: BearingGeometry
    speed: ShaftSpeed
    turns: float
    spectra: EnvelopeSpectra
    scores: Scores
    verdict: Verdict
    untold: tuple[str, ...]


def bearing_condition(
    waveform: Waveform, geometry: BearingGeometry | None, *, slip: float = DEFAULT_SLIP
) -> Condition:
    """The condition of the bearing that the waveform was taken on.

    State.UNKNOWN, with the reason, where geometry or speed is not known and where the signal says
    nothing. slip: share by which rates are searched on both sides of the computed ones.

    Raises ValueError for a slip that is not within 0.001..0.05.
    """
    if not 0.001 <= slip <= MAX_SLIP:
        raise ValueError(f"slip {slip:g} must lie within 0.001 and {MAX_SLIP:g}")
    reason = _reason(waveform, geometry)
    if reason or geometry is None:
        return _unknown(waveform, reason)
    samples = judged_samples(waveform)
    speed = shaft_speed(samples, waveform.rate, waveform.rpm or 0.0)
    turns = len(samples) / waveform.rate * speed.rpm / 60
    spectra = envelope_spectra(
        samples,
        rate=waveform.rate,
        shaft_hz=speed.rpm / 60,
        bands=_bands(waveform.rate, speed.rpm, geometry),
        highest_order=highest_order(geometry, slip),
        turns=segment_turns(geometry),
    )
    untold = tuple(name for name in DEFECTS if turns < turns_to_tell(name, geometry))
    scores = score_defects(spectra, geometry, slip=slip, turns=turns)
    judged = verdict(scores, untold=untold)
    analysis = BearingAnalysis(waveform, geometry, speed, turns, spectra, scores, judged, untold)
    return Condition(
        machine=waveform.machine,
        method=METHOD,
        state=judged.state,
        stamp_ns=waveform.stamp_ns,
        defect=judged.defect,
        confidence=judged.confidence,
        grade=judged.grade,
        sentence=words.sentence(analysis),
        figures=words.figures(analysis),
        picture=words.picture(analysis),
    )


def _reason(waveform: Waveform, geometry: BearingGeometry | None) -> str:
    """Why nothing can be said, or ""."""
    if geometry is None:
        return "the bearing's geometry is not known"
    problem = flaw(waveform) or speed_flaw(waveform.rpm)
    if problem or waveform.rpm is None:
        return problem
    turns = len(judged_samples(waveform)) / waveform.rate * waveform.rpm / 60
    if turns < MIN_TURNS:
        seconds = MIN_TURNS * 60 / waveform.rpm
        return (
            f"it is too short: {turns:.1f} turns of the shaft, and {MIN_TURNS:.0f} are needed "
            f"({seconds:.2g} s at {waveform.rpm:.0f} rpm)"
        )
    if not _bands(waveform.rate, waveform.rpm * 1.03, geometry):
        least = least_rate(waveform.rpm * 1.03 / 60, _fastest(geometry))
        return (
            f"{waveform.rate:g} samples/s are too few at {waveform.rpm:.0f} rpm: the strikes of a "
            f"defect could not be heard apart; at least {least:.0f} are needed"
        )
    return ""


def _bands(rate: float, rpm: float, geometry: BearingGeometry) -> tuple[Band, ...]:
    return plan_bands(rate, rpm / 60, _fastest(geometry))


def _fastest(geometry: BearingGeometry) -> float:
    return max(geometry.bpfi, 2 * geometry.bsf)


def _unknown(waveform: Waveform, reason: str) -> Condition:
    return Condition(
        machine=waveform.machine,
        method=METHOD,
        state=State.UNKNOWN,
        stamp_ns=waveform.stamp_ns,
        sentence=f"Nothing can be said of the bearing: {reason}.",
    )
