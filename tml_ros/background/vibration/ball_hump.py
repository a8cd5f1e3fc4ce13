"""The hump that a ball's defect leaves in envelope spectra where it has no sharp lines.

A ball strikes in step only while it passes through the load; outside of it it turns aside, and
comes back with another phase. Its strikes then keep their rate and lose their beat, and the lines
at twice its spin and at twice of that spread to humps about as wide as the shaft's rate. Humps
there are compared with those elsewhere in the same spectrum.
Knows nothing of thresholds. Stateless; any thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tml_ros.background.vibration.bearing_geometry import BearingGeometry
from tml_ros.background.vibration.envelope import EnvelopeSpectra, near_shaft_orders

HALF_WIDTH: Final = 0.35
SIDES: Final = (0.7, 1.5)
"""Orders: how wide a hump is taken to be, and between which distances lie its feet."""
_APART = 1.1
_FIRST, _STRIDE = 1.8, 0.15
_LEAST_BINS, _LEAST_OTHERS = 4, 8
_BANDS_ALIKE = 0.6
_SPREAD = 1.3 * 1.25 * math.sqrt(2) * 1.2
"""Of the difference of log medians of one bin each: median against mean, two humps, their feet, and
what simulated machines show beyond that."""


@dataclass(frozen=True, slots=True)
class Hump:
    """evidence: powers of ten against chance, all bands tried. depth: of the modulation in it."""

    evidence: float
    band: int
    depth: float


NO_HUMP: Final = Hump(-math.inf, 0, 0.0)


def ball_hump(spectra: EnvelopeSpectra, geometry: BearingGeometry) -> Hump:
    """What speaks for humps at twice and four times a ball's spin in any band."""
    ball = 2 * geometry.bsf
    power = np.log(np.maximum(spectra.power[:, :-1], 1e-300))
    orders = np.arange(power.shape[1], dtype=np.float64) * spectra.step
    clear = ~near_shaft_orders(np.arange(power.shape[1]), spectra.step)

    def both(order: float) -> NDArray[np.float64] | None:
        heights = [_height(power, orders, clear, at) for at in (order, 2 * order)]
        if heights[0] is None or heights[1] is None:
            return None
        return heights[0] + heights[1]

    own = both(ball)
    last = (float(orders[-1]) - SIDES[1]) / 2
    places = [
        order
        for order in np.arange(_FIRST, last, _STRIDE)
        if min(abs(order - ball), abs(order - 2 * ball), abs(2 * order - ball)) > _APART
    ]
    found = [height for height in map(both, places) if height is not None]
    if own is None or len(found) < _LEAST_OTHERS:
        return NO_HUMP
    others = np.stack(found)
    usual = np.median(others, axis=0)
    bins = 2 * HALF_WIDTH / spectra.step * spectra.segments / 1.5
    spread = np.maximum(
        _SPREAD / math.sqrt(bins), 1.3 * 1.48 * np.median(np.abs(others - usual), axis=0)
    )
    scores = (own - usual) / spread
    band = int(scores.argmax())
    tail = -float(stats.norm.logsf(scores[band])) / math.log(10)
    tried = max(1.0, _BANDS_ALIKE * len(spectra.bands))
    return Hump(tail - math.log10(tried), band, _depth(spectra, orders, ball, band))


def _height(
    power: NDArray[np.float64],
    orders: NDArray[np.float64],
    clear: NDArray[np.bool_],
    order: float,
) -> NDArray[np.float64] | None:
    """Median log power around an order over that at its feet, [bands]; None where it is cut off."""
    medians = []
    for low, high in (
        (-HALF_WIDTH, HALF_WIDTH),
        (-SIDES[1], -SIDES[0]),
        (SIDES[0], SIDES[1]),
    ):
        inside = (orders >= order + low) & (orders < order + high) & clear
        if order + high > orders[-1] or np.count_nonzero(inside) < _LEAST_BINS:
            return None
        medians.append(np.median(power[:, inside], axis=1))
    return np.asarray(medians[0] - 0.5 * (medians[1] + medians[2]))


def _depth(spectra: EnvelopeSpectra, orders: NDArray[np.float64], ball: float, band: int) -> float:
    """How deeply the envelope is modulated within the first hump, all its bins together."""
    row = spectra.power[band, :-1]
    inside = np.abs(orders - ball) < HALF_WIDTH
    beside = (np.abs(orders - ball) >= SIDES[0]) & (np.abs(orders - ball) < SIDES[1])
    excess = float(np.median(row[inside]) - np.median(row[beside]))
    # A window spreads each line over about this many bins.
    lines = np.count_nonzero(inside) / 1.9
    return 2 * math.sqrt(max(0.0, excess) * lines / float(spectra.mean[band]))
