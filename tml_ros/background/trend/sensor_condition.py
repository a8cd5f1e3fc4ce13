"""Whether a sensor can be believed, in words and as a picture.

Knows nothing of the machine that it sits on. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from tml_ros.background.condition import Condition, State
from tml_ros.background.trend import chart, duration_words
from tml_ros.background.trend.change_points import changes
from tml_ros.background.trend.even_series import (
    SECOND_NS,
    Points,
    Readings,
    even_series,
    fitting_step_ns,
    in_order,
)
from tml_ros.background.trend.neighbours import apart
from tml_ros.background.trend.sensor_screen import Fault, SensorFault, SensorScreen

METHOD = "sensor"
SURE = {
    Fault.STUCK: 0.9,
    Fault.SPIKES: 0.7,
    Fault.DROPOUTS: 0.95,
    Fault.UNIT_JUMP: 0.9,
    Fault.DRIFT: 0.8,
}
"""How sure each is: a machine, too, can hold a value or strike blows; it loses no readings."""


def sensor_faults(
    series: Points,
    *,
    unit: str = "",
    neighbours: Sequence[Points] = (),
    now_ns: int | None = None,
) -> tuple[tuple[SensorFault, ...], bool]:
    """The faults that a sensor has at the end of a series, and whether enough is known to judge.

    A week and 150 readings are needed. neighbours: series of sensors that measure the same.
    """
    readings = in_order(series)
    screen = SensorScreen(unit)
    for stamp_ns, value in zip(readings.stamps_ns.tolist(), readings.mean.tolist(), strict=True):
        screen.add(stamp_ns, value)
    if now_ns is not None and len(readings.mean):
        screen.silence(now_ns)
    found = dict(screen.active)
    elsewhere = found.keys() & {Fault.STUCK, Fault.UNIT_JUMP}
    if neighbours and len(readings.mean) and not elsewhere:
        moved = changes(apart(readings, neighbours))
        if moved:
            change = moved[-1]
            by = change.after - change.before
            text = f"has moved by {abs(by):.3g} {unit}".rstrip() + " against its neighbours"
            if len(neighbours) == 1:
                text += ", unless its only neighbour has moved"
            found[Fault.DRIFT] = SensorFault(
                Fault.DRIFT, change.stamp_ns, int(readings.stamps_ns[-1]), text, by
            )
    return tuple(found.values()), screen.learned


def sensor_condition(
    series: Points,
    *,
    machine: str = "",
    quantity: str = "",
    unit: str = "",
    neighbours: Sequence[Points] = (),
    now_ns: int | None = None,
    picture: bool = True,
) -> Condition:
    """Judge the sensor of one quantity.

    FAULT: stuck, silent or in another unit; its values must not be judged. WATCH: spikes, lost
    readings, or moved against its neighbours. UNKNOWN: fewer than a week or 150 readings.
    """
    unit = unit or str(getattr(series, "unit", ""))
    readings = in_order(series)
    name = duration_words.name(quantity)
    newest = int(readings.stamps_ns[-1]) if len(readings.stamps_ns) else 0
    now = newest if now_ns is None else now_ns
    found, learned = sensor_faults(readings, unit=unit, neighbours=neighbours, now_ns=now)
    if not found and not learned:
        span = (newest - int(readings.stamps_ns[0])) / SECOND_NS if len(readings.mean) else 0.0
        sentence = (
            f"There are {len(readings.mean)} readings of {name} over "
            f"{duration_words.duration(span)}: a week and 150 are needed to judge its sensor."
        )
        return Condition(machine, METHOD, State.UNKNOWN, now, sentence=sentence)
    sentence = f"The sensor of {name} reads as it always has."
    if found:
        sentence = f"The sensor of {name} " + " and ".join(fault.text for fault in found) + "."
    return Condition(
        machine=machine,
        method=METHOD,
        state=sensor_state(found),
        stamp_ns=now,
        defect=found[0].fault.value if found else "",
        confidence=SURE[found[0].fault] if found else 0.9,
        sentence=sentence,
        figures={fault.fault.value: (float(fault.figure), "") for fault in found},
        picture=_picture(readings, found, f"{machine} {name}: sensor".strip(), unit, now)
        if picture
        else b"",
    )


def sensor_state(found: Sequence[SensorFault]) -> State:
    """Of a sensor with these faults."""
    if not found:
        return State.NORMAL
    bad = any(fault.fault in (Fault.STUCK, Fault.UNIT_JUMP) for fault in found)
    silent = any(fault.fault is Fault.DROPOUTS and fault.figure >= 1 for fault in found)
    return State.FAULT if bad or silent else State.WATCH


def _picture(
    readings: Readings, found: Sequence[SensorFault], title: str, unit: str, now_ns: int
) -> bytes:
    step_ns = fitting_step_ns(readings, stretches=2_000) if len(readings.mean) > 1 else SECOND_NS
    even = even_series(readings, step_ns=step_ns)
    marks = [
        chart.Mark(fault.since_ns, fault.fault.value.replace("_", " "), until_ns=now_ns)
        for fault in found
    ]
    return chart.draw(
        chart.Plot(
            title=title,
            unit=unit,
            stamps_ns=even.middle_ns,
            values=even.values,
            marks=marks,
            now_ns=now_ns,
        )
    )
