"""From scores to a verdict on a bearing: state, defect, confidence, health grade.

Two things make a defect. Its lines must be there against chance (`evidence`), and the envelope must
be modulated deeply enough by them (`depth`): in a sound bearing, too, balls pass over races that
are not perfectly round, and with a long signal that is seen. The limits of the depth are those of
the simulated machines of `tml_ros.sim.bearing_signal`, where sound bearings reach 0.14; how often
sound machines are called otherwise is measured by `tools/measure_bearing.py` and stated in
docs/condition_monitoring.md.

The confidence is the share of simulated cases like this one in which the verdict was right, half of
them sound; it does not know how often bearings fail in your plant.
Knows nothing of signals. Pure functions; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tml_ros.background.condition import State
from tml_ros.background.vibration.defect_lines import DEFECTS
from tml_ros.background.vibration.defect_score import DefectScore, Scores

WATCH_EVIDENCE: Final = 2.0
FAULT_EVIDENCE: Final = 3.0
"""Powers of ten against chance."""
WATCH_DEPTH: Final = 0.16
FAULT_DEPTH: Final = 0.25
BALL_APART: Final = -0.5
"""From this `ball_apart` on, lines of the cage are those of a ball that goes round with it. Below 0
because balls fail more often than cages."""
UNSURE_APART: Final = 2.0
"""Within this of 0 the other of the two is named as well."""


_ROUND = ("ball", "cage")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is judged of a bearing.

    score: of the defect that was found, or of the one that comes nearest where none was. certain,
    depth: what the state rests on, found in `band`. doubt: a defect that it might be as well, or
    "". humped: the ball shows by a hump rather than by lines.
    """

    state: State
    defect: str
    score: DefectScore
    certain: float
    depth: float
    band: int
    confidence: float
    grade: int
    doubt: str = ""
    humped: bool = False


def verdict(scores: Scores, *, untold: Collection[str]) -> Verdict:
    """The verdict; untold: defects whose rates the signal is too short to tell from the shaft's."""
    found = [
        name
        for name in DEFECTS
        if scores.certain(name) >= WATCH_EVIDENCE and scores.by_defect[name].depth >= WATCH_DEPTH
    ]
    hump = _hump_counts(scores)
    if hump and "ball" not in found:
        found.append("ball")
    if not found:
        return _sound(scores, len(untold))
    name = max(found, key=lambda one: scores.by_defect[one].strength)
    doubt, alike = "", [name]
    if name in _ROUND:
        alike = [one for one in found if one in _ROUND]
        name, doubt = _ball_or_cage(scores)
    score = scores.by_defect[name]
    certain = max(scores.certain(one) for one in alike)
    depth = max(scores.by_defect[one].depth for one in alike)
    humped = name == "ball" and hump and scores.hump.evidence > certain
    if name == "ball" and hump:
        certain, depth = max(certain, scores.hump.evidence), max(depth, scores.hump.depth)
    faulty = certain >= FAULT_EVIDENCE and depth >= FAULT_DEPTH
    state = State.FAULT if faulty else State.WATCH
    confidence = _defect_confidence(certain, depth, doubtful=bool(doubt))
    band = scores.hump.band if humped else score.band
    grade = _grade(depth)
    return Verdict(state, name, score, certain, depth, band, confidence, grade, doubt, humped)


def _hump_counts(scores: Scores) -> bool:
    return scores.hump.evidence >= FAULT_EVIDENCE and scores.hump.depth >= WATCH_DEPTH


def _ball_or_cage(scores: Scores) -> tuple[str, str]:
    """Which of the two, and the other one where that is not sure.

    Lines of the cage alone are seen with a defect of either: the ball goes round with the cage.
    """
    if scores.by_defect["cage"].evidence < WATCH_EVIDENCE:
        return "ball", ""
    apart = scores.ball_apart + max(0.0, scores.hump.evidence)
    name, other = ("ball", "cage") if apart >= BALL_APART else ("cage", "ball")
    return name, other if abs(apart) < UNSURE_APART else ""


def _sound(scores: Scores, untold: int) -> Verdict:
    nearest = max(
        DEFECTS,
        key=lambda name: min(scores.certain(name), WATCH_EVIDENCE) * scores.by_defect[name].depth,
    )
    score, certain = scores.by_defect[nearest], scores.certain(nearest)
    confidence, grade = _sound_confidence(untold), _sound_grade(score, certain)
    return Verdict(State.NORMAL, "", score, certain, score.depth, score.band, confidence, grade)


def _defect_confidence(certain: float, depth: float, *, doubtful: bool) -> float:
    """Logistic fit on 2,000 simulated machines, by `tools/measure_bearing.py confidence`."""
    height = -1.8 + 0.35 * min(certain, 10.0) + 4.66 * min(depth, 0.6) - 2.08 * doubtful
    return round(min(0.99, 1 / (1 + math.exp(-height))), 2)


def _sound_confidence(untold: int) -> float:
    """By the same fit; how near to the limits something came made no difference."""
    return 0.7 if untold else 0.86


def _sound_grade(score: DefectScore, certain: float) -> int:
    if certain < WATCH_EVIDENCE:
        return 100
    return round(100 - 20 * min(1.0, score.depth / WATCH_DEPTH))


def _grade(depth: float) -> int:
    """80 at the limit of watching, 60 at that of a fault, 5 where nothing but strikes is heard."""
    if depth < FAULT_DEPTH:
        return round(80 - 20 * max(0.0, depth - WATCH_DEPTH) / (FAULT_DEPTH - WATCH_DEPTH))
    return round(max(5.0, 60 - 55 * (depth - FAULT_DEPTH) / (1.2 - FAULT_DEPTH)))
