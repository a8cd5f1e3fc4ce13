"""How strongly envelope spectra speak for each defect, every band and slip tried, and counted.

The evidence of a family of lines is the chance that noise alone gives as much, in powers of ten,
less what trying many bands, slips and sets costs (Sidak's correction): 2 is one false alarm in a
hundred. Rates that no defect has are tried in the same way; where those come out as evidence too,
the signal is not like noise, and all evidence shrinks by as much.
Knows nothing of thresholds. Stateless; any thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.vibration.ball_hump import NO_HUMP, Hump, ball_hump
from tml_ros.background.vibration.bearing_geometry import BearingGeometry
from tml_ros.background.vibration.defect_lines import (
    DEFECTS,
    LineFamily,
    ball_family,
    cage_multiples,
    explained,
    line_families,
    other_family,
    other_orders,
    rate_order,
    turns_to_tell,
)
from tml_ros.background.vibration.envelope import EnvelopeSpectra

LINE_LIMIT = 14.0
"""No single line counts for more than a chance of 1e-6: one line has many possible causes."""
_LEAD = 1.5
"""What follows the leading line counts up to this much of it, and a little."""
_BANDS_ALIKE = 0.6
"""Bands overlap; so many of them count as tried."""
_STRENGTH_LEAD = 2.0
_EXPLAINS = 3.0
_AS_CLEAR = 0.9
_TOWERING = 0.3
_BODY, _BODY_EXPECTED = 0.9, 1.3
"""Where noise alone has the 90th percentile of the evidence at rates of no defect, or below."""


@dataclass(frozen=True, slots=True)
class DefectScore:
    """The best that speaks for one defect.

    evidence: powers of ten against chance; may be below 0. band, slip: where. lines: columns of the
    set that spoke, by name. depth: of the strongest of them. strength: how tall its lines stand
    over the floor, taken together; tells between defects.
    """

    defect: str
    evidence: float
    band: int
    slip: float
    lines: dict[str, int]
    depth: float
    strength: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Of all defects.

    strongest: the defect whose lines stand tallest. unrest: 1 or more, by how much the evidence at
    rates of no defect exceeds that of noise. others: how tall the lines at such rates stand.
    ball_apart: evidence of a ball's own lines, over that at multiples of the cage's rate where no
        ball strikes. hump: what there is of a ball without lines.
    """

    by_defect: dict[str, DefectScore]
    strongest: str
    unrest: float
    others: float
    ball_apart: float
    hump: Hump

    def certain(self, defect: str) -> float:
        """Evidence with the signal's unrest taken into account.

        Lines that tower above all others are not made doubtful by them: a strong defect has echoes
        at many rates.
        """
        score = self.by_defect[defect]
        if score.evidence <= 0:
            return score.evidence
        share = min(1.0, self.others / (_TOWERING * max(score.strength, 1e-9)))
        return score.evidence / (1 + share * (self.unrest - 1))


def score_defects(
    spectra: EnvelopeSpectra, geometry: BearingGeometry, *, slip: float, turns: float
) -> Scores:
    """What speaks for each defect.

    turns: of the shaft, in all; where they are too few for the cage, nothing that goes round with
    it speaks.
    """
    families = line_families(geometry, slip=slip, step=spectra.step, bins=spectra.bins)
    round_seen = turns >= turns_to_tell("cage", geometry)
    if not round_seen:
        families["ball"] = _without_cage(families["ball"])
    found = {name: _best(spectra, spectra.evidence, families[name]) for name in DEFECTS}
    if not round_seen:
        found["cage"] = replace(found["cage"], evidence=-math.inf, depth=0.0, strength=0.0)
    strongest = max(DEFECTS, key=lambda name: found[name].strength)
    apart = _ball_apart(spectra, geometry, slip=slip)
    taken = explained(
        strongest, found[strongest].slip, geometry, step=spectra.step, bins=spectra.bins
    )
    rest = np.where(taken, 0.0, spectra.evidence)
    if found[strongest].evidence >= _EXPLAINS:
        # Three times BPFO may lie at twice BPFI: what one defect explains is not seen twice.
        for name in DEFECTS:
            if name != strongest and {name, strongest} != {"ball", "cage"}:
                found[name] = _best(spectra, rest, families[name])
    others = [
        _best(
            spectra,
            rest,
            other_family(order, slip=slip, step=spectra.step, bins=spectra.bins),
        )
        for order in other_orders(geometry, slip)
    ]
    body = _quantile([other.evidence for other in others])
    height = _quantile([other.strength for other in others])
    unrest = max(1.0, body / _BODY_EXPECTED)
    hump = ball_hump(spectra, geometry) if round_seen else NO_HUMP
    return Scores(found, strongest, unrest, height, apart, hump)


