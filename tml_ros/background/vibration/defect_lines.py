"""Where in an envelope spectrum each defect of a bearing shows, and which lines speak for it.

Outer race: its rate and harmonics. Inner race: the same with sidebands at the shaft's rate, as the
defect passes through the load once a turn. Ball: twice its spin, with sidebands at the cage's rate,
as the ball passes through the load with the cage. Cage: its rate and harmonics. After Randall and
Antoni, Rolling element bearing diagnostics - a tutorial (MSSP 25, 2011).
Knows nothing of signals. Stateless; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.vibration.bearing_geometry import BearingGeometry

DEFECTS: Final = ("outer_race", "inner_race", "ball", "cage")
DEFAULT_SLIP: Final = 0.015
RATES: Final[Mapping[str, str]] = MappingProxyType(
    {"outer_race": "BPFO", "inner_race": "BPFI", "ball": "2xBSF", "cage": "FTF"}
)
"""What the rate of each defect is called."""
CAGE_TURNS: Final = 15.0
"""Of the cage, without which nothing is said by its rate: a few knocks without any order may well
come in step with a few turns."""
_BINS_TO_TELL = 4
_LEAST_TURNS, _MOST_TURNS = 80.0, 160.0

Columns = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LineFamily:
    """The lines of one defect for every slip that is searched.

    lines: by name, bins [slips]. sets: names that may speak together; the first of each leads, and
    the others count only as far as it is there. strength: sets that tell which defect it is.
    slips: shares by which the rate is off, [slips]. trials: about how many of them are independent.
    """

    defect: str
    lines: Mapping[str, Columns]
    sets: tuple[tuple[str, ...], ...]
    strength: tuple[tuple[str, ...], ...]
    slips: NDArray[np.float64]
    trials: float


def rate_order(defect: str, geometry: BearingGeometry) -> float:
    """How often a defect strikes per turn of the shaft."""
    orders = {
        "outer_race": geometry.bpfo,
        "inner_race": geometry.bpfi,
        "ball": 2 * geometry.bsf,
        "cage": geometry.ftf,
    }
    return orders[defect]


def highest_order(geometry: BearingGeometry, slip: float) -> float:
    """The highest order at which any of the lines lies."""
    orders = (4 * geometry.bpfo, 3 * geometry.bpfi, 2 * geometry.bpfi + 1, 4 * geometry.bsf + 1)
    return (1 + slip) * max(orders)


def segment_turns(geometry: BearingGeometry) -> float:
    """Turns of the shaft that a spectrum should span: enough to part the races from its orders.

    More would blur strikes that slip: their place is known for some hundred turns at most.
    """
    needed = [turns_to_tell(defect, geometry) for defect in ("outer_race", "inner_race")]
    return min(_MOST_TURNS, max(_LEAST_TURNS, *needed))


def turns_to_tell(defect: str, geometry: BearingGeometry) -> float:
    """Turns of the shaft it takes to part a defect's rate from the shaft's own orders.

    For a ball its sidebands do as well. For the cage: those that make `CAGE_TURNS` of it.
    """
    if defect == "cage":
        return CAGE_TURNS / geometry.ftf
    order = rate_order(defect, geometry)
    orders = [order]
    if defect == "ball":
        orders += [order - geometry.ftf, order + geometry.ftf]
    gap = max(abs(order - round(order)) for order in orders)
    return _BINS_TO_TELL / gap if gap > 0 else math.inf


def line_families(
    geometry: BearingGeometry, *, slip: float, step: float, bins: int
) -> dict[str, LineFamily]:
    """The lines of every defect in a spectrum of that many bins of `step` orders."""

    def at(orders: NDArray[np.float64]) -> Columns:
        return _columns(orders, step, bins)

    def races(defect: str, harmonics: int, *, sidebands: bool) -> LineFamily:
        order = rate_order(defect, geometry)
        slips, trials = _slips(order, slip, step, finest=2)
        places = order * (1 + slips)
        lines = {f"{k}x": at(k * places) for k in range(1, harmonics + 1)}
        names = list(lines)
        sets = [tuple(names[:k]) for k in range(1, harmonics + 1)]
        strength: tuple[str, ...] = ("1x", "2x")
        if sidebands:
            beside = {f"{k}x{sign:+d}": at(k * places + sign) for k in (1, 2) for sign in (-1, 1)}
            lines |= beside
            sets += [("1x", "1x-1", "1x+1"), ("1x", "2x", *beside)]
            strength += tuple(beside)
        return LineFamily(defect, lines, tuple(sets), (strength,), slips, trials)

    def cage() -> LineFamily:
        order = geometry.ftf
        slips, trials = _slips(order, max(slip, 0.5 * step / order), step, finest=3)
        lines = {f"{k}x": at(k * order * (1 + slips)) for k in (1, 2, 3)}
        sets = (("1x",), ("1x", "2x"), ("1x", "2x", "3x"))
        return LineFamily("cage", lines, sets, (("1x", "2x", "3x"),), slips, trials)

    return {
        "outer_race": races("outer_race", 4, sidebands=False),
        "inner_race": races("inner_race", 3, sidebands=True),
        "ball": ball_family(
            rate_order("ball", geometry), geometry, slip=slip, step=step, bins=bins
        ),
        "cage": cage(),
    }


def ball_family(
    order: float, geometry: BearingGeometry, *, slip: float, step: float, bins: int
) -> LineFamily:
    """Strikes `order` times a turn that swell and fade with the cage; the cage slips by itself."""
    slips, trials = _slips(order, slip, step, finest=2)
    shifts = _cage_shifts(geometry.ftf, slip, step)
    turned, moved = (grid.ravel() for grid in np.meshgrid(slips, shifts, indexing="ij"))
    places, beside = order * (1 + turned), geometry.ftf + moved
    orders = {"1x": places, "2x": 2 * places, "c": beside, "2c": 2 * beside, "3c": 3 * beside}
    for k in (1, 2):
        orders |= {f"{k}x-c": k * places - beside, f"{k}x+c": k * places + beside}
    lines = {name: _columns(at, step, bins) for name, at in orders.items()}
    near, sides = ("1x-c", "1x+c"), ("1x-c", "1x+c", "2x-c", "2x+c")
    sets = (
        ("1x",), ("1x", "2x"), ("1x", *near), ("1x", "2x", *sides), near,
        ("c", "1x"), ("c", *near), ("c", "1x", *near), ("c", "1x", "2x", *sides),
        ("c", "2c", "3c", "1x"), ("c", "2c", "3c", "1x", *near),
    )  # fmt: skip
    strength = (("1x", "2x", *sides), sides)
    return LineFamily("ball", lines, sets, strength, turned, trials * max(1.0, len(shifts) / 2))


def other_family(order: float, *, slip: float, step: float, bins: int) -> LineFamily:
    """A rate that no defect has, with three harmonics: what else there is in the signal."""
    slips, trials = _slips(order, slip, step, finest=2)
    lines = {f"{k}x": _columns(k * order * (1 + slips), step, bins) for k in (1, 2, 3)}
    sets = (("1x",), ("1x", "2x"), ("1x", "2x", "3x"))
    return LineFamily("", lines, sets, (("1x", "2x"),), slips, trials)


def other_orders(geometry: BearingGeometry, slip: float) -> Sequence[float]:
    """Rates of no defect, from below the cage's to above the races', the shaft's left out."""
    known = [geometry.bpfo, geometry.bpfi, 2 * geometry.bsf, geometry.bsf, geometry.ftf]
    known += [2 * geometry.ftf]
    grid = np.exp(np.arange(math.log(0.8 * geometry.ftf), math.log(1.4 * geometry.bpfi), 2 * slip))
    return [
        float(order)
        for order in grid
        if all(abs(order / one - 1) > 2.3 * slip for one in known)
        and abs(order - round(order)) > 0.05
    ]


