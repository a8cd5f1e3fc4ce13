"""How soon simulated changes of machines are noticed, and how often nothing is: beside plain ways.

Knows nothing of how results are shown. The plain ways' limits are set on healthy histories of other
seeds, so that they give as many false alarms as is allowed; nothing is learned from the seeds that
are reported on. Run on the calling thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tml_ros.background.trend.neighbours import NeighbourWatch
from tml_ros.background.trend.sensor_screen import SensorFault
from tml_ros.background.trend.series_watch import SeriesWatch, Shift
from tml_ros.bench.history_baselines import (
    LEARN_NS,
    MONTH_NS,
    Baseline,
    ewma,
    factor_for,
    fixed_limit,
)
from tml_ros.bench.history_outlook import OutlookTally
from tml_ros.bench.history_scores import Figures, delays, rate, share
from tml_ros.sim.machine_history import (
    HEALTHY_EVENTS,
    MACHINE_EVENTS,
    SENSOR_EVENTS,
    Event,
    MachineHistory,
    Quantity,
    machine_history,
)

DAY_NS = 86_400_000_000_000
CALIBRATION = 1_000
"""The plain ways' limits are set on seeds from here on."""
ALLOWED = 0.1
"""False alarms per month that the plain ways may give on those."""
BLAMED_NS = 30 * DAY_NS
"""An alarm within this time after a sensor fault began blames the machine for it."""
WATCH = "tml_ros"
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class HistorySpan:
    """What is simulated. seeds: to report on, below 1000. months: 3 to 120 of each history."""

    seeds: range
    months: float = 6.0
    calibration: int = 10
    quantities: tuple[Quantity, ...] = tuple(Quantity)
    step_s: float = 1_800.0

    def __post_init__(self) -> None:
        """Raises ValueError where seeds overlap with those the limits are set on."""
        if not len(self.seeds) or min(self.seeds) < 0 or max(self.seeds) >= CALIBRATION:
            raise ValueError(f"seeds {self.seeds} are not within 0:{CALIBRATION}")

    @classmethod
    def quick(cls) -> HistorySpan:
        """Seconds instead of minutes."""
        return cls(range(1), 4.0, 2, (Quantity.TEMPERATURE, Quantity.CURRENT), 3_600.0)