def _best(
    spectra: EnvelopeSpectra, evidence: NDArray[np.float64], family: LineFamily
) -> DefectScore:
    trials = family.trials * max(1.0, _BANDS_ALIKE * len(spectra.bands)) * len(family.sets)
    best, where = -math.inf, (0, family.sets[0], np.zeros(1))
    for names in family.sets:
        sums = _together(evidence, [family.lines[name] for name in names])
        place = int(sums.max(axis=0).argmax())
        worth = -_log10_tail(len(names), float(sums[:, place].max())) - math.log10(trials)
        if worth > best:
            best, where = worth, (place, names, sums[:, place])
    place, names, sums = where
    lines = {name: int(family.lines[name][place]) for name in names}
    # Of bands that say it as clearly, the one in which the defect is heard best.
    depths = {
        int(band): max(
            spectra.depth(int(band), column)
            for column in lines.values()
            if evidence[band, column] > 0
        )
        for band in np.flatnonzero(sums >= _AS_CLEAR * sums.max())
        if any(evidence[band, column] > 0 for column in lines.values())
    }
    band = max(depths, key=lambda one: depths[one]) if depths else 0
    depth = depths.get(band, 0.0)
    strength = max(
        _strength(spectra.ratio, [family.lines[name] for name in names])
        for names in family.strength
    )
    return DefectScore(
        family.defect, best, band, float(family.slips[place]), lines, depth, strength
    )


def _ball_apart(spectra: EnvelopeSpectra, geometry: BearingGeometry, *, slip: float) -> float:
    """What speaks for a ball besides the cage's rate, which shows with defects of either."""

    def at(order: float) -> float:
        family = ball_family(order, geometry, slip=slip, step=spectra.step, bins=spectra.bins)
        return _best(spectra, spectra.evidence, _without_cage(family)).evidence

    others = cage_multiples(geometry, step=spectra.step, bins=spectra.bins)
    return at(rate_order("ball", geometry)) - _quantile([at(order) for order in others])


def _without_cage(family: LineFamily) -> LineFamily:
    return replace(family, sets=tuple(names for names in family.sets if "c" not in names))


def _quantile(values: list[float]) -> float:
    return float(np.quantile(values, _BODY)) if values else 0.0


def _together(evidence: NDArray[np.float64], lines: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Sum of the evidence of lines in every band for every slip, [bands, slips]."""
    lead = evidence[:, lines[0]]
    total = np.minimum(lead, LINE_LIMIT)
    ceiling = np.minimum(LINE_LIMIT, _LEAD * lead + 1)
    for line in lines[1:]:
        total = total + np.minimum(evidence[:, line], ceiling)
    return np.asarray(total)


def _strength(ratio: NDArray[np.float64], lines: list[NDArray[np.int64]]) -> float:
    lead = ratio[:, lines[0]]
    rest = sum(np.minimum(ratio[:, line], _STRENGTH_LEAD * lead) for line in lines[1:])
    return float(np.max(lead + rest))


def _log10_tail(lines: int, total: float) -> float:
    """log10 of the chance that so many exponential variables sum up to `total` at least."""
    terms = [
        k * math.log(max(total, 1e-12)) - math.lgamma(k + 1) if k else 0.0 for k in range(lines)
    ]
    top = max(terms)
    return (top - total + math.log(sum(math.exp(term - top) for term in terms))) / math.log(10)