def cage_multiples(geometry: BearingGeometry, *, step: float, bins: int) -> list[float]:
    """Multiples of the cage's rate away from those at which a ball strikes.

    A sharp knock of the cage has lines at dozens of them, a defect of a ball only where it strikes.
    """
    ball = rate_order("ball", geometry)
    orders = [k * geometry.ftf for k in range(5, int(0.5 * bins * step / geometry.ftf))]
    near = 1.6 * geometry.ftf
    return [order for order in orders if min(abs(order - ball), abs(order - 2 * ball)) > near]


def explained(
    defect: str, slip: float, geometry: BearingGeometry, *, step: float, bins: int
) -> NDArray[np.bool_]:
    """Bins where a defect has lines of its own: harmonics with sidebands of shaft and cage."""
    order = rate_order(defect, geometry) * (1 + slip)
    if defect == "ball":
        order /= 2
    taken = np.zeros(bins, np.bool_)
    for harmonic in range(int(bins * step / order) + 2):
        sides = [0.0, *(k * other for k in (-2, -1, 1, 2) for other in (1.0, geometry.ftf))]
        for side in sides:
            middle = round((harmonic * order + side) / step)
            taken[max(0, middle - 2) : max(0, middle + 3)] = True
    return taken


def _columns(orders: NDArray[np.float64], step: float, bins: int) -> Columns:
    return np.clip(np.rint(orders / step), 0, bins - 1).astype(np.int64)


def _slips(
    order: float, slip: float, step: float, *, finest: int
) -> tuple[NDArray[np.float64], float]:
    """Slips in steps of half a bin at the highest harmonic that matters, and their trials."""
    share = step / order / 2 / finest
    reach = math.ceil(slip / share)
    slips = np.arange(-reach, reach + 1, dtype=np.float64) * share
    return slips, max(1.0, 2 * slip * order * finest / step / 1.5)


def _cage_shifts(cage: float, slip: float, step: float) -> NDArray[np.float64]:
    shifts = np.arange(-2, 3) * 0.5 * step
    return np.asarray(shifts[np.abs(shifts) <= max(slip * cage, 0.5 * step)])
