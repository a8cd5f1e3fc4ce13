"""When a machine stopped, read off a quantity that tells whether it runs.

Knows nothing of why. Pure functions on what the history gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.facts import Facts
from tml_ros.background.machine import Machine
from tml_ros.background.series import Series
from tml_ros.background.words import words

STANDS = 0.1
"""Share of its usual running value below which a machine counts as standing."""
_TELLING = ("running", "speed", "rpm", "velocity", "current", "power")
_NOT_TELLING = frozenset({"rms", "vibration", "limit", "set", "setpoint", "target", "wind"})


@dataclass(frozen=True, slots=True)
class Stop:
    """stamp_ns: the first reading at which it stood; before_ns: the last at which it ran.

    before, after: the values. again_ns: when it ran again, or None: it stands still.
    """

    stamp_ns: int
    before_ns: int
    before: float
    after: float
    again_ns: int | None


@dataclass(frozen=True, slots=True)
class StopSearch:
    """What was found. quantity: that tells whether it runs, "" where there is none.

    stop: the last one in the span. runs: now, None where nothing tells. unit: of the quantity.
    ran: whether it ran at all in the span.
    """

    quantity: str = ""
    unit: str = ""
    stop: Stop | None = None
    runs: bool | None = None
    ran: bool = False
    value: float = 0.0
    value_ns: int = 0


def telling_quantity(machine: Machine, quantities: Sequence[str]) -> str:
    """The quantity that tells whether a machine runs: the one described, else by its name."""
    if machine.running:
        return machine.running if machine.running in quantities else ""
    for word in _TELLING:
        for quantity in quantities:
            parts = words(quantity)
            if word in parts and not _NOT_TELLING.intersection(parts):
                return quantity
    return ""


def last_stop(facts: Facts, machine: str, since_ns: int) -> StopSearch:
    """The last stop of a machine since then."""
    quantity = telling_quantity(facts.machine(machine), facts.quantities(machine))
    if not quantity:
        return StopSearch()
    series = facts.series(machine, quantity, since_ns)
    if not len(series):
        return StopSearch(quantity)
    runs, stands = _running(series)
    value_ns = int(series.stamps_ns[-1])
    fresh = facts.fresh(value_ns)
    found = StopSearch(
        quantity,
        series.unit,
        None,
        bool(runs[-1]) if fresh else None,
        bool(runs.any()),
        float(series.mean[-1]),
        value_ns,
    )
    edges = np.flatnonzero(runs[:-1] & ~runs[1:]) + 1
    if not len(edges):
        return found
    place = int(edges[-1])
    stop = _stop(series, runs, place)
    finer = facts.series(machine, quantity, stop.before_ns - 1, stop.stamp_ns + 1)
    if len(finer) > 2:
        stop = _refined(finer, stands, stop)
    return StopSearch(quantity, series.unit, stop, found.runs, True, found.value, found.value_ns)


def _running(series: Series) -> tuple[NDArray[np.bool_], float]:
    """Where it ran, and the value below which it stands. [n]"""
    size = np.abs(series.mean)
    usual, most = np.percentile(size, (90, 99)).tolist()
    if usual < 0.2 * most:
        # It mostly stands; its running value is among the largest, single outliers aside.
        usual = 0.5 * most
    if usual == 0:
        return np.zeros(len(size), bool), 0.0
    return size > STANDS * usual, STANDS * usual


def _stop(series: Series, runs: NDArray[np.bool_], place: int) -> Stop:
    later = np.flatnonzero(runs[place:])
    again = int(series.stamps_ns[place + int(later[0])]) if len(later) else None
    return Stop(
        int(series.stamps_ns[place]),
        int(series.stamps_ns[place - 1]),
        float(series.mean[place - 1]),
        float(series.mean[place]),
        again,
    )


def _refined(series: Series, stands: float, stop: Stop) -> Stop:
    runs = np.abs(series.mean) > stands
    edges = np.flatnonzero(runs[:-1] & ~runs[1:]) + 1
    if not len(edges):
        return stop
    place = int(edges[-1])
    return Stop(
        int(series.stamps_ns[place]),
        int(series.stamps_ns[place - 1]),
        float(series.mean[place - 1]),
        float(series.mean[place]),
        stop.again_ns,
    )