@dataclass(slots=True)
class _Tally:
    """Of one way to watch and one quantity."""

    false_alarms: int = 0
    months: float = 0.0
    late: dict[Event, list[float]] = field(default_factory=lambda: defaultdict(list))
    in_time: dict[Event, int] = field(default_factory=lambda: defaultdict(int))
    named: dict[Event, list[float]] = field(default_factory=lambda: defaultdict(list))
    blamed: dict[Event, int] = field(default_factory=lambda: defaultdict(int))
    false_faults: int = 0
    histories: dict[Event, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one way saw: stamps of alarms, and of sensor faults by name."""

    alarms: Sequence[int]
    faults: Sequence[tuple[str, int]] = ()


def bench_histories(span: HistorySpan, progress: Progress) -> dict[str, Any]:
    """Simulate, watch and count; groups of figures.

    progress: is told what is being done and which share of all is done.
    """
    plain = _plain_ways(span, lambda share_done: progress("limits", 0.12 * share_done))
    ways = [WATCH, *plain]
    tallies = {(way, quantity): _Tally() for way in ways for quantity in span.quantities}
    outlook = OutlookTally()
    todo = [(q, e, s) for q in span.quantities for e in Event for s in span.seeds]
    for number, (quantity, event, seed) in enumerate(todo):
        progress(f"{quantity.value} {event.value}", 0.12 + 0.88 * number / len(todo))
        history = _history(span, quantity, event, seed)
        _count(tallies[WATCH, quantity], history, _watched(history))
        for way, (baseline, factors) in plain.items():
            alarms = baseline(history).alarms(factors[quantity]).tolist()
            _count(tallies[way, quantity], history, _Seen(alarms))
        outlook.add(history)
    return {
        "months": span.months,
        "seeds": f"{span.seeds.start}:{span.seeds.stop}",
        "histories": len(todo),
        "false_alarms": _false_alarms(tallies, ways, span.quantities),
        **_detection(tallies, ways, span.quantities),
        **_sensor_faults(tallies, ways, span.quantities),
        **outlook.figures(),
    }


def _plain_ways(
    span: HistorySpan, progress: Callable[[float], None]
) -> dict[str, tuple[Baseline, dict[Quantity, float]]]:
    """Each with its factor per quantity."""
    slow, quick = ewma(0.05), ewma(0.2)
    factors: dict[str, dict[Quantity, float]] = {"fixed_limit": {}, "ewma": {}}
    for number, quantity in enumerate(span.quantities):
        progress(number / len(span.quantities))
        healthy = [
            _history(span, quantity, event, CALIBRATION + seed)
            for event in HEALTHY_EVENTS
            for seed in range(span.calibration)
        ]
        for way, baseline in (("fixed_limit", fixed_limit), ("ewma", slow)):
            courses = [baseline(history) for history in healthy]
            factors[way][quantity] = factor_for(courses, per_month=ALLOWED)
    textbook = dict.fromkeys(span.quantities, 3.0)
    return {
        "fixed_limit": (fixed_limit, factors["fixed_limit"]),
        "ewma": (slow, factors["ewma"]),
        "ewma_textbook": (quick, textbook),
    }


def _history(span: HistorySpan, quantity: Quantity, event: Event, seed: int) -> MachineHistory:
    # A machine for each event, so that a false alarm of one is not counted with all of them.
    own = seed + 10 * CALIBRATION * list(Event).index(event)
    return machine_history(quantity, event, seed=own, months=span.months, step_s=span.step_s)


def _watched(history: MachineHistory) -> _Seen:
    """By the product: a watch, and one against neighbours where there are any."""
    watch = SeriesWatch(history.unit)
    others = None
    if history.neighbours:
        others = NeighbourWatch(len(history.neighbours), history.unit)
    alarms: list[int] = []
    faults: list[tuple[str, int]] = []
    rows = np.array(history.neighbours).T.tolist() if others is not None else None
    stamps, values = history.stamps_ns.tolist(), history.values.tolist()
    for place, (stamp_ns, value) in enumerate(zip(stamps, values, strict=True)):
        if others is not None and rows is not None:
            moved = others.add(stamp_ns, value, rows[place])
            if moved is not None:
                faults.append((moved.fault.value, stamp_ns))
        for begun in watch.add(stamp_ns, value):
            if isinstance(begun, SensorFault):
                faults.append((begun.fault.value, stamp_ns))
            # Neighbours do not see it: it is this sensor's doing.
            elif isinstance(begun, Shift) and (others is None or others.fault is None):
                alarms.append(stamp_ns)
    return _Seen(alarms, faults)


def _count(tally: _Tally, history: MachineHistory, seen: _Seen) -> None:
    event, began = history.event, history.event_ns
    tally.histories[event] += 1
    first, last = int(history.stamps_ns[0]), int(history.stamps_ns[-1])
    calm_until = last if began is None else began
    tally.months += (calm_until - first - LEARN_NS) / MONTH_NS
    tally.false_alarms += sum(alarm < calm_until for alarm in seen.alarms)
    # Where readings really are lost, saying so is right.
    if event is not Event.GAPS:
        tally.false_faults += sum(stamp < calm_until for _, stamp in seen.faults)
    if began is None:
        return
    after = [alarm for alarm in seen.alarms if alarm >= began]
    if event in MACHINE_EVENTS:
        if after:
            tally.late[event].append((after[0] - began) / DAY_NS)
        if after and (history.limit_ns is None or after[0] < history.limit_ns):
            tally.in_time[event] += 1
        return
    tally.blamed[event] += any(alarm < began + BLAMED_NS for alarm in after)
    named = [stamp for name, stamp in seen.faults if name == event.value and stamp >= began]
    if named:
        tally.named[event].append((named[0] - began) / DAY_NS)


Tallies = dict[tuple[str, Quantity], _Tally]


def _false_alarms(
    tallies: Tallies, ways: Sequence[str], quantities: Sequence[Quantity]
) -> dict[str, Figures]:
    """Per month of a healthy machine, or of one that nothing has happened to yet."""
    groups: dict[str, Figures] = {}
    for way in ways:
        for quantity in quantities:
            tally = tallies[way, quantity]
            groups[f"{way} {quantity.value}"] = rate(tally.false_alarms, tally.months)
        count = sum(tallies[way, quantity].false_alarms for quantity in quantities)
        months = sum(tallies[way, quantity].months for quantity in quantities)
        groups[f"{way} all"] = rate(count, months)
    faults = sum(tallies[WATCH, quantity].false_faults for quantity in quantities)
    months = sum(tallies[WATCH, quantity].months for quantity in quantities)
    groups[f"{WATCH} sensor fault all"] = rate(faults, months)
    return groups


def _detection(
    tallies: Tallies, ways: Sequence[str], quantities: Sequence[Quantity]
) -> dict[str, dict[str, Figures]]:
    """Days from the beginning of an event until the first alarm that begins after it."""
    found: dict[str, dict[str, Figures]] = {}
    for event in MACHINE_EVENTS:
        groups: dict[str, Figures] = {}
        for way in ways:
            late: list[float] = []
            total = in_time = 0
            for quantity in quantities:
                tally = tallies[way, quantity]
                late += tally.late[event]
                total += tally.histories[event]
                in_time += tally.in_time[event]
                groups[f"{way} {quantity.value}"] = delays(
                    tally.late[event], tally.histories[event]
                ) | {"in_time": tally.in_time[event]}
            groups[f"{way} all"] = delays(late, total) | {"in_time": in_time}
        found[f"{event.value}_days"] = groups
    return found


def _sensor_faults(
    tallies: Tallies, ways: Sequence[str], quantities: Sequence[Quantity]
) -> dict[str, dict[str, Figures]]:
    """Named right, and after how many days; how often the machine was blamed within 30 days."""
    groups: dict[str, Figures] = {}
    blamed: dict[str, Figures] = {}
    for event in SENSOR_EVENTS:
        here = [tallies[WATCH, quantity] for quantity in quantities]
        total = sum(tally.histories[event] for tally in here)
        days = [day for tally in here for day in tally.named[event]]
        figures = share(len(days), total)
        figures["days_p50"] = delays(days, total)["p50"]
        groups[event.value] = figures
        row: Figures = {"of": total}
        for way in ways:
            row[way] = sum(tallies[way, quantity].blamed[event] for quantity in quantities)
        blamed[event.value] = row
    return {"sensor_faults_named": groups, "machine_blamed_for_its_sensor": blamed}
