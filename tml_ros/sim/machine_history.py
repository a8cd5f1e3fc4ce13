"""Months of one quantity of a made-up machine, with what happened to it: for tests and benchmarks.

Knows nothing of what judges it. Shifts, weekends at rest, the weather in the hall, the season,
changing products, a few lone wrong values and lost readings belong to a healthy machine; one thing
more may happen from a known moment on. The same arguments give the same history. Any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Floats = NDArray[np.float64]

HOUR_NS = 3_600_000_000_000
DAY_S = 86_400.0
EARLIEST_S, LATEST_S = 50 * DAY_S, 30 * DAY_S
"""Nothing happens in the first 50 days nor in the last 30."""
DRIFT_SIGMAS = 12.0
"""How far a drift goes until it reaches the limit."""


class Quantity(str, Enum):
    """What is measured."""

    TEMPERATURE = "temperature"
    PRESSURE = "pressure"
    VIBRATION = "vibration"
    CURRENT = "current"


class Event(str, Enum):
    """What happens. The first three are healthy."""

    HEALTHY = "healthy"
    CYCLES = "cycles"
    """Daily cycles three times as strong, whose strength changes with the weather."""
    GAPS = "gaps"
    """Hours and days without readings, duplicates, readings out of order."""
    DRIFT = "drift"
    STEP = "step"
    STUCK = "stuck"
    SPIKES = "spikes"
    DROPOUTS = "dropouts"
    UNIT_JUMP = "unit_jump"
    SENSOR_DRIFT = "sensor_drift"
    """One of three sensors that measure the same."""


HEALTHY_EVENTS = (Event.HEALTHY, Event.CYCLES, Event.GAPS)
MACHINE_EVENTS = (Event.DRIFT, Event.STEP)
SENSOR_EVENTS = (
    Event.STUCK,
    Event.SPIKES,
    Event.DROPOUTS,
    Event.UNIT_JUMP,
    Event.SENSOR_DRIFT,
)


@dataclass(frozen=True, slots=True)
class _Nature:
    """How one quantity behaves, in its own unit unless said otherwise.

    idle: at rest. daily: half the daily swing. weather: of days, season: of the year.
    noise: sd of what changes within hours. product: the step between two products.
    step: of the display. tail: degrees of freedom of the readings' own noise.
    """

    unit: str
    base: tuple[float, float]
    idle: float
    daily: float
    weather: float
    season: float
    noise: float
    product: float
    reading: float
    step: float
    tail: float
    relax_s: float
    other_unit: tuple[float, float]


_NATURES = {
    Quantity.TEMPERATURE: _Nature(
        "degC", (45.0, 65.0), 22.0, 2.0, 0.7, 2.5, 0.5, 0.6, 0.15, 0.1, 8, 7_200.0, (1.8, 32.0)
    ),
    Quantity.PRESSURE: _Nature(
        "bar", (5.5, 7.0), 5.2, 0.04, 0.01, 0.02, 0.04, 0.05, 0.03, 0.01, 4, 600.0, (14.5038, 0.0)
    ),
    Quantity.VIBRATION: _Nature(
        "mm/s", (1.2, 2.6), 0.05, 0.06, 0.02, 0.04, 0.08, 0.12, 0.07, 0.001, 5, 60.0, (1 / 25.4, 0)
    ),
    Quantity.CURRENT: _Nature(
        "A", (9.0, 16.0), 0.4, 0.3, 0.05, 0.1, 0.3, 0.7, 0.25, 0.01, 5, 60.0, (1_000.0, 0.0)
    ),
}


@dataclass(frozen=True, slots=True)
class MachineHistory:
    """One quantity over months, and the truth about it.

    stamps_ns: int64 [n], increasing but in `GAPS`. values, and each of the neighbours: float64 [n].
    sigma: sd of the irregular part of the healthy machine while it runs, in `unit`.
    event_ns: when it began, None where it is healthy. limit: that a drift reaches; limit_ns: when
    the level that shows at work, without cycles and noise, has done so; None where it does not.
    accelerating: whether it is a drift whose pace grows.
    """

    quantity: Quantity
    event: Event
    seed: int
    unit: str
    stamps_ns: NDArray[np.int64]
    values: Floats
    neighbours: tuple[Floats, ...]
    sigma: float
    event_ns: int | None
    limit: float
    limit_ns: int | None
    accelerating: bool

    @property
    def mean(self) -> Floats:
        """The values, as a series of the history calls them."""
        return self.values


def machine_history(
    quantity: Quantity,
    event: Event,
    *,
    seed: int,
    months: float = 6.0,
    step_s: float = 1_800.0,
    neighbours: int | None = None,
) -> MachineHistory:
    """Make one. months: 3 to 120. step_s: between readings, 10 to 3600.

    neighbours: further sensors of the same; two where one sensor drifts, else none.
    Raises ValueError for values outside of that.
    """
    if not 3 <= months <= 120 or not 10 <= step_s <= 3_600:
        raise ValueError(f"months={months} or step_s={step_s} out of range")
    others = (2 if event is Event.SENSOR_DRIFT else 0) if neighbours is None else neighbours
    # Of the machine first: the same machine whatever happens to it.
    machine = np.random.default_rng([seed, list(Quantity).index(quantity), 7])
    fate = np.random.default_rng(
        [seed, list(Quantity).index(quantity), 8, list(Event).index(event)]
    )
    nature = _NATURES[quantity]
    times = np.arange(round(months * 30.4375 * DAY_S / step_s), dtype=np.float64) * step_s
    running = _running(times, machine)
    base = machine.uniform(*nature.base)
    irregular = _irregular(times, nature, machine)
    sigma = float(np.std(irregular[: len(irregular) // 2][running[: len(irregular) // 2] > 0.5]))
    cycle = _cycle(times, nature, machine, strong=event is Event.CYCLES)
    year = 2 * np.pi * (times / (365.25 * DAY_S) + machine.random())
    season = nature.season * np.sin(year)
    began = float(fate.uniform(EARLIEST_S, times[-1] - LATEST_S))
    bend = float(fate.choice([1.0, 1.0, 2.0]))
    change = _change(times, event, began=began, sigma=sigma, bend=bend, rng=fate)
    load = base + season + cycle + irregular + change - nature.idle
    true = nature.idle + _relax(running, nature.relax_s, step_s) * load
    offsets = machine.normal(size=1 + others) * nature.noise
    sensors = [_sensor(true + offset, nature, machine) for offset in offsets]
    values = _sensor_event(
        sensors[0], times, event, began=began, sigma=sigma, nature=nature, rng=fate
    )
    stamps = _jittered(times, fate)
    kept = fate.random(len(times)) > 0.004
    if event is Event.DROPOUTS:
        lost = (times > began) & (times < began + fate.uniform(5, 15) * DAY_S)
        kept &= ~(lost & (fate.random(len(times)) < fate.uniform(0.5, 0.9)))
    if event is Event.GAPS:
        kept &= ~_long_gaps(times, fate)
    order = np.flatnonzero(kept)
    if event is Event.GAPS:
        order = _disordered(order, fate)
    limit = base + DRIFT_SIGMAS * sigma
    reached = np.flatnonzero(season + change + offsets[0] >= DRIFT_SIGMAS * sigma)
    healthy = event in HEALTHY_EVENTS
    return MachineHistory(
        quantity=quantity,
        event=event,
        seed=seed,
        unit=nature.unit,
        stamps_ns=stamps[order],
        values=values[order],
        neighbours=tuple(sensor[order] for sensor in sensors[1:]),
        sigma=sigma,
        event_ns=None if healthy else round(began * 1e9),
        limit=limit,
        limit_ns=int(stamps[reached[0]]) if len(reached) else None,
        accelerating=event is Event.DRIFT and bend > 1,
    )


def _running(times: Floats, rng: np.random.Generator) -> Floats:
    """1 while it runs: half of the machines rest from Friday night to Monday morning."""
    week = times % (7 * DAY_S) / DAY_S
    if rng.random() < 0.5:
        return np.ones_like(times)
    return np.where((week > 4.9) & (week < 7.25) | (week < 0.25), 0.0, 1.0)


def _cycle(times: Floats, nature: _Nature, rng: np.random.Generator, *, strong: bool) -> Floats:
    """The daily cycle with a second wave."""
    phase, second = rng.uniform(0, 2 * np.pi, 2)
    angle = 2 * np.pi * times / DAY_S
    swing = nature.daily * rng.uniform(0.4, 1.4)
    strength = 1.0 + 0.25 * _slow(times, 2.0 * DAY_S, rng)
    if strong:
        strength = 3.0 * np.clip(strength, 0.2, 2.0)
    cycle = np.sin(angle + phase) + 0.35 * np.sin(2 * angle + second)
    return np.asarray(swing * strength * cycle)


def _irregular(times: Floats, nature: _Nature, rng: np.random.Generator) -> Floats:
    """Weather, what changes within hours, and two products in turn."""
    weather = nature.weather * _slow(times, 2.0 * DAY_S, rng)
    hours = nature.noise * _slow(times, 3_600.0 * rng.uniform(0.7, 3.0), rng)
    turns = np.cumsum(rng.random(len(times)) < (times[1] - times[0]) / (9 * 3_600.0))
    product = nature.product * (turns % 2)
    return np.asarray(weather + hours + product - product.mean())


def _slow(times: Floats, scale_s: float, rng: np.random.Generator) -> Floats:
    """Noise of sd 1 that forgets exponentially."""
    keep = float(np.exp(-(times[1] - times[0]) / scale_s))
    white = rng.normal(size=len(times)) * np.sqrt(1 - keep**2)
    white[0] /= np.sqrt(1 - keep**2)
    return np.asarray(signal.lfilter([1.0], [1.0, -keep], white))


def _relax(running: Floats, relax_s: float, step_s: float) -> Floats:
    keep = float(np.exp(-step_s / relax_s))
    begin = [keep * running[0]]
    return np.asarray(signal.lfilter([1 - keep], [1.0, -keep], running, zi=begin)[0])


def _change(
    times: Floats,
    event: Event,
    *,
    began: float,
    sigma: float,
    bend: float,
    rng: np.random.Generator,
) -> Floats:
    """What is added to the machine from `began` on."""
    since = np.clip(times - began, 0, None) / DAY_S
    days = float(rng.uniform(20, 75))
    if event is Event.DRIFT:
        return np.asarray(DRIFT_SIGMAS * sigma * np.minimum(since / days, 1.25) ** bend)
    if event is Event.STEP:
        size = float(rng.uniform(2, 6) * rng.choice([-1, 1]))
        return np.asarray(size * sigma * (times >= began))
    return np.zeros_like(times)


def _sensor(true: Floats, nature: _Nature, rng: np.random.Generator) -> Floats:
    """What a sensor makes of it; every 1500th reading is wrong."""
    noise = nature.reading * rng.standard_t(nature.tail, len(true))
    wrong = rng.random(len(true)) < 1 / 1_500
    noise += wrong * rng.normal(size=len(true)) * 20 * nature.noise
    return np.asarray(np.round((true + noise) / nature.step) * nature.step)


def _sensor_event(
    values: Floats,
    times: Floats,
    event: Event,
    *,
    began: float,
    sigma: float,
    nature: _Nature,
    rng: np.random.Generator,
) -> Floats:
    after = times >= began
    if event is Event.STUCK:
        end = began + rng.uniform(3, 20) * DAY_S
        return np.asarray(np.where(after & (times < end), values[np.argmax(after)], values))
    if event is Event.SPIKES:
        hit = after & (times < began + 20 * DAY_S) & (rng.random(len(times)) < 0.04)
        size = rng.choice([-1.0, 1.0], len(times)) * rng.uniform(10, 40) * sigma
        return np.asarray(values + hit * size)
    if event is Event.UNIT_JUMP:
        factor, offset = nature.other_unit
        return np.asarray(np.where(after, factor * values + offset, values), np.float64)
    if event is Event.SENSOR_DRIFT:
        return values + rng.uniform(6, 12) * sigma * np.clip((times - began) / (40 * DAY_S), 0, 1)
    return values


def _jittered(times: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    step = times[1] - times[0]
    return np.asarray((times + rng.uniform(0, 0.2 * step, len(times))) * 1e9, np.int64)


def _long_gaps(times: Floats, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Every ten days on average: two hours to eight days."""
    lost = np.zeros(len(times), np.bool_)
    for start in rng.uniform(0, times[-1], round(times[-1] / (10 * DAY_S))):
        hours = float(np.exp(rng.uniform(np.log(2), np.log(8 * 24))))
        lost |= (times >= start) & (times < start + hours * 3_600)
    return lost


def _disordered(order: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """One in fifty comes twice, one in fifty changes places with the next."""
    order = np.sort(np.concatenate([order, order[rng.random(len(order)) < 0.02]]))
    for place in np.flatnonzero(rng.random(len(order) - 1) < 0.02):
        order[[place, place + 1]] = order[[place + 1, place]]
    return order
