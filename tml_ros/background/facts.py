"""What can be looked up and computed for an answer, at one moment: bounded, and read-only.

Between the places where things are kept (`tools`) and those who answer: the embedded planner and
the endpoint's tools use the same functions. Nothing here phrases anything. One thread at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.condition import Condition, State
from tml_ros.background.machine import Limits, Machine
from tml_ros.background.manuals import Passage
from tml_ros.background.playbook import Advice
from tml_ros.background.reading import Reading
from tml_ros.background.series import Series
from tml_ros.background.shift import Shift, shift_in
from tml_ros.background.state_event import StateEvent
from tml_ros.background.time_phrase import DAY_NS, SECOND_NS
from tml_ros.background.tools import Tools
from tml_ros.background.trend.trend_condition import trend_condition

FRESH_NS = 600 * SECOND_NS
"""Readings older than this do not tell how things are now."""
RECENT_NS = 7 * DAY_NS
"""Judgements older than this are told as history, not as the state."""
TREND_NS = 30 * DAY_NS
MAX_MACHINES = 64
MAX_QUANTITIES = 100
MAX_SENSORS = 16
MAX_LISTED = 100
POINTS = 2_000


@dataclass(frozen=True, slots=True)
class Summary:
    """A quantity over a span. first and last are its outer values; mean, low, high of them all.

    readings: how many. limits: those of the machine.
    """

    machine: str
    quantity: str
    unit: str
    since_ns: int
    until_ns: int
    readings: int
    first: float
    last: float
    last_ns: int
    mean: float
    low: float
    high: float
    limits: Limits


@dataclass(frozen=True, slots=True)
class QuantityShift:
    """A quantity that is lastingly other than it was."""

    machine: str
    quantity: str
    unit: str
    shift: Shift


class Facts:
    """Everything that can be looked up at `now_ns`; nothing later than it is seen."""

    def __init__(self, tools: Tools, now_ns: int) -> None:
        """Look through these tools."""
        self.tools = tools
        self.now_ns = now_ns
        self._machines: dict[str, Machine] | None = None

    def machines(self) -> tuple[Machine, ...]:
        """Those the cell describes, and others of which there are readings."""
        return tuple(self._by_name().values())

    def machine(self, name: str) -> Machine:
        """One of them; one that is not described has nothing but its name."""
        return self._by_name().get(name, Machine(name))

    def quantities(self, machine: str) -> tuple[str, ...]:
        """What is measured of it."""
        return self.tools.history.quantities(machine)[:MAX_QUANTITIES]

    def latest(self, machine: str, quantity: str) -> Reading | None:
        """The newest reading, however old."""
        reading = self.tools.history.latest(machine, quantity)
        return None if reading is None or reading.stamp_ns > self.now_ns + SECOND_NS else reading

    def readings(self, machine: str) -> tuple[Reading, ...]:
        """The newest reading of each quantity."""
        found = (self.latest(machine, quantity) for quantity in self.quantities(machine))
        return tuple(reading for reading in found if reading is not None)

    def series(
        self, machine: str, quantity: str, since_ns: int, until_ns: int | None = None
    ) -> Series:
        """Values of a span that ends now or before."""
        until_ns = self.now_ns if until_ns is None else min(until_ns, self.now_ns)
        return self.tools.history.series(
            machine, quantity, since_ns=max(0, since_ns), until_ns=until_ns, points=POINTS
        )

    def summary(self, machine: str, quantity: str, since_ns: int) -> Summary | None:
        """A quantity since then; None where there are no readings."""
        series = self.series(machine, quantity, since_ns)
        if not len(series):
            return None
        weight = series.count / series.count.sum()
        return Summary(
            machine,
            quantity,
            series.unit,
            max(0, since_ns),
            self.now_ns,
            int(series.count.sum()),
            float(series.mean[0]),
            float(series.mean[-1]),
            int(series.stamps_ns[-1]),
            float(np.sum(series.mean * weight)),
            float(series.low.min()),
            float(series.high.max()),
            self.limits(machine, quantity),
        )

    def limits(self, machine: str, quantity: str) -> Limits:
        """Where a quantity should stay; without limits where none are described."""
        return self.machine(machine).limits.get(quantity, Limits())

    def beyond_limits(self, machine: str) -> tuple[tuple[Reading, float], ...]:
        """Fresh readings that are beyond a limit, and that limit."""
        found = []
        for reading in self.readings(machine):
            limit = self.limits(machine, reading.quantity).passed(reading.value)
            if limit is not None and self.fresh(reading.stamp_ns):
                found.append((reading, limit))
        return tuple(found)

    def shifts(self, machine: str, since_ns: int) -> tuple[QuantityShift, ...]:
        """Quantities that are lastingly other than before `since_ns`, the clearest first."""
        found = (self.shift(machine, one, since_ns) for one in self.quantities(machine))
        return tuple(
            sorted((one for one in found if one is not None), key=lambda one: -one.shift.clear)
        )

    def shift(self, machine: str, quantity: str, since_ns: int) -> QuantityShift | None:
        """How a quantity is lastingly other than before `since_ns`; None where it is not.

        Compared is with as long a time before, or, where the history does not reach back so far,
        with the beginning of the span.
        """
        since_ns = max(0, since_ns)
        series = self.series(machine, quantity, since_ns - (self.now_ns - since_ns))
        shift = shift_in(series, since_ns)
        return None if shift is None else QuantityShift(machine, quantity, series.unit, shift)

    def fresh(self, stamp_ns: int) -> bool:
        """Whether it tells how things are now."""
        return self.now_ns - stamp_ns <= FRESH_NS

    def conditions(self, machine: str) -> tuple[Condition, ...]:
        """What was last judged by each method, worst and newest first."""
        record = self.tools.record
        found = () if record is None else record.conditions(machine)
        return tuple(one for one in found if one.stamp_ns <= self.now_ns + SECOND_NS)[:MAX_LISTED]

    def troubles(self, machine: str) -> tuple[Condition, ...]:
        """Recent judgements that are not normal, worst first."""
        return tuple(
            one
            for one in self.conditions(machine)
            if one.state in (State.FAULT, State.WATCH) and self.now_ns - one.stamp_ns <= RECENT_NS
        )

    def judged(
        self, machine: str, since_ns: int, until_ns: int | None = None
    ) -> Sequence[Condition]:
        """Judgements that were new in a span, oldest first."""
        record = self.tools.record
        until_ns = self.now_ns if until_ns is None else until_ns
        if record is None:
            return ()
        return record.judged(machine, since_ns=max(0, since_ns), until_ns=until_ns)[-MAX_LISTED:]

    def alarms_now(self, machine: str | None = None) -> tuple[AlarmNote, ...]:
        """Alarms that are not normal: of a machine, or of the whole cell."""
        record = self.tools.record
        found = () if record is None else record.alarms_now()
        return tuple(note for note in found if self._concerns(note, machine))[:MAX_LISTED]

    def alarms(
        self, since_ns: int, until_ns: int | None = None, machine: str | None = None
    ) -> tuple[AlarmNote, ...]:
        """Changes of alarms in a span, oldest first."""
        record = self.tools.record
        if record is None:
            return ()
        until_ns = self.now_ns if until_ns is None else until_ns
        found = record.alarms(since_ns=max(0, since_ns), until_ns=until_ns)
        return tuple(note for note in found if self._concerns(note, machine))[-MAX_LISTED:]

    def events(
        self, machine: str, since_ns: int, until_ns: int | None = None
    ) -> tuple[StateEvent, ...]:
        """What a machine said of itself in a span, oldest first."""
        until_ns = self.now_ns if until_ns is None else until_ns
        found = self.tools.history.events(machine, since_ns=max(0, since_ns), until_ns=until_ns)
        return tuple(found)[-MAX_LISTED:]

    def vibration(self, machine: str) -> tuple[Condition, ...]:
        """The newest waveform of each sensor, judged anew; empty where nothing can judge it."""
        waveforms, analysis = self.tools.waveforms, self.tools.analysis
        if waveforms is None or analysis is None:
            return ()
        found: list[Condition] = []
        for sensor in waveforms.sensors(machine)[:MAX_SENSORS]:
            waveform = waveforms.latest(machine, sensor)
            if waveform is not None and waveform.stamp_ns <= self.now_ns + SECOND_NS:
                found += analysis(waveform)
        return tuple(found)

    def forecast(self, machine: str, quantity: str) -> Condition | None:
        """Where a quantity is going, from the readings of `TREND_NS`; None: there are none.

        Of two limits that it may reach the one that comes first.
        """
        series = self.series(machine, quantity, self.now_ns - TREND_NS)
        if not len(series):
            return None
        limits = self.limits(machine, quantity)
        sides = [(limits.high, False), (limits.low, True)]
        found = [
            trend_condition(
                series,
                limit=limit,
                below=below,
                machine=machine,
                quantity=quantity,
                now_ns=self.now_ns,
            )
            for limit, below in [side for side in sides if side[0] is not None] or [(None, False)]
        ]
        return min(found, key=lambda one: one.figures.get("time_to_limit_s", (math.inf, ""))[0])

    def advice(self, defect_or_symptom: str, machine: str, language: str) -> Advice | None:
        """What the playbook says, in that language if there is one, else in another."""
        kind = self.machine(machine).kind if machine else ""
        books = self.tools.playbooks
        for book in (books.get(language), *books.values()):
            advice = None if book is None else book.advise(defect_or_symptom, kind)
            if advice is not None:
                return advice
        return None

    def passages(self, query: str, limit: int = 3) -> tuple[Passage, ...]:
        """What the manuals say."""
        manuals = self.tools.manuals
        return () if manuals is None else manuals.search(query, limit)

    def has_data(self, machine: str) -> bool:
        """Whether anything at all is known of a machine."""
        return bool(
            self.readings(machine) or self.conditions(machine) or self.alarms_now(machine)
        ) or any(True for _ in self._waveforms(machine))

    def _waveforms(self, machine: str) -> Iterator[str]:
        if self.tools.waveforms is not None:
            yield from self.tools.waveforms.sensors(machine)

    def _concerns(self, note: AlarmNote, machine: str | None) -> bool:
        if machine is None:
            return True
        return note.zone == machine or note.zone in self.machine(machine).zones

    def _by_name(self) -> dict[str, Machine]:
        if self._machines is None:
            described = dict(self.tools.machines)
            others = {name: Machine(name) for name in self.tools.history.machines()}
            merged = {**others, **described}
            self._machines = {name: merged[name] for name in sorted(merged)[:MAX_MACHINES]}
        return self._machines
